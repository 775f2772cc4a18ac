//! Closing and reopening conversations, and telling where one stands.

use super::command::{Party, State, ThreadError};
use super::head::Head;
use super::obey::{Due, Obeyed};
use super::object::Thread;
use super::presence::done;
use super::turn::Draft;
use crate::platform::now;
use shared::id::ConversationId;
use shared::model::conversation::ConversationStatus;
use shared::model::message::Notice;
use shared::wire::frame::ServerFrame;

/// How many of the visitor's pages are told with a conversation.
const PAGES: u32 = 10;

impl Thread {
    /// See [`super::command::Command::State`].
    pub(super) fn tell_state(&self, id: ConversationId) -> Result<Obeyed, ThreadError> {
        let head = self.head()?;
        let found = self.log()?.conversation(Some(id))?.ok_or(ThreadError::Unknown)?;
        let details = self.log()?.details(id)?;
        let state = State {
            status: found.status,
            last_message: self.log()?.last_message(id)?,
            unread: self.log()?.unread(id)?,
            updated_at: self.log()?.updated_at(id)?,
            closed_at: found.closed_at,
            visitor_seen: head.visitor_seen,
            agent_seen: head.agent_seen,
            bot_listens: found.bot_listens(),
        };
        let details = details.strip_suffix('}').unwrap_or(&details);
        let state = serde_json::to_string(&state)?;
        let state = state.strip_prefix('{').unwrap_or(&state);
        let (pages, trace) = (self.log()?.pages(PAGES)?, self.log()?.trace(id)?);
        Ok(format!("{details},\"pages\":{pages},\"trace\":{trace},{state}").into())
    }

    /// See [`super::command::Command::Close`].
    pub(super) fn close(&self, id: ConversationId) -> Result<Obeyed, ThreadError> {
        let mut head = self.head()?;
        if head.conversation.id != id || head.conversation.status == ConversationStatus::Closed {
            return self.tell_state(id);
        }
        head.conversation.mute_bot();
        head.conversation.closed_at = Some(now());
        self.change(&mut head, ConversationStatus::Closed, Notice::Closed)
    }

    /// See [`super::command::Command::End`].
    pub(super) fn end(&self) -> Result<Obeyed, ThreadError> {
        self.pass_event(&Party::Visitor)?;
        let conversation = self.head()?.conversation;
        let ended = match conversation.begun {
            true => self.close(conversation.id)?.due,
            false => Due::Never,
        };
        Ok(Obeyed { due: ended, ..done() })
    }

    /// See [`super::command::Command::Reopen`].
    pub(super) fn reopen(&self, id: ConversationId) -> Result<Obeyed, ThreadError> {
        let mut head = self.head()?;
        if head.conversation.id != id {
            // An older one stays closed: the visitor writes in another by now.
            self.log()?.conversation(Some(id))?.ok_or(ThreadError::Unknown)?;
            return Err(ThreadError::Closed);
        }
        if head.conversation.status != ConversationStatus::Closed {
            return self.tell_state(id);
        }
        head.conversation.closed_at = None;
        self.change(&mut head, ConversationStatus::Open, Notice::Reopened)
    }

    fn change(
        &self,
        head: &mut Head,
        status: ConversationStatus,
        notice: Notice,
    ) -> Result<Obeyed, ThreadError> {
        let at = now();
        head.conversation.status = status;
        self.say(head, Draft::notice(notice), at)?;
        self.log()?.save_conversation(&head.conversation, at)?;
        self.keep(head);
        self.broadcast(&ServerFrame::Status { status }, None);
        Ok(Obeyed { due: Due::Now, ..self.tell_state(head.conversation.id)? })
    }
}
