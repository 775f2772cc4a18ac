//! Title, line below it, presence, and the way out.

use crate::dom::{attr, button, class, icon, make, put, say};
use crate::words::Words;
use alloc::string::String;
use shared::wire::config::WidgetConfig;
use web_sys::HtmlElement;

/// The panel's header.
pub struct Header {
    /// Its element.
    pub root: HtmlElement,
    title: HtmlElement,
    line: HtmlElement,
    dot: HtmlElement,
    shown: Option<(String, String)>,
}

impl Header {
    /// A header that waits for its words.
    pub fn new(words: &Words) -> Self {
        let root = make("header", "head waits");
        let titles = make("div", "titles");
        let (title, sub) = (make("h2", "title"), make("p", "sub"));
        let (dot, line) = (make("i", "dot"), make("span", ""));
        put(&sub, &dot);
        put(&sub, &line);
        put(&titles, &title);
        put(&titles, &sub);
        let close = button("round", "close", words.close);
        put(&close, &icon("pen", "M6 6l12 12M18 6L6 18"));
        put(&root, &titles);
        put(&root, &close);
        Self { root, title, line, dot, shown: None }
    }

    /// Shows the settings' words.
    pub fn draw(&mut self, panel: &HtmlElement, config: &WidgetConfig, words: &Words) {
        let heading = if config.heading.is_empty() { words.title } else { &config.heading };
        if self.shown.as_ref().is_some_and(|(shown, line)| shown == heading && *line == config.sub_heading) {
            return;
        }
        class(&self.root, "waits", false);
        class(&self.root, "plain", config.sub_heading.is_empty());
        self.title.set_text_content(Some(heading));
        self.line.set_text_content(Some(&config.sub_heading));
        attr(panel, "aria-label", heading);
        self.shown = Some((heading.into(), config.sub_heading.clone()));
    }

    /// Shows whether we are connected.
    pub fn set_presence(&self, on: bool) {
        class(&self.dot, "on", on);
    }
}

/// A line of text that stands for what is still coming.
pub fn bar(class: &str) -> HtmlElement {
    say("i", class, "")
}
