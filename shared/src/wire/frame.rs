//! What passes over the socket of `GET …/live`, as JSON text frames with the kind under `t`.
//!
//! Messages are *sent* over HTTP, whose answer is the proof that they are kept; the socket only tells. It may lose
//! any frame: whoever connects compares [`ServerFrame::Hello`] with what it has and fetches the gap.

use crate::model::conversation::ConversationStatus;
use crate::model::message::{AuthorKind, Message};
use crate::wire::source::{Source, Tag};
use alloc::string::String;

/// The longest frame a visitor may send, in bytes of UTF-8.
pub const MAX_CLIENT_FRAME: usize = 4096;

/// What a visitor's widget says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(tag = "t", rename_all = "lowercase", deny_unknown_fields))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ClientFrame {
    /// The visitor began or stopped writing. Ends by itself after 30 s.
    Typing {
        /// Whether they write now.
        on: bool,
    },
    /// The visitor has seen every message up to this one.
    Seen {
        /// The `seq` of the last message seen.
        seq: u32,
    },
}

#[cfg(feature = "serde")]
impl crate::json::Read for ClientFrame {
    fn read(json: &crate::json::Json) -> Result<Self, crate::json::Wrong> {
        match json.get("t").and_then(crate::json::Json::text) {
            Some("typing") => {
                json.object(Some(&["t", "on"]))?;
                Ok(Self::Typing { on: json.field("on")? })
            }
            Some("seen") => {
                json.object(Some(&["t", "seq"]))?;
                Ok(Self::Seen { seq: json.field("seq")? })
            }
            _ => Err(crate::json::Wrong::one_of(&["typing", "seen"])),
        }
    }
}

/// What the Thread says.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(tag = "t", rename_all = "lowercase"))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ServerFrame {
    /// The first frame after connecting: where the Thread stands.
    #[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
    Hello {
        /// The version of the protocol the edge speaks.
        protocol: u32,
        /// The Thread's count of changes; greater than the client's means a gap to fetch.
        changed: u32,
        /// Where the newest conversation stands.
        status: ConversationStatus,
        /// The `seq` up to which the agents have seen.
        agent_seen: u32,
        /// The `seq` up to which the visitor has seen, on any device.
        visitor_seen: u32,
    },
    /// A message came or changed.
    Message {
        /// The message as it is now.
        message: Message,
    },
    /// Somebody else began or stopped writing. Ends by itself after 30 s.
    Typing {
        /// Who writes.
        by: AuthorKind,
        /// Their name, if known.
        #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
        name: Option<String>,
        /// Whether they write now.
        on: bool,
    },
    /// Every message up to this one has been seen.
    Seen {
        /// By whom: the visitor (on another device) or an agent.
        by: AuthorKind,
        /// The `seq` of the last message seen.
        seq: u32,
    },
    /// The conversation changed its status.
    Status {
        /// Where it stands now.
        status: ConversationStatus,
    },
    /// The last frame from this client could not be used; nothing was changed.
    Error {
        /// A stable word for programs.
        code: String,
        /// A sentence for people.
        message: String,
    },
}

impl ServerFrame {
    /// Reads a frame as the widget does; `None` for a kind it does not know, which it passes over.
    pub fn decode(source: &impl Source) -> Option<Self> {
        let text = |key: &str| source.get(key).and_then(|v| v.string());
        let count = |key: &str| source.get(key).and_then(|v| v.count());
        let flag = |key: &str| source.get(key).and_then(|v| v.boolean());
        let by = || AuthorKind::from_tag(&text("by")?);
        let status = || ConversationStatus::from_tag(&text("status")?);
        Some(match text("t")?.as_str() {
            "hello" => Self::Hello {
                protocol: count("protocol")?,
                changed: count("changed")?,
                status: status()?,
                agent_seen: count("agentSeen")?,
                visitor_seen: count("visitorSeen")?,
            },
            "message" => Self::Message { message: Message::decode(&source.get("message")?)? },
            "typing" => Self::Typing { by: by()?, name: text("name"), on: flag("on")? },
            "seen" => Self::Seen { by: by()?, seq: count("seq")? },
            "status" => Self::Status { status: status()? },
            "error" => Self::Error { code: text("code")?, message: text("message")? },
            _ => return None,
        })
    }
}

impl ClientFrame {
    /// Writes the frame as the widget sends it.
    pub fn encode(&self) -> String {
        let mut object = crate::wire::json::Object::new();
        match self {
            Self::Typing { on } => object.string("t", "typing").boolean("on", *on),
            Self::Seen { seq } => object.string("t", "seen").number("seq", *seq),
        };
        object.end()
    }
}
