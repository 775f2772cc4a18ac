//! `POST upload/:rid`: a file, sent at once as a message.

use super::Call;
use super::envelope::Refusal;
use super::params::Room;
use crate::auth::livechat::LivechatToken;
use crate::media::receive::{Owner, receive};
use crate::thread::command::within::{Standing, Within};
use crate::thread::command::{Append, Sending, Writer};
use shared::model::conversation::ConversationStatus;
use shared::model::message::AuthorKind;
use worker::Context;

/// Handles it. The visitor's token is in the header `x-visitor-token`.
pub async fn take(call: Call<'_>, context: &Context, rid: &str) -> Result<String, Refusal> {
    if !call.widget.rules.uploads.enabled {
        return Err(Refusal::File("error-file-upload-disabled", None));
    }
    let token = call.request.header("x-visitor-token").and_then(|token| LivechatToken::parse(&token));
    let visitor = call.visitor(token.ok_or(Refusal::Unauthorized)?)?;
    let room = Room::parse(rid);
    let standing: Standing =
        call.told(&visitor, room, Within::Standing).await.map_err(|refusal| match refusal {
            Refusal::Named("invalid-token" | "invalid-room") => Refusal::Unauthorized,
            other => other,
        })?;
    if standing.status == ConversationStatus::Closed {
        return Err(Refusal::Named("room-closed"));
    }
    let attendance = call.taken()?;
    let widget = &call.widget;
    let owner = Owner {
        organization: widget.organization,
        widget: widget.widget,
        visitor: visitor.id,
        by: AuthorKind::Visitor,
    };
    let policy = &widget.rules.uploads;
    let received = receive(call.request, &call.env, context, &visitor.thread, owner, policy, None).await?;
    let append = Append {
        author: Writer::Visitor {
            conversation: Some(room.0),
            flow: widget.flow,
            at_pages: widget.at_pages.clone(),
            begins: None,
            acknowledgement: widget.spoken(|rules| &rules.acknowledgement),
            attendance,
            claims: None,
        },
        text: None,
        file: Some(Sending { id: received.file.id, kind: received.file.kind, filename: None }),
        client_id: None,
        reply_to: None,
    };
    let (message, reader) = call.within(&visitor, room, Within::Append(append)).await?;
    let message =
        reader.message(&message).ok_or_else(|| Refusal::Internal("a file could not be told".into()))?;
    // It is told without a member of its own around it.
    Ok(message.strip_prefix('{').and_then(|it| it.strip_suffix('}')).unwrap_or_default().into())
}
