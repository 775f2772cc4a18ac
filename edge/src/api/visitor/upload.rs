//! `POST upload`: the visitor hands over a file, to be sent with a message.

use super::{Call, unless_forgotten};
use crate::api::envelope::{ApiError, Success};
use crate::api::once;
use crate::api::upload;
use crate::media::receive::{Owner, UploadError, receive};
use shared::model::message::AuthorKind;
use worker::Context;

/// Handles it.
pub async fn take(call: Call<'_>, context: &Context) -> Result<Success, ApiError> {
    let (proof, thread) = call.visitor()?;
    if !call.widget.rules.uploads.enabled {
        return Err(ApiError::Forbidden);
    }
    let owner = Owner {
        organization: call.widget.organization,
        widget: call.widget.widget,
        visitor: proof.visitor,
        by: AuthorKind::Visitor,
    };
    let once = once::bare(call.request, "upload")?;
    let received =
        receive(call.request, &call.env, context, &thread, owner, &call.widget.rules.uploads, once).await;
    let received = received.map_err(|error| match error {
        UploadError::Thread(error) => unless_forgotten(error),
        other => other.into(),
    })?;
    upload::answer(received, &call.env, call.request)
}
