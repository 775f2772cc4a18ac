//! Files: `/media/:key`. The address is the credential; it was signed for whoever may read the message, and ends.

use super::envelope::{ApiError, answer};
use crate::auth::secret;
use crate::http::cors;
use crate::http::query::Query;
use crate::http::range::{self, Wanted};
use crate::http::request::Request;
use crate::media::address;
use crate::platform::now;
use crate::router::{Found, Route, find};
use crate::store::objects::{Kept, Objects};
use web_sys::{ReadableStream, Response, ResponseInit};
use worker::{Env, Method};

/// What can be asked of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Its bytes.
    Read,
    /// What an answer with its bytes would say of them.
    Head,
}

/// What is served.
pub const ROUTES: &[Route<Operation>] = &[
    Route { method: Method::Get, path: "/media/:key", operation: Operation::Read },
    Route { method: Method::Head, path: "/media/:key", operation: Operation::Head },
];

/// Describes an operation.
#[cfg(feature = "schema")]
pub fn describe(operation: Operation) -> crate::openapi::Described {
    crate::openapi::Described {
        summary: match operation {
            Operation::Read => "Reads a file, or a range of it, at the address that a message told.",
            Operation::Head => "Tells what reading it would.",
        },
        query: ["until", "signature"]
            .map(|name| crate::openapi::QueryParameter {
                name,
                description: "As the address has it.",
                schema: serde_json::json!({ "type": "string" }),
            })
            .into(),
        body: None,
        takes_file: false,
        success: crate::openapi::Success::File,
        errors: &[403, 404],
        security: None,
    }
}

/// Answers a request under `/media/`.
pub async fn handle(request: &Request, env: &Env) -> worker::Result<Response> {
    let (method, path) = (request.method.as_str(), request.path.as_str());
    let found = match find(ROUTES, method, path) {
        Found::Operation(operation, values) => {
            let key = values.first().map(String::as_str).unwrap_or_default();
            serve(operation, request, env, key).await
        }
        Found::OtherMethods(methods) if method == "OPTIONS" => return cors::preflight(&methods),
        Found::OtherMethods(methods) => Err(ApiError::OtherMethods(methods)),
        Found::Nothing => Err(ApiError::NotFound("path")),
    };
    found.or_else(|error| answer(Err(error), path))
}

async fn serve(operation: Operation, request: &Request, env: &Env, key: &str) -> Result<Response, ApiError> {
    let query = Query::of(request);
    let (until, signature) =
        (query.get("until").unwrap_or_default(), query.get("signature").unwrap_or_default());
    let signer = secret::media_addresses(env)?;
    let left = address::verify(key, until, signature, &signer, now()).ok_or(ApiError::Forbidden)?;
    let objects = Objects::of(env)?;
    let range = request.header("range");
    let known = request.header("if-none-match");
    // Most ask for the whole of what they have nothing of yet: one question to the store is enough for them.
    if operation == Operation::Read && range.is_none() && known.is_none() {
        let (kept, body) = objects.get(key, Wanted::Whole).await?.ok_or(ApiError::NotFound("file"))?;
        return Ok(respond(200, kept.size, &kept, left, Some(&body))?);
    }
    let kept = objects.head(key).await?.ok_or(ApiError::NotFound("file"))?;
    if known.is_some_and(|known| names(&known, &kept.etag)) {
        return Ok(respond(304, 0, &kept, left, None)?);
    }
    let same = request.header("if-range").is_none_or(|etag| etag == kept.etag);
    let wanted = range::wanted(range.filter(|_| same).as_deref(), kept.size);
    let (status, length) = match wanted {
        Wanted::Whole => (200, kept.size),
        Wanted::Part { offset, length } => {
            let last = offset + length - 1;
            kept.headers.set("content-range", &format!("bytes {offset}-{last}/{}", kept.size))?;
            (206, length)
        }
        Wanted::Nothing => {
            kept.headers.set("content-range", &format!("bytes */{}", kept.size))?;
            return Ok(respond(416, 0, &kept, left, None)?);
        }
    };
    if operation == Operation::Head {
        return Ok(respond(status, length, &kept, left, None)?);
    }
    let (_, body) = objects.get(key, wanted).await?.ok_or(ApiError::NotFound("file"))?;
    Ok(respond(status, length, &kept, left, Some(&body))?)
}

/// Whether a list of entity tags names this one (RFC 9110, section 13.1.2: weak ones count).
fn names(list: &str, etag: &str) -> bool {
    let mut tags = list.split(',').map(|tag| tag.trim().trim_start_matches("W/"));
    tags.any(|tag| tag == "*" || tag == etag)
}

/// An answer about a file. No browser runs anything in it, wherever it is opened.
fn respond(
    status: u16,
    length: u64,
    kept: &Kept,
    left: i64,
    body: Option<&ReadableStream>,
) -> worker::Result<Response> {
    let headers = &kept.headers;
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "sandbox; default-src 'none'"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("referrer-policy", "no-referrer"),
        ("accept-ranges", "bytes"),
        ("vary", "Origin"),
        ("etag", kept.etag.as_str()),
        ("cache-control", &format!("private, max-age={left}, immutable")),
        ("access-control-expose-headers", "content-length, content-range, etag"),
    ] {
        headers.set(name, value)?;
    }
    if matches!(status, 200 | 206) {
        headers.set("content-length", &length.to_string())?;
    }
    let init = ResponseInit::new();
    init.set_status(status);
    init.set_headers(&headers.0);
    Ok(Response::new_with_opt_readable_stream_and_init(body, &init)?)
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn an_entity_tag_is_found_in_a_list() {
        for list in ["\"a\"", "W/\"a\"", "\"b\", \"a\"", "*"] {
            assert!(names(list, "\"a\""), "{list}");
        }
        for list in ["", "a", "\"b\"", "\"A\"", "\"a"] {
            assert!(!names(list, "\"a\""), "{list}");
        }
    }
}
