//! Where the visitor writes.

use super::phone::pixels;
use crate::dom::{attr, button, class, flag, focus, icon, keep, make, on, put, style};
use crate::net::http::Send;
use crate::state::event::Event;
use crate::words::Words;
use alloc::{boxed::Box, string::String};
use core::cell::Cell;
use shared::text::MessageText;
use shared::wire::json::push_number;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlTextAreaElement, KeyboardEvent};

/// From here on a counter says how much room is left.
const NEAR: usize = MessageText::LIMIT - 400;

/// Where the visitor writes.
pub struct Composer {
    /// Its element.
    pub root: HtmlElement,
    area: HtmlTextAreaElement,
    count: HtmlElement,
    button: HtmlElement,
    sendable: Cell<bool>,
    send: Send,
    words: &'static Words,
}

impl Composer {
    /// An empty composer.
    pub fn new(words: &'static Words, send: Send) -> &'static Self {
        let (root, count) = (make("div", "composer"), make("span", "count"));
        let area: HtmlTextAreaElement = make("textarea", "input").unchecked_into();
        for (name, value) in [
            ("rows", "1"),
            ("part", "input"),
            ("aria-label", words.placeholder),
            ("placeholder", words.placeholder),
        ] {
            attr(&area, name, value);
        }
        attr(&count, "role", "status");
        let button = button("send", "send", words.send);
        attr(&button, "part", "send");
        flag(&button, "disabled", true);
        put(&button, &icon("pen", "M12 19V5M5.5 11.5 12 5l6.5 6.5"));
        put(&root, &area);
        put(&root, &count);
        put(&root, &button);
        let composer = keep(Self { root, area, count, button, sendable: Cell::new(false), send, words });
        on(&composer.area, "input", Box::new(move |_| composer.changed()));
        let enter = move |event: web_sys::Event| {
            let key: &KeyboardEvent = event.unchecked_ref();
            // While an input method composes, Enter picks a word; 229 is how some browsers say so.
            let composing = key.is_composing() || key.key_code() == 229;
            if key.key() == "Enter" && !key.shift_key() && !composing {
                event.prevent_default();
                composer.submit();
            }
        };
        on(&composer.area, "keydown", Box::new(enter));
        composer
    }

    /// Puts the cursor here.
    pub fn focus(&self) {
        focus(&self.area);
    }

    /// Sets what stands here when nothing does.
    pub fn set_placeholder(&self, text: &str) {
        if !text.is_empty() && self.area.placeholder() != text {
            self.area.set_placeholder(text);
        }
    }

    /// Sends what stands here, if it can be sent.
    pub fn submit(&self) {
        if self.sendable.get() {
            let text = self.area.value();
            self.area.set_value("");
            self.changed();
            (self.send)(Event::Submit(text));
        }
        self.focus();
    }

    fn changed(&self) {
        let text = self.area.value();
        let empty = text.trim().is_empty();
        let length: usize = text.chars().map(|_| 1).sum();
        let excess = length.saturating_sub(MessageText::LIMIT);
        self.sendable.set(!empty && excess == 0);
        flag(&self.button, "disabled", !self.sendable.get());
        let mut count = String::new();
        if excess > 0 {
            push_number(&mut count, u32::try_from(excess).unwrap_or(u32::MAX));
            count.push(' ');
            count.push_str(self.words.too_long);
        } else if length >= NEAR {
            push_number(&mut count, u32::try_from(MessageText::LIMIT - length).unwrap_or(0));
        }
        class(&self.count, "over", excess > 0);
        self.count.set_text_content(Some(&count));
        style(&self.area, "height", "auto");
        style(&self.area, "height", &pixels(self.area.scroll_height().into()));
        (self.send)(Event::Typed { empty });
    }
}
