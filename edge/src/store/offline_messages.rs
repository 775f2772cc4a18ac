//! Messages that people leave without a chat.

use super::{Database, StoreError, optional, text};
use crate::offline::OfflineMessage;
use shared::id::{OfflineMessageId, OrganizationId, WidgetId};
use shared::json::{Json, Read, Wrong};
use shared::time::Timestamp;

/// One that is kept.
#[derive(Debug)]
pub struct Kept {
    /// Its id.
    pub id: OfflineMessageId,
    /// Whose it is.
    pub organization: OrganizationId,
    /// The widget it was left in.
    pub widget: WidgetId,
    /// What was left, and by whom.
    pub left: OfflineMessage,
    /// When.
    pub created_at: Timestamp,
}

impl Read for Kept {
    fn read(json: &Json) -> Result<Self, Wrong> {
        Ok(Self {
            id: json.field("id")?,
            organization: json.field("organization_id")?,
            widget: json.field("widget_id")?,
            left: OfflineMessage {
                name: json.field("name")?,
                email: json.field("email")?,
                message: json.field("message")?,
                department: json.field("department_id")?,
                host: json.field("page_host")?,
            },
            created_at: json.field("created_at")?,
        })
    }
}

/// Keeps a message. Where somebody is to be mailed, the first try is counted as it is kept.
pub async fn insert(
    db: &Database,
    organization: OrganizationId,
    kept: &Kept,
    mails: bool,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO offline_messages (id, organization_id, widget_id, name, email, message, department_id, page_host,
            created_at, tries)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    let OfflineMessage { name, email, message, department, host } = &kept.left;
    let values = [
        text(kept.id),
        text(organization),
        text(kept.widget),
        text(name),
        text(email),
        text(message),
        optional(*department),
        optional(host.as_ref().and_then(|host| host.as_option())),
        text(kept.created_at),
        u8::from(mails).into(),
    ];
    db.batch(vec![db.statement(sql, &values)?]).await
}

/// Notes that a message is about to be mailed once more.
pub async fn tried(
    db: &Database,
    organization: OrganizationId,
    id: OfflineMessageId,
) -> Result<(), StoreError> {
    let sql = "UPDATE offline_messages SET tries = tries + 1 WHERE organization_id = ?1 AND id = ?2";
    db.batch(vec![db.statement(sql, &[text(organization), text(id)])?]).await
}

/// Notes that a message was mailed.
pub async fn mailed(
    db: &Database,
    organization: OrganizationId,
    id: OfflineMessageId,
    at: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE offline_messages SET mailed_at = ?3 WHERE organization_id = ?1 AND id = ?2";
    db.batch(vec![db.statement(sql, &[text(organization), text(id), text(at)])?]).await
}

/// A message whose mail failed, and the public token of its widget.
#[derive(Debug)]
pub struct Unmailed {
    /// The message.
    pub kept: Kept,
    /// The token.
    pub token: String,
}

impl Read for Unmailed {
    fn read(json: &Json) -> Result<Self, Wrong> {
        Ok(Self { kept: Kept::read(json)?, token: json.field("token")? })
    }
}

/// Up to `limit` messages that came before this time, could not be mailed, and were not tried too often; oldest first, of all
/// organizations, for the sweep.
pub async fn unmailed(db: &Database, before: Timestamp, limit: u32) -> Result<Vec<Unmailed>, StoreError> {
    // The conditions are the index's own.
    let sql = "SELECT m.*, w.token FROM offline_messages m JOIN widgets w ON w.id = m.widget_id
        WHERE m.mailed_at IS NULL AND m.tries > 0 AND m.tries <= 5 AND m.created_at < ?1
        ORDER BY m.created_at LIMIT ?2";
    db.all(sql, &[text(before), limit.into()]).await
}

/// A page of messages.
#[derive(Debug, Read)]
pub struct Page {
    /// A JSON array of [`OfflineMessageView`].
    pub json: String,
    /// The last of them, where there are more.
    pub next: Option<OfflineMessageId>,
}

/// Up to `limit` messages of an organization, newest first; those before one of them, where it is given.
pub async fn list(
    db: &Database,
    organization: OrganizationId,
    before: Option<OfflineMessageId>,
    limit: u32,
) -> Result<Page, StoreError> {
    // One row more than asked for tells whether there is a next page.
    let sql = "WITH page AS (
            SELECT json_object('id', m.id, 'channel', json_object('id', w.id, 'name', w.name), 'name', m.name,
                'email', m.email, 'message', m.message, 'department', m.department_id, 'host', m.page_host,
                'createdAt', m.created_at, 'mailedAt', m.mailed_at) AS json, m.id,
                row_number() OVER (ORDER BY m.id DESC) AS place
            FROM (SELECT * FROM offline_messages WHERE organization_id = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3 + 1) m
            JOIN widgets w ON w.id = m.widget_id AND w.organization_id = ?1)
        SELECT (SELECT json_group_array(json(json)) FROM (SELECT json FROM page WHERE place <= ?3 ORDER BY place)) AS json,
            (SELECT id FROM page WHERE place = ?3 AND (SELECT count(*) FROM page) > ?3) AS next";
    // No id is written with this letter.
    let before = before.map_or("~".into(), |id| id.to_string());
    let page = db.first(sql, &[text(organization), text(before), limit.into()]).await?;
    Ok(page.unwrap_or(Page { json: "[]".into(), next: None }))
}

/// Deletes a message; whether it was there.
pub async fn delete(
    db: &Database,
    organization: OrganizationId,
    id: OfflineMessageId,
) -> Result<bool, StoreError> {
    let sql = "DELETE FROM offline_messages WHERE organization_id = ?1 AND id = ?2 RETURNING id";
    Ok(db.first::<Json>(sql, &[text(organization), text(id)]).await?.is_some())
}

/// A message that somebody left, as those who answer see it.
#[cfg(feature = "schema")]
#[derive(serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OfflineMessageView {
    /// Its id.
    pub id: OfflineMessageId,
    /// The widget it was left in.
    pub channel: super::conversations::ChannelView,
    /// The name they claim.
    pub name: String,
    /// The e-mail they claim.
    pub email: String,
    /// What they said.
    pub message: String,
    /// The department it is for.
    pub department: Option<shared::id::DepartmentId>,
    /// Where they were, as they say; no link.
    pub host: Option<String>,
    /// When it came.
    pub created_at: Timestamp,
    /// When it was mailed to the widget's recipient, if it was.
    pub mailed_at: Option<Timestamp>,
}
