//! API keys.

use super::{Along, Database, Statement, StoreError, optional, text};
use crate::auth::key::Scope;
use crate::thread::command::detail::Assignee;
use serde::Serialize;
use shared::id::{KeyId, OrganizationId};
use shared::json::{self, Json, Read, Wrong};
use shared::time::Timestamp;

/// How exactly it is known when a key was used last, in seconds: a use is not noted sooner after the one before.
const NOTED: i64 = 10 * 60;
/// The most keys that are listed.
const MOST: u32 = 1000;

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
    last_used_at: Option<Timestamp>,
}

#[derive(Read)]
struct Row {
    organization_id: OrganizationId,
    secret_hash: String,
    scopes: String,
    agent_name: String,
    last_used_at: Option<Timestamp>,
}

/// The key with this prefix, unless it was revoked or has ended; and the JSON of what is asked along with it.
pub async fn find(
    db: &Database,
    prefix: &str,
    now: Timestamp,
    along: Option<Along>,
) -> Result<Option<(Key, Option<Json>)>, StoreError> {
    let along = along.unwrap_or_else(|| Along { sql: "NULL".into(), values: Vec::new() });
    let sql = format!(
        "SELECT k.organization_id, k.secret_hash, k.scopes, coalesce(a.name, o.name) AS agent_name, k.last_used_at,
            ({}) AS along
        FROM api_keys k JOIN organizations o ON o.id = k.organization_id LEFT JOIN agents a ON a.id = k.agent_id
        WHERE k.prefix = ?1 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > ?2)",
        along.sql,
    );
    let mut values = vec![text(prefix), text(now)];
    values.extend(along.values);
    let rows = db.rows(&sql, &values).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let along = row.get("along").and_then(Json::text).map(Json::parse).transpose()?;
    Ok(Some((Key::read(row)?, along)))
}

impl Read for Key {
    fn read(json: &Json) -> Result<Self, Wrong> {
        let row = Row::read(json)?;
        Ok(Self {
            organization_id: row.organization_id,
            secret_hash: row.secret_hash,
            scopes: scopes(&row.scopes)?,
            agent_name: row.agent_name,
            last_used_at: row.last_used_at,
        })
    }
}

fn scopes(json: &str) -> Result<Vec<Scope>, Wrong> {
    Ok(json::read::<Vec<String>>(json)?.iter().filter_map(|scope| Scope::parse(scope)).collect())
}

/// Notes that a key was used.
pub async fn used(db: &Database, prefix: &str, key: &Key, now: Timestamp) -> Result<(), StoreError> {
    if key.last_used_at.is_some_and(|last| last.plus_seconds(NOTED) > now) {
        return Ok(());
    }
    let sql = "UPDATE api_keys SET last_used_at = ?3 WHERE organization_id = ?1 AND prefix = ?2";
    db.batch(vec![db.statement(sql, &[text(key.organization_id), text(prefix), text(now)])?]).await
}

/// A key as administrators see it.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ApiKey {
    /// Its id.
    pub id: KeyId,
    /// What its owner calls it.
    pub name: String,
    /// What it begins with, after `mk_live_`; no secret.
    pub prefix: String,
    /// What it may do; what this version does not know grants nothing.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<String>"))]
    pub scopes: Vec<Scope>,
    /// Whoever speaks by it; the organization where it is nobody.
    pub agent: Option<Assignee>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends; never where there is nothing.
    pub expires_at: Option<Timestamp>,
    /// When it was used last, to ten minutes.
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

#[derive(Read)]
struct Text {
    text: String,
}

const JSON: &str = "json_object('id', k.id, 'name', k.name, 'prefix', k.prefix, 'scopes', json(k.scopes),
    'agent', iif(a.id IS NULL, NULL, json_object('id', a.id, 'name', a.name)), 'createdAt', k.created_at,
    'expiresAt', k.expires_at, 'lastUsedAt', k.last_used_at, 'revokedAt', k.revoked_at)";

/// An organization's keys, newest first, as a JSON array of [`ApiKey`]; those that were revoked stay for a month.
pub async fn list(db: &Database, organization: OrganizationId) -> Result<String, StoreError> {
    let sql = format!(
        "SELECT json_group_array(json(json)) AS text FROM (SELECT {JSON} AS json FROM api_keys k
            LEFT JOIN agents a ON a.id = k.agent_id
            WHERE k.organization_id = ?1 ORDER BY k.created_at DESC, k.id DESC LIMIT ?2)"
    );
    let row = db.first::<Text>(&sql, &[text(organization), MOST.into()]).await?;
    Ok(row.map_or_else(|| "[]".into(), |row| row.text))
}

/// Makes a key, whose secret has this SHA-256.
pub fn insert(
    db: &Database,
    organization: OrganizationId,
    key: &ApiKey,
    secret_hash: &str,
) -> Result<Statement, StoreError> {
    let sql = "INSERT INTO api_keys (id, organization_id, agent_id, name, prefix, secret_hash, scopes, created_at, expires_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    let values = [
        text(key.id),
        text(organization),
        optional(key.agent.as_ref().map(|agent| agent.id)),
        text(&key.name),
        text(&key.prefix),
        text(secret_hash),
        text(serde_json::to_string(&key.scopes)?),
        text(key.created_at),
        optional(key.expires_at),
    ];
    db.statement(sql, &values)
}

/// What came of revoking a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revoked {
    /// It opens nothing any more.
    Done,
    /// There is no such key, or it was revoked before.
    Unknown,
    /// Nobody could administer the organization without it.
    LastAdmin,
}

/// Revokes a key, unless it is the last that may administer the organization; one that ends does not stand in for one that
/// lasts.
pub async fn revoke(
    db: &Database,
    organization: OrganizationId,
    id: KeyId,
    now: Timestamp,
    entry: Statement,
) -> Result<Revoked, StoreError> {
    const LIVING: &str =
        "organization_id = ?1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?3 AND
            (SELECT expires_at FROM api_keys WHERE id = ?2) IS NOT NULL)";
    const ADMIN: &str = "EXISTS (SELECT 1 FROM json_each(scopes) WHERE value = 'admin')";
    let sql = format!(
        "UPDATE api_keys SET revoked_at = ?3 WHERE organization_id = ?1 AND id = ?2 AND revoked_at IS NULL AND
            (NOT {ADMIN} OR EXISTS (SELECT 1 FROM (SELECT * FROM api_keys WHERE {LIVING} AND id <> ?2 AND {ADMIN})))"
    );
    let values = [text(organization), text(id), text(now)];
    db.batch(vec![db.statement(&sql, &values)?, entry]).await?;
    let sql = "SELECT coalesce(revoked_at, '') AS text FROM api_keys
        WHERE organization_id = ?1 AND id = ?2 AND (revoked_at IS NULL OR revoked_at = ?3)";
    let row = db.first::<Text>(sql, &values).await?;
    Ok(row
        .map_or(Revoked::Unknown, |row| if row.text.is_empty() { Revoked::LastAdmin } else { Revoked::Done }))
}

/// Removes keys that were revoked, or ended, before this time.
pub async fn sweep(db: &Database, before: Timestamp) -> Result<(), StoreError> {
    let sql = "DELETE FROM api_keys WHERE revoked_at < ?1 OR expires_at < ?1";
    db.batch(vec![db.statement(sql, &[text(before)])?]).await
}
