//! Who writes, and who has seen what.

use super::command::{Party, ThreadError};
use super::head::Head;
use super::listeners::Overheard;
use super::obey::{Due, Obeyed};
use super::object::Thread;
use crate::inbox::{self, InboxFrame};
use crate::platform::now;
use crate::rate::TooMany;
use shared::model::message::AuthorKind;
use shared::wire::frame::ServerFrame;
use worker::WebSocket;

/// How long what was told of the visitor's typing need not be told again, in milliseconds.
const TYPING_TOLD: i64 = 5_000;

impl Thread {
    /// See [`super::command::Command::Typing`].
    pub(super) async fn typing(
        &self,
        by: &Party,
        on: bool,
        from: Option<&WebSocket>,
    ) -> Result<Obeyed, ThreadError> {
        let head = self.head()?;
        match by {
            Party::Agent { name, conversation } if *conversation == head.conversation.id => {
                let frame = ServerFrame::Typing { by: AuthorKind::Agent, name: Some(name.clone()), on };
                self.broadcast(&frame, from);
                let (conversation, by) = (*conversation, AuthorKind::Agent);
                self.overhear(&Overheard::Typing { conversation, by, name: Some(name), on });
            }
            // Before the visitor has said anything, no agent knows of the conversation.
            Party::Visitor if head.conversation.begun && self.is_news(on) => {
                let frame = InboxFrame::Typing { conversation_id: head.conversation.id, on };
                inbox::tell(&self.env, head.organization, &frame).await;
            }
            _ => {}
        }
        Ok(done())
    }

    /// Whether the agents do not know this of the visitor's typing already.
    fn is_news(&self, on: bool) -> bool {
        let at = now().millis();
        let (was_on, told) = self.typing.get();
        let news = on != was_on || at >= told + TYPING_TOLD;
        if news {
            self.typing.set((on, at));
        }
        news
    }

    /// See [`super::command::Command::Seen`]. Numbers that tell nothing new change nothing.
    pub(super) fn seen(&self, by: &Party, seq: u32, from: Option<&WebSocket>) -> Result<Obeyed, ThreadError> {
        let mut head = self.head()?;
        let seq = seq.min(self.last_place(&head, by)?);
        let (kind, seen) = match by {
            Party::Visitor => (AuthorKind::Visitor, &mut head.visitor_seen),
            Party::Agent { .. } => (AuthorKind::Agent, &mut head.agent_seen),
        };
        if *seen >= seq {
            return Ok(done());
        }
        *seen = seq;
        self.log()?.save_seen(&head)?;
        self.keep(&head);
        self.broadcast(&ServerFrame::Seen { by: kind, seq }, from);
        Ok(Obeyed { due: Due::Soon, ..done() })
    }

    /// The last place there is to be seen: of all messages by the visitor, of their conversation by an agent.
    fn last_place(&self, head: &Head, by: &Party) -> Result<u32, ThreadError> {
        match by {
            Party::Agent { conversation, .. } if *conversation != head.conversation.id => {
                let (_, last) = self.log()?.span(*conversation)?.ok_or(ThreadError::Unknown)?;
                Ok(last)
            }
            _ => Ok(head.changed),
        }
    }

    /// Lets another event through; visitors have only so many.
    pub(super) fn pass_event(&self, by: &Party) -> Result<(), ThreadError> {
        if *by != Party::Visitor {
            return Ok(());
        }
        let passed = self.events.borrow_mut().pass(now());
        passed.map_err(too_many)
    }

    /// Counts what the visitor reads.
    pub(super) fn pass_read(&self) -> Result<(), ThreadError> {
        self.reads.borrow_mut().pass(now()).map_err(too_many)
    }
}

pub(super) fn too_many(no: TooMany) -> ThreadError {
    ThreadError::TooMany { limit: no.limit, retry_after: no.retry_after }
}

/// What is answered where there is nothing to tell.
pub(super) fn done() -> Obeyed {
    String::from(r#"{"ok":true}"#).into()
}
