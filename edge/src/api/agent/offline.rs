//! `offline-messages`: what people left without a chat. Read now and then, and so in the program's second part.

use super::Call;
use crate::api::envelope::{ApiError, Success};
use crate::http::query::Query;
use crate::store::offline_messages;
use futures_util::future::LocalBoxFuture;
use shared::id::OfflineMessageId;

/// `GET offline-messages`: newest first. `before` takes the id of the last one of the page before.
#[inline(never)]
pub fn list_later<'a>(call: &'a Call<'_>) -> LocalBoxFuture<'a, Result<Success, ApiError>> {
    Box::pin(async move {
        let query = Query::of(call.request);
        let limit = query.number("limit", 50, 1..=100).map_err(ApiError::invalid)?;
        let before = query.get("before").map(OfflineMessageId::parse).transpose();
        let before = before.map_err(|_| ApiError::invalid("before must be a message's id"))?;
        let page = offline_messages::list(&call.db, call.key.organization, before, limit).await?;
        let success = Success::ok(page.json);
        Ok(match page.next {
            Some(id) => success.with("x-next-before", id.to_string()),
            None => success,
        })
    })
}

/// `DELETE offline-messages/:id`.
#[inline(never)]
pub fn delete_later<'a>(
    call: &'a Call<'_>,
    values: &'a [String],
) -> LocalBoxFuture<'a, Result<Success, ApiError>> {
    Box::pin(async move {
        let missing = ApiError::NotFound("offline message");
        let Some(id) = values.get(1).and_then(|text| OfflineMessageId::parse(text).ok()) else {
            return Err(missing);
        };
        let deleted = offline_messages::delete(&call.db, call.key.organization, id).await?;
        if deleted { Ok(Success::done()) } else { Err(missing) }
    })
}
