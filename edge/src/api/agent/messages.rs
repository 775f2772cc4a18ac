//! `conversations/:id/messages`: reading them and answering.

use super::{Call, Held};
use crate::api::envelope::{ApiError, Success};
use crate::api::page;
use crate::http::body;
use crate::thread::command::{Append, Command, History, Writer};
use serde::{Deserialize, Serialize};
use shared::id::{ClientId, MessageId};
use shared::text::MessageText;

/// A message to be sent by an agent.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AgentMessageRequest {
    /// What it says.
    pub text: MessageText,
    /// Whether it is a note that the visitor never sees.
    #[serde(default)]
    pub private: bool,
    /// The client's name for it: sent again with the same text, it is the same message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<ClientId>,
    /// The message it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<MessageId>,
}

/// `GET conversations/:id/messages`.
pub async fn read(call: &Call<'_>, held: &Held) -> Result<Success, ApiError> {
    let (page, limit) = page::of(call.request)?;
    let history = History { conversation: Some(held.id), page, limit };
    let answer = held.thread.ask(&Command::History(history)).await?;
    Ok(page::answer(answer))
}

/// `POST conversations/:id/messages`.
pub async fn send(call: Call<'_>, held: &Held) -> Result<Success, ApiError> {
    let body: AgentMessageRequest = body::json(call.request).await?;
    let append = Append {
        author: Writer::Agent { name: call.key.agent_name, conversation: held.id, private: body.private },
        text: body.text,
        client_id: body.client_id,
        reply_to: body.reply_to,
    };
    let answer = held.thread.ask(&Command::Append(append)).await?;
    let success = Success::created(answer.json);
    Ok(if answer.replayed { success.with("idempotent-replayed", "true") } else { success })
}
