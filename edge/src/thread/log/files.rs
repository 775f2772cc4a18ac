//! Files that were uploaded.

use super::{Log, number, text};
use crate::thread::command::ThreadError;
use shared::id::MediaId;
use shared::json;
use shared::json::Read;
use shared::model::media::Attachment;
use shared::model::message::AuthorKind;
use shared::time::Timestamp;

/// A file that can be sent, or was.
#[derive(Debug)]
pub struct File {
    /// As a message carries it, with its object's key for an address.
    pub attachment: Attachment,
    /// Whether a message carries it.
    pub sent: bool,
}

impl Log {
    /// Notes that somebody begins to upload a file.
    pub fn begin_file(&self, id: MediaId, by: AuthorKind, at: Timestamp) -> Result<(), ThreadError> {
        let sql = "INSERT INTO files (id, uploaded_by, began_at) VALUES (?, ?, ?)";
        self.run(sql, vec![text(id), by.tag().into(), text(at)])
    }

    /// Keeps a file that has come; whether anybody had begun to upload it.
    pub fn keep_file(&self, file: &Attachment, origin: &str) -> Result<bool, ThreadError> {
        let sql = "UPDATE files SET json = ?2, origin = ?3 WHERE id = ?1 AND json IS NULL RETURNING id";
        let values = vec![text(file.id), serde_json::to_string(file)?.into(), origin.into()];
        Ok(self.scalar(sql, values)?.is_some())
    }

    /// A file of somebody's.
    pub fn file(&self, id: MediaId, by: AuthorKind) -> Result<Option<File>, ThreadError> {
        #[derive(Read)]
        struct Row {
            json: String,
            seq: Option<u32>,
        }
        let sql = "SELECT json, seq FROM files WHERE id = ? AND uploaded_by = ? AND json IS NOT NULL";
        let Some(row) = self.first::<Row>(sql, vec![text(id), by.tag().into()])? else { return Ok(None) };
        Ok(Some(File { attachment: json::read(&row.json)?, sent: row.seq.is_some() }))
    }

    /// Notes which message carries a file.
    pub fn send_file(&self, id: MediaId, seq: u32) -> Result<(), ThreadError> {
        self.run("UPDATE files SET seq = ?2 WHERE id = ?1", vec![text(id), number(seq)])
    }

    /// Takes a sent file back, for the sweep: nobody can send it again.
    pub fn take_file_back(&self, id: MediaId) -> Result<(), ThreadError> {
        self.run("UPDATE files SET seq = NULL, uploaded_by = '' WHERE id = ?", vec![text(id)])
    }

    /// Forgets a file that was not sent; whether it is gone.
    pub fn drop_file(&self, id: MediaId) -> Result<bool, ThreadError> {
        self.run("DELETE FROM files WHERE id = ? AND seq IS NULL", vec![text(id)])?;
        Ok(self.scalar("SELECT id FROM files WHERE id = ?", vec![text(id)])?.is_none())
    }

    /// Forgets the uploads that came to nothing before this time.
    pub fn forget_failed_files(&self, before: Timestamp) -> Result<(), ThreadError> {
        self.run("DELETE FROM files WHERE json IS NULL AND began_at < ?", vec![text(before)])
    }

    /// How many files the visitor has begun to upload since then, and when the first of them.
    pub fn files_since(&self, since: Timestamp) -> Result<(u32, Option<Timestamp>), ThreadError> {
        #[derive(Read)]
        struct Row {
            count: u32,
            oldest: Option<Timestamp>,
        }
        let sql = "SELECT count(*) AS count, min(began_at) AS oldest FROM files
            WHERE uploaded_by = 'visitor' AND began_at > ?";
        Ok(self.first::<Row>(sql, vec![text(since)])?.map_or((0, None), |row| (row.count, row.oldest)))
    }

    /// Whether any file was sent.
    pub fn has_files(&self) -> Result<bool, ThreadError> {
        Ok(self.scalar("SELECT id FROM files WHERE seq IS NOT NULL LIMIT 1", vec![])?.is_some())
    }

    /// The origin that the last file came to.
    pub fn origin(&self) -> Result<Option<String>, ThreadError> {
        self.scalar(
            "SELECT origin FROM files WHERE origin IS NOT NULL ORDER BY began_at DESC LIMIT 1",
            vec![],
        )
    }
}
