//! Runs of flows that are kept as their tests.

use super::audit::{self, Entry};
use super::{Database, Statement, StoreError, text};
use shared::id::{FlowId, OrganizationId, TestId};
use shared::json::Read;
use shared::time::Timestamp;

/// The most tests of a flow.
pub const MOST: u32 = 20;

/// A run, and what came of it.
#[derive(Debug, Read)]
pub struct FlowTest {
    /// Its id.
    pub id: TestId,
    /// What it shows.
    pub name: String,
    /// The script: a JSON object.
    pub script: String,
    /// What came of it: a JSON object.
    pub expected: String,
    /// When it was kept.
    pub created_at: Timestamp,
}

/// A flow's tests, oldest first.
pub async fn list(
    db: &Database,
    organization: OrganizationId,
    flow: FlowId,
) -> Result<Vec<FlowTest>, StoreError> {
    let sql = "SELECT id, name, script, expected, created_at FROM flow_tests
        WHERE organization_id = ?1 AND flow_id = ?2 ORDER BY id LIMIT ?3";
    db.all(sql, &[text(organization), text(flow), MOST.into()]).await
}

/// Keeps one.
pub fn insert(
    db: &Database,
    organization: OrganizationId,
    flow: FlowId,
    test: &FlowTest,
) -> Result<Statement, StoreError> {
    let sql = "INSERT INTO flow_tests (organization_id, flow_id, id, name, script, expected, created_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let values = [
        text(organization),
        text(flow),
        text(test.id),
        text(&test.name),
        text(&test.script),
        text(&test.expected),
        text(test.created_at),
    ];
    db.statement(sql, &values)
}

/// Forgets one; whether it was there.
pub async fn delete(
    db: &Database,
    organization: OrganizationId,
    flow: FlowId,
    test: TestId,
    entry: &Entry<'_>,
) -> Result<bool, StoreError> {
    let sql = "DELETE FROM flow_tests WHERE organization_id = ?1 AND flow_id = ?2 AND id = ?3";
    let delete = db.statement(sql, &[text(organization), text(flow), text(test)])?;
    db.batch(vec![delete, audit::note(db, entry)?]).await?;
    audit::is_noted(db, entry).await
}
