//! The pages that the visitor has been to.

use super::{Log, number, text};
use crate::thread::command::ThreadError;
use shared::time::Timestamp;

/// The most pages that are kept.
pub const MOST: u32 = 100;

pub(super) const TABLE: &str = "
    CREATE TABLE IF NOT EXISTS visits (
        number INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        url TEXT NOT NULL,
        title TEXT,
        projected INTEGER NOT NULL DEFAULT 0
    );
    CREATE INDEX IF NOT EXISTS visits_unprojected ON visits (number) WHERE projected = 0;
";

/// Visits that D1 does not know yet.
#[derive(Debug, shared::json::Read)]
pub struct NewVisits {
    /// A JSON array of them.
    pub json: String,
    /// The number of the last; 0 where there are none.
    pub last: u32,
}

impl Log {
    /// Keeps a visit, unless it is to the page that was visited last; the oldest go. Whether it was kept.
    pub fn visit(&self, url: &str, title: Option<&str>, at: Timestamp) -> Result<bool, ThreadError> {
        let sql = "INSERT INTO visits (at, url, title) SELECT ?1, ?2, ?3 WHERE NOT EXISTS (SELECT 1 FROM
            (SELECT url, title FROM visits ORDER BY number DESC LIMIT 1) WHERE url = ?2 AND title IS ?3) RETURNING url";
        let new = self.scalar(sql, vec![text(at), url.into(), title.into()])?;
        let old = "DELETE FROM visits WHERE number <= (SELECT max(number) FROM visits) - ?";
        self.run(old, vec![number(MOST)])?;
        Ok(new.is_some())
    }

    /// The pages visited last, newest first, as a JSON array.
    pub fn pages(&self, limit: u32) -> Result<String, ThreadError> {
        let sql = format!(
            "SELECT json_group_array(json_object('url', url, 'title', title, 'at', at))
            FROM (SELECT url, title, at FROM visits ORDER BY number DESC LIMIT {limit})"
        );
        Ok(self.scalar(&sql, vec![])?.unwrap_or_else(|| "[]".into()))
    }

    /// The address of the page visited last.
    pub fn last_page(&self) -> Result<Option<String>, ThreadError> {
        self.scalar("SELECT url FROM visits ORDER BY number DESC LIMIT 1", vec![])
    }

    /// The visits that D1 does not know yet.
    pub fn unprojected_visits(&self) -> Result<NewVisits, ThreadError> {
        let sql = "SELECT coalesce(json_group_array(json_object('number', number, 'at', at, 'url', url, 'title', title)), '[]')
            AS json, coalesce(max(number), 0) AS last FROM visits WHERE projected = 0";
        self.first(sql, vec![])?.ok_or(ThreadError::Unknown)
    }

    /// Notes that D1 knows the visits up to this one.
    pub fn projected_visits(&self, last: u32) -> Result<(), ThreadError> {
        self.run("UPDATE visits SET projected = 1 WHERE projected = 0 AND number <= ?", vec![number(last)])
    }
}
