//! The edge: Porchlight's Cloudflare Worker.
//!
//! A request comes in here, goes by its first segment to an API, and from there as a command to the visitor's
//! [`thread`], or as a query to the [`store`].

pub mod api;
pub mod auth;
pub mod http;
pub mod inbox;
pub mod jobs;
pub mod json;
#[cfg(feature = "schema")]
pub mod openapi;
pub mod platform;
pub mod rate;
pub mod router;
pub mod socket;
pub mod store;
pub mod stub;
pub mod thread;

use api::envelope::{self, ApiError};
use http::cors;
use worker::{Context, Env, Request, Response, Result, ScheduleContext, ScheduledEvent, event};

#[event(fetch)]
async fn fetch(request: Request, env: Env, _: Context) -> Result<Response> {
    let (path, origin) = (request.path(), request.headers().get("origin")?);
    let response = match path.split('/').nth(1) {
        Some("web-chat") => api::visitor::handle(request, env).await,
        Some("organizations") => api::agent::handle(request, env).await,
        _ => envelope::answer(Err(ApiError::NotFound("path")), &path),
    }?;
    // CORS has no say in WebSockets.
    if response.status_code() != 101 {
        cors::allow(response.headers(), origin.as_deref())?;
    }
    Ok(response)
}

#[event(scheduled)]
async fn scheduled(_: ScheduledEvent, env: Env, _: ScheduleContext) {
    jobs::sweep(&env).await;
}
