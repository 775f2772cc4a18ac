//! The people who answer.

use super::Call;
use crate::api::creating::{self, Begun};
use crate::api::envelope::{ApiError, Success};
use crate::http::body;
use crate::platform::{now, random};
use crate::store::agents;
use crate::store::audit::{self, Entry};
use crate::thread::command::detail::Assignee;
use serde::Serialize;
use shared::id::AgentId;
use shared::json::{Json, Read};
use shared::text::Name;

/// What an agent is made with.
#[derive(Debug, Read, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AgentRequest {
    /// The name that visitors see.
    pub name: Name,
}

impl AgentRequest {
    fn name(&self) -> Result<String, ApiError> {
        self.name.as_option().map(str::to_owned).ok_or_else(|| ApiError::invalid("name: must not be empty"))
    }
}

/// `GET agents`: by name.
pub async fn list(call: &Call<'_>) -> Result<Success, ApiError> {
    Ok(Success::ok(agents::list(&call.db, call.organization()).await?))
}

/// `POST agents`. They speak by keys that are theirs.
pub async fn create(call: &Call<'_>) -> Result<Success, ApiError> {
    let creating = match creating::begin(&call.caller(), "agents").await? {
        Begun::Creating(creating) => creating,
        Begun::Answered(success) => return Ok(success),
    };
    let body: AgentRequest = body::parse(&creating.text)?;
    let agent = Assignee { id: AgentId::new(now(), random()?), name: body.name()? };
    let json = serde_json::to_string(&agent)?;
    let statements = vec![
        agents::insert(&call.db, call.organization(), &agent, now())?,
        audit::note(&call.db, &Entry::new(&call.key, "agent.created", agent.id))?,
    ];
    creating::finish(&call.caller(), creating, statements, json).await
}

/// `PATCH agents/:id`.
pub async fn change(call: &Call<'_>, id: &str) -> Result<Success, ApiError> {
    let missing = ApiError::NotFound("agent");
    let Ok(id) = AgentId::parse(id) else { return Err(missing) };
    let before = agents::find(&call.db, call.organization(), id).await?.ok_or(missing)?;
    let body: AgentRequest = body::json(call.request).await?;
    let after = Assignee { id, name: body.name()? };
    let told = |agent: &Assignee| Json::Object(vec![("name".into(), Json::Text(agent.name.clone()))]);
    let entry = Entry::new(&call.key, "agent.changed", id).changing(&told(&before), &told(&after));
    agents::rename(&call.db, call.organization(), &after, &entry).await?;
    Ok(Success::ok(serde_json::to_string(&after)?))
}
