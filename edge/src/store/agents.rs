//! The people who answer.

use super::audit::{self, Entry};
use super::{Database, Statement, StoreError, text};
use crate::thread::command::detail::Assignee;
use shared::id::{AgentId, OrganizationId};
use shared::json::Read;
use shared::time::Timestamp;

/// The most agents that are listed.
const MOST: u32 = 1000;

/// An agent of an organization; one of another is not there.
pub async fn find(
    db: &Database,
    organization: OrganizationId,
    agent: AgentId,
) -> Result<Option<Assignee>, StoreError> {
    let sql = "SELECT id, name FROM agents WHERE organization_id = ?1 AND id = ?2";
    db.first(sql, &[text(organization), text(agent)]).await
}

/// An organization's agents by name, as a JSON array.
pub async fn list(db: &Database, organization: OrganizationId) -> Result<String, StoreError> {
    #[derive(Read)]
    struct Row {
        json: String,
    }
    let sql = "SELECT json_group_array(json_object('id', id, 'name', name)) AS json FROM
        (SELECT id, name FROM agents WHERE organization_id = ?1 ORDER BY name, id LIMIT ?2)";
    let row = db.first::<Row>(sql, &[text(organization), MOST.into()]).await?;
    Ok(row.map_or_else(|| "[]".into(), |row| row.json))
}

/// Makes an agent.
pub fn insert(
    db: &Database,
    organization: OrganizationId,
    agent: &Assignee,
    now: Timestamp,
) -> Result<Statement, StoreError> {
    let sql = "INSERT INTO agents (id, organization_id, name, created_at) VALUES (?1, ?2, ?3, ?4)";
    db.statement(sql, &[text(agent.id), text(organization), text(&agent.name), text(now)])
}

/// Gives an agent another name; what they said before stays under the old one.
pub async fn rename(
    db: &Database,
    organization: OrganizationId,
    agent: &Assignee,
    entry: &Entry<'_>,
) -> Result<(), StoreError> {
    let sql = "UPDATE agents SET name = ?3 WHERE organization_id = ?1 AND id = ?2";
    let statement = db.statement(sql, &[text(organization), text(agent.id), text(&agent.name)])?;
    db.batch(vec![statement, audit::note(db, entry)?]).await
}
