//! The log: its rows, kept by key, and its scrolling.

use super::row;
use crate::dom::{attr, button, class, icon, keep, make, on, put, put_before, text};
use crate::net::http::Send;
use crate::state::Model;
use crate::state::event::Event;
use crate::state::rows::{Row, rows};
use crate::words::Words;
use alloc::{boxed::Box, vec::Vec};
use core::cell::Cell;
use web_sys::{Element, HtmlElement, Node};

/// This close to an end counts as being there, in pixels.
const NEAR_END: i32 = 48;
const NEAR_TOP: i32 = 160;

/// The log on the screen.
pub struct LogView {
    /// What stands in the panel: the list, and the way back to its end.
    pub frame: HtmlElement,
    /// The list of rows, which scrolls.
    pub list: HtmlElement,
    pill: HtmlElement,
    rows: Vec<(Row, HtmlElement)>,
    at_end: &'static Cell<bool>,
}

impl LogView {
    /// An empty log.
    pub fn new(words: &Words, send: Send) -> Self {
        let (frame, list) = (make("div", "frame"), make("div", "log"));
        for (name, value) in [
            ("role", "log"),
            ("part", "log"),
            ("aria-live", "polite"),
            ("aria-label", words.log),
            ("tabindex", "0"),
        ] {
            attr(&list, name, value);
        }
        let pill = button("pill", "latest", words.latest);
        put(&pill, &icon("pen", "M12 5v14M6 13l6 6 6-6"));
        put(&pill, &text(words.latest));
        put(&frame, &list);
        put(&frame, &pill);
        let at_end = keep(Cell::new(true));
        let scrolled = list.clone();
        let tell = move |_| {
            let left = scrolled.scroll_height() - scrolled.scroll_top() - scrolled.client_height();
            let now = left < NEAR_END;
            if at_end.replace(now) != now {
                send(Event::Scrolled { at_end: now });
            }
            if scrolled.scroll_top() < NEAR_TOP {
                send(Event::NearTop);
            }
        };
        on(&list, "scroll", Box::new(tell));
        Self { frame, list, pill, rows: Vec::new(), at_end }
    }

    /// Scrolls to the end.
    pub fn to_end(&self) {
        self.at_end.set(true);
        self.list.set_scroll_top(self.list.scroll_height());
    }

    /// Shows the model's rows. Rows that stay keep their elements; what the visitor reads does not move.
    pub fn draw(&mut self, model: &Model, now: i64) {
        class(&self.pill, "shown", !model.at_end && model.log.loaded);
        class(&self.pill, "fresh", model.unread > 0);
        let wanted = rows(model, now);
        if wanted.iter().eq(self.rows.iter().map(|(row, _)| row)) {
            // The composer may have grown into the log.
            if model.at_end {
                self.to_end();
            }
            return;
        }
        // Older messages push the others down; what is on the screen stays there.
        let oldest = |row: &Row| row.key != "older";
        let before = self.rows.iter().map(|(row, _)| row).find(|row| oldest(row)).map(|row| &row.key);
        let grows_above = before != wanted.iter().find(|row| oldest(row)).map(|row| &row.key);
        let below = self.list.scroll_height() - self.list.scroll_top();
        let mut old = core::mem::take(&mut self.rows);
        // What goes, goes first: a row that would be moved past it would lose the focus that is in it.
        old.retain(|(known, element)| {
            let stays = wanted.iter().any(|row| row.key == known.key);
            if !stays {
                element.remove();
            }
            stays
        });
        let mut next: Option<Element> = self.list.first_element_child();
        for row in wanted {
            let element = match old.iter().position(|(known, _)| known.key == row.key) {
                Some(place) => {
                    let (known, element) = old.swap_remove(place);
                    if known.body != row.body {
                        row::update(&element, &known.body, &row.body, model.words);
                    }
                    element
                }
                None => row::make_row(&row.body, model.words, now),
            };
            let here: &Node = &element;
            if next.as_ref().is_some_and(|next| next.is_same_node(Some(here))) {
                next = element.next_element_sibling();
            } else {
                match &next {
                    Some(next) => put_before(next, here),
                    None => put(&self.list, here),
                }
            }
            self.rows.push((row, element));
        }
        if model.at_end {
            self.to_end();
        } else if grows_above {
            self.list.set_scroll_top(self.list.scroll_height() - below);
        }
    }
}
