//! The edge: Porchlight's Cloudflare Worker.
//!
//! A request comes in here, goes by its first segment to an API, and from there as a command to the visitor's
//! [`thread`], or as a query to the [`store`].

pub mod api;
pub mod auth;
pub mod clock;
pub mod deliveries;
pub mod environment;
pub mod guard;
pub mod http;
pub mod inbox;
pub mod jobs;
pub mod mail;
pub mod media;
pub mod microtask;
pub mod offline;
#[cfg(feature = "schema")]
pub mod openapi;
pub mod platform;
pub mod queue;
pub mod rate;
pub mod router;
pub mod server;
pub mod socket;
pub mod store;
pub mod stub;
pub mod thread;

use api::envelope::{self, ApiError};
use futures_util::future::LocalBoxFuture;
use http::cors;
use http::request::Request;
use wasm_bindgen::JsValue;
use web_sys::Response;
use worker::{Context, Env, MessageBatch, Result, ScheduleContext, ScheduledEvent, event};

#[event(start)]
fn start() {
    microtask::hasten();
}

#[event(fetch)]
async fn fetch(request: Request, env: Env, context: Context) -> Result<Response> {
    if !environment::is_sound(&env) {
        let refused = ApiError::Internal("this deployment is not set up as it must be".into());
        return envelope::answer(Err(refused), &request.path);
    }
    let response = match request.path.split('/').nth(1) {
        Some("web-chat") => api::visitor::handle(&request, env, &context).await,
        Some("organizations") if api::admin::is_at(&request.path) || api::flows::is_at(&request.path) => {
            administer_later(&request, env).await
        }
        Some("organizations") => api::agent::handle(&request, env, &context).await,
        Some("chat-widget") => administer_later(&request, env).await,
        // Other servers call it, and no page.
        Some("api") if api::gateway::is_at(&request.path) => {
            return gateway_later(&request, env, &context).await;
        }
        Some("livechat" | "api" | "websocket" | "avatar") => livechat_later(&request, env, &context).await,
        Some("media") => api::media::handle(&request, &env).await,
        _ => envelope::answer(Err(ApiError::NotFound("path")), &request.path),
    }?;
    // CORS has no say in WebSockets.
    if response.status() != 101 {
        cors::allow(&response, request.header("origin").as_deref())?;
    }
    Ok(response)
}

#[event(scheduled)]
async fn scheduled(event: ScheduledEvent, env: Env, _: ScheduleContext) {
    if environment::is_sound(&env) {
        sweep_later(event.cron(), env).await;
    }
}

#[event(queue)]
async fn queue(batch: MessageBatch<JsValue>, env: Env, context: Context) -> Result<()> {
    // Where nothing may be done, the queue is to bring back what it carries.
    match environment::is_sound(&env) {
        true => follow_later(batch, env, context).await,
        false => batch.retry_all(),
    }
    Ok(())
}

// The build knows by names like these two what is of the second part of the program, which is made ready when it is first
// called for: most of the places where this runs never answer an administrator (`scripts/split-wasm.mjs`).

#[inline(never)]
fn administer_later(request: &Request, env: Env) -> LocalBoxFuture<'_, Result<Response>> {
    Box::pin(async move {
        match request.path.split('/').nth(1) {
            Some("chat-widget") => api::widgets::handle(request, env).await,
            _ if api::flows::is_at(&request.path) => api::flows::handle(request, env).await,
            _ => api::admin::handle(request, env).await,
        }
    })
}

#[inline(never)]
fn gateway_later<'a>(
    request: &'a Request,
    env: Env,
    context: &'a Context,
) -> LocalBoxFuture<'a, Result<Response>> {
    Box::pin(async move { api::gateway::handle(request, env, context).await })
}

#[inline(never)]
fn livechat_later<'a>(
    request: &'a Request,
    env: Env,
    context: &'a Context,
) -> LocalBoxFuture<'a, Result<Response>> {
    Box::pin(async move { api::livechat::handle(request, env, context).await })
}

#[inline(never)]
fn sweep_later(cron: String, env: Env) -> LocalBoxFuture<'static, ()> {
    Box::pin(async move { jobs::do_by_clock(&env, &cron).await })
}

#[inline(never)]
fn follow_later(batch: MessageBatch<JsValue>, env: Env, context: Context) -> LocalBoxFuture<'static, ()> {
    Box::pin(async move { deliveries::follow(&env, &batch, &context).await })
}
