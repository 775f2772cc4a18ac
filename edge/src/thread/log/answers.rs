//! What was answered to calls that may be made again.

use super::{Log, text};
use crate::thread::command::ThreadError;
use crate::thread::command::once::Once;
use shared::id::MessageId;
use shared::json::Read;
use shared::time::Timestamp;

pub(super) const TABLE: &str = "
    CREATE TABLE IF NOT EXISTS answers (
        route TEXT NOT NULL,
        key TEXT NOT NULL,
        body TEXT NOT NULL,
        at TEXT NOT NULL,
        json TEXT NOT NULL,
        PRIMARY KEY (route, key)
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS answers_by_time ON answers (at);
";

/// An answer that was kept.
#[derive(Debug, Read)]
pub struct Kept {
    /// The fingerprint of what had been sent.
    pub body: String,
    /// When it was answered.
    pub at: Timestamp,
    /// What was answered.
    pub json: String,
}

impl Log {
    /// What was answered to a call since then.
    pub fn answered(&self, once: &Once, since: Timestamp) -> Result<Option<Kept>, ThreadError> {
        let sql = "SELECT body, at, json FROM answers WHERE route = ? AND key = ? AND at >= ?";
        self.first(sql, vec![once.route.as_str().into(), once.key.as_str().into(), text(since)])
    }

    /// Keeps what is answered to a call; what was answered before `since` goes.
    pub fn keep_answer(
        &self,
        once: &Once,
        at: Timestamp,
        json: &str,
        since: Timestamp,
    ) -> Result<(), ThreadError> {
        self.run("DELETE FROM answers WHERE at < ?", vec![text(since)])?;
        let sql = "INSERT OR REPLACE INTO answers (route, key, body, at, json) VALUES (?, ?, ?, ?, ?)";
        let Once { route, key, body } = once;
        self.run(
            sql,
            vec![route.as_str().into(), key.as_str().into(), body.as_str().into(), text(at), json.into()],
        )
    }

    /// Keeps nothing of what was answered to a call: it was not done after all.
    pub fn drop_answer(&self, once: &Once) -> Result<(), ThreadError> {
        let sql = "DELETE FROM answers WHERE route = ? AND key = ?";
        self.run(sql, vec![once.route.as_str().into(), once.key.as_str().into()])
    }

    /// Has whoever asks again for a message be answered with this: it was taken back.
    pub fn take_back(&self, message: MessageId, json: &str) -> Result<(), ThreadError> {
        let sql = "UPDATE answers SET json = ?2 WHERE json ->> 'id' = ?1";
        self.run(sql, vec![text(message), json.into()])
    }
}
