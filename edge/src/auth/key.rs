//! API keys: `mk_live_<prefix>.<secret>`, in `X-Api-Key` or as the bearer token.

use super::bearer;
use super::secret::{same, sha256_hex};
use crate::store::keys::{self, Key};
use crate::store::{Along, Database, StoreError};
use serde::{Serialize, Serializer};
use shared::id::OrganizationId;
use shared::json::Json;
use shared::time::Timestamp;
use worker::{Headers, console_error};

/// What a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Read conversations.
    ConversationsRead,
    /// Answer, close and reopen conversations.
    ConversationsWrite,
    /// Read widgets.
    WidgetsRead,
    /// Make, change and delete widgets.
    WidgetsWrite,
    /// Speak as a chat server that forwards its visitors.
    Gateway,
    /// Read bot flows.
    FlowsRead,
    /// Make, change, publish and delete bot flows.
    FlowsWrite,
    /// Administer the organization.
    Admin,
}

/// The names of the scopes.
const SCOPES: [(&str, Scope); 8] = [
    ("conversations.read", Scope::ConversationsRead),
    ("conversations.write", Scope::ConversationsWrite),
    ("chat-widget.readonly", Scope::WidgetsRead),
    ("chat-widget.write", Scope::WidgetsWrite),
    ("API_CHAT", Scope::Gateway),
    ("flows.read", Scope::FlowsRead),
    ("flows.write", Scope::FlowsWrite),
    ("admin", Scope::Admin),
];

impl Scope {
    /// Every scope there is.
    pub fn all() -> impl Iterator<Item = Self> {
        SCOPES.iter().map(|(_, scope)| *scope)
    }

    /// Reads its name; one that this version does not know grants nothing.
    pub fn parse(text: &str) -> Option<Self> {
        SCOPES.iter().find(|(name, _)| *name == text).map(|(_, scope)| *scope)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        SCOPES.iter().find(|(_, scope)| *scope == self).map_or("", |(name, _)| name)
    }
}

impl Serialize for Scope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// Proof that the request carries a key of this organization with the scope that was asked for.
#[derive(Debug, Clone)]
pub struct KeyProof {
    /// The organization the key belongs to.
    pub organization: OrganizationId,
    /// What the key begins with, which is no secret: there is one key of this prefix.
    pub prefix: String,
    /// The name under which the key's holder speaks to visitors.
    pub agent_name: String,
}

/// Why a key proves nothing.
#[derive(Debug)]
pub enum NoKey {
    /// There is none, or it is not one of ours, revoked or ended.
    Invalid,
    /// It is another organization's, or lacks the scope.
    Forbidden,
    /// The keys could not be read.
    Store(StoreError),
}

impl From<StoreError> for NoKey {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl KeyProof {
    /// From a request that wants to do something of `scope` in `organization`.
    pub async fn from_headers(
        headers: &Headers,
        db: &Database,
        organization: OrganizationId,
        scope: Scope,
        now: Timestamp,
    ) -> Result<Self, NoKey> {
        Holder::from_headers(headers, db, now).await?.may(organization, scope)
    }

    /// The same, and what is asked in one journey with the key. It is nobody's but the proof's: who has none learns
    /// nothing of it.
    pub async fn along_with(
        along: Along,
        headers: &Headers,
        db: &Database,
        organization: OrganizationId,
        scope: Scope,
        now: Timestamp,
    ) -> Result<(Self, Option<Json>), NoKey> {
        let (holder, along) = Holder::along_with(Some(along), &carried(headers)?, db, now).await?;
        Ok((holder.may(organization, scope)?, along))
    }

    /// From a key's text.
    pub async fn from_text(
        text: &str,
        db: &Database,
        organization: OrganizationId,
        scope: Scope,
        now: Timestamp,
    ) -> Result<Self, NoKey> {
        Holder::of(text, db, now).await?.may(organization, scope)
    }
}

/// The text of the key that a request carries.
fn carried(headers: &Headers) -> Result<String, NoKey> {
    let named = headers.get("x-api-key").ok().flatten();
    named.or_else(|| bearer(headers)).ok_or(NoKey::Invalid)
}

/// Proof that a request carries a living key, whatever it may be used for.
#[derive(Debug)]
pub struct Holder {
    prefix: String,
    key: Key,
}

impl Holder {
    /// Who carries the key of a request.
    pub async fn from_headers(headers: &Headers, db: &Database, now: Timestamp) -> Result<Self, NoKey> {
        Self::of(&carried(headers)?, db, now).await
    }

    /// Whose key a text is.
    pub async fn of(text: &str, db: &Database, now: Timestamp) -> Result<Self, NoKey> {
        Ok(Self::along_with(None, text, db, now).await?.0)
    }

    async fn along_with(
        along: Option<Along>,
        text: &str,
        db: &Database,
        now: Timestamp,
    ) -> Result<(Self, Option<Json>), NoKey> {
        let (prefix, secret) =
            text.strip_prefix("mk_live_").and_then(|key| key.split_once('.')).ok_or(NoKey::Invalid)?;
        let (key, along) = keys::find(db, prefix, now, along).await?.ok_or(NoKey::Invalid)?;
        if !same(&key.secret_hash, &sha256_hex(secret)) {
            return Err(NoKey::Invalid);
        }
        if let Err(error) = keys::used(db, prefix, &key, now).await {
            // Nobody is refused because it could not be noted that they came.
            console_error!("the use of a key was not noted: {error}");
        }
        Ok((Self { prefix: prefix.into(), key }, along))
    }

    /// The organization its key belongs to.
    pub fn organization(&self) -> OrganizationId {
        self.key.organization_id
    }

    /// Whether its key has a scope.
    pub fn has(&self, scope: Scope) -> bool {
        self.key.scopes.contains(&scope)
    }

    /// The proof that its key may be used so.
    pub fn may(self, organization: OrganizationId, scope: Scope) -> Result<KeyProof, NoKey> {
        if self.key.organization_id != organization || !self.has(scope) {
            return Err(NoKey::Forbidden);
        }
        Ok(KeyProof { organization, prefix: self.prefix, agent_name: self.key.agent_name })
    }
}
