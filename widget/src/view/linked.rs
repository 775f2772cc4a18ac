//! Pictures, films, recordings and files that lie elsewhere. The page may forbid them, or they may be gone: then words
//! stand for them.

use super::file::card;
use super::formatted::lead_out;
use crate::dom::{attr, flag, icon, make, on, put, replace, say};
use crate::words::Words;
use alloc::{boxed::Box, string::String};
use shared::model::media::MediaKind;
use shared::model::rich::Linked;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

const PICTURE: &str = "M5 4h14a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2M3 17l5-5 4 4 3-3 6 5M15.5 8.5v.01";

#[wasm_bindgen]
extern "C" {
    type Image;
    #[wasm_bindgen(method, getter, js_name = naturalWidth)]
    fn width(this: &Image) -> f64;
    #[wasm_bindgen(method, getter, js_name = naturalHeight)]
    fn height(this: &Image) -> f64;
}

/// What lies elsewhere, as the log shows it.
#[inline(never)]
pub fn show_later(linked: &Linked, words: &Words) -> HtmlElement {
    match linked.kind {
        MediaKind::Image => {
            let link = link_to(linked, "file shot far");
            // A link needs a name.
            let name = if linked.name.is_empty() { words.picture } else { &linked.name };
            put(&link, &picture_later(&linked.url, name));
            link
        }
        MediaKind::Video => player(linked, "video"),
        MediaKind::Audio => player(linked, "audio"),
        MediaKind::Document => file(linked),
    }
}

/// A picture in room that is kept for it, as wide as what it stands in.
#[inline(never)]
pub fn picture_later(url: &str, alt: &str) -> HtmlElement {
    let frame = make("span", "frame-of");
    let image = make("img", "");
    attr(&image, "alt", alt);
    attr(&image, "referrerpolicy", "no-referrer");
    let known: Image = image.clone().unchecked_into();
    let shape = frame.clone();
    // What has about the shape of the frame fills it; the rest is shown whole.
    let loaded = move |_| {
        let ratio = known.width() / known.height();
        flag(&shape, "data-whole", !(1.1..2.2).contains(&ratio));
    };
    on(&image, "load", Box::new(loaded));
    let (broken, around, said) = (image.clone(), frame.clone(), String::from(alt));
    let failed = move |_| {
        flag(&around, "data-broken", true);
        put(&around, &icon("pen", PICTURE));
        replace(&broken, &say("span", "", &said));
    };
    on(&image, "error", Box::new(failed));
    attr(&image, "src", url);
    put(&frame, &image);
    frame
}

/// A film or recording. Nothing of it is fetched before somebody wants it.
fn player(linked: &Linked, tag: &str) -> HtmlElement {
    let player = make(tag, "file player");
    for (name, value) in
        [("preload", "none"), ("controls", ""), ("playsinline", ""), ("aria-label", &linked.name)]
    {
        attr(&player, name, value);
    }
    let (broken, instead) = (player.clone(), file(linked));
    on(&player, "error", Box::new(move |_| replace(&broken, &instead)));
    attr(&player, "src", &linked.url);
    player
}

fn file(linked: &Linked) -> HtmlElement {
    let link = link_to(linked, "file card");
    card(&link, &linked.name, "");
    link
}

fn link_to(linked: &Linked, class: &str) -> HtmlElement {
    let link = make("a", class);
    lead_out(&link, &linked.url);
    link
}
