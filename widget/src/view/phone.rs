//! On a phone the panel is the whole screen: the page below must not scroll, and the keyboard must not cover us.

use alloc::{boxed::Box, string::String};
use crate::dom::{keep, on, style, window};
use core::cell::{Cell, RefCell};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// What the panel does to a phone's page, and undoes.
pub struct Phone {
    panel: HtmlElement,
    /// The page's own styles, and how far it was scrolled, while we hold it.
    held: RefCell<Option<(HtmlElement, String, f64)>>,
    open: Cell<bool>,
}

impl Phone {
    /// Watches the part of the screen that the keyboard leaves.
    pub fn new(panel: &HtmlElement) -> &'static Self {
        let phone = keep(Self { panel: panel.clone(), held: RefCell::default(), open: Cell::new(false) });
        if let Some(viewport) = window().visual_viewport() {
            for name in ["resize", "scroll"] {
                on(&viewport, name, Box::new(move |_| phone.fit()));
            }
        }
        phone
    }

    /// Takes the page when the panel opens, and gives it back.
    pub fn occupy(&self, open: bool) {
        self.open.set(open);
        self.fit();
        let window = window();
        if let Some((page, overflow, scrolled)) = self.held.take() {
            style(&page, "overflow", &overflow);
            window.scroll_to_with_x_and_y(window.scroll_x().unwrap_or(0.0), scrolled);
        }
        let narrow = window.match_media("(max-width:480px)").ok().flatten().is_some_and(|m| m.matches());
        let page = window.document().and_then(|d| d.document_element()).and_then(|p| p.dyn_into().ok());
        if let Some(page) = page.filter(|_| open && narrow) {
            let page: HtmlElement = page;
            let overflow = page.style().get_property_value("overflow").unwrap_or_default();
            let scrolled = window.scroll_y().unwrap_or(0.0);
            style(&page, "overflow", "hidden");
            self.held.replace(Some((page, overflow, scrolled)));
        }
    }

    fn fit(&self) {
        if let Some(viewport) = window().visual_viewport().filter(|_| self.open.get()) {
            style(&self.panel, "--height", &pixels(viewport.height()));
            style(&self.panel, "--top", &pixels(viewport.offset_top()));
        }
    }
}

fn pixels(length: f64) -> String {
    let mut text = String::new();
    shared::wire::json::push_number(&mut text, length as u32);
    text.push_str("px");
    text
}
