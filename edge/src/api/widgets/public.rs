//! `GET public/config/:id`: what everybody may know of a widget, out of KV.

use super::answer::{Refused, Success};
use super::check_version;
use crate::http::answer::Keep;
use crate::http::request::Request;
use crate::store::config;
use shared::id::WidgetId;
use worker::Env;

/// Handles it.
pub async fn read(request: &Request, env: &Env, values: &[String], trace: &str) -> Result<Success, Refused> {
    check_version(request)?;
    let missing = Refused::NotFound("chat widget");
    let id = values.first().and_then(|text| WidgetId::parse(text).ok()).ok_or(missing)?;
    let public = config::public(env, id).await?.ok_or(Refused::NotFound("chat widget"))?;
    let etag = format!("\"{}\"", public.hash);
    let status = if request.knows(&etag) { 304 } else { 200 };
    // The answer's own name is not part of what is kept: the tag is the configuration's.
    let json = format!(r#"{{"config":{},"traceId":"{trace}"}}"#, public.json);
    Ok(Success { status, keep: Keep::Minute, etag: Some(etag), ..Success::ok(json) })
}
