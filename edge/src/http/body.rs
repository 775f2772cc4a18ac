//! Request bodies: bounded, JSON, and read into types that refuse what is wrong.

use super::request::Request;
use crate::json::begins_object;
use futures_util::StreamExt;
use serde::de::DeserializeOwned;

/// The longest JSON body that is read, in bytes.
pub const MAX_JSON: usize = 64 * 1024;

/// What is wrong with a body.
#[derive(Debug)]
pub enum BodyError {
    /// It does not say it is JSON.
    NotJson,
    /// It is longer than [`MAX_JSON`].
    TooLarge,
    /// It cannot be read as what is asked for; the sentence names the place.
    Invalid(String),
    /// It broke off.
    Broken(worker::Error),
}

/// Reads a JSON body.
pub async fn json<T: DeserializeOwned>(request: &Request) -> Result<T, BodyError> {
    parse(&json_text(request).await?)
}

/// Reads the text of a JSON body.
pub async fn json_text(request: &Request) -> Result<String, BodyError> {
    let content_type = request.header("content-type").unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or("").trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        return Err(BodyError::NotJson);
    }
    text(request).await
}

async fn text(request: &Request) -> Result<String, BodyError> {
    let length = request.header("content-length");
    let bytes = match length.and_then(|text| text.parse::<usize>().ok()) {
        Some(length) if length > MAX_JSON => return Err(BodyError::TooLarge),
        Some(_) => request.bytes().await.map_err(BodyError::Broken)?,
        None => unannounced(request).await?,
    };
    // The platform's own `text()` would put another character for what is not UTF-8, and say nothing.
    String::from_utf8(bytes).map_err(|_| BodyError::Invalid("the body must be UTF-8".into()))
}

/// A body that does not say how long it is: read until it ends, or is too long.
async fn unannounced(request: &Request) -> Result<Vec<u8>, BodyError> {
    let Some(mut stream) = request.stream().map_err(BodyError::Broken)? else { return Ok(Vec::new()) };
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.next().await {
        bytes.extend_from_slice(&chunk.map_err(BodyError::Broken)?);
        if bytes.len() > MAX_JSON {
            return Err(BodyError::TooLarge);
        }
    }
    Ok(bytes)
}

/// Reads the text of a JSON body into a type.
pub fn parse<T: DeserializeOwned>(text: &str) -> Result<T, BodyError> {
    if !begins_object(text) {
        return Err(BodyError::Invalid("the body must be a JSON object".into()));
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        sentence(&path, error.inner())
    })?;
    deserializer.end().map_err(|error| sentence(".", &error))?;
    Ok(value)
}

/// What is wrong, and where, in one sentence.
fn sentence(path: &str, error: &serde_json::Error) -> BodyError {
    let full = error.to_string();
    let reason = full.rsplit_once(" at line ").map_or(full.as_str(), |(reason, _)| reason);
    BodyError::Invalid(match (error.is_data(), path) {
        (false, _) => "the body must be valid JSON".into(),
        (true, ".") => reason.into(),
        // serde names an unknown field itself, and says which are known.
        (true, _) if reason.starts_with("unknown field") => reason.into(),
        (true, path) => format!("{path}: {reason}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use shared::text::MessageText;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        #[allow(dead_code, reason = "only its reading matters")]
        text: MessageText,
    }

    fn refused(text: &str) -> String {
        match parse::<Body>(text) {
            Err(BodyError::Invalid(sentence)) => sentence,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_refusal_names_the_place_and_the_reason() {
        assert_eq!(refused(r#"{"text":""}"#), "text: must not be empty");
        assert_eq!(refused(r#"{"text":7}"#), "text: invalid type: integer `7`, expected a string");
        assert_eq!(refused(r#"{"text":"a","x":1}"#), "unknown field `x`, expected `text`");
        assert_eq!(refused("{}"), "missing field `text`");
        for broken in ["{", "{\"text\":\"a\"} x"] {
            assert_eq!(refused(broken), "the body must be valid JSON", "{broken}");
        }
        for other in ["", "null", "[\"a\"]", "\u{feff}{}"] {
            assert_eq!(refused(other), "the body must be a JSON object", "{other}");
        }
    }
}
