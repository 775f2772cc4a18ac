//! The files that the visitor chose, as the browser knows them: by button, by pasting, by dropping them on the panel.

use crate::dom::{attr, class, make, on};
use crate::net::http::Send;
use crate::state::event::Event;
use crate::state::files::File;
use alloc::{boxed::Box, string::String, vec::Vec};
use core::cell::{Cell, RefCell};
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

#[wasm_bindgen]
extern "C" {
    /// A `File`, an `<input>`, a `DataTransfer`, or an event that has one of these.
    #[derive(Clone)]
    type Carrier;
    #[wasm_bindgen(method, getter)]
    fn name(this: &Carrier) -> String;
    #[wasm_bindgen(method, getter, js_name = type)]
    fn mime(this: &Carrier) -> String;
    #[wasm_bindgen(method, getter)]
    fn size(this: &Carrier) -> f64;
    #[wasm_bindgen(method, getter)]
    fn files(this: &Carrier) -> JsValue;
    #[wasm_bindgen(method, setter)]
    fn set_value(this: &Carrier, value: &str);
    #[wasm_bindgen(method, getter, js_name = clipboardData)]
    fn clipboard(this: &Carrier) -> Option<Carrier>;
    #[wasm_bindgen(method, getter, js_name = dataTransfer)]
    fn transfer(this: &Carrier) -> Option<Carrier>;
    #[wasm_bindgen(method, getter)]
    fn types(this: &Carrier) -> JsValue;
    #[wasm_bindgen(method, getter, js_name = naturalWidth)]
    fn width(this: &Carrier) -> u32;
    #[wasm_bindgen(method, getter, js_name = naturalHeight)]
    fn height(this: &Carrier) -> u32;
    #[wasm_bindgen(js_namespace = URL, js_name = createObjectURL)]
    fn create_object_url(file: &JsValue) -> String;
    #[wasm_bindgen(js_namespace = URL, js_name = revokeObjectURL)]
    fn revoke_object_url(url: &str);
}

/// The files that the visitor chose.
pub struct Picked {
    files: RefCell<Vec<(u32, JsValue, String)>>,
    count: Cell<u32>,
    send: Send,
}

impl Picked {
    /// None yet.
    pub fn new(send: Send) -> Self {
        Self { files: RefCell::default(), count: Cell::new(0), send }
    }

    /// The file of this number.
    pub fn get(&self, key: u32) -> Option<JsValue> {
        self.files.borrow().iter().find(|(other, ..)| *other == key).map(|(_, file, _)| file.clone())
    }

    /// Lets a file go. Its picture may be on the screen for a moment yet.
    pub fn release(&self, key: u32) {
        let mut files = self.files.borrow_mut();
        if let Some(place) = files.iter().position(|(other, ..)| *other == key) {
            let (_, _, url) = files.remove(place);
            crate::dom::after(60_000, Box::new(move |_| revoke_object_url(&url)));
        }
    }

    /// Hears of files: `input` is behind the button, `panel` takes what is pasted or dropped.
    #[inline(never)]
    pub fn listen_later(&'static self, panel: &HtmlElement, input: &HtmlElement) {
        let chosen: Carrier = input.clone().unchecked_into();
        let changed = move |_| {
            self.take(&chosen);
            // The same file may be chosen again.
            chosen.set_value("");
        };
        on(input, "change", Box::new(changed));
        let pasted = move |event: web_sys::Event| {
            let carrier = event.unchecked_ref::<Carrier>().clipboard();
            // Files alone: words that are copied with a picture of themselves go on into the composer.
            if let Some(carrier) = carrier.filter(|carrier| has_files(carrier) && !has(carrier, "text/plain"))
            {
                event.prevent_default();
                self.take(&carrier);
            }
        };
        on(panel, "paste", Box::new(pasted));
        let target = panel.clone();
        let over = move |event: web_sys::Event| {
            if event.unchecked_ref::<Carrier>().transfer().is_some_and(|carrier| has_files(&carrier)) {
                event.prevent_default();
                class(&target, "over", true);
            }
        };
        on(panel, "dragover", Box::new(over));
        let target = panel.clone();
        on(panel, "dragleave", Box::new(move |_| class(&target, "over", false)));
        let target = panel.clone();
        let dropped = move |event: web_sys::Event| {
            class(&target, "over", false);
            if let Some(carrier) = event.unchecked_ref::<Carrier>().transfer().filter(has_files) {
                event.prevent_default();
                self.take(&carrier);
            }
        };
        on(panel, "drop", Box::new(dropped));
    }

    fn take(&'static self, carrier: &Carrier) {
        for file in js_sys::Array::from(&carrier.files()).iter() {
            let key = self.count.get() + 1;
            self.count.set(key);
            let known: &Carrier = file.unchecked_ref();
            let (name, mime, size) = (known.name(), known.mime(), known.size() as u32);
            let url = create_object_url(&file);
            let preview = if mime.starts_with("image/") { url.clone() } else { String::new() };
            self.files.borrow_mut().push((key, file, url));
            if !preview.is_empty() {
                self.measure_later(key, &preview);
            }
            let file = File { key, name, mime, size, preview, measure: None, progress: 0, asset: None };
            (self.send)(Event::Picked(Box::new(file)));
        }
    }

    /// Finds out how large a picture is, so that the log can keep room for it.
    #[inline(never)]
    fn measure_later(&self, key: u32, url: &str) {
        let (image, send) = (make("img", ""), self.send);
        let loaded: Carrier = image.clone().unchecked_into();
        let tell = move |_| send(Event::Measured { key, width: loaded.width(), height: loaded.height() });
        on(&image, "load", Box::new(tell));
        attr(&image, "src", url);
    }
}

fn has(carrier: &Carrier, kind: &str) -> bool {
    js_sys::Array::from(&carrier.types()).iter().any(|known| known.as_string().as_deref() == Some(kind))
}

fn has_files(carrier: &Carrier) -> bool {
    has(carrier, "Files")
}
