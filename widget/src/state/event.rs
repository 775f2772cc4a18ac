//! What can happen to the panel.

use super::files::File;
use super::outbox::Outgoing;
use super::session::Presented;
use super::sheet::Kind;
use alloc::{boxed::Box, string::String, vec::Vec};
use shared::id::{ClientId, MessageId};
use shared::model::message::Message;
use shared::wire::config::WidgetConfig;
use shared::wire::frame::ServerFrame;
use shared::wire::session::Session;

/// Why a request came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Failure {
    /// The HTTP status; 0 when there was no answer.
    pub status: u16,
    /// How many seconds the edge asks us to wait.
    pub retry_after: Option<u32>,
    /// What the edge says about it.
    pub reason: Option<String>,
}

impl Failure {
    /// Whether the same request may succeed later: no answer, a busy edge, or a fault of its own.
    pub fn passes(&self) -> bool {
        matches!(self.status, 0 | 408 | 425 | 429 | 500..)
    }

    /// Whether the token was refused.
    pub fn unauthorized(&self) -> bool {
        self.status == 401
    }
}

/// What became of a request.
pub type Answer<T> = Result<T, Failure>;

/// A page of history.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// Its messages, in the order the edge gave them.
    pub messages: Vec<Message>,
    /// Where older messages begin, if there are any.
    pub next_before: Option<String>,
    /// How many rows the edge gave, those included that we could not read.
    pub rows: usize,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The panel was mounted for somebody who has been here before: storage is to be read.
    Woken,
    /// The panel is to open.
    Open,
    /// The panel is to close.
    Close,
    /// The visitor pressed Escape.
    Escape,
    /// The header's menu is to open or close.
    Menu,
    /// The menu of a message is to open, or all are to close.
    RowMenu(Option<MessageId>),
    /// The visitor pressed somewhere else.
    CloseMenus,
    /// The visitor wants to change a message of theirs.
    Edit(MessageId),
    /// The visitor would rather leave it as it is.
    StopEditing,
    /// The visitor chose a file.
    Picked(Box<File>),
    /// The browser knows how large a picture is.
    Measured {
        /// The file.
        key: u32,
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
    },
    /// The visitor thought better of a file.
    Unpick(u32),
    /// So many hundredths of a file have gone.
    Uploading(ClientId, u32),
    /// The edge answered to a file: with its id and type.
    Uploaded(ClientId, Answer<(String, String)>),
    /// Something is to be asked.
    Ask(Kind),
    /// What was asked was answered: the fields' ids and values.
    Filled(Vec<(String, String)>),
    /// What was asked is not answered.
    Dismiss,
    /// The visitor wants another code.
    Resend,
    /// The edge sent a code, or did not.
    CodeSent(Answer<()>),
    /// The edge answered to a code.
    Verified(Answer<Box<Session>>),
    /// The page was reached by a link out of a letter.
    Resume(String),
    /// The edge answered to that link.
    Resumed(Answer<Box<Session>>),
    /// The edge deleted everything, or did not.
    Erased(Answer<()>),
    /// The edge changed a message, or did not.
    Amended(Answer<()>),
    /// The visitor wants to have what is known of them.
    AskExport,
    /// It came.
    Exported(Answer<String>),
    /// The page says who its visitor is.
    Identify(Box<Presented>),
    /// The page says that its visitor is gone.
    Logout,
    /// The settings are wanted again, after a failure.
    AskSettings,
    /// The settings came.
    Settings(Answer<Box<WidgetConfig>>),
    /// The visitor sent words, or pressed a button that says them.
    Submit(String),
    /// The visitor wants a refused message sent again.
    Retry(ClientId),
    /// The visitor gives a refused message up.
    Discard(ClientId),
    /// The edge answered to a message.
    Posted(ClientId, Answer<Box<Message>>),
    /// The visitor changed what stands in the composer.
    Typed {
        /// Whether nothing stands there now.
        empty: bool,
    },
    /// The log was scrolled to its end or away from it.
    Scrolled {
        /// Whether it shows its end.
        at_end: bool,
    },
    /// The log was scrolled near its beginning.
    NearTop,
    /// The tab came to the front or went from it.
    Visible(bool),
    /// The browser's network came or went.
    Online(bool),
    /// The page goes, perhaps into the back/forward cache.
    Left,
    /// The page came back out of that cache.
    Returned,
    /// What storage held when the panel was mounted.
    Remembered {
        /// The session.
        session: Option<Box<Session>>,
        /// Whom it belongs to, where the page has said so.
        owner: Option<String>,
        /// What had not been confirmed.
        outbox: Vec<Outgoing>,
    },
    /// Another tab got a session or lost it.
    SessionElsewhere(Option<Box<Session>>),
    /// Another tab put a message into the outbox or took it out.
    OutboxElsewhere(ClientId, Option<Box<Outgoing>>),
    /// The edge answered to the request for a session.
    Granted(Answer<Box<Session>>),
    /// A page of history came.
    Page {
        /// Whose log it was asked for.
        epoch: u32,
        /// Whether it is one before the oldest we had.
        older: bool,
        /// What came.
        answer: Answer<Page>,
    },
    /// Messages that had changed came.
    Gap {
        /// Whose log they were asked for.
        epoch: u32,
        /// What came.
        answer: Answer<Page>,
    },
    /// The socket said something; `None` when it was only a sign of life.
    Heard(Option<Box<ServerFrame>>),
    /// The socket is gone.
    SocketClosed {
        /// The close code (RFC 6455, section 7.4).
        code: u16,
    },
    /// The time of [`super::Model::wake_at`] has come.
    Time,
}

impl Event {
    /// Whether it can be taken in before the second part of the program is here (see `scripts/split-wasm.mjs`).
    pub fn is_early(&self) -> bool {
        matches!(
            self,
            Self::Open
                | Self::Close
                | Self::Escape
                | Self::AskSettings
                | Self::Settings(_)
                | Self::Scrolled { .. }
        )
    }
}
