//! What is asked by clients that name the conversation they mean, and messages by names of their own.

use super::Append;
use super::detail::Assignee;
use crate::store::served::{AtPages, FlowVersion};
use serde::Serialize;
use shared::id::{ConversationId, VisitorId};
use shared::json::Read;
use shared::model::conversation::ConversationStatus;
use shared::text::{Email, Lines, LongText};
use shared::time::Timestamp;

/// What is done in one conversation of the visitor's. Every answer is JSON in lines, which are found without being read:
/// what was asked for, and last the name that the visitor claims, or `null`. What changes anything is refused where the
/// conversation is closed.
#[derive(Debug, Serialize, Read)]
pub enum Within {
    /// Add a message. Answers the message.
    Append(Append),
    /// Have a message of the visitor's say something else, or take it back. Answers the message.
    Amend(String, Option<LongText>),
    /// Tell a message that the visitor may see, and that was not taken back. Answers the message.
    Message(String),
    /// Tell some of the messages. Answers three lines: a list, how many are unread, and the first of those or `null`.
    Excerpt(Excerpt),
    /// Close it. Answers the id of the message that tells of it.
    Close,
    /// The visitor writes, or stopped.
    Typing(bool),
    /// Tell this object of what happens from now on, by its id.
    Listen(String),
    /// Send it by mail.
    Transcript {
        /// Where the visitor wants it.
        email: Email,
        /// The name of the site.
        site: String,
    },
    /// Keep how the visitor found it, from 1 to 5, and what they add. It may be closed.
    Rate(u8, Option<Lines<1000>>),
    /// Tell where it stands. Answers a [`Standing`].
    Standing,
}

/// Messages of a time that the visitor may see and that were not taken back, newest first.
#[derive(Debug, Serialize, Read)]
pub struct Excerpt {
    /// None from before this time.
    pub from: Option<Timestamp>,
    /// None from this time on.
    pub until: Option<Timestamp>,
    /// How many of the newest are left out.
    pub skip: u32,
    /// How many at most.
    pub limit: u32,
    /// Those that came after this time and before the oldest that is told are unread.
    pub seen_at: Option<Timestamp>,
}

/// See [`super::rare::Rare::Begin`].
#[derive(Debug, Serialize, Read)]
pub struct Begin {
    /// The flow that answers.
    pub flow: Option<FlowVersion>,
    /// The flows that answer instead on some pages.
    pub at_pages: Vec<AtPages>,
    /// What is said first where no flow answers.
    pub welcome: Option<String>,
    /// Whether people are there.
    pub people: bool,
}

/// Something that a visitor says of themselves.
#[derive(Debug, Serialize, Read)]
pub struct Claim {
    /// Of what.
    pub key: String,
    /// What.
    pub value: String,
    /// Whether it stands in the place of what they said before.
    pub overwrite: bool,
}

/// Who the visitor is, by what they claim, and where a conversation of theirs stands.
#[derive(Debug, Serialize, Read)]
pub struct Standing {
    /// The visitor.
    pub visitor: VisitorId,
    /// A name.
    pub name: Option<String>,
    /// An e-mail address.
    pub email: Option<String>,
    /// A phone number.
    pub phone: Option<String>,
    /// What else they say of themselves, as a JSON object.
    pub claimed: Option<String>,
    /// The department that they want to speak to.
    pub department: Option<String>,
    /// The conversation.
    pub conversation: ConversationId,
    /// Where it stands.
    pub status: ConversationStatus,
    /// Whether the visitor has said anything in it.
    pub begun: bool,
    /// When it began.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it was closed, if it is.
    pub closed_at: Option<Timestamp>,
    /// The agent that it is assigned to.
    pub assignee: Option<Assignee>,
}
