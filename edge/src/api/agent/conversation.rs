//! One conversation: reading it, closing and reopening it, telling of typing and seeing.

use super::{Call, Held};
use crate::api::envelope::{ApiError, Success};
use crate::api::event::EventRequest;
use crate::http::body;
use crate::thread::command::{Command, Party};

/// `GET conversations/:id`: the record, and from its Thread where it stands at this moment.
pub async fn read(held: &Held) -> Result<Success, ApiError> {
    let state = held.thread.ask(&Command::State(held.id)).await?;
    Ok(Success::ok(with_state(&held.row, &state.json)))
}

/// `POST conversations/:id/close`.
pub async fn close(held: &Held) -> Result<Success, ApiError> {
    let state = held.thread.ask(&Command::Close(held.id)).await?;
    Ok(Success::created(with_state(&held.row, &state.json)))
}

/// `POST conversations/:id/reopen`.
pub async fn reopen(held: &Held) -> Result<Success, ApiError> {
    let state = held.thread.ask(&Command::Reopen(held.id)).await?;
    Ok(Success::created(with_state(&held.row, &state.json)))
}

/// `POST conversations/:id/events`.
pub async fn tell(mut call: Call, held: &Held) -> Result<Success, ApiError> {
    let body: EventRequest = body::json(&mut call.request).await?;
    let answer = held.thread.ask(&body.command(Party::Agent(call.key.agent_name))).await?;
    Ok(Success::created(answer.json))
}

/// The record's JSON object with the Thread's view of it under `state`.
fn with_state(row: &str, state: &str) -> String {
    format!("{},\"state\":{state}}}", row.strip_suffix('}').unwrap_or(row))
}
