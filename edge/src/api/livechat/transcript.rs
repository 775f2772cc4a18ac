//! `POST transcript`: a room by mail, to the visitor.

use super::Call;
use super::envelope::Refusal;
use super::params::Params;
use crate::rate;
use crate::thread::command::within::Within;

/// Handles it.
pub async fn send(call: Call<'_>) -> Result<String, Refusal> {
    let params = Params::of_body(call.request, &["token", "rid", "email"]).await?;
    let email = params.email("email")?;
    let (token, room) = params.room()?;
    call.limit("transcripts", rate::TRANSCRIPTS_ASKED).await?;
    let visitor = call.visitor(token)?;
    let site = call.widget.site.clone();
    call.within(&visitor, room, Within::Transcript { email, site }).await?;
    Ok(r#""message":"Your livechat transcript has been sent.""#.into())
}
