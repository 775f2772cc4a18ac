//! What a bubble has besides words, a file and a menu: below it, a picture or file, cards, and ways out.

use super::cards::{cards_later, set_open_later, way_out_later};
use super::linked;
use crate::dom::{make, put, put_before, within};
use crate::state::extra::Extra;
use crate::words::Words;
use web_sys::Element;

/// Shows it in a row, in place of what was shown of it before.
#[inline(never)]
pub fn show_later(row: &Element, old: Option<&Extra>, extra: Option<&Extra>, words: &'static Words) {
    let same = match (old, extra) {
        (Some(old), Some(new)) => (&old.rich, &old.links) == (&new.rich, &new.links),
        _ => false,
    };
    if let (true, Some(extra)) = (same, extra) {
        if let Some(deck) = within(row, ".deck") {
            set_open_later(&deck, extra.open);
        }
        return;
    }
    if let Some(before) = within(row, ".extra") {
        before.remove();
    }
    let (Some(extra), Some(meta)) = (extra, within(row, ".meta")) else { return };
    let all = make("div", "extra");
    if let Some(linked) = &extra.rich.linked {
        put(&all, &linked::show_later(linked, words));
    }
    if !extra.rich.cards.is_empty() {
        put(&all, &cards_later(&extra.rich.cards, extra.open, words));
    }
    if !extra.links.is_empty() {
        let ways = make("div", "ways");
        for link in &extra.links {
            put(&ways, &way_out_later(link, words));
        }
        put(&all, &ways);
    }
    if all.first_element_child().is_some() {
        put_before(&meta, &all);
    }
}
