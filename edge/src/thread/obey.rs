//! Obeying commands, and what comes of it.

use super::command::once::Once;
use super::command::{Command, History, ThreadError};
use super::object::Thread;
use super::transcript::Outgoing;
use shared::text::Lines;
use shared::time::Timestamp;

/// What was done, as JSON for whoever asked.
pub(super) struct Obeyed {
    pub(super) json: String,
    /// Whether a retry was recognised and nothing was done.
    pub(super) replayed: bool,
    /// Where a full page of a history goes on.
    pub(super) cursor: Option<String>,
    /// A letter that is to be sent before it is answered.
    pub(super) outgoing: Option<Outgoing>,
    /// When this was answered, where that is kept.
    pub(super) answered_at: Option<Timestamp>,
    /// When D1 is to be told. It is arranged after all is written, for waiting would end what is kept as a whole.
    pub(super) due: Due,
}

/// When D1 is to be told of what was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Due {
    /// There is nothing to tell.
    Never,
    /// Together with what else changes in a moment.
    Soon,
    /// At once.
    Now,
}

impl From<String> for Obeyed {
    fn from(json: String) -> Self {
        Self { json, replayed: false, cursor: None, outgoing: None, answered_at: None, due: Due::Never }
    }
}

impl Thread {
    /// Obeys a command. All that has to be waited for comes before what is written, and what is written is kept as a
    /// whole: with the answer, where that is to be given again.
    pub(super) async fn obey(&self, command: Command, once: Option<&Once>) -> Result<Obeyed, ThreadError> {
        let flow = match &command {
            Command::Append(append) => self.opening_flow(append).await?,
            _ => None,
        };
        if let Some(once) = once {
            self.head()?;
            if let Some(answer) = self.answered(once)? {
                return Ok(answer);
            }
        }
        if matches!(
            &command,
            Command::Open(_) | Command::Export | Command::History(History { conversation: None, .. })
        ) {
            self.pass_read()?;
        }
        let mut obeyed = match command {
            Command::Open(open) => self.open(*open).await,
            Command::Append(append) => self.append(append, flow.as_ref()),
            Command::History(history) => {
                self.head()?;
                self.log()?.page(history.conversation, history.page, history.limit)
            }
            Command::State(conversation) => self.tell_state(conversation),
            Command::Typing { by, on } => {
                self.pass_event(&by)?;
                self.typing(&by, on, None).await
            }
            Command::Seen { by, seq } => {
                self.pass_event(&by)?;
                self.seen(&by, seq, None)
            }
            Command::Close(conversation) => self.close(conversation),
            Command::Reopen(conversation) => self.reopen(conversation),
            Command::Visit(url, title) => self.visit(url, title).await,
            Command::Panel { open } => self.panel(open).await,
            Command::End => self.end(),
            Command::Rate(score, comment) => self.rate(score, comment.as_ref().and_then(Lines::as_option)),
            Command::Assign(conversation, agent) => self.assign(conversation, agent.as_ref()),
            Command::Bot(conversation, on) => self.give_to_bot(conversation, on).await,
            Command::Transcript { email, site } => self.transcript(email, site),
            Command::Export => {
                self.head()?;
                Ok(self.log()?.export()?.into())
            }
            Command::Forget => self.forget().await,
            Command::Amend(amend) => self.amend(amend),
            Command::Answer(json) => Ok(json.into()),
            Command::Upload { id, by } => self.upload(id, by),
            Command::Uploaded { file, origin } => self.uploaded(&file, &origin),
            Command::DropUpload(id) => self.drop_upload(id),
            Command::Once(..) => Err(ThreadError::failed("a call is known again by one name")),
        }?;
        if let Some(once) = once {
            self.keep_answer(once, &mut obeyed)?;
        }
        if let Some(outgoing) = &obeyed.outgoing
            && let Err(error) = self.send(outgoing).await
        {
            if let Some(once) = once {
                self.log()?.drop_answer(once)?;
            }
            return Err(error);
        }
        Ok(obeyed)
    }
}
