//! The record of conversations: what their Threads project, and what agents list.

use super::{Database, StoreError, optional, text};
use serde::{Deserialize, Serialize};
use shared::id::{ConversationId, OrganizationId, VisitorId, WidgetId};
use shared::model::conversation::ConversationStatus;
use shared::model::message::Message;
use shared::time::Timestamp;
use worker::D1PreparedStatement;

/// A conversation as its Thread projects it.
#[derive(Debug)]
pub struct Projection<'a> {
    /// Whose it is.
    pub organization: OrganizationId,
    /// The widget it is held in.
    pub widget: WidgetId,
    /// The visitor.
    pub visitor: VisitorId,
    /// Its id.
    pub conversation: ConversationId,
    /// Where it stands.
    pub status: ConversationStatus,
    /// When it began.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it was closed, if it is.
    pub closed_at: Option<Timestamp>,
    /// Its last message that the visitor may see, as JSON.
    pub last_message: Option<&'a str>,
    /// How many of the visitor's messages no agent has seen.
    pub unread: u32,
}

/// A visitor as their Thread projects them: name, e-mail and phone are claims.
#[derive(Debug, Clone, Copy)]
pub struct ProjectedVisitor<'a> {
    /// The name.
    pub name: Option<&'a str>,
    /// The e-mail.
    pub email: Option<&'a str>,
    /// The phone.
    pub phone: Option<&'a str>,
    /// Where they come from, as JSON.
    pub context: &'a str,
}

/// Writes a visitor, a conversation and some of its messages (a JSON array), all or nothing. Writing the same again changes nothing.
pub async fn project(
    db: &Database,
    conversation: &Projection<'_>,
    visitor: ProjectedVisitor<'_>,
    messages: Option<&str>,
) -> Result<(), StoreError> {
    let mut statements =
        vec![write_visitor(db, conversation, visitor)?, write_conversation(db, conversation)?];
    if let Some(json) = messages {
        statements.push(write_messages(db, conversation.organization, json)?);
    }
    db.batch(statements).await
}

fn write_visitor(
    db: &Database,
    conversation: &Projection<'_>,
    visitor: ProjectedVisitor<'_>,
) -> Result<D1PreparedStatement, StoreError> {
    let sql = "INSERT INTO visitors (id, organization_id, widget_id, name, email, phone, context, created_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        ON CONFLICT (id) DO UPDATE SET name = ?4, email = ?5, phone = ?6, context = ?7 WHERE organization_id = ?2";
    db.statement(
        sql,
        &[
            text(conversation.visitor),
            text(conversation.organization),
            text(conversation.widget),
            optional(visitor.name),
            optional(visitor.email),
            optional(visitor.phone),
            text(visitor.context),
            text(conversation.created_at),
        ],
    )
}

fn write_conversation(db: &Database, c: &Projection<'_>) -> Result<D1PreparedStatement, StoreError> {
    let sql = "INSERT INTO conversations (id, organization_id, widget_id, visitor_id, status, created_at, updated_at,
            closed_at, last_message, unread)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
        ON CONFLICT (id) DO UPDATE SET status = ?5, updated_at = ?7, closed_at = ?8, last_message = ?9, unread = ?10
        WHERE organization_id = ?2";
    db.statement(
        sql,
        &[
            text(c.conversation),
            text(c.organization),
            text(c.widget),
            text(c.visitor),
            text(c.status.tag()),
            text(c.created_at),
            text(c.updated_at),
            optional(c.closed_at),
            optional(c.last_message),
            c.unread.into(),
        ],
    )
}

fn write_messages(
    db: &Database,
    organization: OrganizationId,
    messages: &str,
) -> Result<D1PreparedStatement, StoreError> {
    let sql = "INSERT OR IGNORE INTO messages (conversation_id, seq, id, organization_id, direction, author_kind, text,
            json, created_at)
        SELECT value ->> 'conversationId', value ->> 'seq', value ->> 'id', ?1, value ->> 'direction',
            value ->> '$.author.kind', value ->> '$.payload.text', value, value ->> 'createdAt' FROM json_each(?2)";
    db.statement(sql, &[text(organization), text(messages)])
}

/// Where a list of conversations goes on: after this one, in the order of the last change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// When the conversation last changed.
    pub updated_at: Timestamp,
    /// Its id.
    pub id: ConversationId,
}

/// A page of conversations.
#[derive(Debug)]
pub struct Page {
    /// A JSON array.
    pub json: String,
    /// Where it goes on, if it does.
    pub next: Option<Cursor>,
}

#[derive(Deserialize)]
struct PageRow {
    json: Option<String>,
    rows: u32,
    last_updated_at: Option<Timestamp>,
    last_id: Option<ConversationId>,
}

/// What of conversation `c` of widget `w` and visitor `v` only the record knows, as the agents' API shows it.
const RECORD: &str = "'id', c.id, 'visitor', json_object('id', v.id, 'name', v.name, 'email', v.email,
        'phone', v.phone, 'verified', json('false'), 'context', json(v.context)),
    'assignee', NULL, 'channel', json_object('id', w.id, 'name', w.name), 'createdAt', c.created_at";

/// What the record was told by the Thread.
const PROJECTED: &str = "'status', c.status, 'lastMessage', json(c.last_message), 'unread', c.unread,
    'updatedAt', c.updated_at, 'closedAt', c.closed_at";

/// An organization's conversations, last changed first.
pub async fn list(
    db: &Database,
    organization: OrganizationId,
    status: Option<ConversationStatus>,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Page, StoreError> {
    // One row more than asked for tells whether there is a next page.
    let sql = format!(
        "WITH page AS (
            SELECT json_object({RECORD}, {PROJECTED}) AS json, c.updated_at, c.id,
                row_number() OVER (ORDER BY c.updated_at DESC, c.id DESC) AS place
            FROM (SELECT * FROM conversations WHERE organization_id = ?1 {status_is}
                AND (updated_at, id) < (?3, ?4) ORDER BY updated_at DESC, id DESC LIMIT ?5 + 1) c
            JOIN widgets w ON w.id = c.widget_id AND w.organization_id = ?1
            JOIN visitors v ON v.id = c.visitor_id AND v.organization_id = ?1)
        SELECT (SELECT json_group_array(json(json)) FROM (SELECT json FROM page WHERE place <= ?5 ORDER BY place)) AS json,
            (SELECT count(*) FROM page) AS rows,
            (SELECT updated_at FROM page WHERE place = ?5) AS last_updated_at,
            (SELECT id FROM page WHERE place = ?5) AS last_id",
        status_is = if status.is_some() { "AND status = ?2" } else { "AND ?2 IS NULL" },
    );
    let values = [
        text(organization),
        optional(status.map(ConversationStatus::tag)),
        after.map_or_else(|| text("~"), |cursor| text(cursor.updated_at)),
        after.map_or_else(|| text("~"), |cursor| text(cursor.id)),
        limit.into(),
    ];
    let row = db.first::<PageRow>(&sql, &values).await?;
    let Some(row) = row else { return Ok(Page { json: "[]".into(), next: None }) };
    let next = match (row.rows > limit, row.last_updated_at, row.last_id) {
        (true, Some(updated_at), Some(id)) => Some(Cursor { updated_at, id }),
        _ => None,
    };
    Ok(Page { json: row.json.unwrap_or_else(|| "[]".into()), next })
}

/// Where a conversation is held, and what only the record knows of it.
#[derive(Debug, Deserialize)]
pub struct Found {
    /// The widget.
    pub widget_id: WidgetId,
    /// The visitor.
    pub visitor_id: VisitorId,
    /// A JSON object; the Thread knows the rest.
    pub json: String,
}

/// One conversation of an organization; one of another is not there.
pub async fn find(
    db: &Database,
    organization: OrganizationId,
    conversation: ConversationId,
) -> Result<Option<Found>, StoreError> {
    let sql = format!(
        "SELECT c.widget_id, c.visitor_id, json_object({RECORD}) AS json FROM conversations c
        JOIN widgets w ON w.id = c.widget_id JOIN visitors v ON v.id = c.visitor_id
        WHERE c.organization_id = ?1 AND c.id = ?2"
    );
    db.first(&sql, &[text(organization), text(conversation)]).await
}

/// A conversation as the record has it.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ConversationView {
    /// Its id.
    pub id: ConversationId,
    /// The visitor.
    pub visitor: VisitorView,
    /// The agent it is assigned to.
    pub assignee: Option<String>,
    /// The widget it is held in.
    pub channel: ChannelView,
    /// When it began.
    pub created_at: Timestamp,
    /// Where it stands.
    pub status: ConversationStatus,
    /// Its last message that the visitor may see.
    pub last_message: Option<Message>,
    /// How many of the visitor's messages no agent has seen.
    pub unread: u32,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it was closed, if it is.
    pub closed_at: Option<Timestamp>,
}

/// A visitor as agents see them.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct VisitorView {
    /// Their id.
    pub id: VisitorId,
    /// The name they claim.
    pub name: Option<String>,
    /// The e-mail they claim.
    pub email: Option<String>,
    /// The phone they claim.
    pub phone: Option<String>,
    /// Whether any of it was proved.
    pub verified: bool,
    /// The page, the language and what else came with their session.
    pub context: serde_json::Value,
}

/// The widget of a conversation.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChannelView {
    /// Its id.
    pub id: WidgetId,
    /// Its name.
    pub name: String,
}
