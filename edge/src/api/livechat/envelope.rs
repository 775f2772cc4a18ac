//! How the livechat API answers: `{…, "success": true}`, and errors as Rocket.Chat's clients know them.

use crate::auth::secret::NoSecret;
use crate::http::answer::{Keep, json};
use crate::http::cors;
use crate::http::fields::quoted;
use crate::media::receive::UploadError;
use crate::platform::now;
use crate::rate::TooMany;
use crate::store::StoreError;
use crate::thread::command::ThreadError;
use shared::json::Wrong;
use web_sys::Response;
use worker::console_error;

/// Why a request was refused.
#[derive(Debug)]
pub enum Refusal {
    /// 400: it is not what its schema asks for; the sentence says where.
    Params(String),
    /// 400: by one of the names that clients know.
    Named(&'static str),
    /// 400: by a sentence, and the name that clients know it by.
    Coded(&'static str, &'static str),
    /// 400: a file is not taken, by this name, and has at most these bytes.
    File(&'static str, Option<u32>),
    /// 401: it does not prove who is asking.
    Unauthorized,
    /// 403: this page or address may not ask.
    Forbidden,
    /// 404: nothing is here.
    NotFound,
    /// 405: the path takes these methods.
    OtherMethods(String),
    /// 413: the body is too long.
    TooLarge,
    /// 415: the body is of another kind than is taken.
    NotJson,
    /// 426: only a WebSocket is served here.
    NotAWebSocket,
    /// 429: too much at once.
    TooMany(TooMany),
    /// 500: our fault. The log has the reason; the caller does not.
    Internal(String),
}

/// The answer of a handler, which gives the members of an object: `"room":{…}`, or nothing.
pub fn answer(result: Result<String, Refusal>, path: &str) -> worker::Result<Response> {
    match result {
        Ok(members) => {
            let comma = if members.is_empty() { "" } else { "," };
            json(200, Keep::Never, format!("{{{members}{comma}\"success\":true}}").as_bytes())
        }
        Err(refusal) => refuse(&refusal, path),
    }
}

/// The answer where a path takes other methods: a preflight is told them, and everybody else is refused.
pub fn other_method(method: &str, methods: String, path: &str) -> worker::Result<Response> {
    match method {
        "OPTIONS" => cors::preflight(&methods),
        _ => refuse(&Refusal::OtherMethods(methods), path),
    }
}

fn refuse(refusal: &Refusal, path: &str) -> worker::Result<Response> {
    let response = json(refusal.status(), Keep::Never, refusal.body().as_bytes())?;
    let headers = response.headers();
    match refusal {
        Refusal::OtherMethods(allow) => headers.set("allow", allow)?,
        Refusal::NotAWebSocket => headers.set("upgrade", "websocket")?,
        Refusal::TooMany(TooMany { limit, retry_after }) => {
            let ends = now().plus_seconds((*retry_after).into()).millis();
            headers.set("retry-after", &retry_after.to_string())?;
            headers.set("x-ratelimit-limit", &limit.to_string())?;
            headers.set("x-ratelimit-remaining", "0")?;
            headers.set("x-ratelimit-reset", &ends.to_string())?;
        }
        Refusal::Internal(reason) => console_error!("{path}: {reason}"),
        _ => {}
    }
    Ok(response)
}

impl Refusal {
    fn status(&self) -> u16 {
        match self {
            Self::Params(_) | Self::Named(_) | Self::Coded(..) | Self::File(..) => 400,
            Self::Unauthorized => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::OtherMethods(_) => 405,
            Self::TooLarge => 413,
            Self::NotJson => 415,
            Self::NotAWebSocket => 426,
            Self::TooMany(_) => 429,
            Self::Internal(_) => 500,
        }
    }

    fn body(&self) -> String {
        let named = |error: &str| format!(r#"{{"success":false,"error":{}}}"#, quoted(error));
        let coded = |sentence: &str, code: &str| {
            let error = quoted(&format!("{sentence} [{code}]"));
            format!(r#"{{"success":false,"error":{error},"errorType":"{code}"}}"#)
        };
        match self {
            Self::Params(sentence) => coded(sentence, "invalid-params"),
            Self::Named(name) => named(name),
            Self::Coded(sentence, code) => coded(sentence, code),
            Self::File(reason, None) => format!(r#"{{"success":false,"reason":"{reason}"}}"#),
            Self::File(reason, Some(most)) => {
                format!(r#"{{"success":false,"reason":"{reason}","sizeAllowed":"{most} B"}}"#)
            }
            Self::Unauthorized => named("unauthorized"),
            Self::Forbidden => coded("This site or address may not use the chat", "error-not-allowed"),
            Self::NotFound => named("Resource not found"),
            Self::OtherMethods(allow) => named(&format!("Method not allowed: this path takes {allow}")),
            Self::TooLarge => coded("The body must be at most 65536 bytes", "error-body-too-large"),
            Self::NotJson => coded("The body must be application/json", "error-unsupported-media-type"),
            Self::NotAWebSocket => named("Connect here with a WebSocket"),
            Self::TooMany(TooMany { retry_after, .. }) => coded(
                &format!(
                    "Error, too many requests. Please slow down. You must wait {retry_after} seconds before trying this endpoint again."
                ),
                "error-too-many-requests",
            ),
            Self::Internal(_) => named("Internal server error: try again"),
        }
    }
}

impl From<ThreadError> for Refusal {
    fn from(error: ThreadError) -> Self {
        match error {
            ThreadError::Unknown => Self::Named("invalid-token"),
            ThreadError::UnknownConversation => Self::Named("invalid-room"),
            ThreadError::UnknownMessage | ThreadError::Deleted => Self::Named("invalid-message"),
            ThreadError::NotTheirs => Self::Named("error-action-not-allowed"),
            ThreadError::Closed => Self::Named("room-closed"),
            ThreadError::NobodyThere => Self::Coded("Sorry, no online agents", "no-agent-online"),
            ThreadError::TooLate => Self::Named("error-message-editing-blocked"),
            ThreadError::Conflict | ThreadError::OtherBody => Self::Named("error-duplicated-message"),
            ThreadError::NotBegun => Self::Coded("Nothing has been said yet", "error-no-messages"),
            ThreadError::NoAddress => Self::Coded("There is no address to send to", "error-invalid-email"),
            ThreadError::TooManyClaims => {
                Self::Coded("There are more custom fields than are kept", "error-too-many-custom-fields")
            }
            ThreadError::UnknownFile | ThreadError::FileSent | ThreadError::FileIs(_) => {
                Self::Named("error-invalid-file")
            }
            ThreadError::NoBot => Self::Named("error-action-not-allowed"),
            ThreadError::TooMany { limit, retry_after } => Self::TooMany(TooMany { limit, retry_after }),
            ThreadError::Failed(reason) => Self::Internal(reason),
        }
    }
}

impl From<UploadError> for Refusal {
    fn from(error: UploadError) -> Self {
        match error {
            UploadError::NotAForm => {
                Self::Params("must be multipart/form-data with a field named file".into())
            }
            UploadError::NoFile => Self::Params("must have required property 'file'".into()),
            UploadError::SeveralFiles => Self::Params("must have one file alone".into()),
            UploadError::Empty => Self::File("error-file-empty", None),
            UploadError::BrokeOff | UploadError::TooSlow => Self::File("error-upload-broke-off", None),
            UploadError::TooLarge(most) => Self::File("error-size-not-allowed", Some(most)),
            UploadError::Refused(_) => Self::File("error-type-not-allowed", None),
            UploadError::Store(error) => error.into(),
            UploadError::Thread(error) => error.into(),
        }
    }
}

impl From<TooMany> for Refusal {
    fn from(no: TooMany) -> Self {
        Self::TooMany(no)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<worker::Error> for Refusal {
    fn from(error: worker::Error) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<Wrong> for Refusal {
    fn from(error: Wrong) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<NoSecret> for Refusal {
    fn from(_: NoSecret) -> Self {
        Self::Internal("the Worker secret SECRET_KEY is missing or shorter than 32 characters".into())
    }
}
