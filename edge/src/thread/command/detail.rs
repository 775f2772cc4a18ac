//! What is known of a conversation besides what was said in it.

use serde::Serialize;
use shared::id::AgentId;
use shared::json::Read;
#[cfg(feature = "schema")]
use shared::time::Timestamp;

/// How the visitor found a conversation.
#[cfg(feature = "schema")]
#[derive(Serialize, schemars::JsonSchema)]
pub struct Rating {
    /// From 1, the worst, to 5.
    pub score: u8,
    /// What they added.
    pub comment: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// The agent that a conversation is assigned to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Assignee {
    /// Their id.
    pub id: AgentId,
    /// Their name.
    pub name: String,
}

/// What is known of a conversation besides what was said in it.
#[cfg(feature = "schema")]
#[derive(Serialize, schemars::JsonSchema)]
pub struct DetailsView {
    /// The agent it is assigned to.
    pub assignee: Option<Assignee>,
    /// The department it is for.
    pub department: Option<String>,
    /// How the visitor found it.
    pub rating: Option<Rating>,
    /// What its bot has put on it.
    pub tags: Vec<String>,
}
