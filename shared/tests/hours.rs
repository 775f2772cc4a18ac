//! Office hours against the clocks of the world, as the IANA's data has them.
#![allow(clippy::unwrap_used, reason = "tests")]

use jiff::Timestamp as Instant;
use jiff::tz::TimeZone;
use shared::rules::hours::{Date, OfficeHours, Presence};
use shared::time::Timestamp;

fn hours(json: &str) -> OfficeHours {
    shared::json::read(json).unwrap()
}

fn at(hours: &OfficeHours, time: &str) -> Presence {
    let zone = TimeZone::get(&hours.time_zone).unwrap();
    let offset = |at: Timestamp| {
        i64::from(zone.to_offset(Instant::from_millisecond(at.millis()).unwrap()).seconds()) / 60
    };
    hours.at(Timestamp::parse(time).unwrap(), &offset)
}

fn back(hours: &OfficeHours, time: &str) -> String {
    let Presence { online, back_at } = at(hours, time);
    assert!(!online, "{time}");
    back_at.map_or("never".into(), |time| time.to_string())
}

fn week(zone: &str, from: &str, to: &str) -> OfficeHours {
    let days = ["mon", "tue", "wed", "thu", "fri"]
        .map(|day| format!(r#"{{"day":"{day}","from":"{from}","to":"{to}"}}"#));
    hours(&format!(r#"{{"timeZone":"{zone}","days":[{}],"closedOn":["2026-12-25"]}}"#, days.join(",")))
}

fn daily(zone: &str, from: &str, to: &str) -> OfficeHours {
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
        .map(|day| format!(r#"{{"day":"{day}","from":"{from}","to":"{to}"}}"#));
    hours(&format!(r#"{{"timeZone":"{zone}","days":[{}]}}"#, days.join(",")))
}

#[test]
fn people_are_there_from_the_first_minute_to_before_the_last() {
    let office = week("Europe/Berlin", "09:00", "17:00");
    // A Friday in summer: two hours ahead of UTC.
    for (time, online) in [
        ("2026-07-03T06:59:59.999Z", false),
        ("2026-07-03T07:00:00Z", true),
        ("2026-07-03T14:59:59.999Z", true),
        ("2026-07-03T15:00:00Z", false),
        ("2026-07-04T10:00:00Z", false),
    ] {
        assert_eq!(at(&office, time).online, online, "{time}");
    }
    assert_eq!(back(&office, "2026-07-03T06:00:00Z"), "2026-07-03T07:00:00.000Z");
    assert_eq!(back(&office, "2026-07-03T15:00:00Z"), "2026-07-06T07:00:00.000Z");
    assert_eq!(at(&office, "2026-07-03T12:00:00Z").back_at, None);
}

#[test]
fn nine_is_nine_on_both_sides_of_a_change_of_clocks() {
    let office = week("Europe/Berlin", "09:00", "17:00");
    // Friday evening before Berlin's clocks go forward (29 March 2026) and back (25 October 2026).
    assert_eq!(back(&office, "2026-03-27T18:00:00Z"), "2026-03-30T07:00:00.000Z");
    assert_eq!(back(&office, "2026-10-23T18:00:00Z"), "2026-10-26T08:00:00.000Z");
    let new_york = week("America/New_York", "09:00", "17:00");
    assert_eq!(back(&new_york, "2026-03-06T23:00:00Z"), "2026-03-09T13:00:00.000Z");
    assert_eq!(back(&new_york, "2026-10-30T23:00:00Z"), "2026-11-02T14:00:00.000Z");
}

#[test]
fn a_time_that_the_clock_leaps_over_comes_when_it_leaps() {
    let early = daily("Europe/Berlin", "02:30", "05:00");
    assert_eq!(back(&early, "2026-03-29T00:00:00Z"), "2026-03-29T01:00:00.000Z");
    assert!(at(&early, "2026-03-29T01:00:00Z").online && !at(&early, "2026-03-29T00:59:00Z").online);
}

#[test]
fn a_time_that_comes_twice_is_kept_twice() {
    let night = daily("Europe/Berlin", "02:15", "02:45");
    assert_eq!(back(&night, "2026-10-25T00:00:00Z"), "2026-10-25T00:15:00.000Z");
    assert_eq!(back(&night, "2026-10-25T00:50:00Z"), "2026-10-25T01:15:00.000Z");
    assert_eq!(back(&night, "2026-10-25T01:50:00Z"), "2026-10-26T01:15:00.000Z");
}

#[test]
fn places_with_odd_clocks_are_places_too() {
    // Half an hour's summer time, a quarter of an hour, and a date line.
    assert_eq!(
        back(&week("Australia/Lord_Howe", "09:00", "17:00"), "2026-10-02T12:00:00Z"),
        "2026-10-04T22:00:00.000Z"
    );
    assert_eq!(
        back(&week("Asia/Kathmandu", "09:00", "17:00"), "2026-07-03T12:00:00Z"),
        "2026-07-06T03:15:00.000Z"
    );
    assert_eq!(
        back(&week("Pacific/Kiritimati", "09:00", "17:00"), "2026-07-03T12:00:00Z"),
        "2026-07-05T19:00:00.000Z"
    );
}

#[test]
fn a_night_shift_ends_on_the_next_day() {
    let bar = hours(
        r#"{"timeZone":"Europe/Lisbon","days":[{"day":"sat","from":"22:00","to":"03:00"}],"closedOn":["2026-01-10"]}"#,
    );
    for (time, online) in [
        ("2026-01-03T21:59:00Z", false),
        ("2026-01-03T22:00:00Z", true),
        ("2026-01-04T02:59:00Z", true),
        ("2026-01-04T03:00:00Z", false),
        ("2026-01-10T23:00:00Z", false),
        ("2026-01-11T01:00:00Z", false),
    ] {
        assert_eq!(at(&bar, time).online, online, "{time}");
    }
    assert_eq!(back(&bar, "2026-01-04T04:00:00Z"), "2026-01-17T22:00:00.000Z");
}

#[test]
fn a_day_of_rest_is_stepped_over_and_a_long_rest_has_no_end() {
    let office = week("Europe/Berlin", "09:00", "17:00");
    assert_eq!(back(&office, "2026-12-24T18:00:00Z"), "2026-12-28T08:00:00.000Z");
    assert_eq!(back(&hours(r#"{"timeZone":"UTC","days":[]}"#), "2026-12-24T18:00:00Z"), "never");
    let all_day = daily("UTC", "00:00", "24:00");
    assert!(at(&all_day, "2026-12-24T23:59:59.999Z").online && at(&all_day, "2026-12-25T00:00:00Z").online);
}

#[test]
fn what_is_announced_comes_true() {
    for office in [
        week("Europe/Berlin", "09:00", "17:00"),
        daily("America/New_York", "01:30", "02:15"),
        daily("Australia/Lord_Howe", "23:00", "02:00"),
    ] {
        let begin = Timestamp::parse("2026-01-01T00:07:00Z").unwrap();
        for step in 0..2_600 {
            let now = begin.plus_seconds(step * 12_180);
            let Presence { online, back_at } = at(&office, &now.to_string());
            let Some(back) = back_at else {
                assert!(online, "{now}");
                continue;
            };
            assert!(back > now, "{now}");
            assert!(at(&office, &back.to_string()).online, "{now}: {back}");
            let before = back.plus_seconds(-60);
            assert!(before <= now || !at(&office, &before.to_string()).online, "{now}: {back}");
        }
    }
}

#[test]
fn what_cannot_be_read_is_refused() {
    for wrong in ["9:00", "24:01", "12:60", "noon", "", "-1:00", "+9:00"] {
        let json = format!(r#"{{"timeZone":"UTC","days":[{{"day":"mon","from":"{wrong}","to":"17:00"}}]}}"#);
        assert!(shared::json::read::<OfficeHours>(&json).is_err(), "{wrong}");
    }
    for wrong in
        ["2026-02-29", "2026-13-01", "2026-00-01", "2026-1-1", "25.12.2026", "2026-04-31", "2026-12-25Z"]
    {
        assert!(Date::parse(wrong).is_err(), "{wrong}");
    }
    for date in ["2024-02-29", "1970-01-01", "2000-12-31", "0000-03-01"] {
        assert_eq!(Date::parse(date).unwrap().to_string(), date);
    }
}
