//! Cards: one, or several side by side that are leafed through.

use super::formatted::lead_out;
use super::linked::picture_later;
use crate::dom::{attr, button, class, icon, join, make, on, put, say, window};
use crate::words::Words;
use alloc::{boxed::Box, rc::Rc, string::String, vec::Vec};
use shared::model::message::Button;
use shared::model::rich::Card;
use shared::wire::json::push_number;
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlElement};

const OUT: &str = "M8 6h10v10M18 6 7 17";
const BACK: &str = "M15 5l-7 7 7 7";
const ON: &str = "M9 5l7 7-7 7";

/// A button that opens an address.
#[inline(never)]
pub fn way_out_later(button: &Button, words: &Words) -> HtmlElement {
    let link = say("a", "choice out", &button.label);
    attr(&link, "dir", "auto");
    let address = button.url.as_deref().unwrap_or_default();
    lead_out(&link, address);
    if address.starts_with("http") {
        put(&link, &icon("pen", OUT));
        put(&link, &say("span", "sr", words.new_tab));
    }
    link
}

/// One card, or several side by side. Their answers can be given while the question is open.
#[inline(never)]
pub fn cards_later(cards: &[Card], open: bool, words: &'static Words) -> HtmlElement {
    let several = cards.len() > 1;
    let deck = make("div", "deck");
    let track = make("div", if several { "track many" } else { "track" });
    if several {
        attr(&track, "role", "list");
        attr(&track, "aria-label", words.cards);
        attr(&track, "tabindex", "0");
    }
    let mut shown: Vec<HtmlElement> = Vec::new();
    for (card, place) in cards.iter().zip(1..) {
        let element = one(card, words);
        if several {
            attr(&element, "role", "listitem");
            crate::dom::put_first(&element, &say("span", "sr", &of(place, cards.len(), words)));
        }
        put(&track, &element);
        shown.push(element);
    }
    put(&deck, &track);
    if several {
        put(&deck, &leafing(&track, shown, words));
    }
    set_open_later(&deck, open);
    deck
}

/// Has the answers on cards be buttons, or only tell what could be answered.
#[inline(never)]
pub fn set_open_later(deck: &Element, open: bool) {
    class(deck, "closed", !open);
    let answers = deck.query_selector_all("button.choice");
    for place in 0..answers.as_ref().map_or(0, web_sys::NodeList::length) {
        let answer = answers.as_ref().ok().and_then(|list| list.item(place));
        let Some(answer) = answer.map(|it| it.unchecked_into::<Element>()) else { continue };
        attr(&answer, "data-do", if open { "choose" } else { "" });
        attr(&answer, "aria-disabled", if open { "false" } else { "true" });
    }
}

fn one(card: &Card, words: &Words) -> HtmlElement {
    let tile = make("div", "tile");
    if let Some(url) = &card.image {
        put(&tile, &picture_later(url, &card.alt));
    }
    for (tag, class, said) in [("strong", "title-of", &card.title), ("p", "words-of", &card.text)] {
        if !said.is_empty() {
            let part = say(tag, class, said);
            attr(&part, "dir", "auto");
            put(&tile, &part);
        }
    }
    if !card.buttons.is_empty() {
        let buttons = make("div", "ways");
        for known in &card.buttons {
            if known.url.is_some() {
                put(&buttons, &way_out_later(known, words));
            } else {
                let answer = button("choice", "choose", &known.label);
                attr(&answer, "dir", "auto");
                answer.set_text_content(Some(&known.label));
                put(&buttons, &answer);
            }
        }
        put(&tile, &buttons);
    }
    tile
}

/// Place and number, for those who hear it.
pub fn of(place: u32, all: usize, words: &Words) -> String {
    let mut text = String::new();
    push_number(&mut text, place);
    text.push_str(words.of);
    push_number(&mut text, u32::try_from(all).unwrap_or(u32::MAX));
    text
}

/// Buttons that leaf through the cards, and know where these end.
fn leafing(track: &HtmlElement, shown: Vec<HtmlElement>, words: &'static Words) -> HtmlElement {
    let bar = make("div", "leaf");
    let count = make("span", "");
    attr(&count, "aria-hidden", "true");
    let [back, on_] = [("back", words.previous, BACK), ("on", words.next, ON)].map(|(name, label, path)| {
        let button = button(&join(&["round ", name]), "", label);
        put(&button, &icon("pen", path));
        button
    });
    let shown: Rc<[HtmlElement]> = shown.into();
    for (button, step) in [(&back, -1), (&on_, 1)] {
        let (track, shown) = (track.clone(), shown.clone());
        let leaf = move |_| {
            let next = here(&track, &shown).saturating_add_signed(step).min(shown.len() - 1);
            if let Some(card) = shown.get(next) {
                track.set_scroll_left(place_of(&track, card));
            }
        };
        on(button, "click", Box::new(leaf));
    }
    for part in [&back, &count, &on_] {
        put(&bar, part);
    }
    let (seen, all) = (track.clone(), shown.len());
    let tell = move || {
        let (first, last) = ends(&seen);
        let place = if last { all } else { here(&seen, &shown) + 1 };
        count.set_text_content(Some(&of(u32::try_from(place).unwrap_or(1), all, words)));
        attr(&back, "aria-disabled", if first { "true" } else { "false" });
        attr(&on_, "aria-disabled", if last { "true" } else { "false" });
    };
    let told = tell.clone();
    on(track, "scroll", Box::new(move |_| told()));
    // Once it is on the screen, and has a width.
    crate::dom::after(0, Box::new(move |_| tell()));
    bar
}

/// Where the track is scrolled to when a card begins it. From right to left, that is less than nothing.
fn place_of(track: &HtmlElement, card: &HtmlElement) -> i32 {
    if is_rtl(track) {
        card.offset_left() + card.offset_width() - track.client_width()
    } else {
        card.offset_left()
    }
}

/// The card that begins what is seen.
fn here(track: &HtmlElement, shown: &[HtmlElement]) -> usize {
    let away = |card: &HtmlElement| (place_of(track, card) - track.scroll_left()).abs();
    shown.iter().enumerate().min_by_key(|(_, card)| away(card)).map_or(0, |(place, _)| place)
}

/// Whether nothing comes before what is seen, and whether nothing comes after it.
fn ends(track: &HtmlElement) -> (bool, bool) {
    let gone = track.scroll_left().abs();
    (gone < 4, gone + track.client_width() > track.scroll_width() - 4)
}

/// Whether what is in an element goes from right to left.
pub fn is_rtl(element: &Element) -> bool {
    let style = window().get_computed_style(element).ok().flatten();
    style.and_then(|style| style.get_property_value("direction").ok()).as_deref() == Some("rtl")
}
