//! Conversations as wholes.

use crate::wire::source::tags;

tags! {
    /// Where a conversation stands.
    ConversationStatus {
        /// A bot is answering; no person has been asked for yet.
        Pending = "pending",
        /// Waiting for people, or being answered by them.
        Open = "open",
        /// Done. The visitor's next message begins another.
        Closed = "closed",
    }
}
