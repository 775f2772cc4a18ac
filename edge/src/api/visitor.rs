//! The visitor API: `/web-chat/:token/…`.

#[cfg(feature = "schema")]
pub mod describe;
pub mod end;
pub mod events;
pub mod history;
pub mod live;
pub mod look;
pub mod me;
pub mod messages;
pub mod rating;
pub mod sessions;
pub mod transcript;
pub mod upload;

use super::envelope::{ApiError, Success, answer, other_method};
use crate::auth::secret;
use crate::auth::visitor::VisitorProof;
use crate::guard::Client as Guard;
use crate::http::request::Request;
use crate::platform::now;
use crate::router::{Found, Route, find};
use crate::store::config::{self, Published};
use crate::thread::client::Thread;
use crate::thread::command::ThreadError;
use shared::rules::{address, origin};
use std::rc::Rc;
use web_sys::Response;
use worker::{Context, Env, Method};

/// What a visitor's client can ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Read the widget's configuration.
    Config,
    /// Begin or renew a session.
    Sessions,
    /// Send a code again.
    ResendOtp,
    /// Claim an e-mail.
    LinkEmail,
    /// Follow a link from a mail.
    Resume,
    /// Read messages.
    History,
    /// Hand over a file.
    Upload,
    /// Send a message.
    Messages,
    /// Edit a message.
    Edit,
    /// Delete a message.
    Delete,
    /// Tell of typing and seeing.
    Events,
    /// End the conversation.
    End,
    /// Rate it.
    Rating,
    /// Have it sent by mail.
    Transcript,
    /// Have all that is kept of them.
    Export,
    /// Be forgotten.
    Forget,
    /// Open the live socket.
    Live,
}

/// What is served.
pub const ROUTES: &[Route<Operation>] = &[
    Route { method: Method::Get, path: "/web-chat/:token/config", operation: Operation::Config },
    Route { method: Method::Post, path: "/web-chat/:token/sessions", operation: Operation::Sessions },
    Route {
        method: Method::Post,
        path: "/web-chat/:token/sessions/resend-otp",
        operation: Operation::ResendOtp,
    },
    Route {
        method: Method::Post,
        path: "/web-chat/:token/sessions/link-email",
        operation: Operation::LinkEmail,
    },
    Route { method: Method::Post, path: "/web-chat/:token/sessions/resume", operation: Operation::Resume },
    Route { method: Method::Get, path: "/web-chat/:token/history", operation: Operation::History },
    Route { method: Method::Post, path: "/web-chat/:token/upload", operation: Operation::Upload },
    Route { method: Method::Post, path: "/web-chat/:token/messages", operation: Operation::Messages },
    Route { method: Method::Patch, path: "/web-chat/:token/messages/:id", operation: Operation::Edit },
    Route { method: Method::Delete, path: "/web-chat/:token/messages/:id", operation: Operation::Delete },
    Route { method: Method::Post, path: "/web-chat/:token/events", operation: Operation::Events },
    Route { method: Method::Post, path: "/web-chat/:token/sessions/end", operation: Operation::End },
    Route { method: Method::Post, path: "/web-chat/:token/rating", operation: Operation::Rating },
    Route { method: Method::Post, path: "/web-chat/:token/transcript", operation: Operation::Transcript },
    Route { method: Method::Get, path: "/web-chat/:token/me/export", operation: Operation::Export },
    Route { method: Method::Delete, path: "/web-chat/:token/me", operation: Operation::Forget },
    Route { method: Method::Get, path: "/web-chat/:token/live", operation: Operation::Live },
];

/// A call for one widget.
#[derive(Debug)]
pub struct Call<'a> {
    request: &'a Request,
    env: Env,
    widget: Rc<Published>,
}

impl Call<'_> {
    /// The visitor whose token the call bears, and their Thread.
    fn visitor(&self) -> Result<(VisitorProof, Thread), ApiError> {
        self.admit()?;
        let signer = secret::visitor_tokens(&self.env)?;
        let proof = VisitorProof::from_bearer(&self.request.headers, &signer, self.widget.widget, now())?;
        let thread = Thread::of(&self.env, self.widget.widget, proof.visitor)?;
        Ok((proof, thread))
    }

    /// Whether the page and the address that ask are ones that the widget's owner lets ask.
    fn admit(&self) -> Result<(), ApiError> {
        let rules = &self.widget.rules;
        if !rules.allowed_domains.is_empty()
            && !origin::allows(&rules.allowed_domains, self.request.header("origin").as_deref())
        {
            return Err(ApiError::NotAllowed("this site may not use the chat: its owner has not listed it"));
        }
        if !rules.blocked_ips.is_empty() && address::refuses(&rules.blocked_ips, &self.address()) {
            return Err(ApiError::NotAllowed("this address may not use the chat"));
        }
        Ok(())
    }

    /// The address that the request comes from: the platform alone says it.
    fn address(&self) -> String {
        self.request.header("cf-connecting-ip").unwrap_or_default()
    }

    /// What counts the calls of the household that the request comes from.
    fn guard(&self) -> Result<Guard, ApiError> {
        Ok(Guard::of_address(&self.env, self.widget.widget, &address::household(&self.address()))?)
    }
}

/// Answers a request under `/web-chat/`.
pub async fn handle(request: &Request, env: Env, context: &Context) -> worker::Result<Response> {
    let (method, path) = (request.method.as_str(), request.path.as_str());
    match find(ROUTES, method, path) {
        Found::Operation(Operation::Live, values) => match live(request, env, &values).await {
            Ok(socket) => Ok(socket),
            Err(error) => answer(Err(error), path),
        },
        Found::Operation(Operation::Config, values) => match look(request, env, &values).await {
            Ok(response) => Ok(response),
            Err(error) => answer(Err(error), path),
        },
        Found::Operation(operation, values) => {
            answer(perform(operation, request, env, context, &values).await, path)
        }
        Found::OtherMethods(methods) => other_method(method, methods, path),
        Found::Nothing => answer(Err(ApiError::NotFound("path")), path),
    }
}

async fn look(request: &Request, env: Env, values: &[String]) -> Result<Response, ApiError> {
    look::answer(open(request, env, values).await?)
}

async fn live(request: &Request, env: Env, values: &[String]) -> Result<Response, ApiError> {
    live::connect(open(request, env, values).await?).await
}

async fn open<'a>(request: &'a Request, env: Env, values: &[String]) -> Result<Call<'a>, ApiError> {
    let token = values.first().map(String::as_str).unwrap_or_default();
    let widget = config::by_token(&env, token).await?.ok_or(ApiError::NotFound("widget"))?;
    Ok(Call { request, env, widget })
}

async fn perform(
    operation: Operation,
    request: &Request,
    env: Env,
    context: &Context,
    values: &[String],
) -> Result<Success, ApiError> {
    let call = open(request, env, values).await?;
    match operation {
        Operation::Sessions => sessions::create(call).await,
        Operation::ResendOtp => sessions::codes::resend(call).await,
        Operation::LinkEmail => sessions::email::link(call).await,
        Operation::Resume => sessions::codes::resume(call).await,
        Operation::History => history::read(call).await,
        Operation::Upload => upload::take(call, context).await,
        Operation::Messages => messages::send(call).await,
        Operation::Edit => messages::edit(call, values).await,
        Operation::Delete => messages::delete(call, values).await,
        Operation::Transcript => transcript::send(call).await,
        Operation::Export => me::export(call).await,
        Operation::Forget => me::forget(call).await,
        Operation::End => end::end(call).await,
        Operation::Rating => rating::rate(call).await,
        Operation::Events => events::tell(call).await,
        Operation::Config | Operation::Live => Err(ApiError::NotAWebSocket),
    }
}

/// A Thread that is not there means that the visitor has been forgotten: their token proves nothing any more.
fn unless_forgotten(error: ThreadError) -> ApiError {
    match error {
        ThreadError::Unknown => ApiError::Unauthorized,
        other => other.into(),
    }
}
