//! For how long what was said can be said otherwise, or taken back.

use crate::time::Timestamp;

/// How long the author of a message may edit or delete it, in seconds.
pub const EDITABLE_SECONDS: i64 = 15 * 60;

/// Whether a message of then may still be edited or deleted now: up to the very end of the time, and no longer.
pub fn is_editable(created_at: Timestamp, now: Timestamp) -> bool {
    now <= created_at.plus_seconds(EDITABLE_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_editable_for_fifteen_minutes_to_the_millisecond() {
        let created_at = Timestamp::from_millis(1_800_000_000_123);
        let after = |ms: i64| is_editable(created_at, Timestamp::from_millis(1_800_000_000_123 + ms));
        assert!(after(0) && after(899_999) && after(900_000));
        assert!(!after(900_001) && !after(901_000) && !after(86_400_000));
        // A clock that was set back takes nothing away.
        assert!(after(-5_000));
    }
}
