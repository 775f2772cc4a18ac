//! Cross-origin answers (<https://fetch.spec.whatwg.org/#http-cors-protocol>).

use web_sys::{Response, ResponseInit};
use worker::Result;

/// The request headers a page may send.
const ALLOWED: &str = "authorization, content-type, idempotency-key, x-visitor-token";
/// The answer headers a page may read.
pub(super) const EXPOSED: &str = "x-next-before, idempotent-replayed, retry-after, x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset";
/// How long a browser may keep a preflight's answer, in seconds; Chromium keeps none longer.
const MAX_AGE: &str = "7200";

/// Lets a page of this origin read the answer, which says `Vary: Origin` by itself. The origin is echoed: a list cannot
/// be said, and `*` would hide that the answer varies.
pub fn allow(response: &Response, origin: Option<&str>) -> Result<()> {
    if let Some(origin) = origin {
        response.headers().set("access-control-allow-origin", origin)?;
    }
    Ok(())
}

/// Answers a preflight: what may be asked here.
pub fn preflight(methods: &str) -> Result<Response> {
    let init = ResponseInit::new();
    init.set_status(204);
    let response = Response::new_with_opt_str_and_init(None, &init)?;
    let headers = response.headers();
    headers.set("vary", "Origin")?;
    headers.set("access-control-allow-methods", methods)?;
    headers.set("access-control-allow-headers", ALLOWED)?;
    headers.set("access-control-max-age", MAX_AGE)?;
    Ok(response)
}
