//! What is known of a conversation besides what was said in it.

use serde::{Deserialize, Serialize};
use shared::id::{AgentId, ConversationId};
use shared::text::Lines;
use shared::time::Timestamp;

/// See [`super::Command::Rate`].
#[derive(Debug, Serialize, Deserialize)]
pub struct Rate {
    /// From 1, the worst, to 5.
    pub score: u8,
    /// What the visitor adds.
    pub comment: Option<Lines<1000>>,
}

/// How the visitor found a conversation.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rating {
    /// From 1, the worst, to 5.
    pub score: u8,
    /// What they added.
    pub comment: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// See [`super::Command::Assign`].
#[derive(Debug, Serialize, Deserialize)]
pub struct Assign {
    /// The conversation.
    pub conversation: ConversationId,
    /// Who is to answer in it; nobody in particular where there is none.
    pub agent: Option<Assignee>,
}

/// The agent that a conversation is assigned to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Assignee {
    /// Their id.
    pub id: AgentId,
    /// Their name.
    pub name: String,
}
