//! What was said in one conversation, as clients ask for it that name messages and times of their own. They are not told
//! how far the other side has seen, so that messages are given as they are kept.

use super::{Log, number, text};
use crate::thread::command::ThreadError;
use crate::thread::command::within::Excerpt;
use shared::id::{ConversationId, MessageId};
use worker::SqlStorageValue;

/// A message `m` that the visitor may see and that was not taken back. Only what has changed has to be looked into.
const VISIBLE: &str = "m.private = 0 AND NOT (m.changed > m.seq AND m.json ->> '$.deletedAt' IS NOT NULL)";

/// The message that a client calls so: by the name that it gave one of the visitor's, else by its id.
const NAMED: &str = "m.id = coalesce((SELECT id FROM messages WHERE client_id = ?2 AND inward = 1), ?2)";

/// A message of the conversation `?1`.
const WITHIN: &str = "m.seq BETWEEN (SELECT first_seq FROM spans WHERE id = ?1) AND (SELECT last_seq FROM spans WHERE id = ?1)";

impl Log {
    /// The message of a conversation that a client calls so, be it taken back.
    pub fn named(&self, conversation: ConversationId, name: &str) -> Result<Option<MessageId>, ThreadError> {
        let sql = format!("SELECT m.id FROM messages m WHERE {NAMED} AND {WITHIN} AND m.private = 0");
        let id = self.scalar(&sql, vec![text(conversation), name.into()])?;
        Ok(id.and_then(|id| MessageId::parse(&id).ok()))
    }

    /// The same as it is kept, where it was not taken back.
    pub fn visible(&self, conversation: ConversationId, name: &str) -> Result<Option<String>, ThreadError> {
        let sql = format!("SELECT m.json FROM messages m WHERE {NAMED} AND {WITHIN} AND {VISIBLE}");
        self.scalar(&sql, vec![text(conversation), name.into()])
    }

    /// Some of a conversation's messages, and what of them is told besides: see [`Within::Excerpt`].
    ///
    /// [`Within::Excerpt`]: crate::thread::command::within::Within::Excerpt
    pub fn excerpt(&self, id: ConversationId, excerpt: &Excerpt) -> Result<String, ThreadError> {
        let Excerpt { from, until, skip, limit, seen_at } = excerpt;
        let mut values: Vec<SqlStorageValue> = vec![text(id)];
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
            FROM (SELECT m.json, m.seq FROM messages m
                WHERE {WITHIN} AND {VISIBLE}{times} ORDER BY m.seq DESC LIMIT {limit} OFFSET {skip})"
        );
        let mut row = self.row(&sql, values)?.into_iter();
        let mut told = match row.next() {
            Some(SqlStorageValue::Blob(bytes)) => String::from_utf8(bytes).map_err(ThreadError::failed)?,
            _ => "[]".into(),
        };
        let (unread, first) = match (seen_at, row.next().as_ref().and_then(as_place)) {
            (Some(seen_at), Some(oldest)) => self.unread_before(id, oldest, text(seen_at))?,
            _ => (0, None),
        };
        let first = first.as_deref().unwrap_or("null");
        told += &format!("\n{unread}\n{first}");
        Ok(told)
    }

    /// How many of a conversation's messages before a place came after a time, and the first of them.
    fn unread_before(
        &self,
        id: ConversationId,
        before: u32,
        seen_at: SqlStorageValue,
    ) -> Result<(u32, Option<String>), ThreadError> {
        let sql = format!(
            "SELECT count(*), min(m.seq) FROM messages m
            WHERE {WITHIN} AND m.seq < ?2 AND {VISIBLE} AND m.created_at > ?3"
        );
        let mut row = self.row(&sql, vec![text(id), number(before), seen_at])?.into_iter();
        let count = row.next().as_ref().and_then(as_place).unwrap_or_default();
        let Some(seq) = row.next().as_ref().and_then(as_place) else { return Ok((0, None)) };
        let first = self.scalar("SELECT json FROM messages WHERE seq = ?", vec![number(seq)])?;
        Ok((count, first))
    }
}

/// A place or a count, where there is one.
fn as_place(value: &SqlStorageValue) -> Option<u32> {
    match value {
        SqlStorageValue::Integer(number) => u32::try_from(*number).ok(),
        _ => None,
    }
}
