//! The people who answer.

use super::{Database, StoreError, text};
use crate::thread::command::detail::Assignee;
use shared::id::{AgentId, OrganizationId};
use shared::json::Read;

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
