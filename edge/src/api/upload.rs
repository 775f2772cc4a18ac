//! What is answered to an upload, to visitors and agents alike.

use super::envelope::{ApiError, Success};
use crate::auth::secret;
use crate::http::request::Request;
use crate::media::{address, receive::Received};
use crate::platform::now;
use serde::Serialize;
use shared::id::MediaId;
use shared::model::media::MediaKind;
use shared::time::Timestamp;
use worker::Env;

/// A file that has come. Its id has three names, for clients of three ages.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Uploaded {
    /// Its id.
    pub id: MediaId,
    /// The same.
    pub media_asset_id: MediaId,
    /// The same.
    pub media_id: MediaId,
    /// Where it can be fetched, for an hour at most.
    pub url: String,
    /// What it is made of, found out from its bytes.
    pub mime_type: String,
    /// What it is to a reader; a message says the same.
    pub kind: MediaKind,
    /// How many bytes it has.
    pub size: u32,
    /// Its name, as a download is called.
    pub filename: String,
    /// How wide a picture is, in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// How high a picture is, in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// When it came.
    pub created_at: Timestamp,
}

/// The answer.
pub fn answer(received: Received, env: &Env, request: &Request) -> Result<Success, ApiError> {
    let signer = secret::media_addresses(env)?;
    let file = received.file;
    let uploaded = Uploaded {
        id: file.id,
        media_asset_id: file.id,
        media_id: file.id,
        url: address::sign(&file.url, &request.origin(), &signer, now()),
        mime_type: file.mime_type,
        kind: file.kind,
        size: file.size,
        filename: file.filename,
        width: file.width,
        height: file.height,
        created_at: received.at,
    };
    let success = Success { at: Some(received.at), ..Success::created(serde_json::to_string(&uploaded)?) };
    Ok(if received.replayed { success.with("idempotent-replayed", "true") } else { success })
}
