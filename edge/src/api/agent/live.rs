//! `GET live`: the agents' socket. The key comes in a header, or from a browser as a subprotocol.

use super::{Operation, organization};
use crate::api::envelope::ApiError;
use crate::auth::key::KeyProof;
use crate::http::request::Request;
use crate::http::upgrade;
use crate::inbox;
use crate::platform::now;
use crate::store::Database;
use web_sys::Response;
use worker::Env;

/// Opens it.
pub async fn connect(request: &Request, env: Env, values: &[String]) -> Result<Response, ApiError> {
    let organization = organization(values)?;
    let offered = upgrade::offered(&request.headers).ok_or(ApiError::NotAWebSocket)?;
    let directory = Database::directory(&env)?;
    let scope = Operation::Live.scope();
    match offered.credential() {
        Some(key) => KeyProof::from_text(key, &directory, organization, scope, now()).await?,
        None => KeyProof::from_headers(&request.headers, &directory, organization, scope, now()).await?,
    };
    let response = inbox::live(&env, organization, offered.subprotocol()).await?;
    match response.status() {
        101 => Ok(response),
        _ => Err(ApiError::TooMany { limit: 1000, retry_after: 60 }),
    }
}
