//! Who hears the Thread from elsewhere.

use super::{Log, number, text};
use crate::thread::command::ThreadError;
use shared::json;
use shared::time::Timestamp;

/// The most that are told; the oldest go.
const MOST: u32 = 50;

pub(super) const TABLE: &str =
    "CREATE TABLE IF NOT EXISTS listeners (id TEXT PRIMARY KEY, at TEXT NOT NULL) WITHOUT ROWID";

impl Log {
    /// Keeps one.
    pub fn add_listener(&self, id: &str, at: Timestamp) -> Result<(), ThreadError> {
        let add =
            "INSERT INTO listeners (id, at) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET at = excluded.at";
        self.run(add, vec![id.into(), text(at)])?;
        let old =
            "DELETE FROM listeners WHERE id NOT IN (SELECT id FROM listeners ORDER BY at DESC, id LIMIT ?)";
        self.run(old, vec![number(MOST)])
    }

    /// Forgets one.
    pub fn drop_listener(&self, id: &str) -> Result<(), ThreadError> {
        self.run("DELETE FROM listeners WHERE id = ?", vec![id.into()])
    }

    /// All of them.
    pub fn listeners(&self) -> Result<Vec<String>, ThreadError> {
        let all = self.scalar("SELECT json_group_array(id) FROM listeners", vec![])?;
        Ok(json::read(all.as_deref().unwrap_or("[]"))?)
    }
}
