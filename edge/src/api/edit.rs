//! Editing and deleting messages, as visitors and agents ask for it.

use super::envelope::ApiError;
use serde::Serialize;
use shared::id::MessageId;
use shared::json::Read;
use shared::text::MessageText;

/// What a message is to say from now on.
#[derive(Debug, Read, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EditRequest {
    /// What it says.
    pub text: MessageText,
}

/// The message that a path ends with; what is no id names none.
pub fn named(values: &[String]) -> Result<MessageId, ApiError> {
    let id = values.last().and_then(|text| MessageId::parse(text).ok());
    id.ok_or(ApiError::NotFound("message"))
}
