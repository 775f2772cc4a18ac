//! What is known of conversations besides what was said: who answers, for which department, and how it was found.

use super::{Log, number, text};
use crate::thread::command::ThreadError;
use crate::thread::command::detail::{Assignee, Rating};
use serde::Deserialize;
use shared::id::{AgentId, ConversationId};
use shared::time::Timestamp;

pub(super) const TABLE: &str = "
    CREATE TABLE IF NOT EXISTS details (
        conversation TEXT PRIMARY KEY,
        agent_id TEXT,
        agent_name TEXT,
        department TEXT,
        score INTEGER,
        comment TEXT,
        rated_at TEXT
    ) WITHOUT ROWID;
";

/// What is known of a conversation.
#[derive(Debug, Default)]
pub struct Details {
    /// The agent it is assigned to.
    pub assignee: Option<Assignee>,
    /// The department it is for.
    pub department: Option<String>,
    /// How the visitor found it.
    pub rating: Option<Rating>,
}

impl Log {
    /// What is known of a conversation.
    pub fn details(&self, id: ConversationId) -> Result<Details, ThreadError> {
        #[derive(Deserialize)]
        struct Row {
            agent_id: Option<AgentId>,
            agent_name: Option<String>,
            department: Option<String>,
            score: Option<u8>,
            comment: Option<String>,
            rated_at: Option<Timestamp>,
        }
        let sql = "SELECT agent_id, agent_name, department, score, comment, rated_at FROM details
            WHERE conversation = ?";
        let Some(row) = self.first::<Row>(sql, vec![text(id)])? else { return Ok(Details::default()) };
        let comment = row.comment;
        Ok(Details {
            assignee: row.agent_id.zip(row.agent_name).map(|(id, name)| Assignee { id, name }),
            department: row.department,
            rating: row.score.zip(row.rated_at).map(|(score, at)| Rating { score, comment, at }),
        })
    }

    /// Keeps how the visitor found a conversation, in the place of what they said of it before.
    pub fn rate(&self, id: ConversationId, rating: &Rating) -> Result<(), ThreadError> {
        let sql = "INSERT INTO details (conversation, score, comment, rated_at) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (conversation) DO UPDATE SET score = ?2, comment = ?3, rated_at = ?4";
        let comment = rating.comment.as_deref().into();
        self.run(sql, vec![text(id), number(rating.score.into()), comment, text(rating.at)])
    }

    /// Keeps whom a conversation is assigned to.
    pub fn assign(&self, id: ConversationId, agent: Option<&Assignee>) -> Result<(), ThreadError> {
        let sql = "INSERT INTO details (conversation, agent_id, agent_name) VALUES (?1, ?2, ?3)
            ON CONFLICT (conversation) DO UPDATE SET agent_id = ?2, agent_name = ?3";
        let name = agent.map(|agent| agent.name.as_str());
        self.run(sql, vec![text(id), agent.map(|agent| text(agent.id)).into(), name.into()])
    }

    /// Keeps the department that a conversation is for.
    pub fn set_department(&self, id: ConversationId, department: &str) -> Result<(), ThreadError> {
        let sql = "INSERT INTO details (conversation, department) VALUES (?1, ?2)
            ON CONFLICT (conversation) DO UPDATE SET department = ?2";
        self.run(sql, vec![text(id), department.into()])
    }
}
