//! When people are there. Days and times are the owner's, on the clock of a place: how far that clock is from UTC at an
//! instant comes in as a function, for the rules of the world's clocks change more often than this file.

use crate::time::Timestamp;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// How many days ahead an opening is looked for: whoever closes for longer tells no time.
const HORIZON: i64 = 60;
const DAY: i64 = 24 * 60;

/// A time of day, in minutes since its midnight; `24:00` is the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeOfDay(i64);

/// A date, in days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Date(i64);

/// A day of the week, counted from Monday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weekday(i64);

/// What is wrong with a time, a date or a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidHours(&'static str);

impl fmt::Display for InvalidHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// A number of exactly so many digits.
fn digits(text: &str, count: usize) -> Option<i64> {
    let good = text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    if good { text.parse().ok() } else { None }
}

impl TimeOfDay {
    /// Reads `HH:MM`, from `00:00` to `24:00`.
    pub fn parse(text: &str) -> Result<Self, InvalidHours> {
        let read = || {
            let (hours, minutes) = text.split_once(':')?;
            let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
            (minutes < 60 && hours * 60 + minutes <= DAY).then_some(Self(hours * 60 + minutes))
        };
        read().ok_or(InvalidHours("must be a time like 09:00"))
    }
}

impl Date {
    /// Reads `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Result<Self, InvalidHours> {
        let read = || {
            let mut parts = text.split('-');
            let (year, month, day) =
                (digits(parts.next()?, 4)?, digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let longest = match month {
                2 => 28 + i64::from(leap),
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            let good = parts.next().is_none() && (1..=12).contains(&month) && (1..=longest).contains(&day);
            good.then(|| Self(days_since_1970(year, month, day)))
        };
        read().ok_or(InvalidHours("must be a date like 2026-12-25"))
    }

    fn weekday(self) -> i64 {
        // The first day of 1970 was a Thursday.
        (self.0 + 3).rem_euclid(7)
    }
}

impl Weekday {
    /// Reads `mon` to `sun`.
    pub fn parse(text: &str) -> Result<Self, InvalidHours> {
        let place =
            WEEKDAYS.iter().position(|name| *name == text).and_then(|place| i64::try_from(place).ok());
        place.map(Self).ok_or(InvalidHours("must be one of mon, tue, wed, thu, fri, sat, sun"))
    }
}

/// The Gregorian calendar, counted in years that begin in March.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    year * 365 + year.div_euclid(4) - year.div_euclid(100)
        + year.div_euclid(400)
        + (month * 153 + 2) / 5
        + day
        - 1
        - 719_468
}

/// From when to when people are there on a day. Where the end is not after the beginning it is on the next day.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, crate::json::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Opening {
    /// The day.
    pub day: Weekday,
    /// From then on.
    pub from: TimeOfDay,
    /// Up to then.
    pub to: TimeOfDay,
}

/// Office hours.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, crate::json::Read))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OfficeHours {
    /// The place whose clock counts (an IANA name).
    pub time_zone: String,
    /// When people are there.
    pub days: Vec<Opening>,
    /// Dates on which nobody is.
    #[cfg_attr(feature = "serde", serde(default))]
    pub closed_on: Vec<Date>,
}

/// Whether people are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Presence {
    /// Whether they are there now.
    pub online: bool,
    /// When they will be, where that is known and they are not there now.
    pub back_at: Option<Timestamp>,
}

impl Presence {
    /// They are there: so it is where no hours are set.
    pub const THERE: Self = Self { online: true, back_at: None };
}

impl OfficeHours {
    /// Whether people are there at an instant. `offset` gives how many minutes the place's clock is ahead of UTC at an
    /// instant.
    pub fn at(&self, now: Timestamp, offset: &impl Fn(Timestamp) -> i64) -> Presence {
        let clock = |at: i64| at + offset(Timestamp::from_millis(at * 60_000));
        let now = now.millis().div_euclid(60_000);
        let local = clock(now);
        if self.is_open(local) {
            return Presence::THERE;
        }
        let today = local.div_euclid(DAY);
        let next = (today..today + HORIZON).find_map(|date| {
            let on_that_day = self.days.iter().filter(|opening| opening.day.0 == Date(date).weekday());
            on_that_day
                .filter_map(|opening| first_reached(date * DAY + opening.from.0, now, &clock))
                .filter(|at| self.is_open(clock(*at)))
                .min()
        });
        Presence { online: false, back_at: next.map(|at| Timestamp::from_millis(at * 60_000)) }
    }

    /// Whether people are there when the place's clock shows this, in minutes since 1970.
    fn is_open(&self, local: i64) -> bool {
        let (date, minute) = (local.div_euclid(DAY), local.rem_euclid(DAY));
        let opens = |date: i64, minute: i64| {
            !self.closed_on.contains(&Date(date))
                && self.days.iter().any(|opening| {
                    let next_day = if opening.to > opening.from { 0 } else { DAY };
                    opening.day.0 == Date(date).weekday()
                        && (opening.from.0..opening.to.0 + next_day).contains(&minute)
                })
        };
        !self.closed_on.contains(&Date(date)) && (opens(date, minute) || opens(date - 1, minute + DAY))
    }
}

/// The first minute after `now` at which a clock shows `wanted`, or, where it leaps over that, what comes after.
fn first_reached(wanted: i64, now: i64, clock: &impl Fn(i64) -> i64) -> Option<i64> {
    // As the clock goes the day before and the day after: all that it can have been set forward or back in between.
    let (before, after) = (clock(wanted - DAY) - (wanted - DAY), clock(wanted + DAY) - (wanted + DAY));
    let shown = [wanted - before, wanted - after].into_iter().filter(|at| clock(*at) == wanted);
    if let Some(at) = shown.clone().filter(|at| *at > now).min() {
        return Some(at);
    }
    if shown.count() > 0 {
        return None;
    }
    // It was set forward over it: the minute at which it was.
    let (mut early, mut late) = (wanted - before.max(after), wanted - before.min(after));
    while late - early > 1 {
        let middle = early + (late - early) / 2;
        if clock(middle) < wanted { early = middle } else { late = middle }
    }
    (late > now).then_some(late)
}

#[cfg(feature = "serde")]
mod json {
    use super::{Date, TimeOfDay, WEEKDAYS, Weekday};
    use core::fmt;

    impl fmt::Display for TimeOfDay {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
        }
    }

    impl fmt::Display for Weekday {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(usize::try_from(self.0).ok().and_then(|place| WEEKDAYS.get(place)).unwrap_or(&"mon"))
        }
    }

    impl fmt::Display for Date {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            // The inverse of `days_since_1970`.
            let days = self.0 + 719_468;
            let era = days.div_euclid(146_097);
            let of_era = days.rem_euclid(146_097);
            let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
            let of_year = of_era - (365 * year + year / 4 - year / 100);
            let month = (5 * of_year + 2) / 153;
            let day = of_year - (153 * month + 2) / 5 + 1;
            let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
            write!(f, "{:04}-{month:02}-{day:02}", era * 400 + year + next)
        }
    }

    crate::text_like!(TimeOfDay, { "type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$" });
    crate::text_like!(Weekday, { "type": "string", "enum": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] });
    crate::text_like!(Date, { "type": "string", "format": "date" });
}
