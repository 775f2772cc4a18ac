//! What the loader gives to the panel, and takes from it.

use alloc::string::String;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, ShadowRoot};

#[wasm_bindgen]
extern "C" {
    /// The loader's side of one widget.
    pub type Host;

    /// The shadow root that the launcher is in.
    #[wasm_bindgen(method, getter)]
    pub fn root(this: &Host) -> ShadowRoot;
    /// The launcher.
    #[wasm_bindgen(method, getter)]
    pub fn launcher(this: &Host) -> HtmlElement;
    /// The widget's public token.
    #[wasm_bindgen(method, getter)]
    pub fn token(this: &Host) -> String;
    /// The origin we come from.
    #[wasm_bindgen(method, getter)]
    pub fn base(this: &Host) -> String;
    /// The brand colour that the snippet asks for; empty when it leaves that to the settings.
    #[wasm_bindgen(method, getter)]
    pub fn brand(this: &Host) -> String;
    /// The corner that the snippet asks for.
    #[wasm_bindgen(method, getter)]
    pub fn side(this: &Host) -> String;
    /// The colour scheme that the snippet asks for.
    #[wasm_bindgen(method, getter)]
    pub fn scheme(this: &Host) -> String;
    /// What the document says, whatever elements of the page are named.
    #[wasm_bindgen(method, catch)]
    pub fn page(this: &Host, name: &str) -> Result<JsValue, JsValue>;
    /// Lays styles into the shadow root; a later call with the same slot replaces what lay there.
    #[wasm_bindgen(method)]
    pub fn adopt(this: &Host, slot: u32, css: &str);
    /// Tells the page's own listeners.
    #[wasm_bindgen(method)]
    pub fn emit(this: &Host, name: &str, detail: &JsValue);
}
