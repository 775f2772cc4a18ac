//! Points in time.

#[cfg(feature = "serde")]
use ::time::{
    OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339, macros::format_description,
};
use core::fmt;

/// A point in time: milliseconds since 1970-01-01 UTC, within the years 0 to 9999. Written as RFC 3339 in UTC with
/// milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// The last millisecond of the year 9999, and the first of the year 0: what RFC 3339 can write.
const RANGE: core::ops::RangeInclusive<i64> = -62_167_219_200_000..=253_402_300_799_999;

/// What is wrong with a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidTimestamp;

impl fmt::Display for InvalidTimestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be a time like 2026-05-01T03:42:18.123Z")
    }
}

impl Timestamp {
    /// From milliseconds since 1970; what lies outside the years 0 to 9999 becomes the nearest end.
    pub fn from_millis(millis: i64) -> Self {
        Self(millis.clamp(*RANGE.start(), *RANGE.end()))
    }

    /// Milliseconds since 1970.
    pub fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, as tokens carry them.
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This many seconds later.
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_millis(self.0.saturating_add(seconds.saturating_mul(1000)))
    }

    /// Reads RFC 3339, with any offset and any precision.
    #[cfg(feature = "serde")]
    pub fn parse(text: &str) -> Result<Self, InvalidTimestamp> {
        let time = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| InvalidTimestamp)?;
        let millis = time.unix_timestamp_nanos().div_euclid(1_000_000);
        i64::try_from(millis).ok().filter(|ms| RANGE.contains(ms)).map(Self).ok_or(InvalidTimestamp)
    }
}

#[cfg(feature = "serde")]
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shape =
            format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
        let nanos = i128::from(self.0) * 1_000_000;
        let time = OffsetDateTime::from_unix_timestamp_nanos(nanos).map_err(|_| fmt::Error)?;
        f.write_str(&time.to_offset(UtcOffset::UTC).format(&shape).map_err(|_| fmt::Error)?)
    }
}

#[cfg(feature = "serde")]
crate::parsed::text_like!(Timestamp, { "type": "string", "format": "date-time" });

#[cfg(all(test, feature = "serde"))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn is_written_in_utc_with_milliseconds() {
        assert_eq!(Timestamp::from_millis(0).to_string(), "1970-01-01T00:00:00.000Z");
        let noon = Timestamp::parse("2026-05-01T14:42:18.1234+02:00").unwrap();
        assert_eq!(noon.to_string(), "2026-05-01T12:42:18.123Z");
    }

    #[test]
    fn other_spellings_are_refused() {
        for wrong in ["", "now", "2026-05-01", "2026-13-01T00:00:00Z", "1700000000000"] {
            assert_eq!(Timestamp::parse(wrong), Err(InvalidTimestamp), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_can_be_read(ms in any::<i64>()) {
            let time = Timestamp::from_millis(ms);
            prop_assert_eq!(Timestamp::parse(&time.to_string()), Ok(time));
        }
    }
}
