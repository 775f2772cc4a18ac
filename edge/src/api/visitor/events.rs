//! `POST events`: what the visitor does besides writing, for clients without a socket.

use super::{Call, unless_forgotten};
use crate::api::envelope::{ApiError, Success};
use crate::api::event::EventRequest;
use crate::http::body;
use crate::thread::command::Party;

/// Handles it.
pub async fn tell(call: Call<'_>) -> Result<Success, ApiError> {
    let (_, thread) = call.visitor()?;
    let body: EventRequest = body::json(call.request).await?;
    let answer = thread.ask(&body.command(Party::Visitor)).await.map_err(unless_forgotten)?;
    Ok(Success::created(answer.json))
}
