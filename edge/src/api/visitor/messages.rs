//! `POST messages`: the visitor says something.

use super::{Call, unless_forgotten};
use crate::api::attachment::{AttachmentRequest, said};
use crate::api::edit::{EditRequest, named};
use crate::api::envelope::{ApiError, Success};
use crate::api::once;
use crate::http::body;
use crate::thread::client::Thread;
use crate::thread::command::amend::Amend;
use crate::thread::command::{Append, Command, Party, Writer};
use serde::Serialize;
use shared::id::{ClientId, MessageId};
use shared::json::Read;
use shared::text::{Caption, MessageText};

/// A message to be sent.
#[derive(Debug, Read, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MessageRequest {
    /// What it says; required without a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<MessageText>,
    /// What stands beside the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<Caption>,
    /// A file that was uploaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachment: Option<AttachmentRequest>,
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
    let (text, once) = once::read(call.request, "messages").await?;
    let body: MessageRequest = body::parse(&text)?;
    let (text, file) = said(body.text, body.caption, body.attachment)?;
    let append = Append {
        author: Writer::Visitor {
            conversation: None,
            flow: call.widget.flow,
            at_pages: call.widget.at_pages.clone(),
            begins: text.as_ref().and_then(|text| call.widget.begun_by(text.as_str())),
            acknowledgement: call.widget.spoken(|rules| &rules.acknowledgement),
            attendance: call.widget.attendance(),
            claims: None,
        },
        text: text.map(MessageText::widen),
        file,
        client_id: body.client_id,
        reply_to: body.reply_to,
    };
    let answer = once::ask(&thread, Command::Append(append), once).await.map_err(unless_forgotten)?;
    Ok(once::created(answer))
}

/// `PATCH messages/:id`: the visitor says otherwise what they said.
pub async fn edit(call: Call<'_>, values: &[String]) -> Result<Success, ApiError> {
    let (_, thread) = call.visitor()?;
    let body: EditRequest = body::json(call.request).await?;
    amend(&thread, values, Some(body.text)).await
}

/// `DELETE messages/:id`: the visitor takes back what they said.
pub async fn delete(call: Call<'_>, values: &[String]) -> Result<Success, ApiError> {
    let (_, thread) = call.visitor()?;
    amend(&thread, values, None).await
}

async fn amend(thread: &Thread, values: &[String], text: Option<MessageText>) -> Result<Success, ApiError> {
    let amend = Amend { by: Party::Visitor, message: named(values)?, text: text.map(MessageText::widen) };
    let answer = thread.ask(&Command::Amend(amend)).await.map_err(unless_forgotten)?;
    Ok(Success::ok(answer.json))
}
