//! What the panel wants done in the world.

use alloc::string::String;
use shared::id::ClientId;
use shared::wire::frame::ClientFrame;

/// Something to do. What it is about stands in the model, which has not changed in between.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Ask for the widget's settings.
    FetchSettings,
    /// Ask for a session, with the one we have, so that we stay the same visitor.
    AskSession,
    /// Ask for a page of history.
    FetchPage {
        /// Whether it is the one before the oldest we have, and not the newest.
        older: bool,
    },
    /// Ask for messages that changed after the log's cursor.
    FetchGap,
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
