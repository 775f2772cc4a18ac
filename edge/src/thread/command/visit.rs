//! What the visitor does on the site around the chat.

/// A page the visitor has been to.
#[cfg(feature = "schema")]
#[derive(serde::Serialize, schemars::JsonSchema)]
pub struct Page {
    /// Its address.
    pub url: String,
    /// Its title.
    pub title: Option<String>,
    /// When they came to it.
    pub at: shared::time::Timestamp,
}
