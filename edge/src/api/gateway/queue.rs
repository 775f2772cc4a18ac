//! `requestChatQueue`: who waits for a person, and how many people are there.

use super::Call;
use super::envelope::Refusal;
use super::params::TOKEN;
use crate::http::fields::quoted;
use crate::inbox;
use crate::store::gateway as accounts;

/// Handles it.
pub async fn read(call: &Call<'_>) -> Result<String, Refusal> {
    let mut params = call.params().await?;
    let token = params.required("chatAccountToken", TOKEN);
    params.finish()?;
    let account = accounts::account(&call.db, call.organization, &token).await?;
    let account = account.ok_or(Refusal::NotFound("chatAccountToken"))?;
    let waiting = accounts::queue(&call.db, call.organization, account.id).await?;
    let told = waiting.iter().zip(1..).map(|(it, position): (_, u32)| {
        let session = quoted(&it.session);
        format!(r#"{{"chatSessionID":{session},"position":{position},"waitingSince":"{}"}}"#, it.since)
    });
    let (queue, length) = (told.collect::<Vec<_>>().join(","), waiting.len());
    let agents = inbox::agents_online(&call.env, call.organization).await?;
    Ok(format!(r#""queue":[{queue}],"length":{length},"agentsOnline":{agents}"#))
}
