//! What the panel wants done in the world.

use alloc::string::String;
use shared::id::{ClientId, MessageId};
use shared::wire::frame::ClientFrame;

/// Something to do. What it is about stands in the model, which has not changed in between.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Ask for the widget's settings.
    FetchSettings,
    /// Ask for a session, with the one we have, so that we stay the same visitor.
    AskSession,
    /// Send a code to the e-mail, or the code that the visitor got.
    AskCode(Option<String>),
    /// Ask for the session that a link out of a letter stands for.
    Resume(String),
    /// Have everything deleted.
    Erase,
    /// Ask for everything that is known of the visitor.
    Export,
    /// Give a file of it to the visitor.
    Download(String),
    /// Change what a message says.
    Amend(MessageId, String),
    /// Take a message back.
    Remove(MessageId),
    /// Put words into the composer, in place of what stands there.
    Compose(String),
    /// Tell the page what became of the identity it presented: proved, kept for the first act, or refused.
    TellIdentity(Result<bool, String>),
    /// Ask for a page of history.
    FetchPage {
        /// Whether it is the one before the oldest we have, and not the newest.
        older: bool,
    },
    /// Ask for messages that changed after the log's cursor.
    FetchGap,
    /// Send the file of a message of the outbox.
    Upload(ClientId),
    /// Leave off sending it.
    Abort(ClientId),
    /// Let a file go.
    DropFile(u32),
    /// Send a message of the outbox.
    Post(ClientId),
    /// Tell over HTTP up to which message the visitor has seen.
    PostSeen(u32),
    /// Open the socket.
    Connect,
    /// Close the socket, without an event about it.
    Disconnect,
    /// Say something over the socket.
    Say(ClientFrame),
    /// Ask the socket for a sign of life.
    Ping,
    /// Store the session.
    KeepSession,
    /// Remove the session from storage.
    ForgetSession,
    /// Remove everything from storage.
    ForgetAll,
    /// Store a message of the outbox.
    KeepOutgoing(ClientId),
    /// Remove a message of the outbox from storage.
    DropOutgoing(ClientId),
    /// Put the cursor into the composer.
    FocusComposer,
    /// Put the focus back on the launcher.
    FocusLauncher,
    /// Scroll the log to its end.
    ScrollToEnd,
    /// Tell the page that the panel opened.
    TellOpened,
    /// Tell the page that the panel closed.
    TellClosed,
    /// Tell the page how many messages are unread.
    TellUnread(u32),
    /// Tell the page of a message that came.
    TellMessage(String),
}
