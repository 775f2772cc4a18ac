//! API keys: who may do what in an organization's name.

use super::Call;
use crate::api::creating::{self, Begun};
use crate::api::envelope::{ApiError, Success};
use crate::auth::key::Scope;
use crate::auth::secret::{hex, sha256_hex};
use crate::http::body;
use crate::platform::{now, random};
use crate::store::agents;
use crate::store::audit::{self, Entry};
use crate::store::keys::{self, ApiKey, Revoked};
use crate::thread::command::detail::Assignee;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde::Serialize;
use shared::id::{AgentId, KeyId};
use shared::json::{Json, Read, Wrong};
use shared::text::Name;
use shared::time::Timestamp;

/// What a key is made with.
#[derive(Debug, Read, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KeyRequest {
    /// What its owner calls it.
    pub name: Name,
    /// What it may do.
    pub scopes: Granted,
    /// Whoever speaks by it; the organization where it is nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<AgentId>,
    /// When it ends; never where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// Scopes, each once; `conversations.*` stands for all of a family.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Granted(#[cfg_attr(feature = "schema", schemars(with = "Vec<String>"))] Vec<Scope>);

impl Read for Granted {
    fn read(json: &Json) -> Result<Self, Wrong> {
        let mut granted = Vec::new();
        for (index, text) in Vec::<String>::read(json)?.iter().enumerate() {
            let family = text.strip_suffix('*').filter(|family| family.ends_with('.'));
            let meant: Vec<Scope> = Scope::all()
                .filter(|scope| {
                    family.map_or(scope.name() == text, |family| scope.name().starts_with(family))
                })
                .collect();
            if meant.is_empty() {
                let names: Vec<&str> = Scope::all().map(Scope::name).collect();
                return Err(Wrong::one_of(&names).within(&format!("[{index}]")));
            }
            granted.extend(meant.into_iter().filter(|scope| !granted.contains(scope)).collect::<Vec<_>>());
        }
        if granted.is_empty() { Err(Wrong::new("must name at least one")) } else { Ok(Self(granted)) }
    }
}

/// A key that was just made.
#[cfg(feature = "schema")]
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct IssuedKey {
    /// What is kept of it.
    #[serde(flatten)]
    pub details: ApiKey,
    /// The key itself. It is shown this once.
    pub key: String,
}

/// A key before it is kept.
#[derive(Debug)]
pub(super) struct New {
    /// What is kept of it.
    pub details: ApiKey,
    /// SHA-256 of its secret, in hex.
    pub hash: String,
    text: String,
}

impl New {
    /// Makes one.
    pub(super) fn of(
        name: String,
        scopes: Vec<Scope>,
        agent: Option<Assignee>,
        expires_at: Option<Timestamp>,
    ) -> Result<Self, ApiError> {
        let at = now();
        let prefix = hex(&random::<6>()?);
        let secret = BASE64.encode(random::<24>()?);
        Ok(Self {
            text: format!("mk_live_{prefix}.{secret}"),
            hash: sha256_hex(&secret),
            details: ApiKey {
                id: KeyId::new(at, random()?),
                name,
                prefix,
                scopes,
                agent,
                created_at: at,
                expires_at,
                last_used_at: None,
                revoked_at: None,
            },
        })
    }

    /// What its maker is told, once.
    pub(super) fn json(&self) -> Result<Json, ApiError> {
        let shown = Json::parse(&serde_json::to_string(&self.details)?)?;
        let Json::Object(mut members) = shown else { return Ok(shown) };
        members.push(("key".into(), Json::Text(self.text.clone())));
        Ok(Json::Object(members))
    }
}

/// `GET keys`: newest first.
pub async fn list(call: &Call<'_>) -> Result<Success, ApiError> {
    Ok(Success::ok(keys::list(&call.db, call.organization()).await?))
}

/// `POST keys`.
pub async fn create(call: &Call<'_>) -> Result<Success, ApiError> {
    let creating = match creating::begin(&call.caller(), "keys").await? {
        Begun::Creating(creating) => creating,
        Begun::Answered(success) => return Ok(success),
    };
    let body: KeyRequest = body::parse(&creating.text)?;
    let name = body.name.as_option().ok_or_else(|| ApiError::invalid("name: must not be empty"))?;
    if body.expires_at.is_some_and(|end| end <= now()) {
        return Err(ApiError::invalid("expiresAt: must be in the future"));
    }
    let agent = match body.agent_id {
        Some(id) => {
            let found = agents::find(&call.db, call.organization(), id).await?;
            Some(found.ok_or_else(|| ApiError::invalid("agentId: must be an agent of this organization"))?)
        }
        None => None,
    };
    let new = New::of(name.into(), body.scopes.0, agent, body.expires_at)?;
    let statements = vec![
        keys::insert(&call.db, call.organization(), &new.details, &new.hash)?,
        audit::note(&call.db, &Entry::new(&call.key, "key.created", new.details.id))?,
    ];
    creating::finish(&call.caller(), creating, statements, new.json()?.json()).await
}

/// `DELETE keys/:id`: it opens nothing any more.
pub async fn revoke(call: &Call<'_>, id: &str) -> Result<Success, ApiError> {
    let missing = ApiError::NotFound("key");
    let Ok(id) = KeyId::parse(id) else { return Err(missing) };
    let note = audit::note(&call.db, &Entry::new(&call.key, "key.revoked", id))?;
    match keys::revoke(&call.db, call.organization(), id, now(), note).await? {
        Revoked::Done => Ok(Success::done()),
        Revoked::Unknown => Err(missing),
        Revoked::LastAdmin => Err(ApiError::Conflict(
            "this is the last key that may administer the organization: make another one first",
        )),
    }
}
