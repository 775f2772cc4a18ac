//! The widgets API, as HighLevel's clients speak it: `/chat-widget/…` (the document is `chat-widget.txt`; what it leaves
//! open, the contract settles). An organization is a *location* here. What is asked is checked in this order: who asks,
//! the `Version`, what they may, what they say, and what there is.

pub mod answer;
#[cfg(feature = "schema")]
pub mod describe;
pub mod list;
pub mod one;
pub mod public;
pub mod write;

use crate::auth::key::{Holder, KeyProof, Scope};
use crate::http::body;
use crate::http::cors;
use crate::http::query::Query;
use crate::http::request::Request;
use crate::platform::now;
use crate::router::{Found, Route, find};
use crate::store::Database;
use answer::{Refused, Success, answer, trace_id};
use shared::id::OrganizationId;
use shared::json::Json;
use web_sys::Response;
use worker::{Env, Method};

/// What a client can ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// List widgets.
    List,
    /// Make one.
    Create,
    /// Copy one.
    Clone,
    /// Read one.
    Read,
    /// Write one anew.
    Replace,
    /// Change one.
    Patch,
    /// Delete one.
    Delete,
    /// What everybody may know of one.
    PublicConfig,
}

/// What is served.
pub const ROUTES: &[Route<Operation>] = &[
    Route { method: Method::Get, path: "/chat-widget/list", operation: Operation::List },
    Route { method: Method::Post, path: "/chat-widget/", operation: Operation::Create },
    Route { method: Method::Post, path: "/chat-widget/clone", operation: Operation::Clone },
    Route { method: Method::Get, path: "/chat-widget/data/:locationId/:id", operation: Operation::Read },
    Route { method: Method::Put, path: "/chat-widget/data/:locationId/:id", operation: Operation::Replace },
    Route { method: Method::Patch, path: "/chat-widget/data/:locationId/:id", operation: Operation::Patch },
    Route { method: Method::Get, path: "/chat-widget/public/config/:id", operation: Operation::PublicConfig },
    Route { method: Method::Delete, path: "/chat-widget/:locationId/:id", operation: Operation::Delete },
];

/// The versions of the API that clients ask for; all are this one.
const VERSIONS: [&str; 4] = ["v3", "2023-02-21", "2021-07-28", "2021-04-15"];

impl Operation {
    fn scope(self) -> Scope {
        match self {
            Self::List | Self::Read | Self::PublicConfig => Scope::WidgetsRead,
            Self::Create | Self::Clone | Self::Replace | Self::Patch | Self::Delete => Scope::WidgetsWrite,
        }
    }
}

/// A call whose key may make it.
#[derive(Debug)]
pub struct Call<'a> {
    request: &'a Request,
    env: Env,
    db: Database,
    location: OrganizationId,
    key: KeyProof,
}

/// Answers a request under `/chat-widget`.
pub async fn handle(request: &Request, env: Env) -> worker::Result<Response> {
    let (method, path) = (request.method.as_str(), request.path.as_str());
    // Clients write the one path with a slash at its end and without.
    let path = if path == "/chat-widget" { "/chat-widget/" } else { path };
    let trace = trace_id();
    let result = match find(ROUTES, method, path) {
        Found::Operation(Operation::PublicConfig, values) => {
            public::read(request, &env, &values, &trace).await
        }
        Found::Operation(operation, values) => perform(operation, request, env, &values, &trace).await,
        Found::OtherMethods(methods) if method == "OPTIONS" => return cors::preflight(&methods),
        Found::OtherMethods(methods) => Err(Refused::OtherMethods(methods)),
        Found::Nothing => Err(Refused::NotFound("path")),
    };
    answer(result, &trace)
}

/// What the `Version` header must say.
fn check_version(request: &Request) -> Result<(), Refused> {
    match request.header("version") {
        Some(version) if VERSIONS.contains(&version.trim()) => Ok(()),
        Some(_) => Err(Refused::Invalid(format!("version header must be one of {}", VERSIONS.join(", ")))),
        None => Err(Refused::Invalid("version header was not found".into())),
    }
}

async fn perform(
    operation: Operation,
    request: &Request,
    env: Env,
    values: &[String],
    trace: &str,
) -> Result<Success, Refused> {
    let holder = Holder::from_headers(&request.headers, &Database::directory(&env)?, now()).await?;
    check_version(request)?;
    if !holder.has(operation.scope()) {
        return Err(Refused::Forbidden);
    }
    let mut values = values.iter().map(String::as_str);
    let body = match operation {
        Operation::Create | Operation::Clone | Operation::Replace | Operation::Patch => {
            body::parsed(&body::json_text(request).await?)?
        }
        _ => Json::Null,
    };
    let location = match operation {
        Operation::List => Query::of(request).get("locationId").map(str::to_owned),
        Operation::Create | Operation::Clone => {
            body.get("locationId").and_then(Json::text).map(str::to_owned)
        }
        _ => values.next().map(str::to_owned),
    };
    let location = location.ok_or_else(|| Refused::wrong("locationId should not be empty"))?;
    let location = OrganizationId::parse(&location).map_err(|_| Refused::Forbidden)?;
    let key = holder.may(location, operation.scope())?;
    let call = Call { request, db: Database::of(&env, location)?, env, location, key };
    let id = values.next().unwrap_or_default();
    match operation {
        Operation::List => list::list(&call).await,
        Operation::Create => write::create(&call, body).await,
        Operation::Clone => write::copy(&call, body).await,
        Operation::Read => one::read(&call, id).await,
        Operation::Replace => write::replace(&call, id, body).await,
        Operation::Patch => write::patch(&call, id, body).await,
        Operation::Delete => one::delete(&call, id, trace).await,
        Operation::PublicConfig => Err(Refused::NotFound("path")),
    }
}
