//! Porchlight's chat panel, compiled to WebAssembly.
//!
//! The loader paints the launcher and calls [`mount`] when somebody reaches for it. From there on [`app`] runs a loop:
//! an event goes through the pure [`state`], the [`view`] draws what changed, and the commands go to [`net`] and
//! [`storage`].
#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

pub mod app;
pub mod browser;
pub mod dom;
pub mod host;
pub mod js_source;
pub mod net;
pub mod page;
pub mod picked;
pub mod state;
pub mod storage;
pub mod view;
pub mod words;

use alloc::{boxed::Box, string::String};
use wasm_bindgen::prelude::*;

/// What a browser runs carries neither `std` nor its allocator and panic messages: they would be a fifth of it.
#[cfg(target_arch = "wasm32")]
mod bare {
    #[global_allocator]
    static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

    #[panic_handler]
    fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
        core::arch::wasm32::unreachable()
    }
}

/// Puts a panel beside its launcher; answers with the function that takes the loader's commands.
#[wasm_bindgen]
pub fn mount(host: host::Host) -> JsValue {
    let app = app::App::mount(host);
    let command = move |name: String, detail: JsValue| app.command(&name, &detail);
    Closure::wrap(Box::new(command) as Box<dyn Fn(String, JsValue) -> JsValue>).into_js_value()
}
