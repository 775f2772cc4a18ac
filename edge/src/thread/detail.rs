//! What is told of a conversation besides what is said in it: the visitor's rating, the agent it is assigned to; and the
//! visitor's ways around the chat.

use super::command::detail::Assignee;
use super::command::{Party, ThreadError};
use super::listeners::Overheard;
use super::obey::{Due, Obeyed};
use super::object::Thread;
use super::presence::done;
use crate::inbox::{self, InboxFrame};
use crate::platform::now;
use shared::id::ConversationId;
use shared::model::conversation::ConversationStatus;
use shared::wire::frame::ServerFrame;

impl Thread {
    /// See [`super::command::Command::Rate`].
    pub(super) fn rate(&self, score: u8, comment: Option<&str>) -> Result<Obeyed, ThreadError> {
        self.pass_event(&Party::Visitor)?;
        let head = self.head()?;
        if !head.conversation.begun {
            return Err(ThreadError::NotBegun);
        }
        let at = now();
        let rating = self.log()?.rate(head.conversation.id, score, comment, at)?;
        self.log()?.save_conversation(&head.conversation, at)?;
        Ok(Obeyed { due: Due::Soon, ..rating.into() })
    }

    /// See [`super::command::Command::Assign`]. A bot is silent where a person has been asked to answer.
    pub(super) fn assign(&self, id: ConversationId, agent: Option<&Assignee>) -> Result<Obeyed, ThreadError> {
        let mut head = self.head()?;
        let found = self.log()?.conversation(Some(id))?.ok_or(ThreadError::Unknown)?;
        if found.status == ConversationStatus::Closed || head.conversation.id != id {
            return Err(ThreadError::Closed);
        }
        if self.log()?.is_assigned(id, agent)? {
            return self.tell_state(id);
        }
        self.log()?.assign(id, agent)?;
        self.overhear(&Overheard::Assigned { conversation: id, agent });
        let status = ConversationStatus::Open;
        if agent.is_some() {
            head.conversation.mute_bot();
            if head.conversation.status != status {
                head.conversation.status = status;
                self.broadcast(&ServerFrame::Status { status }, None);
            }
        }
        self.log()?.save_conversation(&head.conversation, now())?;
        self.keep(&head);
        Ok(Obeyed { due: Due::Now, ..self.tell_state(id)? })
    }

    /// See [`super::command::Command::Visit`].
    pub(super) async fn visit(&self, url: String, title: Option<String>) -> Result<Obeyed, ThreadError> {
        self.pass_event(&Party::Visitor)?;
        let head = self.head()?;
        let news = self.log()?.visit(&url, title.as_deref(), now())?;
        // Before the visitor has said anything, nobody else is told.
        if !news || !head.conversation.begun {
            return Ok(done());
        }
        let frame = InboxFrame::Visited { conversation_id: head.conversation.id, url, title };
        inbox::tell(&self.env, head.organization, &frame).await;
        Ok(Obeyed { due: Due::Soon, ..done() })
    }

    /// See [`super::command::Command::Panel`].
    pub(super) async fn panel(&self, open: bool) -> Result<Obeyed, ThreadError> {
        self.pass_event(&Party::Visitor)?;
        let head = self.head()?;
        if head.conversation.begun {
            let frame = InboxFrame::Panel { conversation_id: head.conversation.id, open };
            inbox::tell(&self.env, head.organization, &frame).await;
        }
        Ok(done())
    }
}
