//! What D1 and KV hold. All SQL for D1 stands in these files, one a family of tables, and every statement carries the
//! organization it may touch.

pub mod agents;
pub mod answers;
pub mod audit;
pub mod config;
pub mod conversations;
pub mod deliveries;
pub mod departments;
pub mod flow_tests;
pub mod flows;
pub mod gateway;
pub mod gateway_accounts;
pub mod guard;
pub mod identities;
pub mod keys;
pub mod media;
pub mod objects;
pub mod offline_messages;
pub mod organizations;
pub mod outbox;
pub mod projection;
pub mod secrets;
pub mod served;
pub mod visitors;
pub mod webhooks;
pub mod widgets;

use js_sys::futures::JsFuture;
use js_sys::{Array, JSON, Reflect};
use shared::id::OrganizationId;
use shared::json;
use shared::json::{Json, Read};
use wasm_bindgen::{JsCast, JsValue};
use worker::worker_sys::types::D1Database as D1;
use worker::{D1Database, Env};

/// Something that can be done in D1, alone or together with other things.
pub use worker::D1PreparedStatement as Statement;

/// A store could not do what it was asked. Nobody outside is told why; the log is.
#[derive(Debug)]
pub enum StoreError {
    /// The platform refused or failed.
    Platform(worker::Error),
    /// A row or a value was not of the shape this version writes.
    Shape(json::Wrong),
}

impl core::fmt::Display for StoreError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Platform(error) => write!(f, "store: {error}"),
            Self::Shape(error) => write!(f, "store: unexpected shape: {error}"),
        }
    }
}

impl From<worker::Error> for StoreError {
    fn from(error: worker::Error) -> Self {
        Self::Platform(error)
    }
}

impl From<json::Wrong> for StoreError {
    fn from(error: json::Wrong) -> Self {
        Self::Shape(error)
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::Shape(json::Wrong::new(error))
    }
}

/// One value that is asked for within the question for a key, for most of what a question costs is the way. What it is
/// compared with stands at `?3` and beyond.
#[derive(Debug)]
pub struct Along {
    sql: String,
    values: Vec<JsValue>,
}

/// One D1 database.
#[derive(Debug)]
pub struct Database(D1Database);

impl Database {
    /// The database that holds what is not yet known to be of some organization: keys and widgets' tokens.
    pub fn directory(env: &Env) -> Result<Self, StoreError> {
        Ok(Self(env.d1("DB")?))
    }

    /// The database that holds an organization's rows. There is one today; callers ask by organization, so that there
    /// can be several.
    pub fn of(env: &Env, _organization: OrganizationId) -> Result<Self, StoreError> {
        Self::directory(env)
    }

    /// Reads one row.
    async fn first<T: Read>(&self, sql: &str, values: &[JsValue]) -> Result<Option<T>, StoreError> {
        Ok(self.rows(sql, values).await?.first().map(T::read).transpose()?)
    }

    /// Reads all rows.
    async fn all<T: Read>(&self, sql: &str, values: &[JsValue]) -> Result<Vec<T>, StoreError> {
        Ok(self.rows(sql, values).await?.iter().map(T::read).collect::<Result<_, _>>()?)
    }

    /// Reads rows, of whatever type they are to be: there is one of this function, and one of those above for each.
    async fn rows(&self, sql: &str, values: &[JsValue]) -> Result<Vec<Json>, StoreError> {
        let asked = self.statement(sql, values)?.inner().all().map_err(worker::Error::from)?;
        rows_of(&JsFuture::from(asked).await.map_err(worker::Error::from)?)
    }

    /// Does several things or none of them; gives the rows of all, one after the other.
    async fn rows_of_all(&self, statements: Vec<Statement>) -> Result<Vec<Json>, StoreError> {
        let statements: Array = statements.iter().map(|statement| JsValue::from(statement.inner())).collect();
        let database: &D1 = self.0.unchecked_ref();
        let asked = database.batch(statements).map_err(worker::Error::from)?;
        let answers = Array::from(&JsFuture::from(asked).await.map_err(worker::Error::from)?);
        let rows: Vec<Vec<Json>> = answers.iter().map(|answer| rows_of(&answer)).collect::<Result<_, _>>()?;
        Ok(rows.into_iter().flatten().collect())
    }

    /// Does several things or none of them.
    pub async fn batch(&self, statements: Vec<Statement>) -> Result<(), StoreError> {
        for result in self.0.batch(statements).await? {
            if let Some(error) = result.error() {
                return Err(worker::Error::RustError(error).into());
            }
        }
        Ok(())
    }

    fn statement(&self, sql: &str, values: &[JsValue]) -> Result<Statement, StoreError> {
        Ok(self.0.prepare(sql).bind(values)?)
    }
}

fn rows_of(answer: &JsValue) -> Result<Vec<Json>, StoreError> {
    // One text crosses the border, instead of every value of every row.
    let rows = Reflect::get(answer, &JsValue::from_str("results")).and_then(|rows| JSON::stringify(&rows));
    match Json::parse(&String::from(rows.map_err(worker::Error::from)?))? {
        Json::List(rows) => Ok(rows),
        _ => Err(json::Wrong::new("D1 gave no rows").into()),
    }
}

/// An id, time or tag as a value of SQL.
fn text(value: impl core::fmt::Display) -> JsValue {
    JsValue::from_str(&value.to_string())
}

/// An optional text as a value of SQL.
fn optional(value: Option<impl core::fmt::Display>) -> JsValue {
    value.map_or(JsValue::NULL, text)
}
