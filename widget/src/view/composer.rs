//! Where the visitor writes.

use super::file::{CLIP, chip, size_of};
use super::phone::pixels;
use crate::dom::{
    attr, button, class, flag, focus, icon, join, keep, make, on, put, put_before, put_first, say, style,
};
use crate::net::http::Send;
use crate::state::Model;
use crate::state::event::Event;
use crate::state::files::{File, Unfit, are_ready};
use crate::state::question::form;
use crate::words::Words;
use alloc::{boxed::Box, string::String, vec::Vec};
use core::cell::{Cell, RefCell};
use shared::model::media::UploadPolicy;
use shared::model::rich::AnswerForm;
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
    /// The line that says that a message is being changed.
    edit: HtmlElement,
    /// The way to the browser's own dialog for files, and the button for it.
    pub input: HtmlElement,
    attach: HtmlElement,
    tray: HtmlElement,
    files: Cell<bool>,
    draft: RefCell<String>,
    suits: Cell<Option<AnswerForm>>,
    shown: RefCell<Vec<(File, Option<Unfit>)>>,
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
        let (input, tray) = (make("input", ""), make("div", "tray"));
        for (name, value) in [("type", "file"), ("multiple", ""), ("hidden", "")] {
            attr(&input, name, value);
        }
        flag(&tray, "hidden", true);
        let attach = crate::dom::button("attach", "attach", words.attach);
        flag(&attach, "hidden", true);
        put(&attach, &icon("pen", CLIP));
        put(&root, &input);
        put_first(&root, &attach);
        let edit = make("div", "edit");
        flag(&edit, "hidden", true);
        let composer = keep(Self {
            root,
            area,
            count,
            button,
            sendable: Cell::new(false),
            edit,
            input,
            attach,
            tray,
            files: Cell::new(false),
            draft: RefCell::default(),
            suits: Cell::new(None),
            shown: RefCell::default(),
            send,
            words,
        });
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

    /// Puts words here, in place of what stood here.
    pub fn compose(&self, text: &str) {
        self.area.set_value(text);
        self.changed();
        self.focus();
    }

    /// Shows whether a message is being changed.
    pub fn draw(&self, model: &Model) {
        if model.editing.is_some() == self.edit.has_attribute("hidden") {
            self.edit_later(model);
        }
        if model.tray != *self.shown.borrow() {
            self.tray_later(model);
        }
        let form = form(model);
        if form != self.suits.replace(form) {
            self.suit_later(form);
        }
    }

    /// Tells beforehand what files are taken.
    pub fn allow(&self, policy: &UploadPolicy) {
        if policy.enabled == self.attach.has_attribute("hidden") {
            flag(&self.attach, "hidden", !policy.enabled);
            class(&self.root, "clips", policy.enabled);
            let label =
                join(&[self.words.attach, " (", self.words.up_to, " ", &size_of(policy.max_bytes), ")"]);
            attr(&self.attach, "aria-label", &label);
            attr(&self.attach, "title", &label);
            let mut types = String::new();
            for kind in &policy.types {
                types.push_str(kind.tag());
                types.push(',');
            }
            attr(&self.input, "accept", &types);
        }
    }

    /// Has phones show the keys that suit the answer, and browsers offer what they know.
    #[inline(never)]
    fn suit_later(&self, form: Option<AnswerForm>) {
        let (keys, known) = match form {
            Some(AnswerForm::Email) => ("email", "email"),
            Some(AnswerForm::Phone) => ("tel", "tel"),
            Some(AnswerForm::Number) => ("decimal", "off"),
            Some(AnswerForm::Url) => ("url", "url"),
            _ => ("", ""),
        };
        let enter = if keys.is_empty() { "" } else { "send" };
        for (name, value) in [("inputmode", keys), ("autocomplete", known), ("enterkeyhint", enter)] {
            if value.is_empty() {
                flag(&self.area, name, false);
            } else {
                attr(&self.area, name, value);
            }
        }
    }

    #[inline(never)]
    fn tray_later(&self, model: &Model) {
        let policy = model.settings.get().map(|config| &config.uploads);
        self.tray.set_text_content(None);
        for (file, unfit) in &model.tray {
            if let Some(policy) = policy {
                put(&self.tray, &chip(file, *unfit, policy, model.words));
            }
        }
        if self.tray.parent_element().is_none() {
            attr(&self.tray, "role", "status");
            put_before(&self.root, &self.tray);
        }
        flag(&self.tray, "hidden", model.tray.is_empty());
        self.files.set(are_ready(model));
        // Before the settings are here nothing can be said of a file: it is shown with them.
        self.shown.replace(if policy.is_some() { model.tray.clone() } else { Vec::new() });
        self.weigh();
    }

    /// Whether what stands here can be sent.
    fn weigh(&self) -> usize {
        let text = self.area.value();
        let empty = text.trim().is_empty();
        let length: usize = text.chars().map(|_| 1).sum();
        let excess = length.saturating_sub(MessageText::LIMIT);
        self.sendable.set((!empty || self.files.get()) && excess == 0);
        flag(&self.button, "disabled", !self.sendable.get());
        length
    }

    #[inline(never)]
    fn edit_later(&self, model: &Model) {
        flag(&self.edit, "hidden", model.editing.is_none());
        // What stood here comes back when the change is made, or given up.
        if model.editing.is_some() {
            self.draft.replace(self.area.value());
        } else {
            self.area.set_value(&self.draft.take());
            self.changed();
        }
        if self.edit.first_element_child().is_none() {
            let keep = button("small", "keep", model.words.cancel);
            keep.set_text_content(Some(model.words.cancel));
            put(&self.edit, &say("span", "", model.words.editing));
            put(&self.edit, &keep);
            put_before(&self.root, &self.edit);
        }
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
        let length = self.weigh();
        let excess = length.saturating_sub(MessageText::LIMIT);
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
