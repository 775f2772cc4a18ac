//! `GET live`: the visitor's socket. A browser cannot set headers on it, so the token comes as a subprotocol.

use super::{Call, unless_forgotten};
use crate::api::envelope::ApiError;
use crate::auth::secret;
use crate::auth::visitor::VisitorProof;
use crate::http::upgrade;
use crate::platform::now;
use crate::thread::client::Thread;
use web_sys::Response;

/// Opens it.
pub async fn connect(call: Call<'_>) -> Result<Response, ApiError> {
    let headers = &call.request.headers;
    let offered = upgrade::offered(headers).ok_or(ApiError::NotAWebSocket)?;
    call.admit()?;
    let signer = secret::visitor_tokens(&call.env)?;
    let widget = call.widget.widget;
    let proof = match offered.credential() {
        Some(token) => VisitorProof::from_token(token, &signer, widget, now()),
        None => VisitorProof::from_bearer(headers, &signer, widget, now()),
    }?;
    let thread = Thread::of(&call.env, widget, proof.visitor)?;
    thread.live(proof.expires_at, offered.subprotocol()).await.map_err(unless_forgotten)
}
