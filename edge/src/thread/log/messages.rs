//! What was said.

use super::{Log, as_text, number, text};
use crate::thread::command::{Page, Party, ThreadError};
use crate::thread::obey::Obeyed;
use shared::id::{ClientId, ConversationId, MessageId};
use shared::json;
use shared::json::Read;
use shared::model::message::{AuthorKind, Direction, Message};
use worker::SqlStorageValue;

/// A message of the table `messages m` as it is told: its status is worked out from how far the other side has seen.
/// As bytes, for the letters of a text are counted one by one.
pub(super) const MESSAGE_JSON: &str = "substr(CAST(m.json AS BLOB), 1, octet_length(m.json) - 1) || ',\"status\":\"' || iif(m.seq <=
    iif(m.inward, (SELECT agent_seen FROM thread), (SELECT visitor_seen FROM thread)), 'seen', 'sent') || '\"}'";

/// The most unread messages that are counted.
const MAX_UNREAD: u32 = 1000;

impl Log {
    /// Keeps a new message.
    pub fn append(&self, message: &Message) -> Result<String, ThreadError> {
        let json = serde_json::to_string(message)?;
        let sql = "INSERT INTO messages (seq, changed, id, client_id, inward, private, created_at, json)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
        self.run(
            sql,
            vec![
                number(message.seq),
                number(message.changed),
                text(message.id),
                message.client_id.as_ref().map(ClientId::as_str).into(),
                SqlStorageValue::Integer((message.direction == Direction::In).into()),
                SqlStorageValue::Integer(message.private.into()),
                text(message.created_at),
                json.as_str().into(),
            ],
        )?;
        Ok(json)
    }

    /// A message that one of the two sides wrote: the visitor, or agents in the conversation they are in.
    pub fn written_by(&self, id: MessageId, by: &Party) -> Result<Option<Message>, ThreadError> {
        let (kind, conversation) = match by {
            Party::Visitor => (AuthorKind::Visitor, None),
            Party::Agent { conversation, .. } => (AuthorKind::Agent, Some(*conversation)),
        };
        let sql = "SELECT json FROM messages WHERE id = ?1 AND json ->> '$.author.kind' = ?2
            AND (?3 IS NULL OR json ->> 'conversationId' = ?3)";
        let values = vec![text(id), kind.tag().into(), conversation.map(text).into()];
        let json = self.scalar(sql, values)?;
        Ok(json.map(|json| json::read(&json)).transpose()?)
    }

    /// Keeps a message that has changed.
    pub fn amend(&self, message: &Message) -> Result<(), ThreadError> {
        let json = serde_json::to_string(message)?;
        let sql = "UPDATE messages SET changed = ?, json = ? WHERE seq = ?";
        self.run(sql, vec![number(message.changed), json.into(), number(message.seq)])
    }

    /// A message as it is told.
    pub fn told(&self, id: MessageId) -> Result<String, ThreadError> {
        let sql = format!("SELECT {MESSAGE_JSON} FROM messages m WHERE m.id = ?");
        self.scalar(&sql, vec![text(id)])?.ok_or(ThreadError::UnknownMessage)
    }

    /// The message that a client named so, as it is told.
    pub fn by_client_id(&self, id: &ClientId) -> Result<Option<String>, ThreadError> {
        let sql = format!("SELECT {MESSAGE_JSON} FROM messages m WHERE m.client_id = ?");
        self.scalar(&sql, vec![id.as_str().into()])
    }

    /// A page of messages as a JSON array: of one conversation with the agents' notes, or all the visitor may see; and if
    /// it is full and goes back in time, the id of its oldest message.
    pub fn page(
        &self,
        conversation: Option<ConversationId>,
        page: Page,
        limit: u32,
    ) -> Result<Obeyed, ThreadError> {
        let mut values: Vec<SqlStorageValue> = Vec::new();
        let whose = match conversation {
            Some(id) => {
                let Some((first, last)) = self.span(id)? else { return Err(ThreadError::Unknown) };
                values.extend([number(first), number(last)]);
                "m.seq BETWEEN ? AND ?"
            }
            None => "m.private = 0",
        };
        let (which, order, cursor) = match page {
            Page::Newest => ("1", "m.seq DESC", "id"),
            Page::BeforeMessage(id) => {
                values.push(text(id));
                ("m.seq < (SELECT seq FROM messages WHERE id = ?)", "m.seq DESC", "id")
            }
            Page::BeforeTime(time) => {
                values.push(text(time));
                ("m.created_at < ?", "m.seq DESC", "id")
            }
            Page::ChangedAfter(count) => {
                values.extend([number(count), number(count)]);
                ("(m.seq > ? OR (m.changed > m.seq AND m.changed > ?))", "m.changed", "NULL")
            }
        };
        // `id` is that of the row with the least `seq` (<https://sqlite.org/lang_select.html#bareagg>). The limit is no
        // parameter, for SQLite would prepare the statement anew for every value of one.
        let sql = format!(
            "SELECT CAST('[' || coalesce(group_concat(json, ','), '') || ']' AS BLOB), iif(count(*) = {limit}, {cursor}, NULL), min(seq)
            FROM (SELECT {MESSAGE_JSON} AS json, m.id, m.seq FROM messages m
                WHERE {whose} AND {which} ORDER BY {order} LIMIT {limit})"
        );
        let mut row = self.row(&sql, values)?.into_iter();
        let json = match row.next() {
            // A text costs a look at every letter to be taken over; its bytes are copied at once.
            Some(SqlStorageValue::Blob(bytes)) => String::from_utf8(bytes).map_err(ThreadError::failed)?,
            _ => "[]".into(),
        };
        Ok(Obeyed { cursor: row.next().and_then(as_text), ..json.into() })
    }

    /// The last message of a conversation that the visitor may see.
    pub fn last_message(&self, id: ConversationId) -> Result<Option<Message>, ThreadError> {
        let sql = format!(
            "SELECT {MESSAGE_JSON} FROM spans s JOIN messages m ON m.seq BETWEEN s.first_seq AND s.last_seq
            WHERE s.id = ? AND m.private = 0 ORDER BY m.seq DESC LIMIT 1"
        );
        let json = self.scalar(&sql, vec![text(id)])?;
        Ok(json.map(|json| json::read(&json)).transpose()?)
    }

    /// Whether there is a message with this id that the visitor may see.
    pub fn has(&self, id: MessageId) -> Result<bool, ThreadError> {
        let found = self.scalar("SELECT id FROM messages WHERE id = ? AND private = 0", vec![text(id)])?;
        Ok(found.is_some())
    }

    /// How many of a conversation's messages by the visitor no agent has seen, up to [`MAX_UNREAD`].
    pub fn unread(&self, id: ConversationId) -> Result<u32, ThreadError> {
        #[derive(Read)]
        struct Row {
            unread: u32,
        }
        let sql = format!(
            "SELECT count(*) AS unread FROM (SELECT 1 FROM spans s JOIN messages m
                ON m.seq BETWEEN max(s.first_seq, (SELECT agent_seen + 1 FROM thread)) AND s.last_seq
                WHERE s.id = ? AND m.inward = 1 LIMIT {MAX_UNREAD})"
        );
        Ok(self.first::<Row>(&sql, vec![text(id)])?.map_or(0, |row| row.unread))
    }
}
