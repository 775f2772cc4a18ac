//! The queue of what is left to be sent. What it carries are hints of where to look: what is to be sent stands in D1, so one
//! that comes twice does nothing, and what one that is lost would have said the sweep finds.

use js_sys::futures::JsFuture;
use js_sys::{Array, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::{Env, Result, console_error};

/// The most messages of one call, as the platform has it.
const MOST: usize = 100;

#[wasm_bindgen(inline_js = "
    export const send = (queue, bodies, delaySeconds) => queue.sendBatch(bodies.map((body) => ({ body, contentType: 'text', delaySeconds })))
")]
extern "C" {
    #[wasm_bindgen(js_name = send, catch)]
    fn send_batch(
        queue: &JsValue,
        bodies: &Array,
        delay_seconds: u32,
    ) -> core::result::Result<Promise, JsValue>;
}

/// Has these hints come back in so many seconds. A failure is logged and forgotten: the sweep finds what they are of.
pub async fn send(env: &Env, hints: Vec<String>, delay_seconds: u32) {
    for hints in hints.chunks(MOST) {
        if let Err(error) = send_some(env, hints, delay_seconds).await {
            console_error!("what is to be sent waits for the sweep: {error}");
        }
    }
}

async fn send_some(env: &Env, hints: &[String], delay_seconds: u32) -> Result<()> {
    let queue: JsValue = env.queue("JOBS")?.into();
    let bodies: Array = hints.iter().map(|hint| JsValue::from_str(hint)).collect();
    JsFuture::from(send_batch(&queue, &bodies, delay_seconds)?).await?;
    Ok(())
}
