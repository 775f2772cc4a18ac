//! `POST conversations/:id/upload`: an agent hands over a file, to be sent with an answer.

use super::{Call, Held};
use crate::api::envelope::{ApiError, Success};
use crate::api::once;
use crate::api::upload;
use crate::media::receive::{Owner, receive};
use shared::model::media::UploadPolicy;
use shared::model::message::AuthorKind;
use worker::Context;

/// Handles it. What a widget's owner lets visitors send does not bind those who answer.
pub async fn take(call: Call<'_>, held: &Held, context: &Context) -> Result<Success, ApiError> {
    let owner = Owner {
        organization: call.key.organization,
        widget: held.widget,
        visitor: held.visitor,
        by: AuthorKind::Agent,
    };
    let policy = UploadPolicy::default();
    let once = once::bare(call.request, &call.route("upload", held))?;
    let received = receive(call.request, &call.env, context, &held.thread, owner, &policy, once).await?;
    upload::answer(received, &call.env, call.request)
}
