//! What visitors and agents tell of themselves besides writing.

use super::envelope::ApiError;
use crate::thread::command::{Command, Party};
use serde::Serialize;
use shared::json::Read;
use shared::text::Line;

/// Something that happened. Each kind has its own parts, and takes no other.
#[derive(Debug, Read, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EventRequest {
    /// What happened.
    #[serde(rename = "type")]
    pub kind: EventKind,
    /// Of typing: whether it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<bool>,
    /// Of seeing: the last message's `seq`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u32>,
    /// Of a visit: the page's address, http or https.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Line<500>>,
    /// Of a visit: the page's title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Line<500>>,
}

/// What can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Read, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum EventKind {
    /// Writing began or stopped.
    Typing,
    /// All messages up to one have been seen.
    Seen,
    /// The visitor came to a page.
    Visited,
    /// The visitor opened the chat.
    Opened,
    /// The visitor put the chat away.
    Minimized,
}

impl EventRequest {
    /// What a Thread is told of it; agents type and see, and nothing else.
    pub fn command(self, by: Party) -> Result<Command, ApiError> {
        let visitor = by == Party::Visitor;
        match (self.kind, self.on, self.seq, self.url, self.title) {
            (EventKind::Typing, Some(on), None, None, None) => Ok(Command::Typing { by, on }),
            (EventKind::Seen, None, Some(seq), None, None) => Ok(Command::Seen { by, seq }),
            (EventKind::Visited, None, None, Some(url), title) if visitor => visit(&url, title),
            (EventKind::Opened, None, None, None, None) if visitor => Ok(Command::Panel { open: true }),
            (EventKind::Minimized, None, None, None, None) if visitor => Ok(Command::Panel { open: false }),
            (EventKind::Typing, ..) => Err(ApiError::invalid("a typing event has on, and nothing else")),
            (EventKind::Seen, ..) => Err(ApiError::invalid("a seen event has seq, and nothing else")),
            (EventKind::Visited, ..) if visitor => {
                Err(ApiError::invalid("a visited event has url, may have title, and nothing else"))
            }
            _ if visitor => Err(ApiError::invalid("an opened or minimized event has nothing else")),
            _ => Err(ApiError::invalid("an agent's event is typing or seen")),
        }
    }
}

fn visit(url: &Line<500>, title: Option<Line<500>>) -> Result<Command, ApiError> {
    let url = url.to_string();
    if !url.starts_with("https://") && !url.starts_with("http://") {
        return Err(ApiError::invalid("url must begin with https:// or http://"));
    }
    let title = title.and_then(|title| title.as_option().map(str::to_owned));
    Ok(Command::Visit(url, title))
}
