//! The launcher, which the loader painted: whether it is open, and how much waits behind it.

use crate::dom::{attr, flag, focus, join, make, put};
use crate::state::Model;
use alloc::string::String;
use shared::wire::json::push_number;
use web_sys::HtmlElement;

/// The launcher.
pub struct Launcher {
    button: HtmlElement,
    badge: HtmlElement,
    label: String,
    shown: Option<(bool, u32)>,
}

impl Launcher {
    /// Takes the loader's launcher over.
    pub fn new(button: HtmlElement) -> Self {
        let badge = make("span", "badge");
        attr(&badge, "part", "badge");
        attr(&badge, "aria-hidden", "true");
        put(&button, &badge);
        Self { label: button.get_attribute("aria-label").unwrap_or_default(), button, badge, shown: None }
    }

    /// Puts the focus on it.
    pub fn focus(&self) {
        focus(&self.button);
    }

    /// Shows the state of the panel.
    pub fn draw(&mut self, model: &Model) {
        let unread = if model.open { 0 } else { model.unread };
        if self.shown == Some((model.open, unread)) {
            return;
        }
        self.shown = Some((model.open, unread));
        attr(&self.button, "aria-expanded", if model.open { "true" } else { "false" });
        let mut count = String::new();
        if unread > 0 {
            push_number(&mut count, unread.min(9));
        }
        if unread > 9 {
            count.push('+');
        }
        self.badge.set_text_content(Some(&count));
        flag(&self.badge, "hidden", unread == 0);
        let label = match (model.open, unread) {
            (true, _) => model.words.close.into(),
            (false, 0) => self.label.clone(),
            (false, _) => join(&[&self.label, ", ", &count, " ", model.words.unread]),
        };
        attr(&self.button, "aria-label", &label);
    }
}
