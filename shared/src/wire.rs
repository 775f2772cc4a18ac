//! What the widget and the edge say to each other.
//!
//! The edge writes with serde; the widget lets the browser parse JSON and reads the result through
//! [`source::Source`], because a JSON parser of its own would be most of its weight. Tests hold the two together.

pub mod config;
pub mod frame;
pub mod json;
#[cfg(feature = "serde")]
pub mod presentation;
pub mod session;
pub mod source;

/// The version of this protocol. It goes up when an older widget could no longer understand the edge; the edge tells
/// it in [`frame::ServerFrame::Hello`].
pub const PROTOCOL: u32 = 1;

/// The WebSocket subprotocol of `GET …/live` (RFC 6455, section 1.9), which carries the same version.
pub const SUBPROTOCOL: &str = "porchlight.v1";
