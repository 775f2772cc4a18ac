//! How the gateway API answers: `{"type": "result", …}`, and `{"status": "error", …}`.

use crate::auth::key::NoKey;
use crate::auth::secret::NoSecret;
use crate::http::answer::{Keep, json};
use crate::http::fields::quoted;
use crate::media::receive::UploadError;
use crate::rate::TooMany;
use crate::store::StoreError;
use crate::thread::command::ThreadError;
use shared::json::Wrong;
use web_sys::Response;
use worker::console_error;

/// Why a request was refused.
#[derive(Debug)]
pub enum Refusal {
    /// 400: fields are wrong; each with what is wrong with it.
    Invalid(Vec<(String, String)>),
    /// 401: there is no key, or none of ours.
    Unauthorized,
    /// 403: the key may not speak as a chat server.
    Forbidden,
    /// 404: this is not there, or not the key's.
    NotFound(&'static str),
    /// 405: the path takes these methods.
    OtherMethods(String),
    /// 409: as things stand, it cannot be done.
    Conflict(&'static str),
    /// 413: the body is too long.
    TooLarge,
    /// 413: the file has more bytes than these.
    FileTooLarge(u32),
    /// 415: it is of no kind that is taken.
    NotTaken(&'static str),
    /// 429: too much at once.
    TooMany(TooMany),
    /// 500: our fault. The log has the reason; the caller does not.
    Internal(String),
}

impl Refusal {
    /// What is wrong with one field.
    pub fn field(name: &str, why: impl Into<String>) -> Self {
        Self::Invalid(vec![(name.into(), why.into())])
    }

    fn told(&self) -> (u16, String) {
        match self {
            Self::Invalid(wrong) => {
                let names = wrong.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
                (400, format!("Not valid: {names}."))
            }
            Self::Unauthorized => (401, "The key is missing, wrong or has ended: send it in the header apiKey, or as Authorization: apikey …".into()),
            Self::Forbidden => (403, "This apiKey has no permission API_CHAT.".into()),
            Self::NotFound(what) => (404, format!("There is no such {what}.")),
            Self::OtherMethods(allow) => (405, format!("This path takes {allow}.")),
            Self::Conflict(why) => (409, (*why).into()),
            Self::TooLarge => (413, "The body is too long.".into()),
            Self::FileTooLarge(most) => (413, format!("The file is too long: {most} bytes at most.")),
            Self::NotTaken(why) => (415, (*why).into()),
            Self::TooMany(TooMany { retry_after, .. }) => {
                (429, format!("Too many requests: try again in {retry_after} s."))
            }
            Self::Internal(_) => (500, "Something went wrong on our side: try again.".into()),
        }
    }
}

/// The answer of a handler, which gives the members that stand beside the type.
pub fn answer(result: Result<String, Refusal>, path: &str) -> worker::Result<Response> {
    match result {
        Ok(members) => json(200, Keep::Never, format!(r#"{{"type":"result",{members}}}"#).as_bytes()),
        Err(refusal) => refuse(&refusal, path),
    }
}

/// Refuses a request.
pub fn refuse(refusal: &Refusal, path: &str) -> worker::Result<Response> {
    let (status, message) = refusal.told();
    let mut body = format!(r#"{{"status":"error","message":{}"#, quoted(&message));
    if let Refusal::Invalid(wrong) = refusal {
        let member = |(name, why): &(String, String)| format!("{}:{}", quoted(name), quoted(why));
        body.push_str(&format!(
            r#","errors":{{{}}}"#,
            wrong.iter().map(member).collect::<Vec<_>>().join(",")
        ));
    }
    body.push('}');
    let response = json(status, Keep::Never, body.as_bytes())?;
    let headers = response.headers();
    match refusal {
        Refusal::OtherMethods(allow) => headers.set("allow", allow)?,
        Refusal::TooMany(TooMany { limit, retry_after }) => {
            headers.set("retry-after", &retry_after.to_string())?;
            headers.set("x-ratelimit-limit", &limit.to_string())?;
            headers.set("x-ratelimit-remaining", "0")?;
            headers.set("x-ratelimit-reset", &retry_after.to_string())?;
        }
        Refusal::Internal(reason) => console_error!("{path}: {reason}"),
        _ => {}
    }
    Ok(response)
}

impl From<NoKey> for Refusal {
    fn from(error: NoKey) -> Self {
        match error {
            NoKey::Invalid => Self::Unauthorized,
            NoKey::Forbidden => Self::Forbidden,
            NoKey::Store(error) => error.into(),
        }
    }
}

impl From<ThreadError> for Refusal {
    fn from(error: ThreadError) -> Self {
        match error {
            ThreadError::Unknown | ThreadError::UnknownConversation => Self::NotFound("chatSessionID"),
            ThreadError::Conflict | ThreadError::OtherBody => {
                Self::Conflict("Another message of this session has this messageNumber.")
            }
            ThreadError::NobodyThere => {
                Self::Conflict("Nobody is there now, and messages are not taken until somebody is.")
            }
            ThreadError::TooMany { limit, retry_after } => Self::TooMany(TooMany { limit, retry_after }),
            ThreadError::Failed(reason) => Self::Internal(reason),
            other => Self::Internal(format!("{other:?}")),
        }
    }
}

impl From<UploadError> for Refusal {
    fn from(error: UploadError) -> Self {
        match error {
            UploadError::NotAForm | UploadError::NoFile => {
                Self::field("file", "must be there, as a file of a form or in base64")
            }
            UploadError::SeveralFiles => Self::field("file", "must be one alone"),
            UploadError::Empty => Self::field("file", "must not be empty"),
            UploadError::BrokeOff | UploadError::TooSlow => Self::field("file", "broke off"),
            UploadError::TooLarge(most) => Self::FileTooLarge(most),
            UploadError::Refused(why) => Self::NotTaken(why),
            UploadError::Store(error) => error.into(),
            UploadError::Thread(error) => error.into(),
        }
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

impl From<serde_json::Error> for Refusal {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<NoSecret> for Refusal {
    fn from(_: NoSecret) -> Self {
        Self::Internal("the Worker secret SECRET_KEY is missing or shorter than 32 characters".into())
    }
}
