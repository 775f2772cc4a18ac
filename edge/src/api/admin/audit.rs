//! `GET audit`: who changed what.

use super::Call;
use crate::api::envelope::{ApiError, Success};
use crate::http::query::Query;
use crate::store::audit;
use shared::id::AuditId;

/// Newest first. `before` takes the id of the last one of the page before, `target` the id of what was changed.
pub async fn list(call: &Call<'_>) -> Result<Success, ApiError> {
    let query = Query::of(call.request);
    let limit = query.number("limit", 50, 1..=100).map_err(ApiError::invalid)?;
    let before = query.get("before").map(AuditId::parse).transpose();
    let before = before.map_err(|_| ApiError::invalid("before must be an entry's id"))?;
    let found = audit::list(&call.db, call.organization(), before, query.get("target"), limit).await?;
    let success = Success::ok(serde_json::to_string(&found)?);
    Ok(match found.last().filter(|_| found.len() == limit as usize) {
        Some(last) => success.with("x-next-before", last.id.to_string()),
        None => success,
    })
}
