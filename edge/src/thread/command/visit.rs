//! What the visitor does on the site around the chat.

use serde::{Deserialize, Serialize};
use shared::time::Timestamp;

/// See [`super::Command::Visit`].
#[derive(Debug, Serialize, Deserialize)]
pub struct Visit {
    /// The page's address.
    pub url: String,
    /// Its title.
    pub title: Option<String>,
}

/// A page the visitor has been to.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Page {
    /// Its address.
    pub url: String,
    /// Its title.
    pub title: Option<String>,
    /// When they came to it.
    pub at: Timestamp,
}
