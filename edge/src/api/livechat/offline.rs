//! `POST offline.message`: what somebody leaves where nobody is there to chat.

use super::Call;
use super::envelope::Refusal;
use super::params::{Params, missing};
use crate::offline::{OfflineMessage, Refused, take};
use shared::text::{FilledLine, Line, MessageText};

/// Handles it. It needs no visitor, and makes none.
pub async fn leave(call: Call<'_>) -> Result<String, Refusal> {
    let params = Params::of_body(call.request, &["name", "email", "message", "department", "host"]).await?;
    let message = OfflineMessage {
        name: params.parsed("name", FilledLine::parse)?.ok_or_else(|| missing("name"))?,
        email: params.email("email")?,
        message: params.parsed("message", MessageText::parse)?.ok_or_else(|| missing("message"))?,
        host: params.parsed("host", Line::parse)?,
        department: call.department(&params).await?,
    };
    match take(&call.env, &call.widget, &call.address(), message).await {
        Ok(()) => Ok(r#""message":"Livechat offline message sent""#.into()),
        Err(Refused::TooMany(no)) => Err(no.into()),
        Err(Refused::Store(error)) => Err(error.into()),
    }
}
