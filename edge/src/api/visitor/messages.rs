//! `POST messages`: the visitor says something.

use super::{Call, unless_forgotten};
use crate::api::envelope::{ApiError, Success};
use crate::http::body;
use crate::thread::command::{Append, Command, Writer};
use serde::{Deserialize, Serialize};
use shared::id::{ClientId, MessageId};
use shared::text::MessageText;

/// A message to be sent.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MessageRequest {
    /// What it says.
    pub text: MessageText,
    /// The client's name for it: sent again with the same text, it is the same message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<ClientId>,
    /// The message it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<MessageId>,
}

/// Handles it.
pub async fn send(call: Call<'_>) -> Result<Success, ApiError> {
    let (_, thread) = call.visitor()?;
    let body: MessageRequest = body::json(call.request).await?;
    let append = Append {
        author: Writer::Visitor { flow: call.widget.flow },
        text: body.text,
        client_id: body.client_id,
        reply_to: body.reply_to,
    };
    let answer = thread.ask(&Command::Append(append)).await.map_err(unless_forgotten)?;
    let success = Success::created(answer.json);
    Ok(if answer.replayed { success.with("idempotent-replayed", "true") } else { success })
}
