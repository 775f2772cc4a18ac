//! `me`: what is kept of the visitor, for them to have, and for them to have forgotten.

use super::{Call, unless_forgotten};
use crate::api::envelope::{ApiError, Success};
use crate::platform::now;
use crate::thread::command::Command;

/// `GET me/export`: all that is kept of the visitor and was shown to them or said by them.
pub async fn export(call: Call<'_>) -> Result<Success, ApiError> {
    let (_, thread) = call.visitor()?;
    let answer = thread.ask(&Command::Export).await.map_err(unless_forgotten)?;
    let file = format!(
        "attachment; filename=\"chat-{}.json\"",
        &now().to_string().split('T').next().unwrap_or_default()
    );
    Ok(Success::ok(answer.json).with("content-disposition", file))
}

/// `DELETE me`: forgets the visitor. Their token proves nothing from then on.
pub async fn forget(call: Call<'_>) -> Result<Success, ApiError> {
    let (_, thread) = call.visitor()?;
    let answer = thread.ask(&Command::Forget).await.map_err(unless_forgotten)?;
    Ok(Success::ok(answer.json))
}

/// What is kept of a visitor.
#[cfg(feature = "schema")]
#[derive(serde::Serialize, schemars::JsonSchema)]
pub struct Export {
    /// Who they are, as far as they said.
    pub visitor: serde_json::Value,
    /// Their conversations, oldest first.
    pub conversations: Vec<serde_json::Value>,
    /// The pages they have been to.
    pub visits: Vec<crate::thread::command::visit::Page>,
    /// All that was said, oldest first.
    pub messages: Vec<shared::model::message::Message>,
}
