//! What was said in one conversation, as clients ask for it that name messages and times of their own.

use super::messages::MESSAGE_JSON;
use super::{Log, number, text};
use crate::thread::command::ThreadError;
use crate::thread::command::within::Excerpt;
use shared::id::{ConversationId, MessageId};
use worker::SqlStorageValue;

/// A message `m` that the visitor may see and that was not taken back. Only what has changed has to be looked into.
const VISIBLE: &str = "m.private = 0 AND NOT (m.changed > m.seq AND m.json ->> '$.deletedAt' IS NOT NULL)";

/// The message that a client calls so: by the name that it gave one of the visitor's, else by its id.
const NAMED: &str = "m.id = coalesce((SELECT id FROM messages WHERE client_id = ?2 AND inward = 1), ?2)
    AND m.seq BETWEEN (SELECT first_seq FROM spans WHERE id = ?1) AND (SELECT last_seq FROM spans WHERE id = ?1)";

impl Log {
    /// The message of a conversation that a client calls so, be it taken back.
    pub fn named(&self, conversation: ConversationId, name: &str) -> Result<Option<MessageId>, ThreadError> {
        let sql = format!("SELECT m.id FROM messages m WHERE {NAMED} AND m.private = 0");
        let id = self.scalar(&sql, vec![text(conversation), name.into()])?;
        Ok(id.and_then(|id| MessageId::parse(&id).ok()))
    }

    /// The same as it is told, where it was not taken back.
    pub fn visible(&self, conversation: ConversationId, name: &str) -> Result<Option<String>, ThreadError> {
        let sql = format!("SELECT {MESSAGE_JSON} FROM messages m WHERE {NAMED} AND {VISIBLE}");
        self.scalar(&sql, vec![text(conversation), name.into()])
    }

    /// Some of a conversation's messages, and what of them is told besides, as JSON.
    pub fn excerpt(&self, id: ConversationId, excerpt: &Excerpt) -> Result<String, ThreadError> {
        let Excerpt { from, until, skip, limit, seen_at } = excerpt;
        let (first, last) = self.span(id)?.ok_or(ThreadError::UnknownConversation)?;
        let mut values: Vec<SqlStorageValue> = vec![number(first), number(last)];
        let mut times = String::new();
        for (time, bound) in [(from, " AND m.created_at >= ?"), (until, " AND m.created_at < ?")] {
            if let Some(time) = time {
                times.push_str(bound);
                values.push(text(time));
            }
        }
        // Numbers are no parameters, for SQLite would prepare the statement anew for every value of one.
        let sql = format!(
            "SELECT CAST('[' || coalesce(group_concat(json, ','), '') || ']' AS BLOB), min(seq)
            FROM (SELECT {MESSAGE_JSON} AS json, m.seq FROM messages m
                WHERE m.seq BETWEEN ? AND ? AND {VISIBLE}{times} ORDER BY m.seq DESC LIMIT {limit} OFFSET {skip})"
        );
        let mut row = self.row(&sql, values)?.into_iter();
        let messages = match row.next() {
            Some(SqlStorageValue::Blob(bytes)) => String::from_utf8(bytes).map_err(ThreadError::failed)?,
            _ => "[]".into(),
        };
        let (unread, first) = match (seen_at, row.next().as_ref().and_then(as_place)) {
            (Some(seen_at), Some(oldest)) => self.unread_before(first, oldest, text(seen_at))?,
            _ => (0, None),
        };
        let first = first.as_deref().unwrap_or("null");
        Ok(format!(r#"{{"messages":{messages},"unread":{unread},"first":{first}}}"#))
    }

    /// How many messages from one place on and before another came after a time, and the first of them.
    fn unread_before(
        &self,
        first: u32,
        before: u32,
        seen_at: SqlStorageValue,
    ) -> Result<(u32, Option<String>), ThreadError> {
        let sql = format!(
            "SELECT count(*), min(m.seq) FROM messages m
            WHERE m.seq >= ? AND m.seq < ? AND {VISIBLE} AND m.created_at > ?"
        );
        let mut row = self.row(&sql, vec![number(first), number(before), seen_at])?.into_iter();
        let count = row.next().as_ref().and_then(as_place).unwrap_or_default();
        let Some(seq) = row.next().as_ref().and_then(as_place) else { return Ok((0, None)) };
        let sql = format!("SELECT {MESSAGE_JSON} FROM messages m WHERE m.seq = ?");
        Ok((count, self.scalar(&sql, vec![number(seq)])?))
    }
}

/// A place or a count, where there is one.
fn as_place(value: &SqlStorageValue) -> Option<u32> {
    match value {
        SqlStorageValue::Integer(number) => u32::try_from(*number).ok(),
        _ => None,
    }
}
