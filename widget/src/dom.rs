//! The few things the panel does to the page's DOM. Everything is made node by node: pages with the strictest
//! content policies allow that, and a visitor's words can become nothing but text.

use wasm_bindgen::prelude::*;
use web_sys::{Element, Event, EventTarget, HtmlElement, Node, Window};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = document, js_name = createElement)]
    fn create_element(tag: &str) -> HtmlElement;
    #[wasm_bindgen(js_namespace = document, js_name = createElementNS)]
    fn create_element_ns(namespace: &str, tag: &str) -> Element;
    #[wasm_bindgen(js_namespace = document, js_name = createTextNode)]
    fn create_text_node(text: &str) -> Node;
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(call: &JsValue, millis: i32) -> i32;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(id: i32);
}

/// The page's window.
pub fn window() -> Window {
    js_sys::global().unchecked_into()
}

/// A new element of a class.
pub fn make(tag: &str, class: &str) -> HtmlElement {
    let element = create_element(tag);
    element.set_class_name(class);
    element
}

/// A new element of a class, with text in it.
pub fn say(tag: &str, class: &str, text: &str) -> HtmlElement {
    let element = make(tag, class);
    element.set_text_content(Some(text));
    element
}

/// A new button that does `action` when pressed.
pub fn button(class: &str, action: &str, label: &str) -> HtmlElement {
    let button = make("button", class);
    attr(&button, "type", "button");
    attr(&button, "data-do", action);
    attr(&button, "aria-label", label);
    button
}

/// A new icon: paths drawn with a pen of the text's colour, 24 units wide.
pub fn icon(class: &str, path: &str) -> Element {
    const SVG: &str = "http://www.w3.org/2000/svg";
    let svg = create_element_ns(SVG, "svg");
    attr(&svg, "class", class);
    attr(&svg, "viewBox", "0 0 24 24");
    attr(&svg, "aria-hidden", "true");
    let shape = create_element_ns(SVG, "path");
    attr(&shape, "d", path);
    put(&svg, &shape);
    svg
}

/// A new text node.
pub fn text(text: &str) -> Node {
    create_text_node(text)
}

/// Sets an attribute.
pub fn attr(element: &Element, name: &str, value: &str) {
    let _ = element.set_attribute(name, value);
}

/// Sets an attribute without a value, or removes it.
pub fn flag(element: &Element, name: &str, on: bool) {
    let _ = element.toggle_attribute_with_force(name, on);
}

/// Adds a class, or removes it.
pub fn class(element: &Element, name: &str, on: bool) {
    let _ = element.class_list().toggle_with_force(name, on);
}

/// Appends a child.
pub fn put(parent: &Node, child: &Node) {
    let _ = parent.append_child(child);
}

/// Sets one property of an element's style, which content policies do not count as inline style.
pub fn style(element: &HtmlElement, property: &str, value: &str) {
    let _ = element.style().set_property(property, value);
}

/// Listens, for as long as the target lives.
pub fn on(target: &EventTarget, name: &str, listener: Box<dyn FnMut(Event)>) {
    let call = Closure::wrap(listener).into_js_value();
    let _ = target.add_event_listener_with_callback(name, call.unchecked_ref());
}

/// Calls `listener` after a while; answers with what [`stop`] takes.
pub fn after(millis: i32, listener: Box<dyn FnMut(Event)>) -> i32 {
    set_timeout(&Closure::wrap(listener).into_js_value(), millis)
}

/// Stops a call that [`after`] was to make.
pub fn stop(id: i32) {
    clear_timeout(id);
}

/// Milliseconds since 1970.
pub fn now() -> i64 {
    js_sys::Date::now() as i64
}
