//! The pages that the visitor has been to.

use super::{Log, number, text};
use crate::thread::command::ThreadError;
use crate::thread::command::visit::{Page, Visit};
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
#[derive(Debug, serde::Deserialize)]
pub struct NewVisits {
    /// A JSON array of them.
    pub json: String,
    /// The number of the last; 0 where there are none.
    pub last: u32,
}

impl Log {
    /// Keeps a visit, unless it is to the page that was visited last; the oldest go. Whether it was kept.
    pub fn visit(&self, visit: &Visit, at: Timestamp) -> Result<bool, ThreadError> {
        let last = self.pages(1)?;
        if last.first().is_some_and(|page| page.url == visit.url && page.title == visit.title) {
            return Ok(false);
        }
        let sql = "INSERT INTO visits (at, url, title) VALUES (?, ?, ?)";
        self.run(sql, vec![text(at), visit.url.as_str().into(), visit.title.as_deref().into()])?;
        let old = "DELETE FROM visits WHERE number <= (SELECT max(number) FROM visits) - ?";
        self.run(old, vec![number(MOST)])?;
        Ok(true)
    }

    /// The pages visited last, newest first.
    pub fn pages(&self, limit: u32) -> Result<Vec<Page>, ThreadError> {
        let sql = format!("SELECT url, title, at FROM visits ORDER BY number DESC LIMIT {limit}");
        Ok(self.0.exec(&sql, None)?.to_array()?)
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
