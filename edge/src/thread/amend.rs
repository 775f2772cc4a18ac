//! Editing and deleting messages: their own author's, while the conversation is open, and not for long.

use super::command::ThreadError;
use super::command::amend::Amend;
use super::obey::{Due, Obeyed};
use super::object::Thread;
use crate::platform::now;
use shared::model::conversation::ConversationStatus;
use shared::model::message::{MessageType, Payload};
use shared::rules::editing::is_editable;

impl Thread {
    /// See [`super::command::Command::Amend`]. Asked again, it changes nothing and gives the same answer.
    pub(super) fn amend(&self, amend: Amend) -> Result<Obeyed, ThreadError> {
        self.pass_event(&amend.by)?;
        let mut head = self.head()?;
        let mut message =
            self.log()?.written_by(amend.message, &amend.by)?.ok_or(ThreadError::UnknownMessage)?;
        if message.deleted_at.is_some() && amend.text.is_some() {
            return Err(ThreadError::Deleted);
        }
        let same = match &amend.text {
            Some(text) => message.payload.text == text.as_str(),
            None => message.deleted_at.is_some(),
        };
        if same {
            return Ok(self.log()?.told(message.id)?.into());
        }
        let current = message.conversation_id == head.conversation.id;
        if !current || head.conversation.status == ConversationStatus::Closed {
            return Err(ThreadError::Closed);
        }
        let at = now();
        if !is_editable(message.created_at, at) {
            return Err(ThreadError::TooLate);
        }
        match amend.text {
            Some(text) => {
                message.payload.text = text.into_string();
                message.edited_at = Some(at);
            }
            None => {
                if let Some(file) = &message.payload.attachment {
                    self.log()?.take_file_back(file.id)?;
                }
                // What it was made of goes with what it said.
                message.kind = MessageType::Text;
                message.payload = Payload::default();
                message.deleted_at = Some(at);
            }
        }
        head.changed += 1;
        message.changed = head.changed;
        self.log()?.amend(&message)?;
        self.log()?.save_conversation(&head.conversation, at)?;
        self.keep(&head);
        let told = self.log()?.told(message.id)?;
        if message.deleted_at.is_some() {
            self.log()?.take_back(message.id, &told)?;
        }
        if !message.private {
            self.tell_message(&told)?;
        }
        Ok(Obeyed { due: Due::Soon, ..told.into() })
    }
}
