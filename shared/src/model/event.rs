//! What happens that servers can be told of.

use crate::wire::source::tags;

tags! {
    /// Something that happened. A bot's messages, notices and agents' private notes are messages like others.
    Event {
        /// Somebody said something.
        MessageCreated = "message.created",
        /// Somebody changed what they had said.
        MessageUpdated = "message.updated",
        /// Somebody took back what they had said.
        MessageDeleted = "message.deleted",
        /// A visitor said something for the first time, or after the last conversation was closed.
        ConversationCreated = "conversation.created",
        /// A conversation was given to an agent, or to nobody in particular again.
        ConversationAssigned = "conversation.assigned",
        /// A conversation was closed, by whomever.
        ConversationClosed = "conversation.closed",
        /// A visitor told how they found a conversation, or changed their mind.
        ConversationRated = "conversation.rated",
        /// A visitor proved who they are.
        VisitorIdentified = "visitor.identified",
    }
}
