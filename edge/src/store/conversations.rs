//! The record of conversations, as agents read it.

pub mod search;

use super::identities::Identity;
use super::{Database, StoreError, text};
use crate::thread::command::detail::Assignee;
use serde::Serialize;
use shared::id::{AgentId, ConversationId, OrganizationId, VisitorId, WidgetId};
use shared::json::Read;
use shared::model::conversation::ConversationStatus;
use shared::model::message::Message;
use shared::time::Timestamp;
use wasm_bindgen::JsValue;

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

#[derive(Read)]
struct PageRow {
    json: Option<String>,
    rows: u32,
    last_updated_at: Option<Timestamp>,
    last_id: Option<ConversationId>,
}

/// What of conversation `c` of widget `w` and visitor `v` only the record knows, as the agents' API shows it.
pub(super) const RECORD: &str = "'id', c.id, 'visitor', json_object('id', v.id, 'name', v.name, 'email', v.email,
        'phone', v.phone, 'verified', json(iif(v.identity IS NULL, 'false', 'true')), 'emailVerified',
        json(iif(v.identity ->> '$.kind' IN ('host:email', 'code:email') AND v.email = v.identity ->> '$.value', 'true', 'false')),
        'identity', json(v.identity), 'metadata', json(v.metadata), 'context', json(v.context)),
    'channel', json_object('id', w.id, 'name', w.name), 'createdAt', c.created_at";

/// What the record was told by the Thread.
pub(super) const PROJECTED: &str = "'status', c.status, 'lastMessage', json(c.last_message), 'unread', c.unread,
    'assignee', iif(a.id IS NULL, NULL, json_object('id', a.id, 'name', a.name)), 'department', c.department_id,
    'rating', c.rating, 'tags', json(c.tags), 'updatedAt', c.updated_at, 'closedAt', c.closed_at";

/// Which conversations are listed: those of which all that is asked for holds.
#[derive(Debug, Default)]
pub struct Filter {
    /// Those that stand so.
    pub status: Option<ConversationStatus>,
    /// Those that are assigned to an agent, or, where there is none, to nobody.
    pub assignee: Option<Option<AgentId>>,
    /// Those that are held in a widget.
    pub channel: Option<WidgetId>,
    /// Those that are for a department.
    pub department: Option<String>,
    /// Those with these words, as [`search::matches`] gives them.
    pub words: Option<[String; 2]>,
}

impl Filter {
    /// The conditions, with values from the parameter on that is next.
    fn conditions(&self, values: &mut Vec<JsValue>) -> String {
        let mut sql = String::new();
        if matches!(self.assignee, Some(None)) {
            sql.push_str(" AND assignee_id IS NULL");
        }
        let equal = [
            ("status", self.status.map(|status| text(status.tag()))),
            ("assignee_id", self.assignee.flatten().map(text)),
            ("widget_id", self.channel.map(text)),
            ("department_id", self.department.as_ref().map(text)),
        ];
        for (column, value) in equal {
            if let Some(value) = value {
                values.push(value);
                sql.push_str(&format!(" AND {column} = ?{}", values.len()));
            }
        }
        sql
    }
}

/// An organization's conversations, last changed first.
pub async fn list(
    db: &Database,
    organization: OrganizationId,
    filter: &Filter,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Page, StoreError> {
    let mut values = vec![
        text(organization),
        after.map_or_else(|| text("~"), |cursor| text(cursor.updated_at)),
        after.map_or_else(|| text("~"), |cursor| text(cursor.id)),
        limit.into(),
    ];
    // What is searched for is where the looking begins, however many conversations there are.
    let from = match &filter.words {
        Some(words) => {
            values.extend(words.iter().map(text));
            format!("({}) CROSS JOIN conversations ON id = hit", search::hits())
        }
        None => "conversations".into(),
    };
    let conditions = filter.conditions(&mut values);
    // One row more than asked for tells whether there is a next page.
    let sql = format!(
        "WITH page AS (
            SELECT json_object({RECORD}, {PROJECTED}) AS json, c.updated_at, c.id,
                row_number() OVER (ORDER BY c.updated_at DESC, c.id DESC) AS place
            FROM (SELECT conversations.* FROM {from} WHERE organization_id = ?1{conditions}
                AND (updated_at, id) < (?2, ?3) ORDER BY updated_at DESC, id DESC LIMIT ?4 + 1) c
            JOIN widgets w ON w.id = c.widget_id AND w.organization_id = ?1
            JOIN visitors v ON v.id = c.visitor_id AND v.organization_id = ?1
            LEFT JOIN agents a ON a.id = c.assignee_id AND a.organization_id = ?1)
        SELECT (SELECT json_group_array(json(json)) FROM (SELECT json FROM page WHERE place <= ?4 ORDER BY place)) AS json,
            (SELECT count(*) FROM page) AS rows,
            (SELECT updated_at FROM page WHERE place = ?4) AS last_updated_at,
            (SELECT id FROM page WHERE place = ?4) AS last_id"
    );
    let row = db.first::<PageRow>(&sql, &values).await?;
    let Some(row) = row else { return Ok(Page { json: "[]".into(), next: None }) };
    let next = match (row.rows > limit, row.last_updated_at, row.last_id) {
        (true, Some(updated_at), Some(id)) => Some(Cursor { updated_at, id }),
        _ => None,
    };
    Ok(Page { json: row.json.unwrap_or_else(|| "[]".into()), next })
}

/// Where a conversation is held, and what only the record knows of it.
#[derive(Debug, Read)]
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
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ConversationView {
    /// Its id.
    pub id: ConversationId,
    /// The visitor.
    pub visitor: VisitorView,
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
    /// The agent it is assigned to.
    pub assignee: Option<Assignee>,
    /// The department it is for.
    pub department: Option<String>,
    /// How the visitor found it, from 1 to 5.
    pub rating: Option<u8>,
    /// What its bot has put on it.
    pub tags: Vec<String>,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it was closed, if it is.
    pub closed_at: Option<Timestamp>,
}

/// A visitor as agents see them.
#[derive(Debug, Serialize)]
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
    /// Whether they have proved who they are: whom, is told apart from what they claim.
    pub verified: bool,
    /// Whether what they claim as their e-mail is what they have proved.
    #[serde(rename = "emailVerified")]
    pub email_verified: bool,
    /// Who they have proved to be.
    pub identity: Option<Identity>,
    /// Under `host`, what the host has signed for besides.
    pub metadata: serde_json::Value,
    /// The page, the language and what else came with their session.
    pub context: serde_json::Value,
}

/// The widget of a conversation.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChannelView {
    /// Its id.
    pub id: WidgetId,
    /// Its name.
    pub name: String,
}
