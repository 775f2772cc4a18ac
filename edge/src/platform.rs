//! The two things the platform alone can tell: what time it is, and what nobody can guess.

use shared::time::Timestamp;

/// The present. On Workers it stands still between two operations of I/O.
pub fn now() -> Timestamp {
    // A float holds milliseconds exactly for longer than the years that a timestamp can have.
    Timestamp::from_millis(js_sys::Date::now() as i64)
}

/// Random bytes from the platform's cryptographic generator.
pub fn random<const N: usize>() -> Result<[u8; N], worker::Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| worker::Error::RustError(error.to_string()))?;
    Ok(bytes)
}
