//! Members of JSON, read and written.

use shared::json::Json;

/// An object of these members.
pub(super) fn object<'n>(members: impl IntoIterator<Item = (&'n str, Json)>) -> Json {
    Json::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// A text.
pub(super) fn text(text: &str) -> Json {
    Json::Text(text.into())
}

/// A member that is a text; an empty one where it is not there or is something else.
pub(super) fn word<'j>(json: &'j Json, name: &str) -> &'j str {
    json.get(name).and_then(Json::text).unwrap_or_default()
}

/// A member that is a list; an empty one where it is not there or is something else.
pub(super) fn list<'j>(json: &'j Json, name: &str) -> &'j [Json] {
    if let Some(Json::List(items)) = json.get(name) { items } else { &[] }
}

/// Whether a member is `true`.
pub(super) fn is(json: &Json, name: &str) -> bool {
    json.get(name) == Some(&Json::Boolean(true))
}
