//! Messages with files, as visitors and agents send them.

use super::envelope::ApiError;
use crate::thread::command::Sending;
use serde::Serialize;
use shared::id::MediaId;
use shared::json::Read;
use shared::model::media::MediaKind;
use shared::text::{Caption, FileName, MessageText};

/// A file that goes with a message.
#[derive(Debug, Read, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AttachmentRequest {
    /// The file's id, as its upload was answered.
    pub media_asset_id: MediaId,
    /// What it is, as its upload was answered.
    pub kind: MediaKind,
    /// Another name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filename: Option<FileName>,
}

/// What a message says, of a text, a file and the words beside it.
pub fn said(
    text: Option<MessageText>,
    caption: Option<Caption>,
    attachment: Option<AttachmentRequest>,
) -> Result<(Option<MessageText>, Option<Sending>), ApiError> {
    let file = attachment.map(|it| Sending { id: it.media_asset_id, kind: it.kind, filename: it.filename });
    match (text, caption, &file) {
        (None, _, None) => Err(ApiError::invalid("text or attachment is required")),
        (Some(_), Some(_), _) => Err(ApiError::invalid("text and caption exclude each other")),
        (text, caption, _) => Ok((text.or_else(|| caption.and_then(Caption::into_text)), file)),
    }
}
