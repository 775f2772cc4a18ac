//! Visitors as wholes: all the record has of one.

use super::{Database, StoreError, text};
use shared::id::{OrganizationId, VisitorId};

/// Deletes all the record has of a visitor. Doing it again changes nothing.
pub async fn forget(
    db: &Database,
    organization: OrganizationId,
    visitor: VisitorId,
) -> Result<(), StoreError> {
    let values = [text(organization), text(visitor)];
    let statements = [
        "DELETE FROM messages WHERE organization_id = ?1 AND conversation_id IN
            (SELECT id FROM conversations WHERE organization_id = ?1 AND visitor_id = ?2)",
        "DELETE FROM conversations WHERE organization_id = ?1 AND visitor_id = ?2",
        "DELETE FROM identities WHERE organization_id = ?1 AND visitor_id = ?2",
        "DELETE FROM visits WHERE organization_id = ?1 AND visitor_id = ?2",
        "DELETE FROM deliveries WHERE organization_id = ?1 AND visitor_id = ?2",
        "DELETE FROM visitors WHERE organization_id = ?1 AND id = ?2",
    ];
    let statements: Result<Vec<_>, _> = statements.iter().map(|sql| db.statement(sql, &values)).collect();
    db.batch(statements?).await
}
