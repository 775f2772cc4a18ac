//! One conversation: reading it, closing and reopening it, telling of typing and seeing.

use super::{Call, Held};
use crate::api::envelope::{ApiError, Success};
use crate::api::event::EventRequest;
use crate::http::body;
use crate::thread::command::{Command, Party};

/// `GET conversations/:id`: the record, and from its Thread where it stands at this moment.
pub async fn read(held: &Held) -> Result<Success, ApiError> {
    let state = held.thread.ask(&Command::State(held.id)).await?;
    Ok(Success::ok(joined(&held.row, &state.json)))
}

/// `POST conversations/:id/close`.
pub async fn close(held: &Held) -> Result<Success, ApiError> {
    let state = held.thread.ask(&Command::Close(held.id)).await?;
    Ok(Success::created(joined(&held.row, &state.json)))
}

/// `POST conversations/:id/reopen`.
pub async fn reopen(held: &Held) -> Result<Success, ApiError> {
    let state = held.thread.ask(&Command::Reopen(held.id)).await?;
    Ok(Success::created(joined(&held.row, &state.json)))
}

/// `POST conversations/:id/events`.
pub async fn tell(call: Call<'_>, held: &Held) -> Result<Success, ApiError> {
    let body: EventRequest = body::json(call.request).await?;
    let answer = held
        .thread
        .ask(&body.command(Party::Agent { name: call.key.agent_name, conversation: held.id }))
        .await?;
    Ok(Success::created(answer.json))
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
    /// The agent it is assigned to.
    pub assignee: Option<String>,
    /// The widget it is held in.
    pub channel: crate::store::conversations::ChannelView,
    /// When it began.
    pub created_at: shared::time::Timestamp,
    /// Where its Thread says it stands.
    #[serde(flatten)]
    pub state: crate::thread::command::State,
}
