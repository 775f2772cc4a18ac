//! Going on with what a bot waits for besides the visitor: that a time comes, what a server answers, that a person gives
//! the conversation back.

use super::command::ThreadError;
use super::head::{Bot, Head};
use super::memory::{Heard, hear_later};
use super::obey::{Due, Obeyed};
use super::object::Thread;
use crate::platform::now;
use flow::run::Input;
use shared::id::ConversationId;
use shared::model::conversation::ConversationStatus;
use shared::wire::frame::ServerFrame;

impl Thread {
    /// When the bot is to go on by itself, in milliseconds since 1970; none where it waits for nobody but the visitor.
    pub(super) fn bot_due(&self) -> Result<Option<i64>, ThreadError> {
        // Every command asks: what is waited for is looked at where it lies, and nothing is copied.
        let due = |head: &Head| head.conversation.bot.as_ref()?.due;
        match self.with_head(due) {
            Err(ThreadError::Unknown) => Ok(None),
            due => due,
        }
    }

    /// Has the bot go on, if it is due; whether it did. What it was told of twice, because this place went down in between,
    /// it may ask twice.
    pub(super) async fn bot_goes_on(&self) -> Result<bool, ThreadError> {
        let head = match self.head() {
            Err(ThreadError::Unknown) => return Ok(false),
            head => head?,
        };
        let Some(bot) =
            head.conversation.bot.as_ref().filter(|bot| bot.due.is_some_and(|at| at <= now().millis()))
        else {
            return Ok(false);
        };
        self.count_agents_for(&head).await?;
        let heard = hear_later(&self.env, head.organization, bot).await;
        // A person may have taken over meanwhile.
        let waits = |bot: &Bot| (bot.waiting_at.clone(), bot.due);
        if self.head()?.conversation.bot.as_ref().map(waits) != Some(waits(bot)) {
            return Ok(false);
        }
        match &heard {
            Heard::Elapsed => self.bot_hears(Input::Elapsed),
            Heard::Fetched(answer) => {
                self.bot_hears(Input::Fetched(answer.as_ref().map(|(status, body)| (*status, body.as_str()))))
            }
        }?;
        Ok(true)
    }

    /// See [`super::command::Command::Bot`].
    pub(super) async fn give_to_bot(&self, id: ConversationId, on: bool) -> Result<Obeyed, ThreadError> {
        let graph = self.graph(id)?;
        self.count_agents(self.head()?.organization, graph.as_deref()).await?;
        let mut head = self.head()?;
        let found = self.log()?.conversation(Some(id))?.ok_or(ThreadError::Unknown)?;
        if found.status == ConversationStatus::Closed || head.conversation.id != id {
            return Err(ThreadError::Closed);
        }
        if head.conversation.bot_listens() == on {
            return self.tell_state(id);
        }
        if on {
            let bot = head.conversation.bot.as_mut().ok_or(ThreadError::NoBot)?;
            bot.waiting_at = Some(bot.left_at.take().ok_or(ThreadError::NoBot)?);
            // Nobody in particular is to answer any more.
            self.log()?.assign(id, None)?;
        } else {
            head.conversation.mute_bot();
        }
        let status = if on { ConversationStatus::Pending } else { ConversationStatus::Open };
        if head.conversation.status != status {
            head.conversation.status = status;
            self.broadcast(&ServerFrame::Status { status }, None);
        }
        self.log()?.save_conversation(&head.conversation, now())?;
        self.keep(&head);
        if on {
            self.bot_hears(Input::Resume)?;
        }
        Ok(Obeyed { due: Due::Now, ..self.tell_state(id)? })
    }

    fn bot_hears(&self, input: Input<'_>) -> Result<(), ThreadError> {
        let mut head = self.head()?;
        let (at, before) = (now(), head.conversation.status);
        let claimed = head.profile.clone();
        if let Some(bot) = &mut head.conversation.bot {
            bot.due = None;
        }
        self.bot_turn(&mut head, input, at)?;
        if head.profile != claimed {
            self.log()?.save_profile(&head.profile)?;
        }
        self.log()?.save_conversation(&head.conversation, at)?;
        self.keep(&head);
        let status = head.conversation.status;
        if status != before {
            self.broadcast(&ServerFrame::Status { status }, None);
        }
        Ok(())
    }
}
