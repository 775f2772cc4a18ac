//! Closing and reopening conversations, and telling where one stands.

use super::command::{State, ThreadError};
use super::head::Head;
use super::live;
use super::object::{Obeyed, Thread};
use super::turn::Draft;
use crate::platform::now;
use shared::id::ConversationId;
use shared::model::conversation::ConversationStatus;
use shared::model::message::Notice;
use shared::wire::frame::ServerFrame;

impl Thread {
    /// See [`super::command::Command::State`].
    pub(super) fn tell_state(&self, id: ConversationId) -> Result<Obeyed, ThreadError> {
        let head = self.head()?;
        let found = self.log()?.conversation(Some(id))?.ok_or(ThreadError::Unknown)?;
        let state = State {
            status: found.status,
            last_message: self.log()?.last_message(id)?,
            unread: self.log()?.unread(id)?,
            updated_at: self.log()?.updated_at(id)?,
            closed_at: found.closed_at,
            visitor_seen: head.visitor_seen,
            agent_seen: head.agent_seen,
            trace: found.bot.map(|bot| bot.trace).unwrap_or_default(),
        };
        Ok(serde_json::to_string(&state)?.into())
    }

    /// See [`super::command::Command::Close`].
    pub(super) async fn close(&self, id: ConversationId) -> Result<Obeyed, ThreadError> {
        let mut head = self.head()?;
        if head.conversation.id == id && head.conversation.status != ConversationStatus::Closed {
            head.conversation.mute_bot();
            head.conversation.closed_at = Some(now());
            self.change(&mut head, ConversationStatus::Closed, Notice::Closed).await?;
        }
        self.tell_state(id)
    }

    /// See [`super::command::Command::Reopen`].
    pub(super) async fn reopen(&self, id: ConversationId) -> Result<Obeyed, ThreadError> {
        let mut head = self.head()?;
        if head.conversation.id != id {
            // An older one stays closed: the visitor writes in another by now.
            self.log()?.conversation(Some(id))?.ok_or(ThreadError::Unknown)?;
            return Err(ThreadError::Closed);
        }
        if head.conversation.status == ConversationStatus::Closed {
            head.conversation.closed_at = None;
            self.change(&mut head, ConversationStatus::Open, Notice::Reopened).await?;
        }
        self.tell_state(id)
    }

    async fn change(
        &self,
        head: &mut Head,
        status: ConversationStatus,
        notice: Notice,
    ) -> Result<(), ThreadError> {
        let at = now();
        head.conversation.status = status;
        self.say(head, Draft::notice(notice), at)?;
        self.log()?.save_conversation(&head.conversation, at)?;
        self.keep(head);
        live::broadcast(&self.state, &ServerFrame::Status { status }, None);
        self.project_in(0).await
    }
}
