//! Organizations. The first is made by the deployment's set-up secret, which opens nothing once there is one; others by a
//! key that may administer one already.

use super::Call;
use super::keys::New;
use crate::api::creating::{self, Begun, Caller};
use crate::api::envelope::{ApiError, Success};
use crate::auth::key::{Holder, KeyProof, Scope};
use crate::auth::secret::{same, sha256_hex};
use crate::http::body;
use crate::http::request::Request;
use crate::platform::{now, random};
use crate::store::audit::{self, Entry};
use crate::store::organizations::{self, Organization};
use crate::store::{Database, agents, keys};
use crate::thread::command::detail::Assignee;
use serde::Serialize;
use shared::id::{AgentId, OrganizationId};
use shared::json::{Json, Read};
use shared::text::Name;
use worker::Env;

/// The header that carries the set-up secret.
const HEADER: &str = "x-setup-secret";
/// The Worker secret that holds it.
const SETUP_SECRET: &str = "SETUP_SECRET";
/// The shortest that is one, in bytes: nobody is to guess it.
const SHORTEST: usize = 32;
/// For whom answers to it are kept, as long as there is no organization.
const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

/// What an organization is made with.
#[derive(Debug, Read, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OrganizationRequest {
    /// Its name, which speaks to visitors where no agent's does.
    pub name: Name,
    /// The name of an agent to begin with, who speaks by the first key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_name: Option<Name>,
}

/// What of an organization is changed.
#[derive(Debug, Read, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OrganizationChange {
    /// Its name.
    pub name: Name,
}

/// An organization that was just made, and its first key.
#[cfg(feature = "schema")]
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Founded {
    /// The organization.
    pub organization: Organization,
    /// A key that may do everything in it.
    pub key: super::keys::IssuedKey,
}

/// Who may make one.
enum Founder {
    SetUp,
    Administrator(KeyProof),
}

/// `POST /organizations`.
pub async fn create(request: &Request, env: &Env) -> Result<Success, ApiError> {
    let db = Database::directory(env)?;
    let founder = founder(request, env, &db).await?;
    let caller = match &founder {
        Founder::SetUp => {
            let organization = OrganizationId::parse(NOBODY).map_err(|_| ApiError::Unauthorized)?;
            Caller { request, env, db: &db, organization, name: "set-up" }
        }
        Founder::Administrator(key) => {
            Caller { request, env, db: &db, organization: key.organization, name: &key.prefix }
        }
    };
    let creating = match creating::begin(&caller, "organizations").await? {
        Begun::Creating(creating) => creating,
        Begun::Answered(success) => return Ok(success),
    };
    let body: OrganizationRequest = body::parse(&creating.text)?;
    let at = now();
    let organization =
        Organization { id: OrganizationId::new(at, random()?), name: named(&body.name)?, created_at: at };
    let agent = match body.agent_name.as_ref().and_then(Name::as_option) {
        Some(name) => Some(Assignee { id: AgentId::new(at, random()?), name: name.into() }),
        None => None,
    };
    let new = New::of("First key".into(), Scope::all().collect(), agent.clone(), None)?;
    let mut statements = vec![match &founder {
        Founder::SetUp => organizations::insert_first(&db, &organization)?,
        Founder::Administrator(_) => organizations::insert(&db, &organization)?,
    }];
    if let Some(agent) = &agent {
        statements.push(agents::insert(&db, organization.id, agent, at)?);
    }
    statements.push(keys::insert(&db, organization.id, &new.details, &new.hash)?);
    let own = KeyProof {
        organization: organization.id,
        prefix: new.details.prefix.clone(),
        agent_name: agent.map_or_else(|| organization.name.clone(), |agent| agent.name),
    };
    let by = match &founder {
        Founder::SetUp => own,
        Founder::Administrator(key) => KeyProof { organization: organization.id, ..key.clone() },
    };
    statements.push(audit::note(&db, &Entry::new(&by, "organization.created", organization.id))?);
    if let Founder::Administrator(key) = &founder {
        statements.push(audit::note(&db, &Entry::new(key, "organization.created", organization.id))?);
    }
    let json = format!(
        r#"{{"organization":{},"key":{}}}"#,
        serde_json::to_string(&organization)?,
        new.json()?.json()
    );
    let made = creating::finish(&caller, creating, statements, json).await;
    // Two set-ups at once: one is the first.
    if made.is_err() && matches!(founder, Founder::SetUp) && organizations::is_any(&db).await? {
        return Err(spent());
    }
    made
}

/// `GET /organizations/:orgId`.
pub async fn read(call: &Call<'_>) -> Result<Success, ApiError> {
    Ok(Success::ok(serde_json::to_string(&own(call).await?)?))
}

/// `PATCH /organizations/:orgId`.
pub async fn change(call: &Call<'_>) -> Result<Success, ApiError> {
    let before = own(call).await?;
    let body: OrganizationChange = body::json(call.request).await?;
    let after = Organization { name: named(&body.name)?, ..before.clone() };
    let told = |it: &Organization| Json::Object(vec![("name".into(), Json::Text(it.name.clone()))]);
    let entry =
        Entry::new(&call.key, "organization.changed", after.id).changing(&told(&before), &told(&after));
    organizations::rename(&call.db, after.id, &after.name, &entry).await?;
    Ok(Success::ok(serde_json::to_string(&after)?))
}

async fn founder(request: &Request, env: &Env, db: &Database) -> Result<Founder, ApiError> {
    let Some(given) = request.header(HEADER) else {
        let holder = Holder::from_headers(&request.headers, db, now()).await?;
        let organization = holder.organization();
        return Ok(Founder::Administrator(holder.may(organization, Scope::Admin)?));
    };
    let secret = env.secret(SETUP_SECRET).map(|secret| secret.to_string()).unwrap_or_default();
    if secret.len() < SHORTEST || !same(&sha256_hex(&secret), &sha256_hex(&given)) {
        return Err(ApiError::Unauthorized);
    }
    // A retry of the call that made the first is answered as it was.
    if request.header("idempotency-key").is_none() && organizations::is_any(db).await? {
        return Err(spent());
    }
    Ok(Founder::SetUp)
}

fn spent() -> ApiError {
    ApiError::NotAllowed("there is an organization already: ask with a key of the scope admin")
}

fn named(name: &Name) -> Result<String, ApiError> {
    name.as_option().map(str::to_owned).ok_or_else(|| ApiError::invalid("name: must not be empty"))
}

async fn own(call: &Call<'_>) -> Result<Organization, ApiError> {
    let found = organizations::find(&call.db, call.organization()).await?;
    found.ok_or(ApiError::NotFound("organization"))
}
