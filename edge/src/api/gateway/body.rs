//! The four spellings of a body: JSON, a form in the address's style, a form in parts, and what the document itself shows:
//! JSON under the header of a form that names no boundary.

use super::envelope::Refusal;
use crate::http::body::{self, BodyError};
use crate::http::multipart::{Multipart, Piece};
use crate::http::request::Request;
use percent_encoding::percent_decode;
use shared::json::Json;

/// The longest body, in bytes: the longest fields fit in, though every character were written as 12 (`\ud83d\ude00`).
const LONGEST: usize = 256 * 1024;
/// The largest number that is what it was written as; beyond it, several are read as one.
const EXACT: f64 = 9_007_199_254_740_991.0;

/// Reads a body's fields, in the order they came.
pub async fn fields(request: &Request) -> Result<Vec<(String, String)>, Refusal> {
    fields_within(request, LONGEST).await
}

/// Reads the fields of a body of at most so many bytes.
pub async fn fields_within(request: &Request, most: usize) -> Result<Vec<(String, String)>, Refusal> {
    let bytes = body::bytes_within(request, most).await.map_err(refused)?;
    let content_type = request.header("content-type").unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    let not_utf8 = || Refusal::field("body", "must be UTF-8");
    match media_type.as_str() {
        "multipart/form-data" if first != Some(&b'{') => parts(&content_type, &bytes),
        "multipart/form-data" | "application/json" => {
            json(&String::from_utf8(bytes).map_err(|_| not_utf8())?)
        }
        "application/x-www-form-urlencoded" => {
            percent_decode(&bytes).decode_utf8().map_err(|_| not_utf8())?;
            Ok(form_urlencoded::parse(&bytes).into_owned().collect())
        }
        _ => Err(Refusal::NotTaken(
            "The body must be JSON, application/x-www-form-urlencoded or multipart/form-data.",
        )),
    }
}

/// The members of a JSON object. Numbers and truth values are taken as if they were texts.
fn json(text: &str) -> Result<Vec<(String, String)>, Refusal> {
    let Ok(Json::Object(members)) = Json::parse(text) else {
        return Err(Refusal::field("body", "must be a JSON object"));
    };
    let read = |(name, value): (String, Json)| match value {
        Json::Text(text) => Some(Ok((name, text))),
        Json::Number(number) if number.abs() > EXACT => {
            Some(Err(Refusal::field(&name, "must be a text: as a number it is not exact")))
        }
        Json::Number(_) | Json::Boolean(_) => Some(Ok((name, value.json()))),
        Json::Null => None,
        Json::List(_) | Json::Object(_) => Some(Err(Refusal::field(&name, "must be a text"))),
    };
    members.into_iter().filter_map(read).collect()
}

fn parts(content_type: &str, bytes: &[u8]) -> Result<Vec<(String, String)>, Refusal> {
    let malformed = || Refusal::field("body", "must be a form that is whole, with a boundary");
    let mut form = Multipart::of(content_type).ok_or_else(malformed)?;
    form.feed(bytes);
    let mut fields = Vec::new();
    let mut field: Option<(String, Vec<u8>)> = None;
    loop {
        match form.piece().map_err(|_| malformed())?.ok_or_else(malformed)? {
            Piece::Part(part) if part.filename.is_some() => {
                return Err(Refusal::field(&part.name, "must be a text, not a file"));
            }
            Piece::Part(part) => field = Some((part.name, Vec::new())),
            Piece::Bytes(more) => field.iter_mut().for_each(|(_, bytes)| bytes.extend_from_slice(&more)),
            Piece::PartEnds => {
                if let Some((name, bytes)) = field.take() {
                    let text =
                        String::from_utf8(bytes).map_err(|_| Refusal::field(&name, "must be UTF-8"))?;
                    fields.push((name, text));
                }
            }
            Piece::End => return Ok(fields),
        }
    }
}

fn refused(error: BodyError) -> Refusal {
    match error {
        BodyError::TooLarge(_) => Refusal::TooLarge,
        BodyError::Broken(error) => Refusal::field("body", format!("broke off: {error}")),
        BodyError::NotJson | BodyError::Invalid(_) => Refusal::field("body", "could not be read"),
    }
}
