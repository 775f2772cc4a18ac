//! What Threads write into the record.

use super::{Database, Statement, StoreError, media, optional, outbox, text};
use crate::media::address::MARK;
use shared::id::{ConversationId, OrganizationId, VisitorId, WidgetId};
use shared::model::conversation::ConversationStatus;
use shared::time::Timestamp;
use wasm_bindgen::JsValue;

/// The most pages of a visitor that are kept.
pub const VISITS: u32 = 100;

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
    /// Who answers, for which department, and how it was found, as JSON.
    pub details: &'a str,
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
    /// Who they have proved to be, as JSON.
    pub identity: Option<&'a str>,
    /// What else came with them, as JSON.
    pub metadata: &'a str,
}

/// What of a conversation and its visitor is written, in the order in which the statements here and in [`outbox`] number
/// it: the first eleven are the conversation's.
pub type Values = [JsValue; 17];

/// Writes a visitor, a conversation, some of its messages and some of the visitor's pages (JSON arrays), and with them what
/// there is to tell of it: all or nothing. Writing the same again changes nothing. Gives the hints of what is to be sent.
pub async fn project(
    db: &Database,
    conversation: &Projection<'_>,
    visitor: ProjectedVisitor<'_>,
    messages: Option<&str>,
    visits: Option<&str>,
) -> Result<Vec<String>, StoreError> {
    let (organization, values) = (conversation.organization, values(conversation, visitor));
    let mut statements = Vec::new();
    let wanted = outbox::wanted(db, organization, conversation.visitor).await?;
    if wanted.by_webhooks() {
        statements.push(outbox::keep_later(db, &values, messages)?);
    }
    if let Some(json) = messages.filter(|_| wanted.by_a_chat_server()) {
        let (visitor, id) = (conversation.visitor, conversation.conversation);
        statements.extend(outbox::answer_later(db, organization, visitor, id, json)?);
    }
    statements.extend([write_visitor(db, &values)?, write_conversation(db, &values)?]);
    if let Some(json) = messages {
        statements.push(write_messages(db, organization, json)?);
        if json.contains(MARK) {
            statements.push(media::mark_sent(db, organization, json)?);
        }
        if json.contains("\"deletedAt\":") {
            statements.push(media::mark_taken_back(db, organization, json)?);
        }
    }
    if let Some(json) = visits {
        statements.extend(write_visits(db, conversation, json)?);
    }
    if wanted.by_webhooks() || wanted.by_a_chat_server() {
        return outbox::hints(&db.rows_of_all(statements).await?);
    }
    db.batch(statements).await?;
    Ok(Vec::new())
}

fn values(c: &Projection<'_>, visitor: ProjectedVisitor<'_>) -> Values {
    [
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
        text(c.details),
        optional(visitor.name),
        optional(visitor.email),
        optional(visitor.phone),
        text(visitor.context),
        optional(visitor.identity),
        text(visitor.metadata),
    ]
}

fn write_visitor(db: &Database, values: &Values) -> Result<Statement, StoreError> {
    let sql = "INSERT INTO visitors (id, organization_id, widget_id, name, email, phone, context, created_at, identity,
            metadata)
        VALUES (?4, ?2, ?3, ?12, ?13, ?14, ?15, ?6, ?16, ?17)
        ON CONFLICT (id) DO UPDATE SET name = ?12, email = ?13, phone = ?14, context = ?15, identity = ?16, metadata = ?17
        WHERE organization_id = ?2";
    db.statement(sql, values)
}

fn write_conversation(db: &Database, values: &Values) -> Result<Statement, StoreError> {
    let sql = "INSERT INTO conversations (id, organization_id, widget_id, visitor_id, status, created_at, updated_at,
            closed_at, last_message, unread, assignee_id, department_id, rating, rating_comment, tags)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11 ->> '$.assignee.id', ?11 ->> '$.department',
            ?11 ->> '$.rating.score', ?11 ->> '$.rating.comment', coalesce(?11 -> '$.tags', '[]'))
        ON CONFLICT (id) DO UPDATE SET status = ?5, updated_at = ?7, closed_at = ?8, last_message = ?9, unread = ?10,
            assignee_id = excluded.assignee_id, department_id = excluded.department_id, rating = excluded.rating,
            rating_comment = excluded.rating_comment, tags = excluded.tags
        WHERE organization_id = ?2";
    db.statement(sql, values.split_at(11).0)
}

fn write_messages(
    db: &Database,
    organization: OrganizationId,
    messages: &str,
) -> Result<Statement, StoreError> {
    let sql = "INSERT INTO messages (conversation_id, seq, id, organization_id, direction, author_kind, text,
            json, created_at)
        SELECT value ->> 'conversationId', value ->> 'seq', value ->> 'id', ?1, value ->> 'direction',
            value ->> '$.author.kind', value ->> '$.payload.text', value, value ->> 'createdAt' FROM json_each(?2) WHERE true
        ON CONFLICT (conversation_id, seq) DO UPDATE SET text = excluded.text, json = excluded.json
        WHERE organization_id = ?1 AND json <> excluded.json";
    db.statement(sql, &[text(organization), text(messages)])
}

/// The newest visits; of those in the record, as many stay as the Thread keeps.
fn write_visits(db: &Database, c: &Projection<'_>, visits: &str) -> Result<[Statement; 2], StoreError> {
    let new = "INSERT OR IGNORE INTO visits (visitor_id, number, organization_id, url, title, at)
        SELECT ?1, value ->> 'number', ?2, value ->> 'url', value ->> 'title', value ->> 'at' FROM json_each(?3)";
    let old = "DELETE FROM visits WHERE visitor_id = ?1 AND organization_id = ?2
        AND number <= (SELECT max(number) FROM visits WHERE visitor_id = ?1) - ?3";
    let (visitor, organization) = (text(c.visitor), text(c.organization));
    Ok([
        db.statement(new, &[visitor.clone(), organization.clone(), text(visits)])?,
        db.statement(old, &[visitor, organization, VISITS.into()])?,
    ])
}
