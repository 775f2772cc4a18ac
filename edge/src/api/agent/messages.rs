//! `conversations/:id/messages`: reading them and answering.

use super::{Call, Held};
use crate::api::attachment::{AttachmentRequest, said};
use crate::api::edit::{EditRequest, named};
use crate::api::envelope::{ApiError, Success};
use crate::api::once;
use crate::api::page;
use crate::http::body;
use crate::thread::command::amend::Amend;
use crate::thread::command::{Append, Command, History, Party, Writer};
use serde::Serialize;
use shared::id::{ClientId, MessageId};
use shared::json::Read;
use shared::text::{Caption, MessageText};

/// A message to be sent by an agent.
#[derive(Debug, Read, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AgentMessageRequest {
    /// What it says; required without a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<MessageText>,
    /// What stands beside the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<Caption>,
    /// A file that was uploaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachment: Option<AttachmentRequest>,
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
    let (text, once) = once::read(call.request, &call.route("messages", held)).await?;
    let body: AgentMessageRequest = body::parse(&text)?;
    let (text, file) = said(body.text, body.caption, body.attachment)?;
    let append = Append {
        author: Writer::Agent { name: call.key.agent_name, conversation: held.id, private: body.private },
        text: text.map(MessageText::widen),
        file,
        client_id: body.client_id,
        reply_to: body.reply_to,
    };
    Ok(once::created(once::ask(&held.thread, Command::Append(append), once).await?))
}

/// `PATCH conversations/:id/messages/:messageId`: what an agent said is said otherwise.
pub async fn edit(call: Call<'_>, held: &Held, values: &[String]) -> Result<Success, ApiError> {
    let message = named(values)?;
    let body: EditRequest = body::json(call.request).await?;
    amend(call, held, message, Some(body.text)).await
}

/// `DELETE conversations/:id/messages/:messageId`: what an agent said is taken back.
pub async fn delete(call: Call<'_>, held: &Held, values: &[String]) -> Result<Success, ApiError> {
    amend(call, held, named(values)?, None).await
}

async fn amend(
    call: Call<'_>,
    held: &Held,
    message: MessageId,
    text: Option<MessageText>,
) -> Result<Success, ApiError> {
    let by = Party::Agent { name: call.key.agent_name, conversation: held.id };
    let answer =
        held.thread.ask(&Command::Amend(Amend { by, message, text: text.map(MessageText::widen) })).await?;
    Ok(Success::ok(answer.json))
}
