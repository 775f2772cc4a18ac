//! Title, line below it, presence, and the way out.

use super::bubble::DOTS;
use super::menu::{enter, make_menu_later};
use super::row::day_and_time;
use crate::dom::{attr, button, class, focus, icon, join, make, put, say, within};
use crate::state::Model;
use crate::words::Words;
use alloc::{string::String, vec::Vec};
use shared::wire::config::WidgetConfig;
use web_sys::HtmlElement;

/// The panel's header.
pub struct Header {
    /// Its element.
    pub root: HtmlElement,
    title: HtmlElement,
    line: HtmlElement,
    dot: HtmlElement,
    more: HtmlElement,
    menu: Option<HtmlElement>,
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
        let more = button("round", "menu", words.menu);
        attr(&more, "aria-haspopup", "menu");
        attr(&more, "aria-expanded", "false");
        put(&more, &icon("pen", DOTS));
        let close = button("round", "close", words.close);
        put(&close, &icon("pen", "M6 6l12 12M18 6L6 18"));
        put(&root, &titles);
        put(&root, &more);
        put(&root, &close);
        Self { root, title, line, dot, more, shown: None, menu: None }
    }

    /// Shows the settings' words.
    pub fn draw(&mut self, panel: &HtmlElement, config: &WidgetConfig, model: &Model, away: Option<String>) {
        let words = model.words;
        let line = away.unwrap_or_else(|| config.sub_heading.clone());
        let heading = if config.heading.is_empty() { words.title } else { &config.heading };
        if self.shown.as_ref().is_some_and(|(shown, shown_line)| shown == heading && *shown_line == line) {
            return;
        }
        class(&self.root, "waits", false);
        class(&self.root, "lone", line.is_empty());
        self.title.set_text_content(Some(heading));
        self.line.set_text_content(Some(&line));
        attr(panel, "aria-label", heading);
        self.shown = Some((heading.into(), line));
    }

    /// Shows whether we are connected.
    pub fn set_presence(&self, on: bool) {
        class(&self.dot, "on", on);
    }

    /// Whether the menu needs no drawing.
    pub fn is_settled(&self, model: &Model) -> bool {
        self.menu.is_some() == model.menu
    }

    /// Opens the menu, or closes it.
    #[inline(never)]
    pub fn draw_menu_later(&mut self, model: &Model) {
        attr(&self.more, "aria-expanded", if model.menu { "true" } else { "false" });
        match self.menu.take() {
            Some(menu) => {
                // Who was in the menu goes back to its button, unless they went somewhere else.
                let inside = within(&menu, ":focus").is_some();
                menu.remove();
                if inside && model.sheet.is_none() {
                    focus(&self.more);
                }
            }
            None => {
                let words = model.words;
                let mut items = Vec::new();
                items.push(("elsewhere", words.elsewhere));
                if model.session.is_some() {
                    items.push(("export", words.download));
                    items.push(("forget", words.forget));
                }
                let menu = make_menu_later(&items);
                put(&self.root, &menu);
                enter(&menu);
                self.menu = Some(menu);
            }
        }
    }
}

/// A line of text that stands for what is still coming.
pub fn bar(class: &str) -> HtmlElement {
    say("i", class, "")
}

/// What is said out of hours: the owner's words or ours, and when somebody is back, by the visitor's own clock.
pub fn away(config: &WidgetConfig, model: &Model, now: i64) -> Option<String> {
    let (online, back) = match &model.session {
        Some(session) => (session.online, session.back_at),
        None => (config.online, config.back_at),
    };
    let back = back.map(|at| at.millis());
    if online || back.is_some_and(|at| at <= now) {
        return None;
    }
    let own = config.offline_message.as_str();
    let words = if own.is_empty() { model.words.away } else { own };
    Some(match back {
        Some(at) => join(&[words, " ", model.words.back, &day_and_time(at, now), "."]),
        None => words.into(),
    })
}
