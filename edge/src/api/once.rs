//! `Idempotency-Key`: a call that is made again under the same key is answered as it was, and performed once.

use super::envelope::{ApiError, Success};
use crate::auth::secret::sha256_hex;
use crate::http::body;
use crate::http::request::Request;
use crate::thread::client::{Answer, Thread};
use crate::thread::command::once::Once;
use crate::thread::command::{Command, ThreadError};

/// The longest key.
const LONGEST: usize = 128;

/// The key of a call, if it has one.
pub fn key(request: &Request) -> Result<Option<String>, ApiError> {
    match request.header("idempotency-key") {
        None => Ok(None),
        Some(key) if (1..=LONGEST).contains(&key.chars().count()) => Ok(Some(key)),
        Some(_) => Err(ApiError::invalid("Idempotency-Key must have 1 to 128 characters")),
    }
}

/// The text of a JSON body, and what its call is known again by.
pub async fn read(request: &Request, route: &str) -> Result<(String, Option<Once>), ApiError> {
    read_within(request, route, body::MAX_JSON).await
}

/// The text of a JSON body of at most so many bytes, and what its call is known again by.
pub async fn read_within(
    request: &Request,
    route: &str,
    most: usize,
) -> Result<(String, Option<Once>), ApiError> {
    let key = key(request)?;
    let text = body::json_text_within(request, most).await?;
    let once = key.map(|key| Once { route: route.into(), key, body: sha256_hex(&text) });
    Ok((text, once))
}

/// What a call without a body is known again by.
pub fn bare(request: &Request, route: &str) -> Result<Option<Once>, ApiError> {
    Ok(key(request)?.map(|key| Once { route: route.into(), key, body: String::new() }))
}

/// Has a command obeyed, once where its call can be known again.
pub async fn ask(thread: &Thread, command: Command, once: Option<Once>) -> Result<Answer, ThreadError> {
    match once {
        Some(once) => thread.ask(&Command::Once(once, Box::new(command))).await,
        None => thread.ask(&command).await,
    }
}

/// 201 with what a Thread answered.
pub fn created(answer: Answer) -> Success {
    let at = answer.answered_at;
    let success = Success { at, ..Success::created(answer.json) };
    if answer.replayed { success.with("idempotent-replayed", "true") } else { success }
}
