//! One row of the log.

use super::asked::fill_later;
use super::bubble;
use super::header::bar;
use crate::dom::{attr, button, class, join, make, put, say};
use crate::js_source::Parsed;
use crate::state::rows::{Body, Choices};
use crate::words::Words;
use alloc::string::String;
use shared::model::message::AuthorKind;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(extends = js_sys::Object)]
    type Date;
    #[wasm_bindgen(constructor)]
    fn new(millis: f64) -> Date;
    #[wasm_bindgen(method, js_name = toLocaleTimeString)]
    fn time(this: &Date, locales: &JsValue, options: &JsValue) -> String;
    #[wasm_bindgen(method, js_name = toLocaleDateString)]
    fn date(this: &Date, locales: &JsValue, options: &JsValue) -> String;
}

fn options(json: &str) -> JsValue {
    Parsed::parse(&JsValue::from_str(json)).map_or(JsValue::UNDEFINED, |parsed| parsed.0)
}

/// A time of day, in the visitor's own manner.
pub fn time_of_day(at: i64) -> String {
    Date::new(at as f64).time(&JsValue::UNDEFINED, &options(r#"{"timeStyle":"short"}"#))
}

/// A time of day, with the day where it is not today.
pub fn day_and_time(at: i64, now: i64) -> String {
    let day = options(r#"{"dateStyle":"short"}"#);
    let name = |at: i64| Date::new(at as f64).date(&JsValue::UNDEFINED, &day);
    if name(at) == name(now) {
        return time_of_day(at);
    }
    let within_a_week = options(r#"{"weekday":"long","hour":"numeric","minute":"2-digit"}"#);
    let beyond =
        options(r#"{"weekday":"short","month":"short","day":"numeric","hour":"numeric","minute":"2-digit"}"#);
    let far = at - now > 6 * 24 * 3_600_000;
    Date::new(at as f64).date(&JsValue::UNDEFINED, if far { &beyond } else { &within_a_week })
}

fn day(at: i64, now: i64, words: &Words) -> String {
    let options = options(r#"{"weekday":"long","month":"long","day":"numeric"}"#);
    let name = |at: i64| Date::new(at as f64).date(&JsValue::UNDEFINED, &options);
    let name_of_day = name(at);
    if name_of_day == name(now) {
        words.today.into()
    } else if name_of_day == name(now - 24 * 3_600_000) {
        words.yesterday.into()
    } else {
        name_of_day
    }
}

/// A new row.
pub fn make_row(body: &Body, words: &'static Words, now: i64) -> HtmlElement {
    match body {
        Body::Bubble(message) => bubble::make_bubble(message, words),
        Body::Line(text) => say("p", "line", text),
        Body::Day(at) => say("p", "line day", &day(*at, now, words)),
        Body::Fresh => say("p", "line fresh", words.new_messages),
        Body::Older => waiting("older", &["bone"]),
        Body::Skeleton => waiting("skeleton", &["bone a", "bone b", "bone c"]),
        Body::Choices(choices) => {
            let row = make("div", "choices");
            attr(&row, "role", "group");
            attr(&row, "part", "choices");
            attr(&row, "aria-label", words.answers);
            fill_choices(&row, choices, words);
            row
        }
        Body::Typing { kind, name } => {
            let row = make("div", "msg theirs first last live typing");
            attr(&row, "part", "typing");
            put(&row, &bubble::avatar(*kind, name.as_deref()));
            let dots = make("div", "bubble dots");
            let who =
                name.as_deref().unwrap_or(if *kind == AuthorKind::Bot { words.bot } else { words.team });
            put(&dots, &say("span", "sr", &join(&[who, " ", words.typing])));
            for _ in 0..3 {
                put(&dots, &make("i", ""));
            }
            put(&row, &dots);
            row
        }
        Body::Trouble { text, retry } => {
            let row = make("div", "trouble");
            attr(&row, "role", "alert");
            put(&row, &say("p", "", text));
            if *retry {
                let again = button("plain", "settings", words.retry);
                again.set_text_content(Some(words.retry));
                put(&row, &again);
            }
            row
        }
    }
}

/// Brings a row up to date.
pub fn update(row: &HtmlElement, old: &Body, new: &Body, words: &'static Words) {
    match (old, new) {
        (Body::Bubble(old), Body::Bubble(new)) => bubble::update(row, old, new, words),
        (_, Body::Choices(choices)) => {
            row.set_text_content(None);
            fill_choices(row, choices, words);
        }
        (_, new) => {
            let fresh = make_row(new, words, 0);
            row.set_class_name(&fresh.class_name());
            row.set_text_content(None);
            class(row, "live", false);
            while let Some(child) = fresh.first_child() {
                put(row, &child);
            }
        }
    }
}

fn fill_choices(row: &HtmlElement, choices: &Choices, words: &'static Words) {
    if choices.asks.is_some() && !fill_later(row, choices, words) {
        return;
    }
    for label in &choices.labels {
        let choice = button("choice", "choose", label);
        attr(&choice, "part", "choice");
        attr(&choice, "dir", "auto");
        choice.set_text_content(Some(label));
        put(row, &choice);
    }
}

fn waiting(name: &str, bones: &[&str]) -> HtmlElement {
    let row = make("div", name);
    attr(&row, "aria-hidden", "true");
    for bone in bones {
        put(&row, &bar(bone));
    }
    row
}
