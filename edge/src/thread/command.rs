//! What a Thread can be asked to do, and how it refuses. An answer is JSON text, passed on as it is.

pub mod amend;
pub mod attendance;
pub mod detail;
pub mod once;
pub mod rare;
pub mod visit;
pub mod within;

use crate::store::served::{AtPages, FlowVersion};
use attendance::Attendance;
use serde::Serialize;
use shared::id::{ClientId, ConversationId, MediaId, MessageId, OrganizationId, VisitorId, WidgetId};
use shared::json;
use shared::json::Read;
use shared::model::conversation::ConversationStatus;
use shared::model::media::{Attachment, MediaKind};
use shared::model::message::{AuthorKind, Message};
use shared::text::{Email, FileName, Lines, LongText};
use shared::time::Timestamp;

/// A command.
#[derive(Debug, Serialize, Read)]
pub enum Command {
    /// Begin, or begin again, to serve this visitor. Answers an [`Opened`].
    Open(Box<Open>),
    /// Add a message. Answers the message.
    Append(Append),
    /// Edit or delete a message. Answers the message.
    Amend(amend::Amend),
    /// Obey a command once, however often it is asked. Answers what that one answers, or answered.
    Once(once::Once, Box<Command>),
    /// Do nothing, and answer this JSON: of what was done elsewhere and is to be done once.
    Answer(String),
    /// Tell a page of messages. Answers an array of them.
    History(History),
    /// Tell where a conversation stands. Answers a [`State`] with what is known besides: `assignee`, `department`, `rating`,
    /// the visitor's last `pages` and the `trace` of the bot's last turn.
    State(ConversationId),
    /// Somebody writes, or stopped.
    Typing {
        /// Who.
        by: Party,
        /// Whether they write now.
        on: bool,
    },
    /// Somebody has seen all messages up to this one.
    Seen {
        /// Who.
        by: Party,
        /// The last message's `seq`.
        seq: u32,
    },
    /// The visitor came to a page, of this address and this title.
    Visit(String, Option<String>),
    /// The visitor opened the chat, or put it away.
    Panel {
        /// Whether it is open now.
        open: bool,
    },
    /// Close the conversation that the visitor is in, at their wish. Where there is none, nothing changes.
    End,
    /// Keep how the visitor found their last conversation, from 1 to 5, and what they add. Answers it with its time.
    Rate(u8, Option<Lines<1000>>),
    /// Give a conversation to an agent, or to nobody. Answers a [`State`].
    Assign(ConversationId, Option<detail::Assignee>),
    /// Have a conversation's bot go on where it was when a person took over, or be silent. Answers a [`State`].
    Bot(ConversationId, bool),
    /// Send the visitor's last conversation by mail.
    Transcript {
        /// Where they want it; else where they said they can be reached.
        email: Option<Email>,
        /// The name of the site.
        site: String,
    },
    /// Tell all that is known of the visitor. Answers a JSON object.
    Export,
    /// Forget the visitor, here and in the record. Afterwards there is no such visitor.
    Forget,
    /// Close a conversation. Closing a closed one changes nothing.
    Close(ConversationId),
    /// Open a closed conversation again; only the visitor's last one can be. Opening an open one changes nothing.
    Reopen(ConversationId),
    /// Somebody begins to upload a file.
    Upload {
        /// The id it will have.
        id: MediaId,
        /// Who.
        by: AuthorKind,
    },
    /// A file has come, and can be sent by whoever uploaded it. Answers the file.
    Uploaded {
        /// The file, with its object's key for an address.
        file: Box<Attachment>,
        /// The origin it came to, which its address will have.
        origin: String,
    },
    /// Forget a file that was not sent. Answers whether it is gone.
    DropUpload(MediaId),
}

/// One of the two sides of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Read)]
pub enum Party {
    /// The visitor.
    Visitor,
    /// An agent.
    Agent {
        /// The name they go by.
        name: String,
        /// The conversation they are in.
        conversation: ConversationId,
    },
}

/// What a visitor says of themselves; kept as claims. What is `None` stays as it was.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Read)]
pub struct Profile {
    /// A name.
    pub name: Option<String>,
    /// An e-mail address.
    pub email: Option<String>,
    /// A phone number.
    pub phone: Option<String>,
    /// The page, the language and what else came with the session, as JSON.
    pub context: Option<String>,
    /// Who they have proved to be, which is no claim, as the JSON of an [`crate::store::identities::Identity`]. Once kept, it stays.
    #[serde(default)]
    pub identity: Option<String>,
    /// What the host has signed for besides, as JSON.
    #[serde(default)]
    pub host: Option<String>,
    /// The same where it has not, as JSON.
    #[serde(default)]
    pub claimed: Option<String>,
    /// What they answered before the chat, as JSON.
    #[serde(default)]
    pub prechat: Option<String>,
    /// The campaign that led them here, as JSON.
    #[serde(default)]
    pub utm: Option<String>,
    /// Whether they wanted to leave a message though nobody was there.
    #[serde(default)]
    pub accept_offline: Option<bool>,
    /// The department that they want to speak to.
    #[serde(default)]
    pub department: Option<String>,
    /// What flows keep of them beyond a conversation, as JSON.
    #[serde(default)]
    pub variables: Option<String>,
}

/// See [`Command::Open`].
#[derive(Debug, Serialize, Read)]
pub struct Open {
    /// Whose visitor it is.
    pub organization: OrganizationId,
    /// The widget.
    pub widget: WidgetId,
    /// The visitor.
    pub visitor: VisitorId,
    /// Whether they have been here before, as a proof says. Where such a Thread is not there, the visitor was forgotten,
    /// and it is not made again.
    pub known: bool,
    /// What they say of themselves.
    pub profile: Profile,
    /// The flow that answers in a conversation that begins now.
    pub flow: Option<FlowVersion>,
    /// What is said first where none does.
    pub welcome: Option<String>,
    /// Whether people are there.
    pub people: bool,
}

/// The answer to [`Command::Open`].
#[derive(Debug, Serialize, Read)]
pub struct Opened {
    /// The conversation that the next message belongs to.
    pub conversation: ConversationId,
    /// The name they claim.
    pub name: Option<String>,
    /// The e-mail they claim.
    pub email: Option<String>,
}

/// See [`Command::Append`].
#[derive(Debug, Serialize, Read)]
pub struct Append {
    /// Who writes. An agent names the conversation; a visitor's message goes to the current one, or begins the next.
    pub author: Writer,
    /// What they write; nothing but beside a file.
    pub text: Option<LongText>,
    /// The file that goes with it.
    pub file: Option<Sending>,
    /// The name they gave the message.
    pub client_id: Option<ClientId>,
    /// The message it answers.
    pub reply_to: Option<MessageId>,
}

/// A file that is to be sent.
#[derive(Debug, Clone, Serialize, Read)]
pub struct Sending {
    /// Which.
    pub id: MediaId,
    /// What its sender takes it for.
    pub kind: MediaKind,
    /// Another name than it came with.
    pub filename: Option<FileName>,
}

/// Who writes a message.
#[derive(Debug, Serialize, Read)]
pub enum Writer {
    /// The visitor.
    Visitor {
        /// The conversation that they name, which must be the newest and open.
        #[serde(default)]
        conversation: Option<ConversationId>,
        /// The flow that answers, should this message begin a conversation.
        flow: Option<FlowVersion>,
        /// The flows that answer instead on some pages.
        #[serde(default)]
        at_pages: Vec<AtPages>,
        /// The flow that begins with this message, where neither a bot nor a person answers yet.
        begins: Option<FlowVersion>,
        /// What is said to a conversation's first message where no flow answers.
        acknowledgement: Option<String>,
        /// Who is there to read it.
        attendance: Attendance,
        /// What is said of them along with it, which is kept exactly if the message is new and is.
        #[serde(default)]
        claims: Option<Box<Profile>>,
    },
    /// An agent.
    Agent {
        /// The name they write under.
        name: String,
        /// The conversation they write in.
        conversation: ConversationId,
        /// Whether it is a note that the visitor never sees.
        private: bool,
    },
}

/// See [`Command::History`].
#[derive(Debug, Serialize, Read)]
pub struct History {
    /// The conversation, with the agents' notes; without it, all the visitor may see.
    pub conversation: Option<ConversationId>,
    /// Which of its messages.
    pub page: Page,
    /// How many at most.
    pub limit: u32,
}

/// A page of a history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Read)]
pub enum Page {
    /// The newest.
    Newest,
    /// Those before this message, newest first.
    BeforeMessage(MessageId),
    /// Those before this time, newest first.
    BeforeTime(Timestamp),
    /// Those that came or changed after this count of changes, oldest change first.
    ChangedAfter(u32),
}

/// The answer to [`Command::State`].
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct State {
    /// Where the conversation stands.
    pub status: ConversationStatus,
    /// Its last message that the visitor may see.
    pub last_message: Option<Message>,
    /// How many of the visitor's messages no agent has seen.
    pub unread: u32,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it was closed, if it is.
    pub closed_at: Option<Timestamp>,
    /// The `seq` up to which the visitor has seen.
    pub visitor_seen: u32,
    /// The `seq` up to which the agents have seen.
    pub agent_seen: u32,
    /// Whether its bot waits for the visitor, and so answers them.
    pub bot_listens: bool,
}

/// Why a Thread did nothing.
#[derive(Debug, Serialize, Read)]
pub enum ThreadError {
    /// There is no such visitor or conversation here.
    Unknown,
    /// The visitor is known, and has no such conversation.
    UnknownConversation,
    /// There is no such message here to be answered.
    UnknownMessage,
    /// The message is somebody else's.
    NotTheirs,
    /// The conversation is closed.
    Closed,
    /// Nobody is there, and nothing new is taken until somebody is.
    NobodyThere,
    /// There is no bot that could go on.
    NoBot,
    /// There is no address to send to.
    NoAddress,
    /// The visitor has not said anything yet.
    NotBegun,
    /// Another call has this name already.
    OtherBody,
    /// The message has been deleted.
    Deleted,
    /// A message can no longer be edited or deleted.
    TooLate,
    /// The client's id names another message already.
    Conflict,
    /// There is no such file of the writer's here.
    UnknownFile,
    /// The file was sent already.
    FileSent,
    /// The file is of another kind than its sender says.
    FileIs(MediaKind),
    /// The visitor says more of themselves than is kept.
    TooManyClaims,
    /// Too much at once; again after this many seconds.
    TooMany {
        /// How many messages are allowed in a window.
        limit: u32,
        /// Seconds until the window ends.
        retry_after: u32,
    },
    /// It could not be done, through no fault of the caller's. Nothing was changed.
    Failed(String),
}

impl ThreadError {
    /// A failure of the platform or a store.
    pub fn failed(error: impl core::fmt::Display) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<worker::Error> for ThreadError {
    fn from(error: worker::Error) -> Self {
        Self::failed(error)
    }
}

impl From<json::Wrong> for ThreadError {
    fn from(error: json::Wrong) -> Self {
        Self::failed(error)
    }
}

impl From<serde_json::Error> for ThreadError {
    fn from(error: serde_json::Error) -> Self {
        Self::failed(error)
    }
}
