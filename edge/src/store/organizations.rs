//! Organizations: the tenants.

use super::audit::{self, Entry};
use super::{Database, Statement, StoreError, text};
use serde::Serialize;
use shared::id::OrganizationId;
use shared::json::Read;
use shared::time::Timestamp;

/// An organization.
#[derive(Debug, Clone, Serialize, Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// Its name, which speaks to visitors where no agent's does.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// An organization by its id.
pub async fn find(db: &Database, id: OrganizationId) -> Result<Option<Organization>, StoreError> {
    let sql = "SELECT id, name, created_at AS createdAt FROM organizations WHERE id = ?1";
    db.first(sql, &[text(id)]).await
}

/// Whether there is any.
pub async fn is_any(db: &Database) -> Result<bool, StoreError> {
    #[derive(Read)]
    struct Row {}
    Ok(db.first::<Row>("SELECT 1 AS one FROM organizations LIMIT 1", &[]).await?.is_some())
}

/// Makes one.
pub fn insert(db: &Database, organization: &Organization) -> Result<Statement, StoreError> {
    let Organization { id, name, created_at } = organization;
    let sql = "INSERT INTO organizations (id, name, created_at) VALUES (?1, ?2, ?3)";
    db.statement(sql, &[text(id), text(name), text(created_at)])
}

/// Makes one, if there is none. What needs it in the same batch fails where it was not made, and all of the batch with it.
pub fn insert_first(db: &Database, organization: &Organization) -> Result<Statement, StoreError> {
    let Organization { id, name, created_at } = organization;
    let sql = "INSERT INTO organizations (id, name, created_at)
        SELECT ?1, ?2, ?3 WHERE NOT EXISTS (SELECT 1 FROM organizations)";
    db.statement(sql, &[text(id), text(name), text(created_at)])
}

/// Gives one another name.
pub async fn rename(
    db: &Database,
    id: OrganizationId,
    name: &str,
    entry: &Entry<'_>,
) -> Result<(), StoreError> {
    let sql = "UPDATE organizations SET name = ?2 WHERE id = ?1";
    db.batch(vec![db.statement(sql, &[text(id), text(name)])?, audit::note(db, entry)?]).await
}
