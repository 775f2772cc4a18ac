//! Calls that may be made again and are to be performed once.

use serde::Serialize;
use shared::json::Read;

/// What a call is known again by.
#[derive(Debug, Serialize, Read)]
pub struct Once {
    /// What is called, and by whom where it is not the visitor.
    pub route: String,
    /// The name that the caller gave the call.
    pub key: String,
    /// A fingerprint of what was sent.
    pub body: String,
}
