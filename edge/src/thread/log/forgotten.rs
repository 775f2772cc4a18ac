//! Whom the Thread is about to forget.

use super::Log;
use crate::thread::command::ThreadError;
use shared::id::{ConversationId, OrganizationId, VisitorId};
use shared::json;
use shared::json::Read;

pub(super) const TABLE: &str = "
    CREATE TABLE IF NOT EXISTS forgotten (
        organization TEXT NOT NULL,
        visitor TEXT NOT NULL,
        conversations TEXT NOT NULL
    );
";

/// All that is still known of a visitor who is being forgotten.
#[derive(Debug, Read)]
pub struct Forgotten {
    /// Whose visitor it was.
    pub organization: OrganizationId,
    /// The visitor.
    pub visitor: VisitorId,
    /// Their conversations that others know of, as a JSON array.
    conversations: String,
}

impl Forgotten {
    /// Their conversations that others know of.
    pub fn conversations(&self) -> Result<Vec<ConversationId>, ThreadError> {
        Ok(json::read(&self.conversations)?)
    }
}

impl Log {
    /// Whom the Thread is about to forget, if anybody.
    pub fn forgotten(&self) -> Result<Option<Forgotten>, ThreadError> {
        self.first("SELECT organization, visitor, conversations FROM forgotten", vec![])
    }

    /// Empties the log, but for whom it was about.
    pub fn begin_to_forget(&self) -> Result<(), ThreadError> {
        let who = "INSERT INTO forgotten (organization, visitor, conversations) SELECT organization, visitor,
            (SELECT json_group_array(id) FROM conversations WHERE begun = 1) FROM thread";
        self.run(who, vec![])?;
        for table in [
            "thread",
            "conversations",
            "messages",
            "answers",
            "details",
            "visits",
            "transcripts",
            "files",
            "listeners",
        ] {
            self.run(&format!("DELETE FROM {table}"), vec![])?;
        }
        Ok(())
    }
}
