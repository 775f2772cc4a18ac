//! Running a flow: one turn at a time, each within a fuel of steps.

mod ask;
mod assign;
mod happen;
mod say;
mod server;
mod walk;

use super::declared::Lifetime;
use super::graph::Graph;
use super::step::{HttpMethod, StepId};
use super::template::Filled;
use super::trace::TraceEntry;
use super::value::{Value, Variables};
use core::cell::Cell;
use serde::Serialize;
use shared::id::{AgentId, FlowId};
use shared::json::Read;
use shared::model::message::{MessageType, Payload};
use shared::time::Timestamp;
use std::collections::BTreeMap;

/// The most steps one turn goes through.
pub const FUEL: usize = 500;

/// The most bytes one turn says; then people take over.
pub const MOST_TOLD: usize = 256 * 1024;

/// How many turns a run takes without the visitor; then people take over.
pub const MOST_ALONE: u16 = 100;

/// A visitor's way through a flow, between two turns.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Read)]
#[serde(rename_all = "camelCase")]
pub struct Run {
    /// The step that waits for an answer; none before the first turn and after the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting_at: Option<StepId>,
    /// How many wrong answers that step has had.
    #[serde(default)]
    pub wrong_answers: u8,
    /// How many turns it has taken since the visitor last said something.
    #[serde(default)]
    pub alone: u16,
    /// The flows that it is in by a call, the one that called first first; none in the flow itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<Called>,
    /// What has been kept.
    #[serde(default)]
    pub variables: Variables,
}

/// A call that has not come back.
#[derive(Debug, Clone, PartialEq, Serialize, Read)]
pub struct Called {
    /// The step that called.
    pub from: StepId,
    /// The flow that was called.
    pub flow: FlowId,
}

/// What moves a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input<'a> {
    /// The flow begins.
    Start,
    /// The visitor said something.
    Said(&'a str),
    /// The visitor sent a file.
    Sent {
        /// Where it can be fetched.
        file: &'a str,
        /// What they said with it; its name where nothing.
        said: &'a str,
    },
    /// A person has given the conversation back: what the run waits for is asked for again.
    Resume,
    /// The time that was asked for by [`Effect::Wait`] or [`Effect::Patience`] is over.
    Elapsed,
    /// What a server answered: its status and body; none where it did not.
    Fetched(Option<(u16, &'a str)>),
}

/// What a turn happens in. Nothing in here is asked for anywhere else.
#[derive(Debug, Clone, Copy)]
pub struct World<'a> {
    /// What is known without being set: `name`, `email`, `phone`, `visitor.*`, `conversation.*`, `office.open`,
    /// `agents.online`.
    pub known: &'a BTreeMap<String, Value>,
    /// The present.
    pub now: Timestamp,
    /// Random bytes, for ids.
    pub random: [u8; 10],
}

/// A call of a server, ready to be made.
#[derive(Debug, Clone, PartialEq, Serialize, Read)]
pub struct Fetch {
    /// How.
    pub method: HttpMethod,
    /// Where.
    pub url: Filled,
    /// What is said beside the body.
    pub headers: Vec<Header>,
    /// The body.
    pub body: Option<Filled>,
    /// The secret that body and time are signed by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign: Option<String>,
    /// How long an answer is waited for, in seconds.
    pub patience: u8,
}

impl Fetch {
    /// About how many bytes it has.
    pub fn bytes(&self) -> usize {
        let texts = [&self.url].into_iter().chain(&self.body).chain(self.headers.iter().map(|it| &it.value));
        texts.map(Filled::bytes).sum()
    }
}

/// One thing that is said beside a body.
#[derive(Debug, Clone, PartialEq, Serialize, Read)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// What it says.
    pub value: Filled,
}

/// What a turn wants done.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Say this.
    Say(MessageType, Payload),
    /// Ask people to take over, of this department if one is named.
    Handoff(Option<String>),
    /// Put these tags on the conversation.
    Tag(Vec<String>),
    /// Assign the conversation to somebody.
    Assign(AgentId),
    /// Come back with [`Input::Elapsed`] after so many seconds.
    Wait(u32),
    /// Come back with [`Input::Elapsed`] where the visitor has not answered after so many seconds.
    Patience(u32),
    /// Ask a server, and come back with [`Input::Fetched`].
    Fetch(Box<Fetch>),
}

/// How a turn ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A step waits for an answer.
    Waiting,
    /// People take over.
    HandedOff,
    /// The flow came to its end, or was not waiting for anything.
    Ended,
    /// [`FUEL`] was spent, or [`MOST_TOLD`], or [`MOST_ALONE`]; people take over.
    FuelSpent,
}

/// A turn's result.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// What is to be done, in order.
    pub effects: Vec<Effect>,
    /// What happened, a step at a time.
    pub trace: Vec<TraceEntry>,
    /// How it ended.
    pub outcome: Outcome,
    /// How much work it was, about in millionths of a second.
    pub work: u32,
}

/// Takes one turn. The same graph, run, input and world give the same turn and the same run, always.
pub fn advance(graph: &Graph, run: &mut Run, input: Input<'_>, world: World<'_>) -> Turn {
    let work = Cell::new(0);
    let mut walk = walk::Walk {
        flow: graph,
        run,
        world,
        effects: Vec::new(),
        trace: Vec::new(),
        noted: core::ptr::null(),
        told: 0,
        work: &work,
    };
    let outcome = walk.take(input);
    Turn { effects: walk.effects, trace: walk.trace, outcome, work: work.get() }
}

impl Run {
    /// What the variables hold that live as long as the visitor.
    pub fn of_visitor(&self, graph: &Graph) -> BTreeMap<String, Value> {
        let lasting = graph.variables().filter(|it| it.scope == Lifetime::Visitor);
        lasting.filter_map(|it| Some((it.name.clone(), self.variables.get(&it.name)?.clone()))).collect()
    }
}
