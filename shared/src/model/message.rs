//! Messages: what visitors, agents and bots say, and notices of what happened.

use crate::id::{ClientId, ConversationId, MessageId};
use crate::model::media::{Attachment, MediaKind};
use crate::model::rich::Rich;
use crate::time::Timestamp;
use crate::wire::source::{Source, Tag, tags};
use alloc::{boxed::Box, string::String, vec::Vec};

tags! {
    /// Which way a message goes, seen from the organization.
    Direction {
        /// From the visitor.
        In = "IN",
        /// To the visitor.
        Out = "OUT",
    }
}

tags! {
    /// What kind of author wrote a message.
    AuthorKind {
        /// The visitor.
        Visitor = "visitor",
        /// A person of the organization.
        Agent = "agent",
        /// A bot flow.
        Bot = "bot",
        /// Porchlight itself, in a notice.
        System = "system",
    }
}

tags! {
    /// What a message is made of.
    MessageType {
        /// Words alone.
        Text = "text",
        /// Words with buttons to answer by.
        Choice = "choice",
        /// A picture, with words or without.
        Image = "image",
        /// A film, with words or without.
        Video = "video",
        /// A recording, with words or without.
        Audio = "audio",
        /// Another file, with words or without.
        Document = "document",
        /// Something that happened; [`Payload::notice`] says what.
        Notice = "notice",
    }
}

impl From<MediaKind> for MessageType {
    fn from(kind: MediaKind) -> Self {
        match kind {
            MediaKind::Image => Self::Image,
            MediaKind::Video => Self::Video,
            MediaKind::Audio => Self::Audio,
            MediaKind::Document => Self::Document,
        }
    }
}

tags! {
    /// What a notice tells of.
    Notice {
        /// The bot has handed the conversation to people.
        Handoff = "handoff",
        /// The conversation was closed.
        Closed = "closed",
        /// A closed conversation was opened again.
        Reopened = "reopened",
    }
}

tags! {
    /// How far a message has come.
    Status {
        /// The server has it, durably.
        Sent = "sent",
        /// The other side has seen it.
        Seen = "seen",
    }
}

/// Who wrote a message.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, crate::json::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Author {
    /// What kind of author it is.
    pub kind: AuthorKind,
    /// The name to show; a visitor's own name is not repeated here.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub name: Option<String>,
}

/// A button under a message. Pressing it answers with its label, or opens an address.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, crate::json::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Button {
    /// What stands on it, and what it says when pressed.
    pub label: String,
    /// What the flow keeps of the answer.
    pub value: String,
    /// The address that it opens instead: `https`, `http`, `mailto` or `tel`.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub url: Option<String>,
}

impl Button {
    /// Reads buttons as the widget does.
    pub fn decode_all<S: Source>(list: Option<S>) -> Vec<Self> {
        let buttons = list.map(|list| list.items()).unwrap_or_default();
        let button =
            |b: S| Some(Self { label: text(&b, "label")?, value: text(&b, "value")?, url: text(&b, "url") });
        buttons.into_iter().filter_map(button).collect()
    }
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, crate::json::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Payload {
    /// The words, always shown as text. Empty only beside an attachment, and in a deleted message.
    pub text: String,
    /// The file that goes with the words.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub attachment: Option<Box<Attachment>>,
    /// The buttons of a choice.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub buttons: Vec<Button>,
    /// What a notice tells of, so that it can be said in the reader's language.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub notice: Option<Notice>,
    /// What a bot says besides plain words.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub rich: Option<Box<Rich>>,
}

impl Payload {
    /// What it says to those who see words alone: beside the words, what its cards say and where its files lie.
    pub fn plain(&self) -> String {
        let mut parts: Vec<&str> = Vec::from([self.text.as_str()]);
        if let Some(rich) = &self.rich {
            for card in &rich.cards {
                parts.extend([card.title.as_str(), card.text.as_str()]);
            }
            if let Some(linked) = &rich.linked {
                parts.extend([linked.name.as_str(), linked.url.as_str()]);
            }
        }
        parts.retain(|part| !part.is_empty());
        parts.join("\n")
    }

    /// Reads what a message says as the widget does.
    pub fn decode<S: Source>(source: &S) -> Option<Self> {
        let said = text(source, "text")?;
        Some(Self {
            text: said,
            attachment: source.get("attachment").and_then(|it| Attachment::decode(&it)).map(Box::new),
            buttons: Button::decode_all(source.get("buttons")),
            notice: tag(source, "notice"),
            rich: source.get("rich").map(|it| Box::new(Rich::decode_later(&it))),
        })
    }
}

/// One message of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, crate::json::Read))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// The conversation it belongs to.
    pub conversation_id: ConversationId,
    /// Its place among the visitor's messages, from 1 up, given by the Thread. Never changes; numbers may be missing.
    pub seq: u32,
    /// The Thread's count of changes when this message last changed; `seq` when it never did. Whoever knows the
    /// greatest `changed` it has seen can ask for what came after it.
    pub changed: u32,
    /// The name its sender gave it, where one was given.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub client_id: Option<ClientId>,
    /// Which way it goes.
    pub direction: Direction,
    /// Who wrote it.
    pub author: Author,
    /// What it is made of.
    #[cfg_attr(feature = "serde", serde(rename = "type"))]
    pub kind: MessageType,
    /// What it says.
    pub payload: Payload,
    /// The message it answers.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub reply_to: Option<MessageId>,
    /// A note among agents, never shown to the visitor.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "core::ops::Not::not"))]
    pub private: bool,
    /// When the Thread took it.
    pub created_at: Timestamp,
    /// When its author last changed what it says, if they did.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub edited_at: Option<Timestamp>,
    /// When its author took it back, if they did: it keeps its place and says nothing.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub deleted_at: Option<Timestamp>,
    /// How far it has come. Worked out when it is read, so what is stored goes without.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub status: Option<Status>,
}

impl Message {
    /// Reads a message as the widget does; `None` where a part that must be there is missing or unknown.
    pub fn decode<S: Source>(source: &S) -> Option<Self> {
        let author = source.get("author")?;
        // What can be missing comes first and what owns memory last, so that giving up half-way has little to free.
        let id = MessageId::parse(&text(source, "id")?).ok()?;
        let conversation_id = ConversationId::parse(&text(source, "conversationId")?).ok()?;
        let (seq, changed) = (count(source, "seq")?, count(source, "changed")?);
        let (direction, author_kind, kind) =
            (tag(source, "direction")?, tag(&author, "kind")?, tag(source, "type")?);
        let created_at = time(source, "createdAt")?;
        let payload = Payload::decode(&source.get("payload")?)?;
        Some(Self {
            id,
            conversation_id,
            seq,
            changed,
            client_id: text(source, "clientId").and_then(|id| ClientId::parse(&id).ok()),
            direction,
            author: Author { kind: author_kind, name: text(&author, "name") },
            kind,
            payload,
            reply_to: text(source, "replyTo").and_then(|id| MessageId::parse(&id).ok()),
            private: source.get("private").and_then(|p| p.boolean()).unwrap_or(false),
            created_at,
            edited_at: time(source, "editedAt"),
            deleted_at: time(source, "deletedAt"),
            status: tag(source, "status"),
        })
    }
}

fn text<S: Source>(source: &S, key: &str) -> Option<String> {
    source.get(key)?.string()
}

fn time<S: Source>(source: &S, key: &str) -> Option<Timestamp> {
    source.get(key)?.time()
}

fn count<S: Source>(source: &S, key: &str) -> Option<u32> {
    source.get(key)?.count()
}

fn tag<S: Source, T: Tag>(source: &S, key: &str) -> Option<T> {
    T::from_tag(&source.get(key)?.string()?)
}
