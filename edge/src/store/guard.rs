//! What a Guard knows for good, in its own SQLite: its counters, and the codes that wait to be typed.

use super::StoreError;
use crate::rate::{RateLimit, TooMany};
use shared::time::Timestamp;
use worker::{SqlStorage, SqlStorageValue};

/// A counter's window begins with the first that passes, and says itself when it ends: some last seconds, some a day. A code
/// is kept for the visitor who asked for it; `visitor` is empty where nobody was known yet. `link` is the hash of the link
/// that was sent with it. Windows were once kept by when they began: what they had counted is let go.
const TABLES: &str = "
    DROP TABLE IF EXISTS windows;
    CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, ends INTEGER NOT NULL, passed INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS codes (
        visitor TEXT PRIMARY KEY,
        email TEXT NOT NULL,
        code TEXT NOT NULL,
        link TEXT NOT NULL,
        tries INTEGER NOT NULL DEFAULT 0,
        page TEXT NOT NULL,
        language TEXT NOT NULL,
        expires INTEGER NOT NULL
    ) WITHOUT ROWID;
";

/// How often a code may be tried.
const TRIES: u32 = 5;

/// The database.
#[derive(Debug)]
pub struct GuardLog(SqlStorage);

/// A code that waits to be typed: itself and its link only as HMACs and hashes.
#[derive(Debug)]
pub struct Code {
    /// The visitor who asked for it; empty where nobody was known.
    pub visitor: String,
    /// The address it was sent to.
    pub email: String,
    /// The HMAC of the code, in hex.
    pub code: String,
    /// The hash of the link, in hex; empty where there is none.
    pub link: String,
    /// The page that the link leads to; empty where there is none.
    pub page: String,
    /// The language it was asked for in.
    pub language: String,
    /// When it ends.
    pub expires: Timestamp,
}

impl GuardLog {
    /// Opens the database.
    pub fn open(sql: SqlStorage) -> Result<Self, StoreError> {
        sql.exec(TABLES, None)?;
        Ok(Self(sql))
    }

    /// Lets one through, or refuses it.
    pub fn pass(
        &self,
        name: &str,
        rate: RateLimit,
        now: Timestamp,
    ) -> Result<Result<(), TooMany>, StoreError> {
        let sql = "SELECT ends, passed FROM counters WHERE name = ? AND ends > ?";
        let window = self.row(sql, vec![name.into(), integer(now.millis())])?;
        if let [SqlStorageValue::Integer(ends), SqlStorageValue::Integer(passed)] = window.as_slice()
            && *passed >= i64::from(rate.limit)
        {
            let left = (ends - now.millis() + 999) / 1000;
            let retry_after = u32::try_from(left).unwrap_or(1).max(1);
            return Ok(Err(TooMany { limit: rate.limit, retry_after }));
        }
        let sql =
            "INSERT INTO counters (name, ends, passed) VALUES (?1, ?2, 1) ON CONFLICT (name) DO UPDATE SET
            passed = iif(ends > ?3, passed + 1, 1), ends = iif(ends > ?3, ends, ?2)";
        let ends = now.plus_seconds(rate.seconds.into());
        self.row(sql, vec![name.into(), integer(ends.millis()), integer(now.millis())])?;
        Ok(Ok(()))
    }

    /// Keeps a code, in the place of the one that this visitor was sent before.
    pub fn keep(&self, code: Code) -> Result<(), StoreError> {
        let sql = "INSERT OR REPLACE INTO codes (visitor, email, code, link, page, language, expires)
            VALUES (?, ?, ?, ?, ?, ?, ?)";
        let texts = [code.visitor, code.email, code.code, code.link, code.page, code.language];
        let mut values: Vec<SqlStorageValue> = texts.into_iter().map(SqlStorageValue::String).collect();
        values.push(integer(code.expires.millis()));
        self.row(sql, values).map(drop)
    }

    /// The visitor, page and language of the code that was sent last and can still be typed.
    pub fn waiting(&self, email: &str, now: Timestamp) -> Result<Option<String>, StoreError> {
        let sql =
            "SELECT concat_ws(char(10), visitor, page, language) FROM codes WHERE email = ? AND expires > ?
            ORDER BY expires DESC LIMIT 1";
        self.text(sql, vec![email.into(), integer(now.millis())])
    }

    /// Counts a try of a visitor's code, and only then gives the HMAC to compare with; none where there is no code for
    /// that visitor and address, it has ended, or has been tried too often.
    pub fn try_code(&self, visitor: &str, email: &str, now: Timestamp) -> Result<Option<String>, StoreError> {
        let sql = format!(
            "UPDATE codes SET tries = tries + 1
            WHERE visitor = ? AND email = ? AND expires > ? AND tries < {TRIES} RETURNING code"
        );
        self.text(&sql, vec![visitor.into(), email.into(), integer(now.millis())])
    }

    /// Spends a visitor's code.
    pub fn spend_code(&self, visitor: &str) -> Result<(), StoreError> {
        self.row("DELETE FROM codes WHERE visitor = ?", vec![visitor.into()]).map(drop)
    }

    /// Spends a link, and the code that was sent with it; whether it was good.
    pub fn spend_link(&self, link: &str, email: &str, now: Timestamp) -> Result<bool, StoreError> {
        let sql = "DELETE FROM codes WHERE link = ? AND email = ? AND expires > ? RETURNING email";
        let spent = self.text(sql, vec![link.into(), email.into(), integer(now.millis())])?;
        Ok(spent.is_some())
    }

    /// Forgets everything that has ended by now; when the next of what is left ends, if anything is.
    pub fn sweep(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let at = || integer(now.millis());
        self.row("DELETE FROM codes WHERE expires <= ?", vec![at()])?;
        self.row("DELETE FROM counters WHERE ends <= ?", vec![at()])?;
        let sql =
            "SELECT min(ends) FROM (SELECT ends FROM counters UNION ALL SELECT expires AS ends FROM codes)";
        Ok(match self.row(sql, Vec::new())?.as_slice() {
            [SqlStorageValue::Integer(ends)] => Some(Timestamp::from_millis(*ends)),
            _ => None,
        })
    }

    /// The text that a statement gives.
    fn text(&self, sql: &str, values: Vec<SqlStorageValue>) -> Result<Option<String>, StoreError> {
        Ok(match self.row(sql, values)?.into_iter().next() {
            Some(SqlStorageValue::String(text)) => Some(text),
            _ => None,
        })
    }

    /// The columns of the first row that a statement gives.
    fn row(&self, sql: &str, values: Vec<SqlStorageValue>) -> Result<Vec<SqlStorageValue>, StoreError> {
        Ok(self.0.exec(sql, values)?.raw().next().transpose()?.unwrap_or_default())
    }
}

fn integer(value: i64) -> SqlStorageValue {
    SqlStorageValue::Integer(value)
}
