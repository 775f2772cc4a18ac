//! API keys.

use super::{Database, StoreError, text};
use crate::auth::key::Scope;
use shared::id::OrganizationId;
use shared::json;
use shared::json::Read;
use shared::time::Timestamp;

/// A key as it is kept: its secret only as a hash.
#[derive(Debug)]
pub struct Key {
    /// Whose key it is.
    pub organization_id: OrganizationId,
    /// SHA-256 of the secret, in hex.
    pub secret_hash: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// The name its holder speaks under: the agent's, else the organization's.
    pub agent_name: String,
}

#[derive(Read)]
struct Row {
    organization_id: OrganizationId,
    secret_hash: String,
    scopes: String,
    agent_name: String,
}

/// The key with this prefix, unless it was revoked or has ended.
pub async fn find(db: &Database, prefix: &str, now: Timestamp) -> Result<Option<Key>, StoreError> {
    let sql = "SELECT k.organization_id, k.secret_hash, k.scopes, coalesce(a.name, o.name) AS agent_name
        FROM api_keys k JOIN organizations o ON o.id = k.organization_id LEFT JOIN agents a ON a.id = k.agent_id
        WHERE k.prefix = ?1 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > ?2)";
    let Some(row) = db.first::<Row>(sql, &[text(prefix), text(now)]).await? else {
        return Ok(None);
    };
    Ok(Some(Key {
        organization_id: row.organization_id,
        secret_hash: row.secret_hash,
        scopes: json::read::<Vec<String>>(&row.scopes)?
            .iter()
            .filter_map(|scope| Scope::parse(scope))
            .collect(),
        agent_name: row.agent_name,
    }))
}

/// Removes keys that were revoked, or ended, before this time.
pub async fn sweep(db: &Database, before: Timestamp) -> Result<(), StoreError> {
    let sql = "DELETE FROM api_keys WHERE revoked_at < ?1 OR expires_at < ?1";
    db.batch(vec![db.statement(sql, &[text(before)])?]).await
}
