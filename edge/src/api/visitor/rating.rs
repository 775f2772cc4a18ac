//! `POST rating`: how the visitor found their last conversation.

use super::{Call, unless_forgotten};
use crate::api::envelope::{ApiError, Success};
use crate::api::once;
use crate::http::body;
use crate::thread::command::Command;
use serde::Serialize;
use shared::json::Read;
use shared::text::Lines;

/// A rating.
#[derive(Debug, Read, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RatingRequest {
    /// From 1, the worst, to 5.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 5)))]
    pub score: u8,
    /// What the visitor adds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<Lines<1000>>,
}

/// Handles it. Another one replaces what was said of the same conversation before.
pub async fn rate(call: Call<'_>) -> Result<Success, ApiError> {
    let (_, thread) = call.visitor()?;
    let (text, once) = once::read(call.request, "rating").await?;
    let body: RatingRequest = body::parse(&text)?;
    if !(1..=5).contains(&body.score) {
        return Err(ApiError::invalid("score must be a whole number from 1 to 5"));
    }
    let rate = Command::Rate(body.score, body.comment);
    Ok(once::created(once::ask(&thread, rate, once).await.map_err(unless_forgotten)?))
}
