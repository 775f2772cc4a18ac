//! One conversation: reading it, closing and reopening it, telling of typing and seeing.

use super::{Call, Held};
use crate::api::envelope::{ApiError, Success};
use crate::api::event::EventRequest;
use crate::api::once;
use crate::http::body;
use crate::thread::client::Answer;
use crate::thread::command::once::Once;
use crate::thread::command::{Command, Party};

/// `GET conversations/:id`: the record, and from its Thread where it stands at this moment.
pub async fn read(held: &Held) -> Result<Success, ApiError> {
    let state = held.thread.ask(&Command::State(held.id)).await?;
    Ok(Success::ok(joined(&held.row, &state.json)))
}

/// `POST conversations/:id/close`.
pub async fn close(call: &Call<'_>, held: &Held) -> Result<Success, ApiError> {
    let once = once::bare(call.request, &call.route("close", held))?;
    change(held, Command::Close(held.id), once).await
}

/// `POST conversations/:id/reopen`.
pub async fn reopen(call: &Call<'_>, held: &Held) -> Result<Success, ApiError> {
    let once = once::bare(call.request, &call.route("reopen", held))?;
    change(held, Command::Reopen(held.id), once).await
}

/// Has a command obeyed that answers where the conversation stands.
pub(super) async fn change(held: &Held, command: Command, once: Option<Once>) -> Result<Success, ApiError> {
    let state = once::ask(&held.thread, command, once).await?;
    let json = joined(&held.row, &state.json);
    Ok(once::created(Answer { json, ..state }))
}

/// `POST conversations/:id/events`.
pub async fn tell(call: Call<'_>, held: &Held) -> Result<Success, ApiError> {
    let (text, once) = once::read(call.request, &call.route("events", held)).await?;
    let body: EventRequest = body::parse(&text)?;
    let command = body.command(Party::Agent { name: call.key.agent_name, conversation: held.id })?;
    Ok(once::created(once::ask(&held.thread, command, once).await?))
}

/// The record's JSON object and the Thread's, as one.
fn joined(record: &str, state: &str) -> String {
    let (record, state) =
        (record.strip_suffix('}').unwrap_or(record), state.strip_prefix('{').unwrap_or(state));
    format!("{record},{state}")
}

/// A conversation read by itself.
#[cfg(feature = "schema")]
#[derive(serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConversationDetail {
    /// Its id.
    pub id: shared::id::ConversationId,
    /// The visitor.
    pub visitor: crate::store::conversations::VisitorView,
    /// The widget it is held in.
    pub channel: crate::store::conversations::ChannelView,
    /// When it began.
    pub created_at: shared::time::Timestamp,
    /// Who answers, for which department, and how it was found.
    #[serde(flatten)]
    pub details: crate::thread::command::detail::DetailsView,
    /// The pages the visitor has been to, newest first.
    pub pages: Vec<crate::thread::command::visit::Page>,
    /// The bot's last turn, a step at a time; empty where no bot has spoken.
    pub trace: Vec<flow::trace::TraceEntry>,
    /// Where its Thread says it stands.
    #[serde(flatten)]
    pub state: crate::thread::command::State,
}
