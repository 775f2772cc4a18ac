//! Calls that may be made again and are to be performed once.

use serde::{Deserialize, Serialize};

/// What a call is known again by.
#[derive(Debug, Serialize, Deserialize)]
pub struct Once {
    /// What is called, and by whom where it is not the visitor.
    pub route: String,
    /// The name that the caller gave the call.
    pub key: String,
    /// A fingerprint of what was sent.
    pub body: String,
}
