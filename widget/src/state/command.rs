//! What the panel wants done in the world.

use super::outbox::Outgoing;
use shared::id::ClientId;
use shared::wire::frame::ClientFrame;
use shared::wire::session::Session;

/// Something to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Ask for the widget's settings.
    FetchSettings,
    /// Ask for a session, with the one we have, so that we stay the same visitor.
    AskSession(Option<Session>),
    /// Ask for a page of history.
    FetchPage {
        /// The token.
        token: String,
        /// Whose log it is for.
        epoch: u32,
        /// Where it begins; the newest page otherwise.
        before: Option<String>,
    },
    /// Ask for messages that changed after a point.
    FetchGap {
        /// The token.
        token: String,
        /// Whose log it is for.
        epoch: u32,
        /// The greatest `changed` we know.
        after: u32,
    },
    /// Send a message.
    Post {
        /// The token.
        token: String,
        /// The message.
        message: Outgoing,
    },
    /// Tell over HTTP what the visitor has seen.
    PostSeen {
        /// The token.
        token: String,
        /// Up to which message.
        seq: u32,
    },
    /// Open the socket.
    Connect(String),
    /// Close the socket, without an event about it.
    Disconnect,
    /// Say something over the socket.
    Say(ClientFrame),
    /// Ask the socket for a sign of life.
    Ping,
    /// Store the session.
    KeepSession(Session),
    /// Remove the session from storage.
    ForgetSession,
    /// Store a message of the outbox.
    KeepOutgoing(Outgoing),
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
