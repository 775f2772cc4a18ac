//! Points in time.

#[cfg(feature = "serde")]
use ::time::{Date, Month};
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

    /// Reads RFC 3339, with any offset and any precision. A leap second is the end of the second before it.
    #[cfg(feature = "serde")]
    pub fn parse(text: &str) -> Result<Self, InvalidTimestamp> {
        written(text.as_bytes()).filter(|ms| RANGE.contains(ms)).map(Self).ok_or(InvalidTimestamp)
    }
}

/// 1970-01-01 as a Julian day.
#[cfg(feature = "serde")]
const EPOCH: i64 = 2_440_588;
#[cfg(feature = "serde")]
const DAY: i64 = 24 * 60 * 60 * 1000;

#[cfg(feature = "serde")]
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let day = i32::try_from(self.0.div_euclid(DAY) + EPOCH).map_err(|_| fmt::Error)?;
        let (year, month, day) = Date::from_julian_day(day).map_err(|_| fmt::Error)?.to_calendar_date();
        let ms = self.0.rem_euclid(DAY);
        let mut text = *b"0000-00-00T00:00:00.000Z";
        put(&mut text, 0..4, year.into());
        put(&mut text, 5..7, u8::from(month).into());
        put(&mut text, 8..10, day.into());
        put(&mut text, 11..13, ms / 3_600_000);
        put(&mut text, 14..16, ms / 60_000 % 60);
        put(&mut text, 17..19, ms / 1000 % 60);
        put(&mut text, 20..23, ms % 1000);
        f.write_str(core::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

/// Puts a number's last digits in their place. The calendar's library does it too, by code that describes any format.
#[cfg(feature = "serde")]
fn put(text: &mut [u8], place: core::ops::Range<usize>, mut number: i64) {
    for digit in text.get_mut(place).unwrap_or_default().iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

/// Milliseconds since 1970 of `2026-05-01T03:42:18.123+02:00` (RFC 3339, section 5.6).
#[cfg(feature = "serde")]
fn written(text: &[u8]) -> Option<i64> {
    fn number(digits: &[u8]) -> Option<i64> {
        digits.iter().try_fold(0, |sum, c| c.is_ascii_digit().then(|| sum * 10 + i64::from(c - b'0')))
    }
    let (fixed, rest) = text.split_at_checked(19)?;
    let at = |place: core::ops::Range<usize>| number(fixed.get(place)?);
    for (place, mark) in [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')] {
        fixed.get(place).filter(|c| c.eq_ignore_ascii_case(&mark))?;
    }
    let month = Month::try_from(u8::try_from(at(5..7)?).ok()?).ok()?;
    let date =
        Date::from_calendar_date(i32::try_from(at(0..4)?).ok()?, month, u8::try_from(at(8..10)?).ok()?);
    let day = i64::from(date.ok()?.to_julian_day()) - EPOCH;
    let (hour, minute, second) = (at(11..13)?, at(14..16)?, at(17..19)?);
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let mut ms = 0;
    let mut zone = rest;
    if let [b'.', fraction @ ..] = rest {
        let length = fraction.iter().take_while(|c| c.is_ascii_digit()).count();
        let (digits, after) = fraction.split_at_checked(length).filter(|_| length > 0)?;
        ms = number(digits.get(..3).unwrap_or(digits))?
            * [100, 10, 1].get(length.min(3) - 1).copied().unwrap_or(1);
        zone = after;
    }
    let (sign, offset) = match zone {
        [b'Z' | b'z'] => (0, 0),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (number(&[*h1, *h2])?, number(&[*m1, *m2])?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            (if *sign == b'+' { 1 } else { -1 }, hours * 60 + minutes)
        }
        _ => return None,
    };
    let (second, ms) = if second == 60 { (59, 999) } else { (second, ms) };
    Some(day * DAY + ((hour * 60 + minute - sign * offset) * 60 + second) * 1000 + ms)
}

#[cfg(feature = "serde")]
crate::text_like!(Timestamp, { "type": "string", "format": "date-time" });

#[cfg(all(test, feature = "serde"))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn is_written_in_utc_with_milliseconds() {
        assert_eq!(Timestamp::from_millis(0).to_string(), "1970-01-01T00:00:00.000Z");
        let noon = Timestamp::parse("2026-05-01T14:42:18.1234+02:00").unwrap();
        assert_eq!(noon.to_string(), "2026-05-01T12:42:18.123Z");
        for (text, written) in [
            ("2024-02-29t23:59:60z", "2024-02-29T23:59:59.999Z"),
            ("1969-12-31T23:59:59.9-00:30", "1970-01-01T00:29:59.900Z"),
            ("0000-01-01T00:00:00.05Z", "0000-01-01T00:00:00.050Z"),
        ] {
            assert_eq!(Timestamp::parse(text).unwrap().to_string(), written);
        }
    }

    #[test]
    fn other_spellings_are_refused() {
        for wrong in [
            "",
            "now",
            "2026-05-01",
            "2026-13-01T00:00:00Z",
            "2026-02-29T00:00:00Z",
            "2026-05-01T24:00:00Z",
            "2026-05-01T00:60:00Z",
            "2026-05-01T00:00:00",
            "2026-05-01T00:00:00.Z",
            "2026-05-01T00:00:00+24:00",
            "2026-05-01T00:00:00Z ",
            "2026-05-01 00:00:00Z",
            "+026-05-01T00:00:00Z",
            "2026-05-0éT00:00:00Z",
            "1700000000000",
        ] {
            assert_eq!(Timestamp::parse(wrong), Err(InvalidTimestamp), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_can_be_read(ms in any::<i64>()) {
            let time = Timestamp::from_millis(ms);
            prop_assert_eq!(Timestamp::parse(&time.to_string()), Ok(time));
        }

        #[test]
        fn it_is_written_as_others_write_it(ms in -60_000_000_000_000_i64..253_000_000_000_000) {
            let other = jiff::Timestamp::from_millisecond(ms).unwrap();
            prop_assert_eq!(Timestamp::from_millis(ms).to_string(), format!("{other:.3}"));
        }
    }
}
