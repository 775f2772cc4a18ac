//! `POST sessions/end`: the visitor has finished. Their token stays good, and what they say next begins anew.

use super::{Call, unless_forgotten};
use crate::api::envelope::{ApiError, Success};
use crate::api::once;
use crate::thread::command::Command;

/// Handles it. Ending what has ended, or has not begun, changes nothing.
pub async fn end(call: Call<'_>) -> Result<Success, ApiError> {
    let (_, thread) = call.visitor()?;
    let once = once::bare(call.request, "end")?;
    Ok(once::created(once::ask(&thread, Command::End, once).await.map_err(unless_forgotten)?))
}
