//! The gateway API, for chat servers that forward their visitors' messages: `/api/v2/chat/…`. The key's organization owns the
//! accounts and the sessions; what its server says always comes from the visitor.

pub mod attachment;
pub mod body;
pub mod config;
#[cfg(feature = "schema")]
pub mod describe;
pub mod envelope;
pub mod message;
pub mod origin;
pub mod params;
pub mod queue;
pub mod session;

use crate::auth::key::{Holder, NoKey, Scope};
use crate::http::request::Request;
use crate::platform::now;
use crate::router::{Found, Route, find};
use crate::store::Database;
use crate::store::config::{self as published, Published};
use crate::store::gateway::{self as accounts, Account};
use envelope::{Refusal, answer, refuse};
use params::Params;
use shared::id::OrganizationId;
use std::rc::Rc;
use web_sys::Response;
use worker::{Context, Env, Method};

/// What a chat server can ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Read an account's configuration.
    Config,
    /// Hand on a message.
    Message,
    /// Hand on what a visitor does besides.
    Event,
    /// Hand on that a visitor came to a page.
    Visited,
    /// End a session's conversation.
    EndChat,
    /// Hand on a file.
    Attachment,
    /// Ask whether a page and an address may chat.
    CheckOrigin,
    /// Read all that decides it.
    Rules,
    /// Read who waits.
    Queue,
}

/// What is served.
pub const ROUTES: &[Route<Operation>] = &[
    at(Method::Post, "/api/v2/chat/requestChatConfig", Operation::Config),
    at(Method::Post, "/api/v2/chat/notifyUserNewChatMessage", Operation::Message),
    at(Method::Post, "/api/v2/chat/notifyUserNewChatEvent", Operation::Event),
    at(Method::Post, "/api/v2/chat/notifyUserVisited", Operation::Visited),
    at(Method::Post, "/api/v2/chat/notifyUserEndChat", Operation::EndChat),
    at(Method::Post, "/api/v2/chat/addAttachment", Operation::Attachment),
    at(Method::Post, "/api/v2/chat/checkOriginAndIP", Operation::CheckOrigin),
    at(Method::Get, "/api/v2/chat/whitelistedDomainsAndBlacklistedIPs", Operation::Rules),
    at(Method::Post, "/api/v2/chat/requestChatQueue", Operation::Queue),
];

const fn at(method: Method, path: &'static str, operation: Operation) -> Route<Operation> {
    Route { method, path, operation }
}

/// A call by a key that may make it.
#[derive(Debug)]
pub struct Call<'a> {
    request: &'a Request,
    env: Env,
    db: Database,
    organization: OrganizationId,
}

impl Call<'_> {
    /// The fields of the body.
    async fn params(&self) -> Result<Params, Refusal> {
        Ok(Params::of(body::fields(self.request).await?))
    }

    /// The configuration of an account's widget; one that is switched off is not there.
    async fn widget(&self, account: &Account) -> Result<Rc<Published>, Refusal> {
        let found = published::by_token(&self.env, &account.widget_token).await?;
        found.ok_or(Refusal::NotFound("chatAccountToken"))
    }

    /// The account of a token, with the server that is registered there.
    async fn account(&self, token: &str, server: &str) -> Result<Account, Refusal> {
        let found = accounts::server(&self.db, self.organization, token, server).await?;
        Ok(found.ok_or(Refusal::NotFound("chatAccountToken with this chatServer"))?.0)
    }
}

/// Whether a path is one of this API's.
pub fn is_at(path: &str) -> bool {
    path == "/api/v2" || path.starts_with("/api/v2/")
}

/// Answers a request.
pub async fn handle(request: &Request, env: Env, context: &Context) -> worker::Result<Response> {
    let (method, path) = (request.method.as_str(), request.path.as_str());
    match find(ROUTES, method, path) {
        Found::Operation(operation, _) => answer(perform(operation, request, env, context).await, path),
        Found::OtherMethods(methods) => refuse(&Refusal::OtherMethods(methods), path),
        Found::Nothing => refuse(&Refusal::NotFound("path"), path),
    }
}

async fn perform(
    operation: Operation,
    request: &Request,
    env: Env,
    context: &Context,
) -> Result<String, Refusal> {
    let key = key(request).ok_or(Refusal::Unauthorized)?;
    let holder = Holder::of(&key, &Database::directory(&env)?, now()).await?;
    if !holder.has(Scope::Gateway) {
        return Err(NoKey::Forbidden.into());
    }
    let organization = holder.organization();
    let db = Database::of(&env, organization)?;
    let call = Call { request, env, db, organization };
    match operation {
        Operation::Config => config::read(&call).await,
        Operation::Message => message::take(&call).await,
        Operation::Event => session::event(&call).await,
        Operation::Visited => session::visited(&call).await,
        Operation::EndChat => session::end(&call).await,
        Operation::Attachment => attachment::take(&call, context).await,
        Operation::CheckOrigin => origin::check(&call).await,
        Operation::Rules => origin::rules(&call).await,
        Operation::Queue => queue::read(&call).await,
    }
}

/// The key that a request carries: in `apiKey`, or as `Authorization: apikey …`. In an address it would stand in logs.
fn key(request: &Request) -> Option<String> {
    request.header("apikey").or_else(|| {
        let header = request.header("authorization")?;
        let (scheme, key) = header.split_once(' ')?;
        scheme.eq_ignore_ascii_case("apikey").then(|| key.trim().to_owned())
    })
}
