//! The flows API: `/organizations/:orgId/bot/flows…` (the document is `bot-flows.txt`; what it leaves open, the contract
//! settles). Answers are the visitor API's.

pub mod body;
#[cfg(feature = "schema")]
pub mod describe;
pub mod import;
pub mod publish;
pub mod secrets;
pub mod tests;
pub mod versions;
pub mod whole;
pub mod write;

use super::creating::Caller;
use super::envelope::{ApiError, Success, answer, other_method};
use crate::auth::key::{KeyProof, Scope};
use crate::http::query::Query;
use crate::http::request::Request;
use crate::platform::now;
use crate::router::{Found, Route, find};
use crate::store::Database;
use crate::store::flows::{self, Flow};
use flow::written::Parts;
use serde::Serialize;
use shared::id::{FlowId, OrganizationId};
use shared::json::{Json, Read};
use shared::time::Timestamp;
use web_sys::Response;
use worker::{Env, Method};

/// What a bot author's client can ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// List flows.
    List,
    /// Read one.
    Read,
    /// Make one.
    Create,
    /// Make one of what another product has exported.
    Import,
    /// Change one.
    Change,
    /// Delete one.
    Delete,
    /// Have its draft answer from now on.
    Publish,
    /// Have it answer no more.
    Unpublish,
    /// Copy one.
    Duplicate,
    /// Try its draft out.
    TestRun,
    /// List its published versions.
    Versions,
    /// Make a version the draft again.
    Restore,
    /// What is not the same in two versions.
    Diff,
    /// List the runs that it is tested by.
    Tests,
    /// Keep a run as a test.
    CreateTest,
    /// Forget one.
    DeleteTest,
    /// List the names of secrets.
    Secrets,
    /// Keep a secret.
    SetSecret,
    /// Forget one.
    DeleteSecret,
}

const FLOWS: &str = "/organizations/:orgId/bot/flows";
const IMPORT: &str = "/organizations/:orgId/bot/import";
const FLOW: &str = "/organizations/:orgId/bot/flows/:id";
const TESTS: &str = "/organizations/:orgId/bot/flows/:id/tests";
const SECRET: &str = "/organizations/:orgId/bot/secrets/:name";

/// What is served.
pub const ROUTES: &[Route<Operation>] = &[
    Route { method: Method::Get, path: FLOWS, operation: Operation::List },
    Route { method: Method::Post, path: FLOWS, operation: Operation::Create },
    Route { method: Method::Post, path: IMPORT, operation: Operation::Import },
    Route { method: Method::Get, path: FLOW, operation: Operation::Read },
    Route { method: Method::Patch, path: FLOW, operation: Operation::Change },
    Route { method: Method::Delete, path: FLOW, operation: Operation::Delete },
    Route {
        method: Method::Post,
        path: "/organizations/:orgId/bot/flows/:id/publish",
        operation: Operation::Publish,
    },
    Route {
        method: Method::Post,
        path: "/organizations/:orgId/bot/flows/:id/unpublish",
        operation: Operation::Unpublish,
    },
    Route {
        method: Method::Post,
        path: "/organizations/:orgId/bot/flows/:id/duplicate",
        operation: Operation::Duplicate,
    },
    Route {
        method: Method::Post,
        path: "/organizations/:orgId/bot/flows/:id/test-run",
        operation: Operation::TestRun,
    },
    Route {
        method: Method::Get,
        path: "/organizations/:orgId/bot/flows/:id/versions",
        operation: Operation::Versions,
    },
    Route {
        method: Method::Post,
        path: "/organizations/:orgId/bot/flows/:id/versions/:version/restore",
        operation: Operation::Restore,
    },
    Route {
        method: Method::Get,
        path: "/organizations/:orgId/bot/flows/:id/diff",
        operation: Operation::Diff,
    },
    Route { method: Method::Get, path: TESTS, operation: Operation::Tests },
    Route { method: Method::Post, path: TESTS, operation: Operation::CreateTest },
    Route {
        method: Method::Delete,
        path: "/organizations/:orgId/bot/flows/:id/tests/:test",
        operation: Operation::DeleteTest,
    },
    Route { method: Method::Get, path: "/organizations/:orgId/bot/secrets", operation: Operation::Secrets },
    Route { method: Method::Put, path: SECRET, operation: Operation::SetSecret },
    Route { method: Method::Delete, path: SECRET, operation: Operation::DeleteSecret },
];

impl Operation {
    /// What a key must be allowed for it.
    pub fn scope(self) -> Scope {
        match self {
            Self::List
            | Self::Read
            | Self::TestRun
            | Self::Versions
            | Self::Diff
            | Self::Tests
            | Self::Secrets => Scope::FlowsRead,
            _ => Scope::FlowsWrite,
        }
    }
}

/// A call by a key that may make it.
#[derive(Debug)]
pub struct Call<'a> {
    request: &'a Request,
    env: Env,
    db: Database,
    key: KeyProof,
}

impl Call<'_> {
    fn organization(&self) -> OrganizationId {
        self.key.organization
    }

    fn caller(&self) -> Caller<'_> {
        let KeyProof { organization, prefix, .. } = &self.key;
        Caller {
            request: self.request,
            env: &self.env,
            db: &self.db,
            organization: *organization,
            name: prefix,
        }
    }
}

/// A flow as its author sees it.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FlowView {
    /// Its id.
    pub id: FlowId,
    /// Its name.
    pub name: String,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The draft.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<serde_json::Map<String, serde_json::Value>>"))]
    pub steps: Json,
    /// The variables it declares, where it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<Vec<flow::declared::Declared>>"))]
    pub variables: Option<Json>,
    /// The channel it answers in: a widget's id, or any text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number_id: Option<String>,
    /// When it begins.
    pub trigger_type: String,
    /// More of that.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<serde_json::Map<String, serde_json::Value>>"))]
    pub trigger_config: Option<Json>,
    /// Whether it may answer.
    pub enabled: bool,
    /// Whether a version of it is published.
    pub published: bool,
    /// When that was published.
    pub published_at: Option<Timestamp>,
    /// The last version that was ever published; 0 for none.
    pub version: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl FlowView {
    fn of(flow: &Flow) -> Result<Self, ApiError> {
        let Parts { steps, variables } = whole::draft(flow)?;
        Ok(Self {
            id: flow.id,
            name: flow.name.clone(),
            description: flow.description.clone(),
            steps,
            variables,
            phone_number_id: flow.channel.clone(),
            trigger_type: flow.trigger_type.clone(),
            trigger_config: flow.trigger_config.as_deref().map(Json::parse).transpose()?,
            enabled: flow.enabled == 1,
            published: flow.published_version.is_some(),
            published_at: flow.published_at,
            version: flow.version,
            created_at: flow.created_at,
            updated_at: flow.updated_at,
        })
    }
}

fn told(flow: &Flow) -> Result<String, ApiError> {
    Ok(serde_json::to_string(&FlowView::of(flow)?)?)
}

/// Whether a path under `/organizations/` is one of this API's.
pub fn is_at(path: &str) -> bool {
    path.split('/').nth(3) == Some("bot")
}

/// Answers a request.
pub async fn handle(request: &Request, env: Env) -> worker::Result<Response> {
    let (method, path) = (request.method.as_str(), request.path.as_str());
    match find(ROUTES, method, path) {
        Found::Operation(operation, values) => answer(perform(operation, request, env, &values).await, path),
        Found::OtherMethods(methods) => other_method(method, methods, path),
        Found::Nothing => answer(Err(ApiError::NotFound("path")), path),
    }
}

async fn perform(
    operation: Operation,
    request: &Request,
    env: Env,
    values: &[String],
) -> Result<Success, ApiError> {
    let mut values = values.iter().map(String::as_str);
    let organization = values.next().and_then(|text| OrganizationId::parse(text).ok());
    let organization = organization.ok_or_else(|| ApiError::invalid("orgId must be a UUID"))?;
    let db = Database::of(&env, organization)?;
    // The flow that the path names is asked for along with the key, for both are in one database: two journeys to it are
    // most of what a call costs. Whoever has no key that opens it is told nothing of it.
    let named = values.clone().next().and_then(|id| FlowId::parse(id).ok());
    let (headers, scope) = (&request.headers, operation.scope());
    let (key, along) = match named {
        Some(id) => {
            let along = flows::asked(organization, id);
            KeyProof::along_with(along, headers, &db, organization, scope, now()).await?
        }
        None => (KeyProof::from_headers(headers, &db, organization, scope, now()).await?, None),
    };
    let call = Call { request, env, db, key };
    let Some(id) = values.next() else {
        return match operation {
            Operation::Create => write::create(&call).await,
            Operation::Import => import::import(&call).await,
            Operation::Secrets => secrets::list(&call).await,
            _ => list(&call).await,
        };
    };
    match operation {
        Operation::SetSecret => return secrets::set(&call, id).await,
        Operation::DeleteSecret => return secrets::delete(&call, id).await,
        _ => {}
    }
    if named.is_none() {
        return Err(ApiError::invalid("id must be a UUID"));
    }
    let flow = along.as_ref().map(Flow::read).transpose()?.ok_or(ApiError::NotFound("flow"))?;
    match operation {
        Operation::Read => Ok(Success::ok(told(&flow)?)),
        Operation::Change => write::change(&call, flow).await,
        Operation::Delete => write::delete(&call, &flow).await,
        Operation::Duplicate => write::duplicate(&call, &flow).await,
        Operation::Publish => publish::publish(&call, flow).await,
        Operation::Unpublish => publish::unpublish(&call, flow).await,
        Operation::TestRun => publish::test_run(&call, &flow).await,
        Operation::Versions => versions::list(&call, &flow).await,
        Operation::Restore => versions::restore(&call, flow, values.next().unwrap_or_default()).await,
        Operation::Diff => versions::diff(&call, &flow).await,
        Operation::Tests => tests::list(&call, &flow).await,
        Operation::CreateTest => tests::create(&call, &flow).await,
        Operation::DeleteTest => tests::delete(&call, &flow, values.next().unwrap_or_default()).await,
        _ => Err(ApiError::NotFound("path")),
    }
}

/// Last changed first; `phoneNumberId` filters exactly.
async fn list(call: &Call<'_>) -> Result<Success, ApiError> {
    let query = Query::of(call.request);
    let found = flows::list(&call.db, call.organization(), query.get("phoneNumberId")).await?;
    let views = found.iter().map(FlowView::of).collect::<Result<Vec<_>, _>>()?;
    Ok(Success::ok(serde_json::to_string(&views)?))
}
