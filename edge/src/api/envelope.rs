//! How the visitors' and the agents' APIs answer: `{"data", "timestamp"}`, and their one shape of errors.

use crate::auth::key::NoKey;
use crate::auth::sealed::NotSealed;
use crate::auth::secret::NoSecret;
use crate::auth::visitor::NoVisitor;
use crate::http::answer::{Keep, json};
use crate::http::body::BodyError;
use crate::http::cors;
use crate::media::receive::UploadError;
use crate::platform::now;
use crate::rate::TooMany;
use crate::store::StoreError;
use crate::thread::command::ThreadError;
use serde::Serialize;
use shared::json;
use shared::time::Timestamp;
use web_sys::Response;
use worker::console_error;

/// Why a request was refused.
#[derive(Debug)]
pub enum ApiError {
    /// 400: it is wrong in itself; each sentence says how.
    Invalid(Vec<String>),
    /// 401: it does not prove who is asking.
    Unauthorized,
    /// 401: what was to prove it does not; the sentence is the same for every way it can fail.
    NotProved(&'static str),
    /// 403: who is asking may not.
    Forbidden,
    /// 403: who is asking may, but not this or not now; the sentence says why.
    NotAllowed(&'static str),
    /// 404: this is not there, or not the asker's.
    NotFound(&'static str),
    /// 405: the path takes these methods.
    OtherMethods(String),
    /// 409: as things stand, it cannot be done; the sentence says why.
    Conflict(&'static str),
    /// 408: the body came too slowly.
    TooSlow,
    /// 413: the body is too long.
    TooLarge(usize),
    /// 413: the file has more bytes than these.
    FileTooLarge(u32),
    /// 415: the body is not JSON.
    NotJson,
    /// 415: the file is not of a type that is taken; the sentence says why.
    FileRefused(&'static str),
    /// 422: it is well said, and cannot be done; each sentence says why.
    Unprocessable(Vec<String>),
    /// 426: only a WebSocket is served here.
    NotAWebSocket,
    /// 429: too much at once.
    TooMany {
        /// How many are allowed in a window.
        limit: u32,
        /// Seconds to wait.
        retry_after: u32,
    },
    /// 500: our fault. The log has the reason; the caller does not.
    Internal(String),
}

impl ApiError {
    /// One sentence of what is wrong with a request.
    pub fn invalid(sentence: impl Into<String>) -> Self {
        Self::Invalid(vec![sentence.into()])
    }

    fn status(&self) -> (u16, &'static str) {
        match self {
            Self::Invalid(_) => (400, "Bad Request"),
            Self::Unauthorized | Self::NotProved(_) => (401, "Unauthorized"),
            Self::Forbidden | Self::NotAllowed(_) => (403, "Forbidden"),
            Self::NotFound(_) => (404, "Not Found"),
            Self::OtherMethods(_) => (405, "Method Not Allowed"),
            Self::Conflict(_) => (409, "Conflict"),
            Self::TooSlow => (408, "Request Timeout"),
            Self::TooLarge(_) | Self::FileTooLarge(_) => (413, "Payload Too Large"),
            Self::NotJson | Self::FileRefused(_) => (415, "Unsupported Media Type"),
            Self::Unprocessable(_) => (422, "Unprocessable Entity"),
            Self::NotAWebSocket => (426, "Upgrade Required"),
            Self::TooMany { .. } => (429, "Too Many Requests"),
            Self::Internal(_) => (500, "Internal Server Error"),
        }
    }

    fn message(&self) -> Sentences {
        Sentences::One(match self {
            Self::Invalid(sentences) | Self::Unprocessable(sentences) => {
                return Sentences::Several(sentences.clone());
            }
            Self::Unauthorized => "the credential is missing, wrong or expired".into(),
            Self::Forbidden => "this credential may not do that".into(),
            Self::NotFound(what) => format!("{what} not found"),
            Self::OtherMethods(allow) => format!("this path takes {allow}"),
            Self::Conflict(why) | Self::NotAllowed(why) | Self::NotProved(why) => (*why).into(),
            Self::TooLarge(most) => format!("the body must be at most {most} bytes"),
            Self::TooSlow => "the body came too slowly: try again".into(),
            Self::FileTooLarge(limit) => format!("the file must have at most {limit} bytes"),
            Self::NotJson => "the body must be application/json".into(),
            Self::FileRefused(why) => (*why).into(),
            Self::NotAWebSocket => "connect here with a WebSocket".into(),
            Self::TooMany { retry_after, .. } => format!("too many requests: try again in {retry_after} s"),
            Self::Internal(_) => "something went wrong on our side: try again".into(),
        })
    }
}

/// An error's body.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ErrorBody {
    /// The HTTP status.
    pub status_code: u16,
    /// Its name.
    pub error: String,
    /// What is wrong: a sentence, or one for each thing.
    pub message: Sentences,
    /// When.
    pub timestamp: Timestamp,
    /// The path that was asked.
    pub path: String,
}

/// One sentence or several.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Sentences {
    /// One.
    One(String),
    /// One for each thing that is wrong.
    Several(Vec<String>),
}

/// What a handler found: JSON for `data`, and what else belongs in the answer.
#[derive(Debug)]
pub struct Success {
    /// The status.
    pub status: u16,
    /// JSON.
    pub data: String,
    /// When it was answered first; none for now.
    pub at: Option<Timestamp>,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
}

impl Success {
    /// 200 with this JSON.
    pub fn ok(data: String) -> Self {
        Self { status: 200, data, at: None, headers: Vec::new() }
    }

    /// 200, where there is nothing more to say.
    pub fn done() -> Self {
        Self::ok(r#"{"ok":true}"#.into())
    }

    /// 201 with this JSON.
    pub fn created(data: String) -> Self {
        Self { status: 201, ..Self::ok(data) }
    }

    /// The same with a header more.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// The answer of a handler.
pub fn answer(result: Result<Success, ApiError>, path: &str) -> worker::Result<Response> {
    match result {
        Ok(success) => {
            let at = success.at.unwrap_or_else(now).to_string();
            // Some are long, and what grows is copied again and again.
            let mut body = String::with_capacity(success.data.len() + at.len() + 32);
            for part in ["{\"data\":", &success.data, ",\"timestamp\":\"", &at, "\"}"] {
                body.push_str(part);
            }
            let response = json(success.status, Keep::Never, body.as_bytes())?;
            for (name, value) in &success.headers {
                response.headers().set(name, value)?;
            }
            Ok(response)
        }
        Err(error) => refuse(&error, path),
    }
}

/// The answer where a path takes other methods: a preflight is told them, and everybody else is refused.
pub fn other_method(method: &str, methods: String, path: &str) -> worker::Result<Response> {
    match method {
        "OPTIONS" => cors::preflight(&methods),
        _ => refuse(&ApiError::OtherMethods(methods), path),
    }
}

fn refuse(error: &ApiError, path: &str) -> worker::Result<Response> {
    let (status_code, name) = error.status();
    let body = ErrorBody {
        status_code,
        error: name.into(),
        message: error.message(),
        timestamp: now(),
        path: path.into(),
    };
    let response = json(status_code, Keep::Never, &serde_json::to_vec(&body)?)?;
    let headers = response.headers();
    match error {
        ApiError::OtherMethods(allow) => headers.set("allow", allow)?,
        ApiError::NotAWebSocket => headers.set("upgrade", "websocket")?,
        ApiError::Unauthorized | ApiError::NotProved(_) => headers.set("www-authenticate", "Bearer")?,
        ApiError::TooMany { limit, retry_after } => {
            headers.set("retry-after", &retry_after.to_string())?;
            headers.set("x-ratelimit-limit", &limit.to_string())?;
            headers.set("x-ratelimit-remaining", "0")?;
            headers.set("x-ratelimit-reset", &retry_after.to_string())?;
        }
        ApiError::Internal(reason) => console_error!("{path}: {reason}"),
        _ => {}
    }
    Ok(response)
}

impl From<BodyError> for ApiError {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::NotJson => Self::NotJson,
            BodyError::TooLarge(most) => Self::TooLarge(most),
            BodyError::Invalid(sentences) => Self::Invalid(sentences),
            BodyError::Broken(error) => Self::invalid(format!("the body broke off: {error}")),
        }
    }
}

impl From<NoVisitor> for ApiError {
    fn from(_: NoVisitor) -> Self {
        Self::Unauthorized
    }
}

impl From<NoKey> for ApiError {
    fn from(error: NoKey) -> Self {
        match error {
            NoKey::Invalid => Self::Unauthorized,
            NoKey::Forbidden => Self::Forbidden,
            NoKey::Store(error) => error.into(),
        }
    }
}

impl From<NoSecret> for ApiError {
    fn from(_: NoSecret) -> Self {
        Self::Internal("the Worker secret SECRET_KEY is missing or shorter than 32 characters".into())
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<NotSealed> for ApiError {
    fn from(error: NotSealed) -> Self {
        match error {
            NotSealed::NoSecret => NoSecret.into(),
            NotSealed::Broken => Self::Internal("a sealed secret could not be opened".into()),
            NotSealed::Platform(error) => error.into(),
        }
    }
}

impl From<UploadError> for ApiError {
    fn from(error: UploadError) -> Self {
        match error {
            UploadError::NotAForm => {
                Self::invalid("the body must be multipart/form-data with a field named file")
            }
            UploadError::NoFile => Self::invalid("file: a file is required"),
            UploadError::SeveralFiles => Self::invalid("file: there must be one alone"),
            UploadError::Empty => Self::invalid("file: it must not be empty"),
            UploadError::BrokeOff => Self::invalid("the body broke off before its end"),
            UploadError::TooSlow => Self::TooSlow,
            UploadError::TooLarge(limit) => Self::FileTooLarge(limit),
            UploadError::Refused(why) => Self::FileRefused(why),
            UploadError::Store(error) => error.into(),
            UploadError::Thread(error) => error.into(),
        }
    }
}

impl From<TooMany> for ApiError {
    fn from(TooMany { limit, retry_after }: TooMany) -> Self {
        Self::TooMany { limit, retry_after }
    }
}

impl From<worker::Error> for ApiError {
    fn from(error: worker::Error) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<json::Wrong> for ApiError {
    fn from(error: json::Wrong) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<serde_json::Error> for ApiError {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<ThreadError> for ApiError {
    fn from(error: ThreadError) -> Self {
        match error {
            ThreadError::Unknown | ThreadError::UnknownConversation => Self::NotFound("conversation"),
            ThreadError::UnknownMessage | ThreadError::NotTheirs => Self::NotFound("message"),
            ThreadError::TooManyClaims => Self::invalid("attributes: there are more than are kept"),
            ThreadError::Closed => Self::Conflict("the conversation is closed"),
            ThreadError::NobodyThere => {
                Self::Conflict("nobody is there now, and messages are not taken until somebody is")
            }
            ThreadError::NoBot => Self::Conflict("no bot can go on in this conversation"),
            ThreadError::NoAddress => Self::invalid("email must be given: none is known"),
            ThreadError::NotBegun => Self::Conflict("nothing has been said yet"),
            ThreadError::OtherBody => Self::Conflict("another request has this Idempotency-Key already"),
            ThreadError::Deleted => Self::Conflict("the message is deleted"),
            ThreadError::TooLate => {
                Self::NotAllowed("a message can be edited or deleted for 15 minutes, and no longer")
            }
            ThreadError::Conflict => Self::Conflict("another message has this clientId already"),
            ThreadError::UnknownFile => Self::NotFound("attachment"),
            ThreadError::FileSent => Self::Conflict("this attachment was sent already"),
            ThreadError::FileIs(kind) => {
                Self::invalid(format!("attachment.kind: the file is of the kind {}", kind.tag()))
            }
            ThreadError::TooMany { limit, retry_after } => Self::TooMany { limit, retry_after },
            ThreadError::Failed(reason) => Self::Internal(reason),
        }
    }
}
