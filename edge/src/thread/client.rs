//! Speaking to a Thread from the Worker.

use super::command::rare::Rare;
use super::command::{Command, ThreadError};
use crate::socket;
use crate::stub::{Object, Said, read};
use shared::id::{VisitorId, WidgetId};
use shared::json;
use shared::json::Read;
use shared::time::Timestamp;
use web_sys::Response;
use worker::Env;

/// The status under which a Thread refuses; the reason is in the body.
pub(super) const REFUSED: u16 = 422;
/// The status of an answer that had been given before.
pub(super) const REPLAYED: u16 = 208;
/// The header with the time at which something was answered that is kept.
pub(super) const ANSWERED: &str = "x-answered-at";
/// The header with the cursor of the next older page.
pub(super) const CURSOR: &str = "x-cursor";

/// The Thread of one visitor of one widget.
#[derive(Debug, Clone)]
pub struct Thread(Object);

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// JSON.
    pub json: String,
    /// Whether a retry was recognised, and this is what was answered the first time.
    pub replayed: bool,
    /// When it was answered, where that is kept.
    pub answered_at: Option<Timestamp>,
    /// Where a full page of a history goes on.
    pub cursor: Option<String>,
}

impl Thread {
    /// The Thread of this visitor; it need not exist yet.
    pub fn of(env: &Env, widget: WidgetId, visitor: VisitorId) -> Result<Self, ThreadError> {
        Ok(Self(env.durable_object("THREAD")?.get_by_name(&format!("{widget}:{visitor}"))?.into()))
    }

    /// Has a command obeyed, for its answer's text.
    pub async fn ask(&self, command: &Command) -> Result<Answer, ThreadError> {
        let said = self.0.post(&serde_json::to_string(command)?).await?;
        answer(said, matches!(command, Command::Once(..)))
    }

    /// Has a rare command obeyed, for its answer's JSON.
    pub async fn ask_rarely(&self, rare: &Rare) -> Result<String, ThreadError> {
        Ok(answer(self.0.post(&rare.written()?).await?, false)?.json)
    }

    /// Has a rare command obeyed, for what its answer says.
    pub async fn tell_rarely<T: Read>(&self, rare: &Rare) -> Result<T, ThreadError> {
        Ok(json::read(&self.ask_rarely(rare).await?)?)
    }

    /// Has a command obeyed, for what its answer says.
    pub async fn tell<T: Read>(&self, command: &Command) -> Result<T, ThreadError> {
        Ok(json::read(&self.ask(command).await?.json)?)
    }

    /// Opens a visitor's live socket, which proves who they are until the given time.
    pub async fn live(
        &self,
        expires_at: Timestamp,
        subprotocol: Option<&str>,
    ) -> Result<Response, ThreadError> {
        let headers = socket::handshake(subprotocol, expires_at)?;
        let response = self.0.connect(headers).await?;
        match response.status() {
            101 => Ok(response),
            status => Err(refusal(status, &read(&response).await?)),
        }
    }
}

/// What a Thread said; when it was answered is told of what is kept.
fn answer(said: Said, kept: bool) -> Result<Answer, ThreadError> {
    match said.status {
        200 => Ok(Answer {
            replayed: false,
            answered_at: if kept { answered_at(&said) } else { None },
            cursor: said.header(CURSOR),
            json: said.text,
        }),
        REPLAYED => {
            Ok(Answer { replayed: true, answered_at: answered_at(&said), cursor: None, json: said.text })
        }
        status => Err(refusal(status, &said.text)),
    }
}

fn answered_at(said: &Said) -> Option<Timestamp> {
    Timestamp::parse(&said.header(ANSWERED)?).ok()
}

fn refusal(status: u16, json: &str) -> ThreadError {
    match status {
        REFUSED => json::read(json).unwrap_or_else(ThreadError::failed),
        _ => ThreadError::Failed(format!("the thread answered {status}")),
    }
}
