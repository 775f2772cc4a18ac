//! The two things the platform alone can tell: what time it is, and what nobody can guess.

use shared::time::Timestamp;

/// The present. On Workers it stands still between two operations of I/O.
pub fn now() -> Timestamp {
    Timestamp::from_millis(worker::Date::now().as_millis().try_into().unwrap_or(i64::MAX))
}

/// Random bytes from the platform's cryptographic generator.
pub fn random<const N: usize>() -> Result<[u8; N], worker::Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| worker::Error::RustError(error.to_string()))?;
    Ok(bytes)
}
