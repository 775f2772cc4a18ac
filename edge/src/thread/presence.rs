//! Who writes, and who has seen what.

use super::command::{Party, ThreadError};
use super::live;
use super::object::{Obeyed, Thread};
use crate::inbox::{self, InboxFrame};
use shared::model::message::AuthorKind;
use shared::wire::frame::ServerFrame;
use worker::WebSocket;

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
            Party::Agent(name) => {
                let frame = ServerFrame::Typing { by: AuthorKind::Agent, name: Some(name.clone()), on };
                live::broadcast(&self.state, &frame, from);
            }
            // Before the visitor has said anything, no agent knows of the conversation.
            Party::Visitor if head.conversation.begun => {
                let frame = InboxFrame::Typing { conversation_id: head.conversation.id, on };
                inbox::tell(&self.env, head.organization, &frame).await;
            }
            Party::Visitor => {}
        }
        Ok(done())
    }

    /// See [`super::command::Command::Seen`]. Numbers that tell nothing new change nothing.
    pub(super) async fn seen(
        &self,
        by: &Party,
        seq: u32,
        from: Option<&WebSocket>,
    ) -> Result<Obeyed, ThreadError> {
        let mut head = self.head()?;
        let seq = seq.min(head.changed);
        let (kind, seen) = match by {
            Party::Visitor => (AuthorKind::Visitor, &mut head.visitor_seen),
            Party::Agent(_) => (AuthorKind::Agent, &mut head.agent_seen),
        };
        if *seen < seq {
            *seen = seq;
            self.log()?.save_seen(&head)?;
            self.keep(&head);
            live::broadcast(&self.state, &ServerFrame::Seen { by: kind, seq }, from);
            self.project_soon().await?;
        }
        Ok(done())
    }
}

fn done() -> Obeyed {
    String::from(r#"{"ok":true}"#).into()
}
