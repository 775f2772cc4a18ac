//! Who answers whom: `POST conversations/:id/assign`, and `…/bot`.

use super::conversation::change;
use super::{Call, Held};
use crate::api::envelope::{ApiError, Success};
use crate::api::once;
use crate::http::body;
use crate::store::agents;
use crate::thread::command::Command;
use serde::Serialize;
use shared::id::AgentId;
use shared::json::{Json, Read, Wrong};

/// Whom a conversation is given to.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AssignRequest {
    /// The agent; null takes it from whoever has it.
    #[cfg_attr(feature = "schema", schemars(required))]
    pub agent_id: Option<AgentId>,
}

impl Read for AssignRequest {
    fn read(json: &Json) -> Result<Self, Wrong> {
        json.object(Some(&["agentId"]))?;
        // Who leaves it out has not said whom.
        match json.known("agentId")? {
            Some(agent_id) => Ok(Self { agent_id }),
            None => Err(Wrong::new("missing field `agentId`")),
        }
    }
}

/// Whether a conversation's bot is to answer.
#[derive(Debug, Read, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BotRequest {
    /// Whether it goes on where it was, or is silent.
    pub on: bool,
}

/// `POST conversations/:id/bot`.
pub async fn give_to_bot(call: &Call<'_>, held: &Held) -> Result<Success, ApiError> {
    let (text, once) = once::read(call.request, &call.route("bot", held)).await?;
    let body: BotRequest = body::parse(&text)?;
    change(held, Command::Bot(held.id, body.on), once).await
}

/// `POST conversations/:id/assign`.
pub async fn assign(call: &Call<'_>, held: &Held) -> Result<Success, ApiError> {
    let (text, once) = once::read(call.request, &call.route("assign", held)).await?;
    let body: AssignRequest = body::parse(&text)?;
    let agent = match body.agent_id {
        Some(id) => {
            let found = agents::find(&call.db, call.key.organization, id).await?;
            Some(found.ok_or(ApiError::NotFound("agent"))?)
        }
        None => None,
    };
    change(held, Command::Assign(held.id, agent), once).await
}
