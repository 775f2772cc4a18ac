//! The bot's turns: what a flow is told, and what becomes of its effects.

use super::command::Profile;
use super::head::{Bot, Conversation, Head};
use shared::flow::graph::Graph;
use shared::flow::run::{Effect, Input, Outcome, Run, advance};
use shared::flow::value::Value;
use shared::model::conversation::ConversationStatus;
use shared::model::message::{Author, AuthorKind, MessageType, Notice, Payload};
use shared::text::{Email, Line, Name};
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

/// What came of a turn.
#[derive(Debug)]
pub struct Taken {
    /// What the bot says.
    pub drafts: Vec<Draft>,
    /// The department it hands the conversation to, if it names one.
    pub department: Option<String>,
}

/// Takes the bot's turn in a conversation and gives what it says. What the flow learns of name, e-mail and phone is
/// kept as the visitor's claim.
pub fn take(graph: &Graph, head: &mut Head, input: Input<'_>) -> Taken {
    let known = known(head);
    let mut run = head.conversation.bot.take().map_or_else(Run::default, |bot| bot.run);
    let turn = advance(graph, &mut run, input, &known);
    learn(&mut head.profile, &run);
    head.conversation.bot = Some(Bot { run, trace: turn.trace });
    if matches!(turn.outcome, Outcome::HandedOff | Outcome::FuelSpent) {
        head.conversation.status = ConversationStatus::Open;
    }
    let mut department = None;
    let drafts = turn.effects.into_iter().map(|effect| match effect {
        Effect::Say(kind, payload) => {
            Draft { author: Author { kind: AuthorKind::Bot, name: None }, kind, payload }
        }
        Effect::Handoff(named) => {
            department = named;
            Draft::notice(Notice::Handoff)
        }
    });
    let drafts = drafts.collect();
    Taken { drafts, department }
}

/// Where a conversation stands once the visitor has spoken and no bot listens: people are asked for.
pub fn without_bot(conversation: &mut Conversation) {
    if conversation.status == ConversationStatus::Pending {
        conversation.status = ConversationStatus::Open;
    }
}

fn known(head: &Head) -> BTreeMap<String, Value> {
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
    known.insert("conversation.id".into(), Value::Text(head.conversation.id.to_string()));
    known
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
