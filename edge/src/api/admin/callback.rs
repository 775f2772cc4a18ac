//! Addresses that administrators want something to be told at.

use super::Call;
use crate::api::envelope::ApiError;
use crate::server::Destination;

/// The longest address, in bytes.
const LONGEST: usize = 2_048;

/// An address that may be told something, as far as its form says; `field` is what it was given as.
pub fn parse(call: &Call<'_>, field: &str, url: String) -> Result<String, ApiError> {
    if url.len() > LONGEST {
        return Err(ApiError::invalid(format!("{field}: must have at most {LONGEST} bytes")));
    }
    // The platform would leave out what it does not show, or take it for something else.
    if url.chars().any(|c| c.is_whitespace() || c.is_control() || c == '\\') {
        return Err(ApiError::invalid(format!("{field}: must have no spaces, line breaks or backslashes")));
    }
    match Destination::parse(&call.env, &url) {
        Ok(_) => Ok(url),
        Err(error) => Err(ApiError::invalid(format!("{field}: {error}"))),
    }
}
