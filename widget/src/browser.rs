//! What the panel asks of the browser now and then.

use crate::dom::{after, attr, join, make, window};
use crate::js_source::Parsed;
use crate::state::session::Presented;
use alloc::{boxed::Box, string::String};
use js_sys::{Function, Promise};
use shared::wire::json::Object;
use shared::wire::source::Source;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    type RegExp;
    #[wasm_bindgen(constructor, catch)]
    fn new(pattern: &str, flags: &str) -> Result<RegExp, JsValue>;
    #[wasm_bindgen(method)]
    fn test(this: &RegExp, text: &str) -> bool;
    type Blob;
    #[wasm_bindgen(constructor)]
    fn new(parts: &js_sys::Array) -> Blob;
    #[wasm_bindgen(js_namespace = URL, js_name = createObjectURL)]
    fn create_object_url(blob: &JsValue) -> String;
    #[wasm_bindgen(js_namespace = URL, js_name = revokeObjectURL)]
    fn revoke_object_url(url: &str);
}

/// Whether a regular expression matches a whole text. The owner's mistake in a pattern is not the visitor's.
pub fn matches(pattern: &str, text: &str) -> bool {
    RegExp::new(&join(&["^(?:", pattern, ")$"]), "u").map_or(true, |known| known.test(text))
}

/// Gives a file to the visitor.
pub fn download(name: &str, content: &str) {
    let url = create_object_url(&Blob::new(&js_sys::Array::of1(&JsValue::from_str(content))));
    let link = make("a", "");
    attr(&link, "href", &url);
    attr(&link, "download", name);
    link.click();
    after(10_000, Box::new(move |_| revoke_object_url(&url)));
}

/// The token of a link out of a letter, which is taken out of the address: whoever looks at it later gets nothing.
pub fn resume_token() -> Option<String> {
    let (location, history) = (window().location(), window().history().ok()?);
    let token = String::from(location.hash().ok()?.strip_prefix("#porchlight=")?);
    let address = join(&[&location.pathname().ok()?, &location.search().ok()?]);
    let _ = history.replace_state_with_url(&history.state().ok()?, "", Some(&address));
    Some(token)
}

/// Who the page says its visitor is; `None` where that is nobody.
pub fn presented(detail: &Parsed) -> Option<Presented> {
    let text = |key: &str| detail.get(key)?.string().filter(|text| !text.is_empty());
    let who = text("userId").or_else(|| text("email"))?;
    let mut json = Object::new();
    json.string("hash", &text("hash")?);
    for key in ["userId", "email", "name", "phone"] {
        if let Some(value) = text(key) {
            json.string(key, &value);
        }
    }
    if let Some(attributes) = detail.get("attributes") {
        json.raw("attributes", &attributes.json());
    }
    Some(Presented { who, json: json.end() })
}

/// How a promise of the page's is settled.
pub struct Settle {
    resolve: Function,
    reject: Function,
}

impl Settle {
    /// Settles it: with whether the identity was proved, or with why it was refused.
    pub fn with(&self, answer: &Result<bool, String>) {
        let _ = match answer {
            Ok(verified) => self.resolve.call1(&JsValue::UNDEFINED, &JsValue::from_bool(*verified)),
            Err(reason) => self.reject.call1(&JsValue::UNDEFINED, &js_sys::Error::new(reason)),
        };
    }
}

/// A promise, and what settles it.
pub fn promise(mut take: impl FnMut(Settle)) -> JsValue {
    Promise::new(&mut |resolve, reject| take(Settle { resolve, reject })).into()
}
