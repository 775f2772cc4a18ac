//! What is told of a session that has begun: `notifyUserNewChatEvent`, `notifyUserVisited`, `notifyUserEndChat`.

use super::Call;
use super::envelope::Refusal;
use super::params::{Params, SERVER, SESSION, VISITED};
use crate::store::gateway as accounts;
use crate::thread::client::Thread;
use crate::thread::command::{Command, Party};

/// Handles `notifyUserNewChatEvent`.
pub async fn event(call: &Call<'_>) -> Result<String, Refusal> {
    let mut params = call.params().await?;
    let by = Party::Visitor;
    let event = params.required("event", super::params::ADDRESS);
    let command = match event.as_str() {
        "startedtyping" => Some(Command::Typing { by, on: true }),
        "stoppedtyping" => Some(Command::Typing { by, on: false }),
        "expandedchat" => Some(Command::Panel { open: true }),
        "minimizedchat" => Some(Command::Panel { open: false }),
        _ => None,
    };
    if command.is_none() {
        params.refuse("event", "must be startedtyping, stoppedtyping, expandedchat or minimizedchat");
    }
    let thread = thread(call, &mut params).await?;
    if let Some(command) = command {
        thread.ask(&command).await?;
    }
    Ok(r#""message":"Event received.""#.into())
}

/// Handles `notifyUserVisited`.
pub async fn visited(call: &Call<'_>) -> Result<String, Refusal> {
    let mut params = call.params().await?;
    let url = params.page("url", VISITED);
    if url.is_none() {
        params.refuse("url", "must be there");
    }
    let thread = thread(call, &mut params).await?;
    if let Some(url) = url {
        thread.ask(&Command::Visit(url, None)).await?;
    }
    Ok(r#""message":"Visit received.""#.into())
}

/// Handles `notifyUserEndChat`. A chat that has ended, ends as well.
pub async fn end(call: &Call<'_>) -> Result<String, Refusal> {
    let thread = thread(call, &mut call.params().await?).await?;
    thread.ask(&Command::End).await?;
    Ok(r#""message":"Chat ended.""#.into())
}

/// The Thread of the session that a call names, once all its fields are known to be right.
async fn thread(call: &Call<'_>, params: &mut Params) -> Result<Thread, Refusal> {
    let (server, session) =
        (params.required("chatServer", SERVER), params.required("chatSessionID", SESSION));
    params.finish()?;
    let found = accounts::session(&call.db, call.organization, &session, &server).await?;
    let found = found.ok_or(Refusal::NotFound("chatSessionID with this chatServer"))?;
    Ok(Thread::of(&call.env, found.widget, found.visitor)?)
}
