//! Reading what the browser parsed, through the trait that the protocol's decoders use.

use alloc::{string::String, vec::Vec};
use shared::time::Timestamp;
use shared::wire::source::Source;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    type Object;
    #[wasm_bindgen(method, structural, indexing_getter)]
    fn member(this: &Object, key: &str) -> JsValue;
    #[wasm_bindgen(method, structural, indexing_getter)]
    fn item(this: &Object, place: u32) -> JsValue;
    #[wasm_bindgen(method, getter)]
    fn length(this: &Object) -> u32;
    #[wasm_bindgen(js_namespace = JSON, js_name = parse, catch)]
    fn parse(text: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = JSON, js_name = stringify, catch)]
    fn stringify(value: &JsValue, replacer: &JsValue, indent: u32) -> Result<JsValue, JsValue>;
}

/// A value that `JSON.parse` made.
pub struct Parsed(pub JsValue);

impl Parsed {
    /// Parses JSON; `None` when it is not JSON.
    pub fn parse(text: &JsValue) -> Option<Self> {
        parse(text).ok().map(Self)
    }
}

impl Parsed {
    /// The value as JSON that people can read; empty when it is none.
    pub fn json(&self) -> String {
        let text = stringify(&self.0, &JsValue::NULL, 2);
        text.ok().and_then(|text| text.as_string()).unwrap_or_default()
    }
}

impl Source for Parsed {
    fn get(&self, key: &str) -> Option<Self> {
        if !self.0.is_object() {
            return None;
        }
        let value = self.0.unchecked_ref::<Object>().member(key);
        (!value.is_null() && !value.is_undefined()).then_some(Self(value))
    }

    fn string(&self) -> Option<String> {
        self.0.as_string()
    }

    fn number(&self) -> Option<f64> {
        self.0.as_f64()
    }

    fn boolean(&self) -> Option<bool> {
        self.0.as_bool()
    }

    fn time(&self) -> Option<Timestamp> {
        // The browser knows how; a parser of our own would be paid for by every visitor.
        let millis = js_sys::Date::new(&self.0).get_time();
        (self.0.is_string() && millis.is_finite()).then(|| Timestamp::from_millis(millis as i64))
    }

    fn items(&self) -> Vec<Self> {
        let mut items = Vec::new();
        if js_sys::Array::is_array(&self.0) {
            let list: &Object = self.0.unchecked_ref();
            for place in 0..list.length() {
                items.push(Self(list.item(place)));
            }
        }
        items
    }
}
