//! What a bot's turns remember. All that reads or writes it is of the program's second part: most commands have no bot.

use super::head::Bot;
use crate::server;
use flow::run::{Fetch, Run};
use flow::trace::TraceEntry;
use futures_util::future::LocalBoxFuture;
use serde::Serialize;
use shared::id::OrganizationId;
use shared::json::{self, Read};
use worker::Env;

/// It.
#[derive(Debug, Default, Serialize, Read)]
pub struct Memory {
    /// How far it has come.
    #[serde(default)]
    pub run: Run,
    /// Its last turn.
    #[serde(default)]
    pub trace: Vec<TraceEntry>,
    /// The server that it waits for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fetch: Option<Fetch>,
}

impl Memory {
    /// What a bot remembers.
    pub fn of(bot: &Bot) -> Self {
        json::read(&bot.memory).unwrap_or_default()
    }
}

/// What a bot hears that has waited long enough.
#[derive(Debug)]
pub enum Heard {
    /// That the time is over.
    Elapsed,
    /// What a server answered.
    Fetched(Option<(u16, String)>),
}

/// Gets what a bot waits for: asks the server, where it is one.
#[inline(never)]
pub fn hear_later<'a>(env: &'a Env, organization: OrganizationId, bot: &Bot) -> LocalBoxFuture<'a, Heard> {
    let memory = Memory::of(bot);
    Box::pin(async move {
        match memory.fetch {
            Some(fetch) => Heard::Fetched(server::step::ask_server(env, organization, &fetch).await),
            None => Heard::Elapsed,
        }
    })
}
