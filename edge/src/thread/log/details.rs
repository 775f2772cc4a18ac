//! What is known of conversations besides what was said: who answers, for which department, and how it was found. Nothing
//! here asks for any of it, so it is kept as the JSON it is told in.

use super::{Log, number, text};
use crate::thread::command::ThreadError;
use crate::thread::command::detail::Assignee;
use shared::id::ConversationId;
use shared::time::Timestamp;

pub(super) const TABLE: &str =
    "CREATE TABLE IF NOT EXISTS details (conversation TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID";

/// The most tags of a conversation.
const MOST_TAGS: u32 = 100;

/// What is known where nothing is.
const NOTHING: &str = r#"{"assignee":null,"department":null,"rating":null,"tags":[]}"#;

impl Log {
    /// What is known of a conversation: a JSON object with `assignee`, `department`, `rating` and `tags`.
    pub fn details(&self, id: ConversationId) -> Result<String, ThreadError> {
        // Older rows know nothing of tags.
        let sql = "SELECT json_set(json, '$.tags', coalesce(json -> '$.tags', json('[]'))) FROM details WHERE conversation = ?";
        let json = self.scalar(sql, vec![text(id)])?;
        Ok(json.unwrap_or_else(|| NOTHING.into()))
    }

    /// Whether a conversation is assigned to this agent, or to nobody.
    pub fn is_assigned(&self, id: ConversationId, agent: Option<&Assignee>) -> Result<bool, ThreadError> {
        let sql = "SELECT json ->> '$.assignee.id' FROM details WHERE conversation = ?";
        Ok(self.scalar(sql, vec![text(id)])? == agent.map(|agent| agent.id.to_string()))
    }

    /// Keeps how the visitor found a conversation, in the place of what they said of it before; gives it as it is told.
    pub fn rate(
        &self,
        id: ConversationId,
        score: u8,
        comment: Option<&str>,
        at: Timestamp,
    ) -> Result<String, ThreadError> {
        let sql = "SELECT json_object('score', ?, 'comment', ?, 'at', ?)";
        let json = self.scalar(sql, vec![number(score.into()), comment.into(), text(at)])?;
        let json = json.ok_or(ThreadError::Unknown)?;
        self.set_detail(id, "rating", &json)?;
        Ok(json)
    }

    /// Keeps whom a conversation is assigned to.
    pub fn assign(&self, id: ConversationId, agent: Option<&Assignee>) -> Result<(), ThreadError> {
        self.set_detail(id, "assignee", &serde_json::to_string(&agent)?)
    }

    /// Keeps the department that a conversation is for.
    pub fn set_department(&self, id: ConversationId, department: &str) -> Result<(), ThreadError> {
        self.set_detail(id, "department", &serde_json::to_string(department)?)
    }

    /// Adds tags to a conversation, each once, up to [`MOST_TAGS`].
    pub fn add_tags(&self, id: ConversationId, tags: &[String]) -> Result<(), ThreadError> {
        let sql = "SELECT json_group_array(value) FROM (SELECT value FROM (
            SELECT value, 0 AS new, key FROM json_each((SELECT coalesce(json -> '$.tags', '[]') FROM details WHERE conversation = ?1))
            UNION ALL SELECT value, 1, key FROM json_each(?2)) GROUP BY value ORDER BY min(new), min(key) LIMIT ?3)";
        let all = self.scalar(sql, vec![text(id), serde_json::to_string(tags)?.into(), number(MOST_TAGS)])?;
        self.set_detail(id, "tags", &all.unwrap_or_else(|| "[]".into()))
    }

    fn set_detail(&self, id: ConversationId, name: &str, json: &str) -> Result<(), ThreadError> {
        let sql = format!(
            "INSERT INTO details (conversation, json) VALUES (?1, json_set('{NOTHING}', '$.{name}', json(?2)))
            ON CONFLICT (conversation) DO UPDATE SET json = json_set(json, '$.{name}', json(?2))"
        );
        self.run(&sql, vec![text(id), json.into()])
    }
}
