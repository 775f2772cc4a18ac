//! Porchlight's chat panel, compiled to WebAssembly.
//!
//! The loader paints the launcher and calls [`mount`] when somebody reaches for it. From there on [`app`] runs a loop:
//! an event goes through the pure [`state`], the [`view`] draws what changed, and the commands go to [`net`] and
//! [`storage`].

pub mod app;
pub mod dom;
pub mod host;
pub mod js_source;
pub mod net;
pub mod page;
pub mod state;
pub mod storage;
pub mod view;
pub mod words;

use state::event::Event;
use wasm_bindgen::prelude::*;

/// Puts a panel beside its launcher; answers with the function that takes the loader's commands.
#[wasm_bindgen]
pub fn mount(host: host::Host) -> JsValue {
    let app = app::App::mount(host);
    let command = move |name: String| {
        let open = match name.as_str() {
            "open" => true,
            "close" => false,
            _ => !app.is_open(),
        };
        app.take(if open { Event::Open } else { Event::Close });
    };
    Closure::wrap(Box::new(command) as Box<dyn Fn(String)>).into_js_value()
}
