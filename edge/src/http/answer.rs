//! Answers in JSON.

use super::request::Request;
use js_sys::Uint8Array;
use std::cell::RefCell;
use std::thread::LocalKey;
use web_sys::{Headers, Response, ResponseInit};
use worker::Result;

/// Who may keep an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Nobody.
    Never,
    /// Anybody, for a minute.
    Minute,
}

impl Keep {
    fn cache_control(self) -> &'static str {
        match self {
            Self::Never => "no-store",
            Self::Minute => "public, max-age=60",
        }
    }

    fn init(self) -> &'static LocalKey<Init> {
        match self {
            Self::Never => &NEVER,
            Self::Minute => &MINUTE,
        }
    }
}

type Init = RefCell<Option<ResponseInit>>;

thread_local! {
    // What answers have in common. The platform copies it by itself, where making it costs a call for each header.
    static NEVER: Init = const { RefCell::new(None) };
    static MINUTE: Init = const { RefCell::new(None) };
}

/// An answer; further headers are set on what is given. One that says that nothing is there, or has changed, has no body.
pub fn json(status: u16, keep: Keep, body: &[u8]) -> Result<Response> {
    let init = init(keep)?;
    init.set_status(status);
    if matches!(status, 204 | 304) {
        return Ok(Response::new_with_opt_js_u8_array_and_init(None, &init)?);
    }
    let body = Uint8Array::from(body);
    Ok(Response::new_with_opt_js_u8_array_and_init(Some(&body), &init)?)
}

fn init(keep: Keep) -> Result<ResponseInit> {
    if let Some(init) = keep.init().with_borrow(Clone::clone) {
        return Ok(init);
    }
    let init = ResponseInit::new();
    let headers = headers(keep)?;
    init.set_headers(&headers);
    keep.init().set(Some(init.clone()));
    Ok(init)
}

fn headers(keep: Keep) -> Result<Headers> {
    let headers = Headers::new()?;
    headers.set("content-type", "application/json; charset=utf-8")?;
    headers.set("cache-control", keep.cache_control())?;
    headers.set("x-content-type-options", "nosniff")?;
    headers.set("vary", "Origin")?;
    headers.set("access-control-expose-headers", super::cors::EXPOSED)?;
    Ok(headers)
}

/// An answer that is given again and again: its bytes and headers stay on the platform's side of the border.
#[derive(Debug)]
pub struct Kept {
    body: Uint8Array,
    init: ResponseInit,
    etag: String,
}

impl Kept {
    /// One that anybody may keep for a minute, and that is known again by its tag.
    pub fn new(body: &[u8], etag: String) -> Result<Self> {
        let headers = headers(Keep::Minute)?;
        headers.set("etag", &etag)?;
        let init = ResponseInit::new();
        init.set_headers(&headers);
        Ok(Self { body: Uint8Array::from(body), init, etag })
    }

    /// Gives it; to those who have it already, without its body.
    pub fn answer(&self, request: &Request) -> Result<Response> {
        let known = request.knows(&self.etag);
        self.init.set_status(if known { 304 } else { 200 });
        let body = (!known).then_some(&self.body);
        Ok(Response::new_with_opt_js_u8_array_and_init(body, &self.init)?)
    }
}
