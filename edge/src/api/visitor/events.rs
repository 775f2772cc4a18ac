//! `POST events`: what the visitor does besides writing, for clients without a socket.

use super::{Call, unless_forgotten};
use crate::api::envelope::{ApiError, Success};
use crate::api::event::EventRequest;
use crate::api::once;
use crate::http::body;
use crate::thread::command::Party;

/// Handles it.
pub async fn tell(call: Call<'_>) -> Result<Success, ApiError> {
    let (_, thread) = call.visitor()?;
    let (text, once) = once::read(call.request, "events").await?;
    let body: EventRequest = body::parse(&text)?;
    let command = body.command(Party::Visitor)?;
    let answer = once::ask(&thread, command, once).await.map_err(unless_forgotten)?;
    Ok(once::created(answer))
}
