//! The departments of an organization.

use super::audit::{self, Entry};
use super::{Database, Statement, StoreError, text};
use serde::Serialize;
use shared::id::{DepartmentId, OrganizationId};
use shared::json::Read;
use shared::text::Name;
use shared::time::Timestamp;

/// The most departments that are listed.
const MOST: u32 = 1000;

/// A department.
#[derive(Debug, Serialize, Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Department {
    /// Its id.
    pub id: DepartmentId,
    /// Its name, of which there is one in an organization.
    pub name: Name,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

const COLUMNS: &str = "id, name, created_at AS createdAt, updated_at AS updatedAt";

/// An organization's departments by name.
pub async fn list(db: &Database, organization: OrganizationId) -> Result<Vec<Department>, StoreError> {
    let sql =
        format!("SELECT {COLUMNS} FROM departments WHERE organization_id = ?1 ORDER BY name, id LIMIT ?2");
    db.all(&sql, &[text(organization), MOST.into()]).await
}

/// A department of an organization; one of another is not there.
pub async fn find(
    db: &Database,
    organization: OrganizationId,
    id: DepartmentId,
) -> Result<Option<Department>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM departments WHERE organization_id = ?1 AND id = ?2");
    db.first(&sql, &[text(organization), text(id)]).await
}

/// Whether another department than this one has a name.
pub async fn is_taken(
    db: &Database,
    organization: OrganizationId,
    name: &Name,
    id: DepartmentId,
) -> Result<bool, StoreError> {
    let sql =
        format!("SELECT {COLUMNS} FROM departments WHERE organization_id = ?1 AND name = ?2 AND id <> ?3");
    Ok(db.first::<Department>(&sql, &[text(organization), text(name), text(id)]).await?.is_some())
}

/// Makes a department.
pub fn insert(
    db: &Database,
    organization: OrganizationId,
    department: &Department,
) -> Result<Statement, StoreError> {
    let sql = "INSERT INTO departments (id, organization_id, name, created_at, updated_at)
        VALUES (?1, ?2, ?3, ?4, ?5)";
    let Department { id, name, created_at, updated_at } = department;
    db.statement(sql, &[text(id), text(organization), text(name), text(created_at), text(updated_at)])
}

/// Gives a department another name.
pub async fn rename(
    db: &Database,
    organization: OrganizationId,
    department: &Department,
    entry: &Entry<'_>,
) -> Result<(), StoreError> {
    let sql = "UPDATE departments SET name = ?3, updated_at = ?4 WHERE organization_id = ?1 AND id = ?2";
    let Department { id, name, updated_at, .. } = department;
    let values = [text(organization), text(id), text(name), text(updated_at)];
    db.batch(vec![db.statement(sql, &values)?, audit::note(db, entry)?]).await
}

/// Removes a department; its conversations keep its id.
pub async fn delete(
    db: &Database,
    organization: OrganizationId,
    id: DepartmentId,
    entry: &Entry<'_>,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM departments WHERE organization_id = ?1 AND id = ?2";
    db.batch(vec![db.statement(sql, &[text(organization), text(id)])?, audit::note(db, entry)?]).await
}
