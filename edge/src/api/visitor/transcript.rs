//! `POST transcript`: the visitor's last conversation, by mail.

use super::{Call, unless_forgotten};
use crate::api::envelope::{ApiError, Success};
use crate::api::once;
use crate::http::body;
use crate::rate;
use crate::thread::command::Command;
use serde::Serialize;
use shared::json::Read;
use shared::text::Email;

/// Where a transcript goes.
#[derive(Debug, Read, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TranscriptRequest {
    /// An address of the visitor's; not needed where they gave one before, and passed over where they have proved one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
}

/// Handles it.
pub async fn send(call: Call<'_>) -> Result<Success, ApiError> {
    let (_, thread) = call.visitor()?;
    call.limit("transcripts", rate::TRANSCRIPTS_ASKED).await?;
    let (text, once) = once::read(call.request, "transcript").await?;
    let body: TranscriptRequest = body::parse(&text)?;
    let command = Command::Transcript { email: body.email, site: call.widget.site.clone() };
    Ok(once::created(once::ask(&thread, command, once).await.map_err(unless_forgotten)?))
}
