//! The few things the panel does to the page's DOM. Everything is made node by node: pages with the strictest
//! content policies allow that, and a visitor's words can become nothing but text.

use alloc::{boxed::Box, string::String};
use wasm_bindgen::prelude::*;
use web_sys::{Element, Event, EventTarget, HtmlElement, Node, Window};

// Bound here and not taken from web-sys, whose bindings prepare for exceptions that these calls cannot throw: that
// would be code at each of some hundred places.

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = document, js_name = createElement)]
    fn create_element(tag: &str) -> HtmlElement;
    #[wasm_bindgen(js_namespace = document, js_name = createElementNS)]
    fn create_element_ns(namespace: &str, tag: &str) -> Element;
    #[wasm_bindgen(js_namespace = document, js_name = createTextNode)]
    fn create_text_node(text: &str) -> Node;
    // A window's value is the window.
    #[wasm_bindgen(js_namespace = window, js_name = valueOf)]
    fn window_itself() -> Window;
    type Thing;
    #[wasm_bindgen(method, js_name = setAttribute)]
    fn set_attribute(this: &Thing, name: &str, value: &str);
    #[wasm_bindgen(method, js_name = toggleAttribute)]
    fn toggle_attribute(this: &Thing, name: &str, on: bool);
    #[wasm_bindgen(method, js_name = append)]
    fn append(this: &Thing, child: &Node);
    #[wasm_bindgen(method, js_name = addEventListener)]
    fn add_event_listener(this: &Thing, name: &str, listener: &JsValue);
    #[wasm_bindgen(method)]
    fn focus(this: &Thing);
    #[wasm_bindgen(method)]
    fn before(this: &Thing, node: &Node);
    #[wasm_bindgen(method)]
    fn prepend(this: &Thing, node: &Node);
    #[wasm_bindgen(method, js_name = replaceWith)]
    fn replace_with(this: &Thing, node: &Node);
    #[wasm_bindgen(method)]
    fn closest(this: &Thing, selector: &str) -> Option<Element>;
    #[wasm_bindgen(method, js_name = querySelector)]
    fn query_selector(this: &Thing, selector: &str) -> Option<Element>;
    type List;
    #[wasm_bindgen(method)]
    fn toggle(this: &List, name: &str, on: bool);
    type Style;
    #[wasm_bindgen(method, js_name = setProperty)]
    fn set_property(this: &Style, name: &str, value: &str);
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(call: &JsValue, millis: i32) -> i32;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(id: i32);
}

fn thing(object: &JsValue) -> &Thing {
    object.unchecked_ref()
}

/// Puts the focus on an element.
pub fn focus(element: &Element) {
    thing(element).focus();
}

/// Puts a node before another.
pub fn put_before(element: &Element, node: &Node) {
    thing(element).before(node);
}

/// Puts a child before all others.
pub fn put_first(parent: &Element, node: &Node) {
    thing(parent).prepend(node);
}

/// Puts a node in another's place.
pub fn replace(element: &Element, node: &Node) {
    thing(element).replace_with(node);
}

/// The nearest element that a selector means, from this one outwards.
pub fn around(element: &Element, selector: &str) -> Option<Element> {
    thing(element).closest(selector)
}

/// The first element within this one that a selector means.
pub fn within(element: &Element, selector: &str) -> Option<Element> {
    thing(element).query_selector(selector)
}

/// The page's window.
pub fn window() -> Window {
    window_itself()
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
    thing(element).set_attribute(name, value);
}

/// Sets an attribute without a value, or removes it.
pub fn flag(element: &Element, name: &str, on: bool) {
    thing(element).toggle_attribute(name, on);
}

/// Adds a class, or removes it.
pub fn class(element: &Element, name: &str, on: bool) {
    element.class_list().unchecked_into::<List>().toggle(name, on);
}

/// Appends a child.
pub fn put(parent: &Node, child: &Node) {
    thing(parent).append(child);
}

/// Sets one property of an element's style, which content policies do not count as inline style.
pub fn style(element: &HtmlElement, property: &str, value: &str) {
    element.style().unchecked_into::<Style>().set_property(property, value);
}

/// Listens, for as long as the target lives.
pub fn on(target: &EventTarget, name: &str, listener: Box<dyn FnMut(Event)>) {
    let call = Closure::wrap(listener).into_js_value();
    thing(target).add_event_listener(name, &call);
}

/// Calls `listener` after a while; answers with what [`stop`] takes.
pub fn after(millis: i32, listener: Box<dyn FnMut(Event)>) -> i32 {
    set_timeout(&Closure::wrap(listener).into_js_value(), millis)
}

/// Stops a call that [`after`] was to make.
pub fn stop(id: i32) {
    clear_timeout(id);
}

/// Keeps a value for as long as the page lives. The panel does, and so nothing of it counts its references.
pub fn keep<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

/// Texts, one after the other. (`concat` is a kilobyte, for being generic.)
pub fn join(parts: &[&str]) -> String {
    let mut whole = String::new();
    for part in parts {
        whole.push_str(part);
    }
    whole
}

/// Milliseconds since 1970.
pub fn now() -> i64 {
    js_sys::Date::now() as i64
}
