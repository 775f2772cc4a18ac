//! The administrators' API, in the style of the agents': `/organizations/:orgId/web-chat/…` and what else an organization
//! is made of.

pub mod agents;
pub mod audit;
pub mod callback;
pub mod channels;
pub mod deliveries;
pub mod departments;
#[cfg(feature = "schema")]
pub mod describe;
pub mod gateway;
pub mod identity_secret;
pub mod keys;
pub mod operation;
pub mod organizations;
pub mod webhooks;

use super::creating::Caller;
use super::envelope::{ApiError, Success, answer, other_method};
use crate::auth::key::KeyProof;
use crate::http::request::Request;
use crate::platform::now;
use crate::router::{Found, find};
use crate::store::Database;
use operation::{Operation, ROUTES};
use shared::id::OrganizationId;
use web_sys::Response;
use worker::Env;

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

/// Whether a path under `/organizations/` is one of this API's.
pub fn is_at(path: &str) -> bool {
    let first = path.split('/').nth(3);
    matches!(
        first,
        None | Some(
            "web-chat"
                | "departments"
                | "keys"
                | "agents"
                | "audit"
                | "gateway-accounts"
                | "webhooks"
                | "deliveries"
        )
    )
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
    if operation == Operation::CreateOrganization {
        return organizations::create(request, &env).await;
    }
    let mut values = values.iter().map(String::as_str);
    let organization = values.next().and_then(|text| OrganizationId::parse(text).ok());
    let organization = organization.ok_or(ApiError::NotFound("organization"))?;
    let directory = Database::directory(&env)?;
    let key =
        KeyProof::from_headers(&request.headers, &directory, organization, operation.scope(), now()).await?;
    let db = Database::of(&env, organization)?;
    let call = Call { request, env, db, key };
    let id = values.next().unwrap_or_default();
    let server = values.next().unwrap_or_default();
    match operation {
        Operation::CreateOrganization => Err(ApiError::NotFound("path")),
        Operation::Organization => organizations::read(&call).await,
        Operation::ChangeOrganization => organizations::change(&call).await,
        Operation::Keys => keys::list(&call).await,
        Operation::CreateKey => keys::create(&call).await,
        Operation::RevokeKey => keys::revoke(&call, id).await,
        Operation::Agents => agents::list(&call).await,
        Operation::CreateAgent => agents::create(&call).await,
        Operation::ChangeAgent => agents::change(&call, id).await,
        Operation::Audit => audit::list(&call).await,
        Operation::Channels => channels::list(&call).await,
        Operation::CreateChannel => channels::create(&call).await,
        Operation::Channel => channels::read(&call, id).await,
        Operation::ChangeChannel => channels::change(&call, id).await,
        Operation::DeleteChannel => channels::delete(&call, id).await,
        Operation::Snippet => channels::snippet(&call, id).await,
        Operation::RotateSecret => identity_secret::rotate(&call, id).await,
        Operation::RevokeSecret => identity_secret::revoke(&call, id).await,
        Operation::Departments => departments::list(&call).await,
        Operation::CreateDepartment => departments::create(&call).await,
        Operation::ChangeDepartment => departments::change(&call, id).await,
        Operation::DeleteDepartment => departments::delete(&call, id).await,
        Operation::GatewayAccounts => gateway::list(&call).await,
        Operation::CreateGatewayAccount => gateway::create(&call).await,
        Operation::GatewayAccount => gateway::read(&call, id).await,
        Operation::ChangeGatewayAccount => gateway::change(&call, id).await,
        Operation::DeleteGatewayAccount => gateway::delete(&call, id).await,
        Operation::RegisterGatewayServer => gateway::register(&call, id).await,
        Operation::ChangeGatewayServer => gateway::change_server(&call, id, server).await,
        Operation::DeleteGatewayServer => gateway::delete_server(&call, id, server).await,
        Operation::RotateGatewaySecret => gateway::rotate(&call, id, server).await,
        Operation::GatewayDeliveries => deliveries::list_of_server(&call, id, server).await,
        Operation::Webhooks => webhooks::list(&call).await,
        Operation::CreateWebhook => webhooks::create(&call).await,
        Operation::Webhook => webhooks::read(&call, id).await,
        Operation::ChangeWebhook => webhooks::change(&call, id).await,
        Operation::DeleteWebhook => webhooks::delete(&call, id).await,
        Operation::RotateWebhookSecret => webhooks::rotate(&call, id).await,
        Operation::TestWebhook => webhooks::test(&call, id).await,
        Operation::Deliveries => deliveries::list(&call, id).await,
        Operation::Delivery => deliveries::read(&call, id).await,
        Operation::ReplayDelivery => deliveries::replay(&call, id).await,
    }
}
