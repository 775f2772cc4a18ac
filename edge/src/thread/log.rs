//! What a Thread knows for good, in its own SQLite: here itself and its conversations, in `messages` what was said, in
//! `files` what can be sent with it, in `behind` what D1 does not know yet. All SQL of the Thread stands in these files.

mod answers;
pub mod behind;
pub mod details;
mod export;
mod files;
pub mod forgotten;
mod listeners;
mod messages;
mod transcripts;
mod visits;
mod within;

use super::command::{Profile, ThreadError};
use super::head::{Bot, Conversation, Head};
use shared::id::{ConversationId, OrganizationId, VisitorId, WidgetId};
use shared::json;
use shared::json::{Json, Read};
use shared::model::conversation::ConversationStatus;
use shared::time::Timestamp;
use worker::{SqlStorage, SqlStorageValue};

/// A conversation's messages are those from its `first_seq` up to the next conversation's: only the newest one is ever
/// written in. `messages.json` is a message as it is told, without its status; `changed` is the count of changes when it
/// was written last. `files.json` is an attachment, once all of it has come, and `seq` the message that carries it. A
/// conversation's `revision` goes up when anything but its messages changes; `projected_revision`
/// and `projected_changed` tell how far D1 has followed. Every index is written with every message, so there are few.
const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS thread (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        organization TEXT NOT NULL,
        widget TEXT NOT NULL,
        visitor TEXT NOT NULL,
        profile TEXT NOT NULL,
        visitor_seen INTEGER NOT NULL DEFAULT 0,
        agent_seen INTEGER NOT NULL DEFAULT 0
    );
    CREATE TABLE IF NOT EXISTS conversations (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        first_seq INTEGER NOT NULL,
        status TEXT NOT NULL,
        created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL,
        closed_at TEXT,
        begun INTEGER NOT NULL DEFAULT 0,
        steps TEXT,
        bot TEXT,
        revision INTEGER NOT NULL DEFAULT 1,
        projected_revision INTEGER NOT NULL DEFAULT 0,
        projected_changed INTEGER NOT NULL DEFAULT 0
    );
    CREATE TABLE IF NOT EXISTS messages (
        seq INTEGER PRIMARY KEY,
        changed INTEGER NOT NULL,
        id TEXT NOT NULL UNIQUE,
        client_id TEXT UNIQUE,
        inward INTEGER NOT NULL,
        private INTEGER NOT NULL,
        created_at TEXT NOT NULL,
        json TEXT NOT NULL
    );
    CREATE INDEX IF NOT EXISTS messages_changed_later ON messages (changed) WHERE changed > seq;
    CREATE TABLE IF NOT EXISTS files (
        id TEXT PRIMARY KEY,
        uploaded_by TEXT NOT NULL,
        began_at TEXT NOT NULL,
        origin TEXT,
        json TEXT,
        seq INTEGER
    );
    CREATE VIEW IF NOT EXISTS spans AS SELECT c.*,
        coalesce((SELECT first_seq - 1 FROM conversations WHERE number = c.number + 1), 4294967295) AS last_seq
        FROM conversations c;
";

/// The Thread's database.
#[derive(Debug)]
pub struct Log(SqlStorage);

impl Log {
    /// Opens the database.
    pub fn open(sql: SqlStorage) -> Result<Self, ThreadError> {
        let log = Self(sql);
        log.begin_anew()?;
        Ok(log)
    }

    /// Makes the tables that are missing: all of them, where the database is empty.
    pub fn begin_anew(&self) -> Result<(), ThreadError> {
        for tables in [
            TABLES,
            answers::TABLE,
            details::TABLE,
            visits::TABLE,
            transcripts::TABLE,
            forgotten::TABLE,
            listeners::TABLE,
        ] {
            self.0.exec(tables, None)?;
        }
        Ok(())
    }

    /// The Thread as a whole; none before its first session.
    pub fn head(&self) -> Result<Option<Head>, ThreadError> {
        #[derive(Read)]
        struct Row {
            organization: OrganizationId,
            widget: WidgetId,
            visitor: VisitorId,
            profile: String,
            visitor_seen: u32,
            agent_seen: u32,
            changed: u32,
        }
        let sql = "SELECT organization, widget, visitor, profile, visitor_seen, agent_seen,
            max((SELECT coalesce(max(seq), 0) FROM messages),
            (SELECT coalesce(max(changed), 0) FROM messages WHERE changed > seq)) AS changed FROM thread";
        let Some(row) = self.first::<Row>(sql, vec![])? else { return Ok(None) };
        let Some(conversation) = self.conversation(None)? else { return Ok(None) };
        Ok(Some(Head {
            organization: row.organization,
            widget: row.widget,
            visitor: row.visitor,
            profile: json::read(&row.profile)?,
            changed: row.changed,
            visitor_seen: row.visitor_seen,
            agent_seen: row.agent_seen,
            conversation,
        }))
    }

    /// Keeps whose Thread it is.
    pub fn create(
        &self,
        organization: OrganizationId,
        widget: WidgetId,
        visitor: VisitorId,
    ) -> Result<(), ThreadError> {
        let sql =
            "INSERT INTO thread (one, organization, widget, visitor, profile) VALUES (1, ?, ?, ?, '{}')";
        self.run(sql, vec![text(organization), text(widget), text(visitor)])
    }

    /// Keeps what the visitor claims.
    pub fn save_profile(&self, profile: &Profile) -> Result<(), ThreadError> {
        self.run("UPDATE thread SET profile = ?", vec![serde_json::to_string(profile)?.into()])?;
        self.run("UPDATE conversations SET revision = revision + 1", vec![])
    }

    /// Keeps how far the two sides have seen. Every conversation with something the agents had not seen has changed,
    /// older ones too.
    pub fn save_seen(&self, head: &Head) -> Result<(), ThreadError> {
        let unread = "UPDATE conversations SET revision = revision + 1
            WHERE number IN (SELECT number FROM spans WHERE last_seq > (SELECT agent_seen FROM thread))";
        self.run(unread, vec![])?;
        let seen = vec![number(head.visitor_seen), number(head.agent_seen)];
        self.run("UPDATE thread SET visitor_seen = ?, agent_seen = ?", seen)
    }

    /// The conversation with this id, or the newest.
    pub fn conversation(&self, id: Option<ConversationId>) -> Result<Option<Conversation>, ThreadError> {
        #[derive(Read)]
        struct Row {
            id: ConversationId,
            status: ConversationStatus,
            created_at: Timestamp,
            closed_at: Option<Timestamp>,
            begun: i64,
            waiting_at: Option<String>,
            left_at: Option<String>,
            due: Option<i64>,
            people: Option<i64>,
            memory: Option<String>,
        }
        // Rows of before have the memory in the place of all.
        let sql = "SELECT id, status, created_at, closed_at, begun,
                bot ->> iif(bot -> '$.memory' IS NULL, '$.run.waitingAt', '$.waiting_at') AS waiting_at,
                bot ->> '$.left_at' AS left_at, bot ->> '$.due' AS due, bot ->> '$.people' AS people,
                coalesce(bot -> '$.memory', bot) AS memory
            FROM conversations WHERE ?1 IS NULL OR id = ?1 ORDER BY number DESC LIMIT 1";
        let Some(row) = self.first::<Row>(sql, vec![id.map(text).into()])? else { return Ok(None) };
        Ok(Some(Conversation {
            id: row.id,
            status: row.status,
            created_at: row.created_at,
            closed_at: row.closed_at,
            begun: row.begun != 0,
            bot: row.memory.map(|memory| Bot {
                waiting_at: row.waiting_at,
                left_at: row.left_at,
                due: row.due,
                people: row.people.map(|people| people != 0),
                memory: memory.into(),
            }),
        }))
    }

    /// Keeps a new conversation, whose first message will have the place `first_seq`, and the flow its bot follows.
    pub fn create_conversation(
        &self,
        new: &Conversation,
        first_seq: u32,
        flow: Option<&str>,
    ) -> Result<(), ThreadError> {
        let sql = "INSERT INTO conversations (id, first_seq, status, created_at, updated_at, steps)
            VALUES (?1, ?2, ?3, ?4, ?4, ?5)";
        let created_at = text(new.created_at);
        self.run(sql, vec![text(new.id), number(first_seq), new.status.tag().into(), created_at, flow.into()])
    }

    /// The flow that a conversation's bot follows, as JSON.
    pub fn flow(&self, id: ConversationId) -> Result<Option<String>, ThreadError> {
        self.scalar("SELECT steps FROM conversations WHERE id = ?", vec![text(id)])
    }

    /// The last turn of a conversation's bot, as a JSON list of its steps; empty where none has spoken.
    pub fn trace(&self, id: ConversationId) -> Result<String, ThreadError> {
        let sql =
            "SELECT coalesce(bot -> '$.memory.trace', bot -> '$.trace') FROM conversations WHERE id = ?";
        Ok(self.scalar(sql, vec![text(id)])?.unwrap_or_else(|| "[]".into()))
    }

    /// Keeps the flow of a bot that begins in a conversation.
    pub fn set_flow(&self, id: ConversationId, flow: &str) -> Result<(), ThreadError> {
        self.run("UPDATE conversations SET steps = ?2 WHERE id = ?1", vec![text(id), flow.into()])
    }

    /// Whether an agent has said anything to the visitor in a conversation.
    pub fn agent_spoke(&self, id: ConversationId) -> Result<bool, ThreadError> {
        let sql = "SELECT m.id FROM messages m, conversations c WHERE c.id = ? AND m.seq >= c.first_seq AND m.private = 0
            AND m.inward = 0 AND m.json ->> '$.author.kind' = 'agent' LIMIT 1";
        Ok(self.scalar(sql, vec![text(id)])?.is_some())
    }

    /// Keeps a conversation as it is now; `at` is when it changed.
    pub fn save_conversation(&self, conversation: &Conversation, at: Timestamp) -> Result<(), ThreadError> {
        let sql =
            "UPDATE conversations SET status = ?2, updated_at = ?3, closed_at = ?4, begun = ?5, bot = ?6,
            revision = revision + 1 WHERE id = ?1";
        let bot = conversation.bot.as_ref().map(Bot::json).transpose()?;
        self.run(
            sql,
            vec![
                text(conversation.id),
                conversation.status.tag().into(),
                text(at),
                conversation.closed_at.map(text).into(),
                SqlStorageValue::Integer(conversation.begun.into()),
                bot.into(),
            ],
        )
    }

    /// When a conversation last changed.
    pub fn updated_at(&self, id: ConversationId) -> Result<Timestamp, ThreadError> {
        let sql = "SELECT max(updated_at, coalesce((SELECT created_at FROM messages WHERE seq BETWEEN first_seq AND last_seq
            ORDER BY seq DESC LIMIT 1), '')) FROM spans WHERE id = ?";
        let time = self.scalar(sql, vec![text(id)])?;
        Timestamp::parse(&time.unwrap_or_default()).map_err(ThreadError::failed)
    }

    /// The places of a conversation's first message and of the last it can have.
    pub fn span(&self, id: ConversationId) -> Result<Option<(u32, u32)>, ThreadError> {
        #[derive(Read)]
        struct Row {
            first_seq: u32,
            last_seq: u32,
        }
        let row = self.first::<Row>("SELECT first_seq, last_seq FROM spans WHERE id = ?", vec![text(id)])?;
        Ok(row.map(|row| (row.first_seq, row.last_seq)))
    }

    fn run(&self, sql: &str, values: Vec<SqlStorageValue>) -> Result<(), ThreadError> {
        self.0.exec(sql, values)?;
        Ok(())
    }

    fn first<T: Read>(&self, sql: &str, values: Vec<SqlStorageValue>) -> Result<Option<T>, ThreadError> {
        Ok(self.rows(sql, values)?.first().map(T::read).transpose()?)
    }

    fn all<T: Read>(&self, sql: &str, values: Vec<SqlStorageValue>) -> Result<Vec<T>, ThreadError> {
        Ok(self.rows(sql, values)?.iter().map(T::read).collect::<Result<_, _>>()?)
    }

    fn rows(&self, sql: &str, values: Vec<SqlStorageValue>) -> Result<Vec<Json>, ThreadError> {
        let cursor = self.0.exec(sql, values)?;
        let names = cursor.column_names();
        let mut rows = Vec::new();
        for row in cursor.raw() {
            let row = row?.into_iter().map(as_json);
            rows.push(Json::Object(names.iter().cloned().zip(row).collect()));
        }
        Ok(rows)
    }

    /// The one text that a query gives.
    fn scalar(&self, sql: &str, values: Vec<SqlStorageValue>) -> Result<Option<String>, ThreadError> {
        Ok(self.row(sql, values)?.into_iter().next().and_then(as_text))
    }

    /// The columns of the first row.
    fn row(&self, sql: &str, values: Vec<SqlStorageValue>) -> Result<Vec<SqlStorageValue>, ThreadError> {
        Ok(self.0.exec(sql, values)?.raw().next().transpose()?.unwrap_or_default())
    }
}

fn as_json(value: SqlStorageValue) -> Json {
    match value {
        SqlStorageValue::String(text) => Json::Text(text),
        SqlStorageValue::Integer(number) => Json::Number(number as f64),
        SqlStorageValue::Float(number) => Json::Number(number),
        SqlStorageValue::Boolean(value) => Json::Boolean(value),
        // No table holds blobs.
        SqlStorageValue::Null | SqlStorageValue::Blob(_) => Json::Null,
    }
}

fn as_text(value: SqlStorageValue) -> Option<String> {
    match value {
        SqlStorageValue::String(text) => Some(text),
        _ => None,
    }
}

fn text(value: impl core::fmt::Display) -> SqlStorageValue {
    SqlStorageValue::String(value.to_string())
}

fn number(value: u32) -> SqlStorageValue {
    SqlStorageValue::Integer(value.into())
}
