//! Secrets that an organization's flows name: sealed, and opened only where a server is asked.

use super::audit::{self, Entry};
use super::{Database, Statement, StoreError, text};
use crate::auth::sealed;
use serde::Serialize;
use shared::id::OrganizationId;
use shared::json::Read;
use shared::time::Timestamp;
use worker::{Env, console_error};

/// The most secrets of an organization.
pub const MOST: u32 = 100;

/// A secret, which is not told.
#[derive(Debug, Serialize, Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Secret {
    /// The name that flows name it by.
    pub name: String,
    /// When it was last set.
    pub updated_at: Timestamp,
}

/// What a secret is sealed for.
pub fn of(organization: OrganizationId, name: &str) -> String {
    format!("{organization} {name}")
}

/// An organization's secrets, by name.
pub async fn list(db: &Database, organization: OrganizationId) -> Result<Vec<Secret>, StoreError> {
    let sql =
        "SELECT name, updated_at AS updatedAt FROM secrets WHERE organization_id = ?1 ORDER BY name LIMIT ?2";
    // Several that came at once may be more than there ought to be: all are told.
    db.all(sql, &[text(organization), (2 * MOST).into()]).await
}

/// Keeps a sealed secret in the place of the one of that name.
pub fn set(
    db: &Database,
    organization: OrganizationId,
    secret: &Secret,
    sealed: &str,
) -> Result<Statement, StoreError> {
    let sql = "INSERT INTO secrets (organization_id, name, sealed, updated_at) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (organization_id, name) DO UPDATE SET sealed = ?3, updated_at = ?4";
    db.statement(sql, &[text(organization), text(&secret.name), text(sealed), text(secret.updated_at)])
}

/// Forgets a secret; whether it was there.
pub async fn delete(
    db: &Database,
    organization: OrganizationId,
    name: &str,
    entry: &Entry<'_>,
) -> Result<bool, StoreError> {
    let delete = "DELETE FROM secrets WHERE organization_id = ?1 AND name = ?2";
    db.batch(vec![db.statement(delete, &[text(organization), text(name)])?, audit::note(db, entry)?]).await?;
    audit::is_noted(db, entry).await
}

/// Those of the named secrets that are there, opened, by their names.
pub async fn opened(
    env: &Env,
    organization: OrganizationId,
    names: &[&str],
) -> Result<Vec<(String, String)>, StoreError> {
    #[derive(Read)]
    struct Row {
        name: String,
        sealed: String,
    }
    let db = Database::of(env, organization)?;
    let sql = "SELECT name, sealed FROM secrets
        WHERE organization_id = ?1 AND name IN (SELECT value FROM json_each(?2))";
    let rows: Vec<Row> = db.all(sql, &[text(organization), text(serde_json::to_string(names)?)]).await?;
    let mut opened = Vec::new();
    for Row { name, sealed } in rows {
        match sealed::open(env, &of(organization, &name), &sealed).await {
            Ok(secret) => opened.push((name, secret)),
            Err(error) => console_error!("the secret {name} could not be opened: {error:?}"),
        }
    }
    Ok(opened)
}
