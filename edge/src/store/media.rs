//! The record of files. A row is there before its object and goes after it, so that no object is without a row; one whose
//! file was never sent is swept.

use super::objects::Objects;
use super::{Database, StoreError, optional, text};
use shared::id::{MediaId, OrganizationId, VisitorId, WidgetId};
use shared::json::Read;
use shared::model::message::AuthorKind;
use shared::time::Timestamp;
use worker::D1PreparedStatement;

/// A file as the record has it.
#[derive(Debug)]
pub struct Row<'a> {
    /// Whose it is.
    pub organization: OrganizationId,
    /// The widget it is for.
    pub widget: WidgetId,
    /// The visitor in whose Thread it is.
    pub visitor: VisitorId,
    /// Its id.
    pub id: MediaId,
    /// The object's key.
    pub key: &'a str,
    /// Who uploaded it.
    pub by: AuthorKind,
    /// What it is made of.
    pub mime_type: &'a str,
    /// Its name.
    pub filename: &'a str,
    /// How many bytes it has; none while they come.
    pub size: Option<u64>,
    /// When it came.
    pub created_at: Timestamp,
}

/// Writes a file's row.
pub async fn create(db: &Database, row: &Row<'_>) -> Result<(), StoreError> {
    let sql = "INSERT INTO media (id, organization_id, widget_id, visitor_id, object_key, uploaded_by, mime_type, filename,
            size, created_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    let values = [
        text(row.id),
        text(row.organization),
        text(row.widget),
        text(row.visitor),
        text(row.key),
        text(row.by.tag()),
        text(row.mime_type),
        text(row.filename),
        optional(row.size),
        text(row.created_at),
    ];
    db.batch(vec![db.statement(sql, &values)?]).await
}

/// Notes that all of a file's bytes have come.
pub async fn complete(
    db: &Database,
    organization: OrganizationId,
    id: MediaId,
    size: u64,
) -> Result<(), StoreError> {
    let sql = "UPDATE media SET size = ?3 WHERE organization_id = ?1 AND id = ?2";
    db.batch(vec![db.statement(sql, &[text(organization), text(id), text(size)])?]).await
}

/// Removes a file's row.
pub async fn delete(db: &Database, organization: OrganizationId, id: MediaId) -> Result<(), StoreError> {
    let sql = "DELETE FROM media WHERE organization_id = ?1 AND id = ?2";
    db.batch(vec![db.statement(sql, &[text(organization), text(id)])?]).await
}

/// Notes which files were sent in some messages (a JSON array).
pub(super) fn mark_sent(
    db: &Database,
    organization: OrganizationId,
    messages: &str,
) -> Result<D1PreparedStatement, StoreError> {
    let sql = "UPDATE media SET sent_at = message.value ->> 'createdAt', message_id = message.value ->> 'id'
        FROM json_each(?2) AS message
        WHERE media.organization_id = ?1 AND media.id = message.value ->> '$.payload.attachment.id'";
    db.statement(sql, &[text(organization), text(messages)])
}

/// Notes which files were taken back with the messages that carried them (a JSON array), for the sweep.
pub(super) fn mark_taken_back(
    db: &Database,
    organization: OrganizationId,
    messages: &str,
) -> Result<D1PreparedStatement, StoreError> {
    let sql = "UPDATE media SET sent_at = NULL FROM json_each(?2) AS message
        WHERE media.organization_id = ?1 AND media.message_id = message.value ->> 'id'
            AND message.value ->> 'deletedAt' IS NOT NULL";
    db.statement(sql, &[text(organization), text(messages)])
}

/// A file that was not sent, as far as the record knows.
#[derive(Debug, Read)]
pub struct Unsent {
    /// Whose it is.
    pub organization_id: OrganizationId,
    /// The widget it is for.
    pub widget_id: WidgetId,
    /// The visitor in whose Thread it is.
    pub visitor_id: VisitorId,
    /// Its id.
    pub id: MediaId,
    /// The object's key.
    pub object_key: String,
}

/// The files that came before this time and were not sent, oldest first: of all organizations, for the sweep.
pub async fn unsent(db: &Database, before: Timestamp, limit: u32) -> Result<Vec<Unsent>, StoreError> {
    let sql = "SELECT organization_id, widget_id, visitor_id, id, object_key FROM media
        WHERE sent_at IS NULL AND created_at < ?1 ORDER BY created_at LIMIT ?2";
    db.all(sql, &[text(before), limit.into()]).await
}

/// Notes that a file was sent after all; its Thread says so.
pub async fn was_sent(db: &Database, unsent: &Unsent, at: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE media SET sent_at = ?3 WHERE organization_id = ?1 AND id = ?2";
    let values = [text(unsent.organization_id), text(unsent.id), text(at)];
    db.batch(vec![db.statement(sql, &values)?]).await
}

/// Removes all files of a visitor, their bytes and their rows. Done again, it does nothing.
pub async fn forget(
    db: &Database,
    objects: &Objects,
    organization: OrganizationId,
    visitor: VisitorId,
) -> Result<(), StoreError> {
    #[derive(Read)]
    struct Key {
        object_key: String,
    }
    // As many as R2 removes at once.
    let read = "SELECT object_key FROM media WHERE organization_id = ?1 AND visitor_id = ?2 LIMIT 1000";
    let remove =
        "DELETE FROM media WHERE organization_id = ?1 AND object_key IN (SELECT value FROM json_each(?2))";
    let whose = [text(organization), text(visitor)];
    loop {
        let rows: Vec<Key> = db.all(read, &whose).await?;
        if rows.is_empty() {
            return Ok(());
        }
        let keys: Vec<String> = rows.into_iter().map(|row| row.object_key).collect();
        let removed = text(serde_json::to_string(&keys)?);
        objects.delete(keys).await?;
        db.batch(vec![db.statement(remove, &[text(organization), removed])?]).await?;
    }
}
