//! On a phone the panel is the whole screen: the page below must not scroll, and the keyboard must not cover us.

use crate::dom::{keep, on, style, window};
use crate::host::Host;
use alloc::{boxed::Box, string::String};
use core::cell::{Cell, RefCell};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, VisualViewport};

/// What the panel does to a phone's page, and undoes.
pub struct Phone {
    panel: HtmlElement,
    viewport: Option<VisualViewport>,
    page: Option<HtmlElement>,
    /// The page's own `overflow`, while we hold it.
    held: RefCell<Option<String>>,
    open: Cell<bool>,
}

impl Phone {
    /// Watches the part of the screen that the keyboard leaves.
    pub fn new(host: &Host, panel: &HtmlElement) -> &'static Self {
        let phone = keep(Self {
            panel: panel.clone(),
            viewport: window().visual_viewport(),
            page: host.page("documentElement").ok().map(JsCast::unchecked_into),
            held: RefCell::default(),
            open: Cell::new(false),
        });
        if let Some(viewport) = &phone.viewport {
            for name in ["resize", "scroll"] {
                on(viewport, name, Box::new(|_| phone.fit()));
            }
        }
        phone
    }

    /// Takes the page when the panel opens, and gives it back.
    pub fn occupy(&self, open: bool) {
        self.open.set(open);
        self.fit();
        let Some(page) = &self.page else { return };
        if let Some(overflow) = self.held.take() {
            style(page, "overflow", &overflow);
        }
        if open && page.client_width() <= 480 {
            self.held.replace(page.style().get_property_value("overflow").ok());
            style(page, "overflow", "hidden");
        }
    }

    fn fit(&self) {
        if let Some(viewport) = self.viewport.as_ref().filter(|_| self.open.get()) {
            style(&self.panel, "--height", &pixels(viewport.height()));
            style(&self.panel, "--top", &pixels(viewport.offset_top()));
        }
    }
}

/// A length for a style.
pub fn pixels(length: f64) -> String {
    let mut text = String::new();
    shared::wire::json::push_number(&mut text, length as u32);
    text.push_str("px");
    text
}
