//! What a letter with a conversation is made of, and how many were sent.

use super::{Log, as_text, number, text};
use crate::thread::command::ThreadError;
use shared::id::ConversationId;
use shared::time::Timestamp;

pub(super) const TABLE: &str = "CREATE TABLE IF NOT EXISTS transcripts (at TEXT NOT NULL)";

/// Something that was said.
#[derive(Debug)]
pub struct Line {
    /// What kind of author said it.
    pub kind: String,
    /// The author's name.
    pub name: Option<String>,
    /// When, to the minute.
    pub at: String,
    /// What.
    pub text: String,
}

impl Log {
    /// What was said in a conversation, oldest first: without notes, notices and what was taken back.
    pub fn lines(&self, id: ConversationId) -> Result<Vec<Line>, ThreadError> {
        let sql = "SELECT m.json ->> '$.author.kind', m.json ->> '$.author.name',
                replace(substr(m.created_at, 1, 16), 'T', ' ') || ' UTC',
                iif(m.json ->> '$.payload.text' = '', coalesce(m.json ->> '$.payload.attachment.filename',
                    m.json ->> '$.payload.rich.linked.url', m.json ->> '$.payload.rich.cards[0].title', ''),
                    m.json ->> '$.payload.text')
            FROM spans s JOIN messages m ON m.seq BETWEEN s.first_seq AND s.last_seq
            WHERE s.id = ? AND m.private = 0 AND m.json ->> 'deletedAt' IS NULL AND m.json ->> 'type' <> 'notice'
            ORDER BY m.seq";
        let mut lines = Vec::new();
        for row in self.0.exec(sql, vec![text(id)])?.raw() {
            let mut row = row?.into_iter().map(as_text);
            let mut next = || row.next().flatten();
            let (kind, name, at, said) = (next(), next(), next(), next());
            let (kind, at, text) =
                (kind.unwrap_or_default(), at.unwrap_or_default(), said.unwrap_or_default());
            lines.push(Line { kind, name, at, text });
        }
        Ok(lines)
    }

    /// The language that the visitor's browser speaks; empty where it did not say.
    pub fn language(&self) -> Result<String, ThreadError> {
        let sql = "SELECT json_extract(profile ->> 'context', '$.lang') FROM thread";
        Ok(self.scalar(sql, vec![])?.unwrap_or_default())
    }

    /// The e-mail address that the visitor has proved to be theirs.
    pub fn verified_email(&self) -> Result<Option<String>, ThreadError> {
        let sql = "SELECT json_extract(profile ->> 'identity', '$.value') FROM thread
            WHERE json_extract(profile ->> 'identity', '$.kind') IN ('host:email', 'code:email')";
        self.scalar(sql, vec![])
    }

    /// Counts a transcript that is sent now, unless `most` were sent since then: the first of those.
    pub fn count_transcript(
        &self,
        at: Timestamp,
        since: Timestamp,
        most: u32,
    ) -> Result<Option<Timestamp>, ThreadError> {
        self.run("DELETE FROM transcripts WHERE at <= ?", vec![text(since)])?;
        let full = "SELECT min(at) FROM transcripts HAVING count(*) >= ?";
        if let Some(first) = self.scalar(full, vec![number(most)])? {
            return Timestamp::parse(&first).map(Some).map_err(ThreadError::failed);
        }
        self.run("INSERT INTO transcripts (at) VALUES (?)", vec![text(at)])?;
        Ok(None)
    }
}
