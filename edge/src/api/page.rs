//! Pages of messages, as visitors and agents ask for them: `limit`, and `before` or `after`.

use super::envelope::{ApiError, Success};
use crate::http::query::Query;
use crate::http::request::Request;
use crate::thread::client::Answer;
use crate::thread::command::Page;
use shared::id::MessageId;
use shared::time::Timestamp;

/// Which page a request asks for, and how long at most.
pub fn of(request: &Request) -> Result<(Page, u32), ApiError> {
    let query = Query::of(request);
    let limit = query.number("limit", 50, 1..=100).map_err(ApiError::invalid)?;
    let page = match (query.get("before"), query.get("after")) {
        (None, None) => Page::Newest,
        (Some(before), None) => match (MessageId::parse(before), Timestamp::parse(before)) {
            (Ok(id), _) => Page::BeforeMessage(id),
            (_, Ok(time)) => Page::BeforeTime(time),
            _ => {
                return Err(ApiError::invalid(
                    "before must be a message's id or a time like 2026-05-01T03:42:18.123Z",
                ));
            }
        },
        (None, Some(_)) => {
            Page::ChangedAfter(query.number("after", 0, 0..=u32::MAX).map_err(ApiError::invalid)?)
        }
        (Some(_), Some(_)) => return Err(ApiError::invalid("before and after exclude each other")),
    };
    Ok((page, limit))
}

/// A page as it is answered: a bare array, with the cursor of the next older page in `X-Next-Before`.
pub fn answer(answer: Answer) -> Success {
    let success = Success::ok(answer.json);
    match answer.cursor {
        Some(id) => success.with("x-next-before", id),
        None => success,
    }
}
