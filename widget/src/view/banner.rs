//! The line that says when the connection is gone.

use crate::dom::{attr, flag, make};
use crate::state::Model;
use web_sys::HtmlElement;

/// The banner under the header.
pub struct Banner {
    /// Its element.
    pub root: HtmlElement,
    shown: Option<&'static str>,
}

impl Banner {
    /// A banner with nothing to say.
    pub fn new() -> Self {
        let root = make("p", "banner");
        attr(&root, "role", "status");
        attr(&root, "part", "banner");
        flag(&root, "hidden", true);
        Self { root, shown: None }
    }

    /// Whether it says something.
    pub fn is_shown(&self) -> bool {
        self.shown.is_some()
    }

    /// Says what the model has to say.
    pub fn draw(&mut self, model: &Model, now: i64) {
        let text = match (model.online, model.link.is_down(now)) {
            (false, _) => Some(model.words.offline),
            (true, true) => Some(model.words.reconnecting),
            (true, false) => None,
        };
        if text != self.shown {
            self.shown = text;
            self.root.set_text_content(text);
            flag(&self.root, "hidden", text.is_none());
        }
    }
}
