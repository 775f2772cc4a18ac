//! `GET agent.info/:rid/:token` and `GET agent.next/:token`: who answers.

use super::envelope::Refusal;
use super::params::Room;
use super::visitor::named;
use super::{Call, shape};
use crate::thread::command::rare::Rare;
use crate::thread::command::within::{Standing, Within};

/// `GET agent.info/:rid/:token`: the agent that the room is assigned to.
pub async fn info(call: Call<'_>, rid: &str, token: &str) -> Result<String, Refusal> {
    let visitor = call.visitor(named(token)?)?;
    let standing: Standing = call.told(&visitor, Room::parse(rid), Within::Standing).await?;
    let agent = shape::served_by(&standing).ok_or(Refusal::Named("invalid-agent"))?;
    Ok(format!(r#""agent":{agent}"#))
}

/// `GET agent.next/:token`. Conversations wait until an agent takes one, so that there is no next one: whoever is served
/// already is told who serves them, and everybody else that nobody is found.
pub async fn next(call: Call<'_>, token: &str) -> Result<String, Refusal> {
    let visitor = call.visitor(named(token)?)?;
    let standing: Standing = visitor.thread.tell_rarely(&Rare::Standing).await?;
    let agent = shape::served_by(&standing).ok_or(Refusal::Named("agent-not-found"))?;
    Ok(format!(r#""agent":{agent}"#))
}
