//! Small menus: the header's, and those of messages.

use crate::dom::{attr, button, focus, make, on, put, within};
use alloc::boxed::Box;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

/// A menu of buttons: what each does, and what stands on it. The arrows walk through it.
#[inline(never)]
pub fn make_menu_later(items: &[(&str, &str)]) -> HtmlElement {
    let menu = make("div", "menu");
    attr(&menu, "role", "menu");
    for (action, label) in items {
        let item = button("item", action, label);
        attr(&item, "role", "menuitem");
        item.set_text_content(Some(label));
        put(&menu, &item);
    }
    let list = menu.clone();
    let walk = move |event: web_sys::Event| {
        let key: &KeyboardEvent = event.unchecked_ref();
        let here = event.target().map(|target| target.unchecked_into::<Element>());
        let next = match key.key().as_str() {
            "ArrowDown" => {
                here.and_then(|here| here.next_element_sibling()).or_else(|| list.first_element_child())
            }
            "ArrowUp" => {
                here.and_then(|here| here.previous_element_sibling()).or_else(|| list.last_element_child())
            }
            _ => return,
        };
        event.prevent_default();
        if let Some(next) = next {
            focus(&next);
        }
    };
    on(&menu, "keydown", Box::new(walk));
    menu
}

/// Puts the focus on a menu's first item.
pub fn enter(menu: &HtmlElement) {
    if let Some(first) = within(menu, ".item") {
        focus(&first);
    }
}
