//! What D1 does not know yet.

use super::{Log, number, text};
use crate::thread::command::ThreadError;
use shared::id::ConversationId;
use shared::json::Read;
use shared::model::conversation::ConversationStatus;
use shared::time::Timestamp;

/// Messages that D1 is behind with.
#[derive(Debug, Read)]
pub struct Behind {
    /// A JSON array of them, without status, oldest change first.
    pub json: String,
    /// How many there are.
    pub count: u32,
    /// The count of changes at the last of them.
    pub changed: u32,
}

/// A conversation whose row in D1 is behind.
#[derive(Debug)]
pub struct Unprojected {
    /// Its id.
    pub id: ConversationId,
    /// Where it stands.
    pub status: ConversationStatus,
    /// When it began.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it was closed, if it is.
    pub closed_at: Option<Timestamp>,
    /// Its revision.
    pub revision: u32,
    /// The last message the visitor may see.
    pub last_message: Option<String>,
    /// How many of the visitor's messages no agent has seen.
    pub unread: u32,
}

impl Log {
    /// The conversations that D1 is behind with, oldest first.
    pub fn unprojected(&self) -> Result<Vec<Unprojected>, ThreadError> {
        #[derive(Read)]
        struct Row {
            id: ConversationId,
            status: ConversationStatus,
            created_at: Timestamp,
            updated_at: Timestamp,
            closed_at: Option<Timestamp>,
            revision: u32,
            last_message: Option<String>,
        }
        let sql = "SELECT * FROM (SELECT s.number, s.id, s.status, s.created_at, s.closed_at, s.revision,
                max(s.updated_at, coalesce(l.created_at, '')) AS updated_at,
                (SELECT json FROM messages m WHERE m.seq BETWEEN s.first_seq AND s.last_seq AND m.private = 0
                    ORDER BY m.seq DESC LIMIT 1) AS last_message
            FROM spans s LEFT JOIN messages l
                ON l.seq = (SELECT max(seq) FROM messages WHERE seq BETWEEN s.first_seq AND s.last_seq)
            WHERE s.begun = 1 AND (s.revision > s.projected_revision OR l.seq > s.projected_changed
                OR (s.last_seq = 4294967295 AND EXISTS (SELECT 1 FROM visits WHERE projected = 0)))) ORDER BY number";
        let rows: Vec<Row> = self.all(sql, Vec::new())?;
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            found.push(Unprojected {
                id: row.id,
                status: row.status,
                created_at: row.created_at,
                updated_at: row.updated_at,
                closed_at: row.closed_at,
                revision: row.revision,
                last_message: row.last_message,
                unread: self.unread(row.id)?,
            });
        }
        Ok(found)
    }

    /// The messages of a conversation that D1 is behind with, oldest change first, at most `limit`.
    pub fn unprojected_messages(&self, id: ConversationId, limit: u32) -> Result<Behind, ThreadError> {
        let sql = format!(
            "SELECT '[' || coalesce(group_concat(json, ','), '') || ']' AS json, count(*) AS count,
                coalesce(max(changed), 0) AS changed
            FROM (SELECT m.json, m.changed FROM spans s JOIN messages m ON m.seq BETWEEN s.first_seq AND s.last_seq
                    AND (m.seq > s.projected_changed OR (m.changed > m.seq AND m.changed > s.projected_changed))
                WHERE s.id = ?1 ORDER BY m.changed LIMIT {limit})"
        );
        self.first(&sql, vec![text(id)])?.ok_or(ThreadError::Unknown)
    }

    /// Notes how far D1 has followed a conversation: its row up to `revision`, its messages up to `changed`.
    pub fn projected(&self, id: ConversationId, revision: u32, changed: u32) -> Result<(), ThreadError> {
        let sql = "UPDATE conversations SET projected_revision = max(projected_revision, ?2),
            projected_changed = max(projected_changed, ?3) WHERE id = ?1";
        self.run(sql, vec![text(id), number(revision), number(changed)])
    }
}
