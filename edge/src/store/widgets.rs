//! Widgets as their owners write them.

use super::{Database, Statement, StoreError, text};
use shared::id::{OrganizationId, WidgetId};
use shared::json::Read;
use shared::time::Timestamp;

/// A widget.
#[derive(Debug, Clone, Read)]
pub struct Widget {
    /// Its id.
    pub id: WidgetId,
    /// Whose it is.
    pub organization_id: OrganizationId,
    /// What its pages name it by.
    pub token: String,
    /// Its name.
    pub name: String,
    /// 1 where it is served, else 0.
    pub enabled: u8,
    /// What its owner set, as JSON.
    pub settings: String,
    /// 1 where it has an identity secret, else 0.
    pub has_identity_secret: u8,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

const COLUMNS: &str = "id, organization_id, token, name, enabled, settings,
    identity_secret IS NOT NULL AS has_identity_secret, created_at, updated_at";

/// The enabled widget with this public token.
pub async fn by_token(db: &Database, token: &str) -> Result<Option<Widget>, StoreError> {
    let sql =
        format!("SELECT {COLUMNS} FROM widgets WHERE token = ?1 AND enabled = 1 AND deleted_at IS NULL");
    db.first(&sql, &[text(token)]).await
}

/// A widget of an organization; one of another, or a deleted one, is not there.
pub async fn find(
    db: &Database,
    organization: OrganizationId,
    id: WidgetId,
) -> Result<Option<Widget>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM widgets WHERE organization_id = ?1 AND id = ?2 AND deleted_at IS NULL"
    );
    db.first(&sql, &[text(organization), text(id)]).await
}

/// Up to `limit` widgets of an organization, newest first; those made before one of them where it is given.
pub async fn list(
    db: &Database,
    organization: OrganizationId,
    before: Option<&Widget>,
    limit: u32,
) -> Result<Vec<Widget>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM widgets WHERE organization_id = ?1 AND (created_at, id) < (?2, ?3)
            AND deleted_at IS NULL ORDER BY created_at DESC, id DESC LIMIT ?4"
    );
    // No time is written with a letter first.
    let (at, id) = before.map_or(("~".into(), "~".into()), |w| (w.created_at.to_string(), w.id.to_string()));
    db.all(&sql, &[text(organization), text(at), text(id), limit.into()]).await
}

/// Makes a widget.
pub fn insert(db: &Database, widget: &Widget) -> Result<Statement, StoreError> {
    let sql =
        "INSERT INTO widgets (id, organization_id, token, name, enabled, settings, created_at, updated_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let Widget { id, organization_id, token, name, enabled, settings, created_at, updated_at, .. } = widget;
    let values = [
        text(id),
        text(organization_id),
        text(token),
        text(name),
        (*enabled).into(),
        text(settings),
        text(created_at),
        text(updated_at),
    ];
    db.statement(sql, &values)
}

/// Changes a widget, unless somebody else has done so since it was read; false then.
pub async fn update(db: &Database, before: &Widget, after: &Widget) -> Result<bool, StoreError> {
    let sql = "UPDATE widgets SET name = ?3, enabled = ?4, settings = ?5, updated_at = ?6
        WHERE organization_id = ?1 AND id = ?2 AND deleted_at IS NULL
            AND name = ?7 AND enabled = ?8 AND settings = ?9 RETURNING id AS value";
    let values = [
        text(after.organization_id),
        text(after.id),
        text(&after.name),
        after.enabled.into(),
        text(&after.settings),
        text(after.updated_at),
        text(&before.name),
        before.enabled.into(),
        text(&before.settings),
    ];
    db.changes(sql, &values).await
}

/// Deletes a widget: it is served no more, and what was said in it stays. False where there is none.
pub async fn delete(
    db: &Database,
    organization: OrganizationId,
    id: WidgetId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "UPDATE widgets SET deleted_at = ?3, identity_secret = NULL, updated_at = ?3
        WHERE organization_id = ?1 AND id = ?2 AND deleted_at IS NULL RETURNING id AS value";
    db.changes(sql, &[text(organization), text(id), text(now)]).await
}
