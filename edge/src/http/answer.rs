//! Answers in JSON.

use js_sys::Uint8Array;
use std::cell::RefCell;
use web_sys::{Headers, Response, ResponseInit};
use worker::Result;

thread_local! {
    /// What every answer has in common. The platform copies it by itself, where making it costs a call for each header.
    static COMMON: RefCell<Option<ResponseInit>> = const { RefCell::new(None) };
}

/// An answer that nobody may keep, unless a header that is set on it says otherwise.
pub fn json(status: u16, body: &[u8]) -> Result<Response> {
    let init = common()?;
    init.set_status(status);
    let body = Uint8Array::from(body);
    Ok(Response::new_with_opt_js_u8_array_and_init(Some(&body), &init)?)
}

fn common() -> Result<ResponseInit> {
    if let Some(init) = COMMON.with_borrow(Clone::clone) {
        return Ok(init);
    }
    let headers = Headers::new()?;
    headers.set("content-type", "application/json; charset=utf-8")?;
    headers.set("cache-control", "no-store")?;
    headers.set("x-content-type-options", "nosniff")?;
    headers.set("vary", "Origin")?;
    headers.set("access-control-expose-headers", super::cors::EXPOSED)?;
    let init = ResponseInit::new();
    init.set_headers(&headers);
    COMMON.set(Some(init.clone()));
    Ok(init)
}
