//! From a request to a proof of who is asking. A handler that needs to know takes a proof as an argument, and a proof
//! can be made here alone.

pub mod key;
pub mod livechat;
pub mod sealed;
pub mod secret;
pub mod visitor;

use worker::Headers;

/// The bearer token of a request (RFC 6750, section 2.1).
fn bearer(headers: &Headers) -> Option<String> {
    let header = headers.get("authorization").ok()??;
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}
