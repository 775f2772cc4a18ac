//! What a question is answered by: buttons, boxes to tick, stars, a date, a file.

use super::cards::{is_rtl, of};
use super::file::CLIP;
use crate::dom::{attr, button, flag, focus, icon, make, on, put, say, within};
use crate::state::rows::Choices;
use crate::words::Words;
use alloc::{boxed::Box, string::String, vec::Vec};
use shared::model::rich::AnswerForm;
use shared::wire::json::push_number;
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlElement, KeyboardEvent};

const STAR: &str = "M12 3.6l2.6 5.3 5.8.8-4.2 4.1 1 5.8-5.2-2.7-5.2 2.7 1-5.8L3.6 9.7l5.8-.8z";
/// Up to here a rating is given in stars; beyond, by numbers.
const STARS: u8 = 5;

#[wasm_bindgen]
extern "C" {
    type Input;
    #[wasm_bindgen(method, getter)]
    fn value(this: &Input) -> String;
    #[wasm_bindgen(method, getter)]
    fn checked(this: &Input) -> bool;
}

/// Fills the row below a question, and answers with whether its labels are buttons.
#[inline(never)]
pub fn fill_later(row: &HtmlElement, choices: &Choices, words: &'static Words) -> bool {
    let Some(asks) = choices.asks else { return true };
    match asks.form {
        AnswerForm::Several => {
            put(row, &several(&choices.labels, words));
            return false;
        }
        AnswerForm::Rating => put(row, &rating(asks.most.clamp(2, 10), words)),
        AnswerForm::Date => put(row, &date(words)),
        AnswerForm::File if choices.files => {
            let attach = button("choice clip", "attach", words.attach);
            put(&attach, &icon("pen", CLIP));
            put(&attach, &say("span", "", words.attach));
            put(row, &attach);
        }
        AnswerForm::File => put(row, &say("p", "none", words.no_files)),
        _ => {}
    }
    true
}

/// What the controls say that this button belongs to.
#[inline(never)]
pub fn answer_later(button: &Element) -> Option<String> {
    if let Some(answer) = button.get_attribute("data-say") {
        return Some(answer);
    }
    let asked = crate::dom::around(button, ".asked")?;
    let mut answer = String::new();
    for input in inputs(&asked) {
        let given = input.unchecked_ref::<Input>();
        let said = match input.get_attribute("data-say") {
            Some(label) if given.checked() => label,
            Some(_) => continue,
            None => given.value(),
        };
        if !answer.is_empty() {
            answer.push_str(", ");
        }
        answer.push_str(&said);
    }
    (!answer.is_empty()).then_some(answer)
}

fn inputs(asked: &Element) -> Vec<Element> {
    let Ok(list) = asked.query_selector_all("input") else { return Vec::new() };
    (0..list.length()).filter_map(|place| list.item(place)).map(JsCast::unchecked_into).collect()
}

/// Controls with a button that sends what they say, as soon as that is something.
fn sent_by_button(asked: &HtmlElement, words: &Words) {
    let send = button("plain", "answer", words.send);
    send.set_text_content(Some(words.send));
    flag(&send, "disabled", true);
    put(asked, &send);
    let changed = move |_| flag(&send, "disabled", answer_later(&send).is_none());
    on(asked, "input", Box::new(changed));
}

fn several(labels: &[String], words: &Words) -> HtmlElement {
    let asked = make("div", "asked several");
    for label in labels {
        let line = make("label", "tick");
        let tick = make("input", "");
        attr(&tick, "type", "checkbox");
        attr(&tick, "data-say", label);
        let said = say("span", "", label);
        attr(&said, "dir", "auto");
        put(&line, &tick);
        put(&line, &said);
        put(&asked, &line);
    }
    sent_by_button(&asked, words);
    asked
}

fn date(words: &Words) -> HtmlElement {
    let asked = make("div", "asked date");
    let input = make("input", "input");
    attr(&input, "type", "date");
    attr(&input, "aria-label", words.date);
    // Years have four digits, as in what is answered.
    attr(&input, "max", "9999-12-31");
    put(&asked, &input);
    sent_by_button(&asked, words);
    let enter = {
        let asked = asked.clone();
        move |event: web_sys::Event| {
            if event.unchecked_ref::<KeyboardEvent>().key() == "Enter"
                && let Some(send) = within(&asked, "[data-do=answer]:not([disabled])")
            {
                event.prevent_default();
                send.unchecked_ref::<HtmlElement>().click();
            }
        }
    };
    on(&input, "keydown", Box::new(enter));
    asked
}

/// A group of which one is chosen: arrows walk, Enter and Space choose.
fn rating(most: u8, words: &Words) -> HtmlElement {
    let stars = most <= STARS;
    let asked = make("div", if stars { "asked stars" } else { "asked marks" });
    attr(&asked, "role", "radiogroup");
    attr(&asked, "aria-label", words.answers);
    for mark in 1..=u32::from(most) {
        let choice = button(if stars { "star" } else { "choice" }, "answer", &of(mark, most.into(), words));
        let mut text = String::new();
        push_number(&mut text, mark);
        attr(&choice, "data-say", &text);
        attr(&choice, "role", "radio");
        attr(&choice, "aria-checked", "false");
        attr(&choice, "tabindex", if mark == 1 { "0" } else { "-1" });
        if stars {
            put(&choice, &icon("pen", STAR));
        } else {
            choice.set_text_content(Some(&text));
        }
        put(&asked, &choice);
    }
    let group = asked.clone();
    let walk = move |event: web_sys::Event| {
        let Some(here) = event.target().map(|target| target.unchecked_into::<Element>()) else { return };
        let rtl = is_rtl(&group);
        let next = match event.unchecked_ref::<KeyboardEvent>().key().as_str() {
            "ArrowDown" => after(&here),
            "ArrowUp" => before(&here),
            "ArrowRight" => {
                if rtl {
                    before(&here)
                } else {
                    after(&here)
                }
            }
            "ArrowLeft" => {
                if rtl {
                    after(&here)
                } else {
                    before(&here)
                }
            }
            "Home" => group.first_element_child(),
            "End" => group.last_element_child(),
            _ => return,
        };
        event.prevent_default();
        if let Some(next) = next {
            attr(&here, "tabindex", "-1");
            attr(&next, "tabindex", "0");
            focus(&next);
        }
    };
    on(&asked, "keydown", Box::new(walk));
    asked
}

fn after(here: &Element) -> Option<Element> {
    here.next_element_sibling().or_else(|| here.parent_element()?.first_element_child())
}

fn before(here: &Element) -> Option<Element> {
    here.previous_element_sibling().or_else(|| here.parent_element()?.last_element_child())
}
