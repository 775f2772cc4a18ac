//! How this API answers: as it is, without an envelope; and its errors, `{statusCode, message, error?, traceId}`.

use crate::api::envelope::Sentences;
use crate::auth::key::NoKey;
use crate::http::answer::{Keep, json};
use crate::http::body::{BodyError, MAX_JSON};
use crate::platform::random;
use crate::store::StoreError;
use serde::Serialize;
use shared::json::Wrong;
use web_sys::Response;
use worker::console_error;

/// Why a request was refused.
#[derive(Debug)]
pub enum Refused {
    /// 400: it is wrong in itself; the sentence says how.
    Invalid(String),
    /// 401.
    Unauthorized,
    /// 403: the key's location is another, or it lacks the scope.
    Forbidden,
    /// 404.
    NotFound(&'static str),
    /// 405: the path takes these methods.
    OtherMethods(String),
    /// 409: as things stand, it cannot be done.
    Conflict(&'static str),
    /// 413.
    TooLarge,
    /// 415.
    NotJson,
    /// 422: what it says cannot be taken; each sentence names a property.
    Wrong(Vec<String>),
    /// 500: our fault. The log has the reason; the caller does not.
    Internal(String),
}

impl Refused {
    /// One sentence of what cannot be taken.
    pub fn wrong(sentence: impl Into<String>) -> Self {
        Self::Wrong(vec![sentence.into()])
    }
}

/// What was found.
#[derive(Debug)]
pub struct Success {
    /// The status.
    pub status: u16,
    /// JSON.
    pub json: String,
    /// Who may keep it.
    pub keep: Keep,
    /// What it is known again by, where it can be kept.
    pub etag: Option<String>,
}

impl Success {
    /// 200 with this JSON.
    pub fn ok(json: String) -> Self {
        Self { status: 200, json, keep: Keep::Never, etag: None }
    }

    /// 201 with this JSON.
    pub fn created(json: String) -> Self {
        Self { status: 201, ..Self::ok(json) }
    }
}

/// An error's body.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RefusedBody<'a> {
    /// The HTTP status.
    pub status_code: u16,
    /// What is wrong: a sentence, or of what cannot be taken one for each property.
    pub message: Sentences,
    /// The status's name, where it has one here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<&'a str>,
    /// What the request is called in the log.
    pub trace_id: &'a str,
}

/// A name for a request.
pub fn trace_id() -> String {
    crate::auth::secret::hex(&random::<16>().unwrap_or_default())
}

/// The answer of a handler.
pub fn answer(result: Result<Success, Refused>, trace_id: &str) -> worker::Result<Response> {
    let refused = match result {
        Ok(success) => {
            let response = json(success.status, success.keep, success.json.as_bytes())?;
            if let Some(etag) = success.etag {
                response.headers().set("etag", &etag)?;
            }
            return Ok(response);
        }
        Err(refused) => refused,
    };
    let one = |text: &str| Sentences::One(text.into());
    let (status_code, error, message) = match &refused {
        Refused::Invalid(why) => (400, Some("Bad Request"), one(why)),
        Refused::Unauthorized => (401, Some("Unauthorized"), one("Invalid token: access token is invalid")),
        Refused::Forbidden => {
            (403, Some("Forbidden"), one("You do not have permission to access this resource"))
        }
        Refused::NotFound(what) => (404, Some("Not Found"), Sentences::One(format!("{what} not found"))),
        Refused::OtherMethods(allow) => {
            (405, Some("Method Not Allowed"), Sentences::One(format!("this path takes {allow}")))
        }
        Refused::Conflict(why) => (409, Some("Conflict"), one(why)),
        Refused::TooLarge => (
            413,
            Some("Payload Too Large"),
            Sentences::One(format!("the body must be at most {MAX_JSON} bytes")),
        ),
        Refused::NotJson => (415, Some("Unsupported Media Type"), one("the body must be application/json")),
        Refused::Wrong(sentences) => {
            (422, Some("Unprocessable Entity"), Sentences::Several(sentences.clone()))
        }
        Refused::Internal(reason) => {
            console_error!("{trace_id}: {reason}");
            (500, Some("Internal Server Error"), one("something went wrong on our side: try again"))
        }
    };
    let body = RefusedBody { status_code, message, error, trace_id };
    let response = json(status_code, Keep::Never, &serde_json::to_vec(&body)?)?;
    match &refused {
        Refused::OtherMethods(allow) => response.headers().set("allow", allow)?,
        Refused::Unauthorized => response.headers().set("www-authenticate", "Bearer")?,
        _ => {}
    }
    Ok(response)
}

impl From<NoKey> for Refused {
    fn from(error: NoKey) -> Self {
        match error {
            NoKey::Invalid => Self::Unauthorized,
            NoKey::Forbidden => Self::Forbidden,
            NoKey::Store(error) => error.into(),
        }
    }
}

impl From<BodyError> for Refused {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::NotJson => Self::NotJson,
            BodyError::TooLarge(_) => Self::TooLarge,
            BodyError::Invalid(sentences) => Self::Invalid(sentences.join("; ")),
            BodyError::Broken(error) => Self::Invalid(format!("the body broke off: {error}")),
        }
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<worker::Error> for Refused {
    fn from(error: worker::Error) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<serde_json::Error> for Refused {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<Wrong> for Refused {
    fn from(wrong: Wrong) -> Self {
        Self::wrong(wrong.sentence())
    }
}
