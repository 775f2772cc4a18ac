//! What visitors and agents tell of themselves besides writing.

use crate::thread::command::{Command, Party};
use serde::{Deserialize, Serialize};

/// Something that happened.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
pub enum EventRequest {
    /// Writing began or stopped.
    Typing {
        /// Whether it goes on.
        on: bool,
    },
    /// All messages up to this one have been seen.
    Seen {
        /// The last message's `seq`.
        seq: u32,
    },
}

impl EventRequest {
    /// What a Thread is told of it.
    pub fn command(self, by: Party) -> Command {
        match self {
            Self::Typing { on } => Command::Typing { by, on },
            Self::Seen { seq } => Command::Seen { by, seq },
        }
    }
}
