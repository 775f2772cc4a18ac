//! The bot's turns: what a flow is told, and what becomes of its effects.

use super::command::detail::Assignee;
use super::command::{Profile, ThreadError};
use super::head::{Bot, Conversation, Head};
use super::memory::Memory;
use flow::declared::Lifetime;
use flow::graph::{AGENTS_ONLINE, Graph};
use flow::run::{Effect, Input, Outcome, Run, World, advance};
use flow::step::StepId;
use flow::trace::TraceEntry;
use flow::value::{MAX_VARIABLES, Value};
use shared::json;
use shared::model::conversation::ConversationStatus;
use shared::model::message::{Author, AuthorKind, MessageType, Notice, Payload};
use shared::text::{Email, Line, Name};
use shared::time::Timestamp;
use std::collections::BTreeMap;

/// A message that is about to be given its place.
#[derive(Debug)]
pub struct Draft {
    /// Who says it.
    pub author: Author,
    /// What it is made of.
    pub kind: MessageType,
    /// What it says.
    pub payload: Payload,
}

/// The most bytes of a trace that are kept with a conversation, about.
const MOST_REMEMBERED: usize = 128 * 1024;

impl Draft {
    /// What the bot says without a flow.
    pub fn bot(text: String) -> Self {
        let author = Author { kind: AuthorKind::Bot, name: None };
        Self { author, kind: MessageType::Text, payload: Payload { text, ..Payload::default() } }
    }

    /// A notice, with words for those who do not know its kind.
    pub fn notice(notice: Notice) -> Self {
        let text = match notice {
            Notice::Handoff => "You will be answered by a person.",
            Notice::Closed => "The conversation was closed.",
            Notice::Reopened => "The conversation was opened again.",
        };
        Self {
            author: Author { kind: AuthorKind::System, name: None },
            kind: MessageType::Notice,
            payload: Payload { text: text.into(), notice: Some(notice), ..Payload::default() },
        }
    }
}

/// When a turn is taken, and what nobody can guess of it.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// The present.
    pub now: Timestamp,
    /// Random bytes.
    pub random: [u8; 10],
    /// How many agents are there, where somebody has looked.
    pub agents: Option<u32>,
}

/// What came of a turn.
#[derive(Debug)]
pub struct Taken {
    /// What the bot says.
    pub drafts: Vec<Draft>,
    /// The department it hands the conversation to, if it names one.
    pub department: Option<String>,
    /// The tags it puts on the conversation.
    pub tags: Vec<String>,
    /// Whom it assigns the conversation to.
    pub assignee: Option<Assignee>,
    /// Whether it goes on by itself, after a while.
    pub waits: bool,
}

/// Takes the bot's turn in a conversation and gives what it says. What the flow learns of name, e-mail and phone is
/// kept as the visitor's claim.
#[inline(never)]
pub fn take_later(
    graph: &Graph,
    head: &mut Head,
    input: Input<'_>,
    moment: Moment,
) -> Result<Taken, ThreadError> {
    let known = known(head, moment.agents);
    let world = World { known: &known, now: moment.now, random: moment.random };
    let before = head.conversation.bot.take().unwrap_or_else(|| Bot::new(true));
    let Memory { mut run, fetch, .. } = Memory::of(&before);
    run.waiting_at = before.waiting_at.as_deref().and_then(|id| StepId::parse(id).ok());
    let (waited_at, waited_in) = (run.waiting_at.clone(), run.calls.clone());
    if input == Input::Start {
        remember(&mut run, graph, head.profile.variables.as_deref());
    }
    let turn = advance(graph, &mut run, input, world);
    learn(&mut head.profile, &run);
    keep_of_visitor(&mut head.profile.variables, run.of_visitor(graph));
    // What is said meanwhile does not end the waiting.
    // A step of the same name in another flow is another; what a server has answered is waited for no more.
    let waits_on = run.waiting_at.is_some()
        && run.waiting_at == waited_at
        && run.calls == waited_in
        && !matches!(input, Input::Fetched(_));
    let (mut due, mut fetch) = (before.due.filter(|_| waits_on), fetch.filter(|_| waits_on));
    let trace = turn.trace;
    if matches!(turn.outcome, Outcome::HandedOff | Outcome::FuelSpent) {
        head.conversation.status = ConversationStatus::Open;
    }
    let mut taken =
        Taken { drafts: Vec::new(), department: None, tags: Vec::new(), assignee: None, waits: false };
    for effect in turn.effects {
        match effect {
            Effect::Say(kind, payload) => {
                taken.drafts.push(Draft {
                    author: Author { kind: AuthorKind::Bot, name: None },
                    kind,
                    payload,
                });
            }
            Effect::Handoff(named) => {
                taken.department = named;
                taken.drafts.push(Draft::notice(Notice::Handoff));
            }
            Effect::Tag(tags) => taken.tags.extend(tags),
            // Whose name is not known was no agent when the flow was published.
            Effect::Assign(id) => {
                let agent = graph.agent(id).map(|name| Assignee { id, name: name.into() });
                taken.assignee = agent.or(taken.assignee);
            }
            Effect::Patience(seconds) => due = Some(moment.now.plus_seconds(seconds.into()).millis()),
            Effect::Wait(seconds) => {
                due = Some(moment.now.plus_seconds(seconds.into()).millis());
                taken.waits = true;
            }
            Effect::Fetch(asked) => {
                (due, fetch) = (Some(moment.now.millis()), Some(*asked));
                taken.waits = true;
            }
        }
    }
    let waiting_at = run.waiting_at.as_ref().map(ToString::to_string);
    let memory = Memory { run, trace: remembered(trace), fetch };
    let memory = serde_json::to_string(&memory)?;
    head.conversation.bot =
        Some(Bot { waiting_at, left_at: None, due, people: before.people, memory: memory.into() });
    Ok(taken)
}

/// As much of a turn's trace as is kept: a row has room for so much.
fn remembered(trace: Vec<TraceEntry>) -> Vec<TraceEntry> {
    let mut bytes = 0;
    let fits = |entry: &TraceEntry| {
        bytes += entry.bytes();
        bytes <= MOST_REMEMBERED
    };
    trace.into_iter().take_while(fits).collect()
}

/// Where a conversation stands once the visitor has spoken and no bot listens: people are asked for.
pub fn without_bot(conversation: &mut Conversation) {
    if conversation.status == ConversationStatus::Pending {
        conversation.status = ConversationStatus::Open;
    }
}

fn known(head: &Head, agents: Option<u32>) -> BTreeMap<String, Value> {
    let claims =
        [("name", &head.profile.name), ("email", &head.profile.email), ("phone", &head.profile.phone)];
    let mut known = BTreeMap::new();
    for (name, claim) in claims {
        if let Some(text) = claim {
            known.insert(name.to_owned(), Value::Text(text.clone()));
            known.insert(format!("visitor.{name}"), Value::Text(text.clone()));
        }
    }
    known.insert("visitor.id".into(), Value::Text(head.visitor.to_string()));
    if let Some(people) = head.conversation.bot.as_ref().and_then(|bot| bot.people) {
        known.insert("office.open".into(), Value::Boolean(people));
    }
    if let Some(agents) = agents {
        known.insert(AGENTS_ONLINE.into(), Value::Number(agents.into()));
    }
    known.insert("conversation.id".into(), Value::Text(head.conversation.id.to_string()));
    known
}

/// Begins with what flows have kept of the visitor, as far as this one declares it.
fn remember(run: &mut Run, graph: &Graph, variables: Option<&str>) {
    let kept = variables.and_then(|json| json::read::<BTreeMap<String, Value>>(json).ok());
    let mut kept = kept.unwrap_or_default();
    for declared in graph.variables().filter(|it| it.scope == Lifetime::Visitor) {
        if let Some(value) = kept.remove(&declared.name).and_then(|value| declared.fitted(value)) {
            // As many fit as a run may hold.
            let _ = run.variables.set(&declared.name, value);
        }
    }
}

/// Keeps what is to last beyond the conversation, beside what other flows have kept.
fn keep_of_visitor(kept: &mut Option<String>, lasting: BTreeMap<String, Value>) {
    if lasting.is_empty() {
        return;
    }
    let mut all: BTreeMap<String, Value> =
        kept.as_deref().and_then(|json| json::read(json).ok()).unwrap_or_default();
    for (name, value) in lasting {
        if all.len() < MAX_VARIABLES || all.contains_key(&name) {
            all.insert(name, value);
        }
    }
    *kept = serde_json::to_string(&all).ok();
}

/// What the flow learned becomes a claim where it has the form of one.
fn learn(profile: &mut Profile, run: &Run) {
    let said = |name: &str| run.variables.get(name).map(Value::to_string);
    let line = |name: Name| name.as_option().map(str::to_owned);
    if let Some(name) = said("name").and_then(|said| Name::parse(&said).ok()).and_then(line) {
        profile.name = Some(name);
    }
    if let Some(email) = said("email").and_then(|said| Email::parse(said.trim()).ok()) {
        profile.email = Some(email.to_string());
    }
    if let Some(phone) = said("phone").and_then(|said| Line::<40>::parse(&said).ok()) {
        profile.phone = phone.as_option().map(str::to_owned).or(profile.phone.take());
    }
}
