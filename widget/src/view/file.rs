//! Files: in the log, and beside the composer.

use crate::dom::{attr, button, icon, join, make, put, say, style, within};
use crate::state::files::{File, Unfit};
use crate::state::rows::Shown;
use crate::words::Words;
use alloc::string::String;
use shared::model::media::UploadPolicy;
use shared::wire::json::push_number;
use web_sys::{Element, HtmlElement};

const PAPER: &str = "M7 3h7l5 5v13H7a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2M14 3v5h5";
/// A paper clip.
pub const CLIP: &str =
    "M20 11.5 11.8 19.7a5 5 0 0 1-7-7L13.5 4a3.3 3.3 0 0 1 4.7 4.7L9.7 17.2a1.7 1.7 0 0 1-2.4-2.4L15 7";
const CROSS: &str = "M7 7l10 10M17 7 7 17";
/// The most pixels that a picture takes in the log.
const WIDEST: u32 = 252;
const HIGHEST: u32 = 260;

/// A size that people can read.
pub fn size_of(bytes: u32) -> String {
    let mut text = String::new();
    let (value, unit) = match bytes {
        0..1_000 => (bytes, " B"),
        1_000..999_500 => ((bytes + 500) / 1_000, " KB"),
        _ => {
            let tenths = bytes.saturating_add(50_000) / 100_000;
            push_number(&mut text, tenths / 10);
            if tenths < 100 && !tenths.is_multiple_of(10) {
                text.push('.');
                push_number(&mut text, tenths % 10);
            }
            text.push_str(" MB");
            return text;
        }
    };
    push_number(&mut text, value);
    text.push_str(unit);
    text
}

/// Shows a message's file, in place of what was shown of it before.
#[inline(never)]
pub fn show_later(around: &Element, old: Option<&Shown>, file: &Shown, words: &Words) {
    let same =
        old.is_some_and(|old| (&old.id, old.picture, old.measure) == (&file.id, file.picture, file.measure));
    if !same {
        if let Some(before) = within(around, ".file") {
            before.remove();
        }
        let shown = if file.picture {
            picture(file)
        } else {
            let link = link(file, "file card");
            card(&link, &file.name, &size_of(file.size));
            link
        };
        crate::dom::put_first(around, &shown);
    }
    let running = within(around, ".going");
    match (file.progress, running) {
        (Some(progress), None) => {
            let going = make("div", "going");
            let bar = make("div", "bar");
            attr(&bar, "role", "progressbar");
            attr(&bar, "aria-label", &file.name);
            put(&bar, &make("i", ""));
            put(&going, &bar);
            let stop = button("drop", "discard", words.stop_upload);
            put(&stop, &icon("pen", CROSS));
            put(&going, &stop);
            put(&going, &say("small", "", words.uploading));
            put(around, &going);
            advance(around, progress);
        }
        (Some(progress), Some(_)) => advance(around, progress),
        (None, Some(running)) => running.remove(),
        (None, None) => {}
    }
}

fn advance(around: &Element, progress: u32) {
    let mut percent = String::new();
    push_number(&mut percent, progress);
    if let Some(bar) = within(around, ".bar") {
        attr(&bar, "aria-valuenow", &percent);
        percent.push('%');
        if let Some(fill) = bar.first_element_child() {
            style(wasm_bindgen::JsCast::unchecked_ref(&fill), "width", &percent);
        }
    }
}

fn link(file: &Shown, class: &str) -> HtmlElement {
    let link = make("a", class);
    if !file.url.is_empty() {
        attr(&link, "href", &file.url);
        attr(&link, "target", "_blank");
        attr(&link, "rel", "noopener");
    }
    link
}

/// A picture, in room that is kept for it before it comes.
fn picture(file: &Shown) -> HtmlElement {
    let link = link(file, "file shot");
    let image = make("img", "");
    attr(&image, "alt", &file.name);
    let (width, height) = file.measure.filter(|(w, h)| *w > 0 && *h > 0).unwrap_or((240, 160));
    let (mut shown, mut high) = (width.min(WIDEST), height);
    high = u32::try_from(u64::from(high) * u64::from(shown) / u64::from(width)).unwrap_or(HIGHEST);
    if high > HIGHEST {
        shown = u32::try_from(u64::from(shown) * u64::from(HIGHEST) / u64::from(high)).unwrap_or(WIDEST);
        high = HIGHEST;
    }
    for (name, length) in [("width", shown.max(48)), ("height", high.max(48))] {
        let mut text = String::new();
        push_number(&mut text, length);
        attr(&image, name, &text);
    }
    attr(&image, "src", &file.url);
    put(&link, &image);
    link
}

/// Fills the card of a file: its name, and below it its type and how large it is, if that is known.
pub fn card(link: &Element, name: &str, size: &str) {
    put(link, &icon("pen", PAPER));
    let about = make("span", "about");
    put(&about, &say("b", "", name));
    let ending = ending(name);
    let between = if ending.is_empty() || size.is_empty() { "" } else { " · " };
    put(&about, &say("small", "", &join(&[&ending, between, size])));
    put(link, &about);
}

/// The end of a file's name, as its type is known by.
fn ending(name: &str) -> String {
    match name.rsplit_once('.') {
        Some((_, end)) if (1..=5).contains(&end.len()) => end.to_ascii_uppercase(),
        _ => String::new(),
    }
}

/// A file beside the composer.
pub fn chip(file: &File, unfit: Option<Unfit>, policy: &UploadPolicy, words: &Words) -> HtmlElement {
    let chip = make("div", if unfit.is_some() { "chip unfit" } else { "chip" });
    if file.preview.is_empty() || unfit.is_some() {
        put(&chip, &icon("pen", PAPER));
    } else {
        let image = make("img", "");
        attr(&image, "alt", "");
        attr(&image, "src", &file.preview);
        put(&chip, &image);
    }
    let about = make("span", "about");
    put(&about, &say("b", "", &file.name));
    let why = match unfit {
        None => size_of(file.size),
        Some(Unfit::Large) => join(&[words.too_large, &size_of(policy.max_bytes)]),
        Some(Unfit::Empty) => words.empty_file.into(),
        Some(Unfit::Type) => words.wrong_type.into(),
    };
    put(&about, &say("small", "", &why));
    put(&chip, &about);
    let away = button("drop", "unpick", &join(&[words.remove_file, " ", &file.name]));
    let mut key = String::new();
    push_number(&mut key, file.key);
    attr(&away, "data-key", &key);
    put(&away, &icon("pen", CROSS));
    put(&chip, &away);
    chip
}
