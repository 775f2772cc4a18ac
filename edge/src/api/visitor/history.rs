//! `GET history`: what was said, a page at a time.

use super::{Call, unless_forgotten};
use crate::api::envelope::{ApiError, Success};
use crate::api::page;
use crate::thread::command::{Command, History};

/// Handles it.
pub async fn read(call: Call<'_>) -> Result<Success, ApiError> {
    let (_, thread) = call.visitor()?;
    let (page, limit) = page::of(call.request)?;
    let history = History { conversation: None, page, limit };
    let answer = thread.ask(&Command::History(history)).await.map_err(unless_forgotten)?;
    Ok(page::answer(answer))
}
