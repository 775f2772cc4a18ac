//! Widgets as their owners write them.

use super::{Database, StoreError, text};
use shared::id::{OrganizationId, WidgetId};
use shared::json::Read;

/// A widget.
#[derive(Debug)]
pub struct Widget {
    /// Its id.
    pub id: WidgetId,
    /// Whose it is.
    pub organization_id: OrganizationId,
    /// Its name.
    pub name: String,
    /// What its owner set, as JSON.
    pub settings: String,
}

#[derive(Read)]
struct Row {
    id: WidgetId,
    organization_id: OrganizationId,
    name: String,
    settings: String,
}

/// The enabled widget with this public token.
pub async fn by_token(db: &Database, token: &str) -> Result<Option<Widget>, StoreError> {
    let sql = "SELECT id, organization_id, name, settings FROM widgets WHERE token = ?1 AND enabled = 1";
    let Some(row) = db.first::<Row>(sql, &[text(token)]).await? else {
        return Ok(None);
    };
    Ok(Some(Widget {
        id: row.id,
        organization_id: row.organization_id,
        name: row.name,
        settings: row.settings,
    }))
}
