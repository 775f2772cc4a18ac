//! Request bodies: bounded, JSON, and read into types that refuse what is wrong.

use super::request::Request;
use futures_util::StreamExt;
use shared::json::{Json, Read};

/// The longest JSON body that is read, in bytes.
pub const MAX_JSON: usize = 64 * 1024;

/// What is wrong with a body.
#[derive(Debug)]
pub enum BodyError {
    /// It does not say it is JSON.
    NotJson,
    /// It is longer than these bytes.
    TooLarge(usize),
    /// It cannot be read as what is asked for; each sentence names a place.
    Invalid(Vec<String>),
    /// It broke off.
    Broken(worker::Error),
}

/// Reads a JSON body.
pub async fn json<T: Read>(request: &Request) -> Result<T, BodyError> {
    parse(&json_text(request).await?)
}

/// Reads the text of a JSON body.
pub async fn json_text(request: &Request) -> Result<String, BodyError> {
    json_text_within(request, MAX_JSON).await
}

/// Reads the text of a JSON body of at most so many bytes.
pub async fn json_text_within(request: &Request, most: usize) -> Result<String, BodyError> {
    let content_type = request.header("content-type").unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or("").trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        return Err(BodyError::NotJson);
    }
    text(request, most).await
}

/// Reads a body of at most so many bytes, whatever it is.
pub async fn bytes_within(request: &Request, most: usize) -> Result<Vec<u8>, BodyError> {
    let length = request.header("content-length");
    match length.and_then(|text| text.parse::<usize>().ok()) {
        Some(length) if length > most => Err(BodyError::TooLarge(most)),
        Some(_) => request.bytes().await.map_err(BodyError::Broken),
        None => unannounced(request, most).await,
    }
}

async fn text(request: &Request, most: usize) -> Result<String, BodyError> {
    let bytes = bytes_within(request, most).await?;
    // The platform's own `text()` would put another character for what is not UTF-8, and say nothing.
    String::from_utf8(bytes).map_err(|_| invalid("the body must be UTF-8"))
}

/// A body that does not say how long it is: read until it ends, or is too long.
async fn unannounced(request: &Request, most: usize) -> Result<Vec<u8>, BodyError> {
    let Some(mut stream) = request.stream().map_err(BodyError::Broken)? else { return Ok(Vec::new()) };
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.next().await {
        bytes.extend_from_slice(&chunk.map_err(BodyError::Broken)?);
        if bytes.len() > most {
            return Err(BodyError::TooLarge(most));
        }
    }
    Ok(bytes)
}

/// Reads the text of a JSON body into a type.
pub fn parse<T: Read>(text: &str) -> Result<T, BodyError> {
    T::read(&parsed(text)?).map_err(|wrong| invalid(wrong.to_string()))
}

/// Parses the text of a JSON body, which is an object.
pub fn parsed(text: &str) -> Result<Json, BodyError> {
    if !text.trim_ascii_start().starts_with('{') {
        return Err(invalid("the body must be a JSON object"));
    }
    Json::parse(text).map_err(|_| invalid("the body must be valid JSON"))
}

fn invalid(sentence: impl Into<String>) -> BodyError {
    BodyError::Invalid(vec![sentence.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::text::MessageText;

    #[derive(Debug, Read)]
    #[serde(deny_unknown_fields)]
    struct Body {
        #[allow(dead_code, reason = "only its reading matters")]
        text: MessageText,
    }

    fn refused(text: &str) -> String {
        match parse::<Body>(text) {
            Err(BodyError::Invalid(sentences)) => sentences.join("; "),
            other => panic!("{other:?}"),
        }
    }

    #[derive(Debug, Read)]
    #[serde(deny_unknown_fields)]
    struct Nested {
        #[allow(dead_code, reason = "only its reading matters")]
        list: Vec<Body>,
        #[allow(dead_code, reason = "only its reading matters")]
        more: Option<Body>,
        #[allow(dead_code, reason = "only its reading matters")]
        count: Option<u8>,
    }

    #[test]
    fn a_place_is_told_by_its_path() {
        let refused = |text: &str| match parse::<Nested>(text) {
            Err(BodyError::Invalid(sentences)) => sentences.join("; "),
            other => panic!("{other:?}"),
        };
        let is = |text, sentence: &str| assert_eq!(refused(text), sentence, "{text}");
        is(r#"{"list":[{"text":"a"},{"text":" "}]}"#, "list[1].text: must not be empty");
        is(r#"{"list":[],"more":{"text":""}}"#, "more.text: must not be empty");
        is(r#"{"list":[],"count":256}"#, "count: must be a whole number from 0 to 255");
        is(r#"{"list":{"text":"a"}}"#, "list: must be a list");
        is(r#"{"list":[{"text":"{\"},{"},7]}"#, "list[1]: must be an object");
        is(r#"{"list":[{"text":"a"},{}]}"#, "list[1]: missing field `text`");
        is(r#"{"list":[{"text":"ü👋"},{"text":"é","x":1}]}"#, "list[1]: unknown field `x`");
        is(r#"{"list":[],"more":{"text":[""]}}"#, "more.text: must be a text");
        is("{\n\"list\":\n[{\"text\":\n\"\"}]}", "list[0].text: must not be empty");
    }

    #[test]
    fn a_refusal_names_the_place_and_the_reason() {
        assert_eq!(refused(r#"{"text":""}"#), "text: must not be empty");
        assert_eq!(refused(r#"{"text":7}"#), "text: must be a text");
        assert_eq!(refused(r#"{"text":"a","x":1}"#), "unknown field `x`");
        assert_eq!(refused("{}"), "missing field `text`");
        let pair = r#"{"a":1,"text":"x","text":"y"}"#;
        assert_eq!(refused(pair), "unknown field `a`");
        assert_eq!(refused(r#"{"text":"x","text":"y"}"#), "duplicate field `text`");
        assert_eq!(refused("{\n \"text\": [\"a\"]}"), "text: must be a text");
        for broken in ["{", "{\"text\":\"a\"} x"] {
            assert_eq!(refused(broken), "the body must be valid JSON", "{broken}");
        }
        for other in ["", "null", "[\"a\"]", "\u{feff}{}"] {
            assert_eq!(refused(other), "the body must be a JSON object", "{other}");
        }
    }
}
