//! The steps a flow is made of, as they are written in JSON.

mod http;
mod message;
mod question;
mod set;

pub use http::{Http, HttpMethod};
pub use message::{CardOf, FileAt, LinkOf, Message, PictureAt};
pub use question::{Choice, ChoiceOption, Question, Timeout, Validate};
pub use set::Assignment;

use super::condition::When;
use super::value::Value;
use core::fmt;
use serde::Serialize;
use shared::id::{AgentId, FlowId};
use shared::json::{Json, Read, Wrong};
use std::rc::Rc;

/// A step's id: 1 to 64 characters of `A-Z a-z 0-9 _ -`. Copies share one text: every step of a turn is traced by them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct StepId(Rc<str>);

/// What is wrong with a step's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidStepId;

impl fmt::Display for InvalidStepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be 1 to 64 characters of A-Z a-z 0-9 _ -")
    }
}

impl StepId {
    /// Reads an id.
    pub fn parse(text: &str) -> Result<Self, InvalidStepId> {
        let known = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        if (1..=64).contains(&text.len()) && text.bytes().all(known) {
            Ok(Self(text.into()))
        } else {
            Err(InvalidStepId)
        }
    }
}

impl StepId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

shared::text_like!(StepId, { "type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$" });

/// One step.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Step {
    /// Its id, unique in the flow.
    pub id: StepId,
    /// Where it leads; without it, to the step below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<StepId>,
    /// What it does.
    #[serde(flatten)]
    pub action: Action,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Action {
    /// Says something.
    Message(Box<Message>),
    /// Offers buttons and waits for one. An answer that is none of them is asked for again, twice; then people help.
    Choice(Box<Choice>),
    /// Asks for something and waits for an answer of the right form. After `retries` wrong ones people help.
    Question(Box<Question>),
    /// Goes where the first case that holds says.
    Condition {
        /// The cases, in order.
        cases: Vec<Case>,
        /// Where to go when none holds; without it, on.
        #[serde(default, rename = "else", skip_serializing_if = "Option::is_none")]
        otherwise: Option<StepId>,
    },
    /// Keeps a value.
    Set {
        /// The variable; the trace of every turn shares its name.
        variable: Rc<str>,
        /// How the value comes about.
        #[serde(default, skip_serializing_if = "Assignment::is_plain")]
        op: Assignment,
        /// The value, or what it is made from; text takes `{{variables}}`. `now` and `id` need none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        value: Option<Value>,
    },
    /// Goes to `next`.
    Goto {},
    /// Goes through another flow, in the version that was published when this one was, and comes back when that ends.
    Call {
        /// The flow.
        flow: FlowId,
    },
    /// Waits, while the visitor sees somebody writing. What they say meanwhile is kept and answers nothing.
    Delay {
        /// How long, in seconds: 1 to [`MAX_DELAY`].
        seconds: u32,
    },
    /// Asks a server, and waits for what it answers.
    Http(Box<Http>),
    /// Puts tags on the conversation, for the people who answer.
    Tag {
        /// The tags, 1 to 20; they take `{{variables}}`.
        tags: Vec<String>,
    },
    /// Assigns the conversation to somebody; the bot goes on.
    Assign {
        /// Who is to answer.
        agent: AgentId,
    },
    /// Hands the conversation to people and ends the bot's part.
    Handoff {
        /// The department to ask.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        department: Option<String>,
        /// Where to go instead out of office hours; whether agents are online is a condition's to ask.
        #[serde(default, rename = "ifOffline", skip_serializing_if = "Option::is_none")]
        if_offline: Option<StepId>,
    },
    /// Is jumped to from wherever the flow waits, when the visitor says one of its keywords; leads to `next`.
    Jump {
        /// The words, 1 to 20; without regard to case.
        keywords: Vec<String>,
        /// Whether more may be said beside them.
        #[serde(default, rename = "match")]
        matching: Match,
    },
    /// Is jumped to when something goes wrong that its own step says nothing of: a server that gives no answer, too many
    /// wrong answers. Leads to `next`.
    OnError {},
    /// Is jumped to when the visitor has not answered for a while and the step that waits says nothing of it. Leads to
    /// `next`.
    OnTimeout {
        /// For how long, in seconds: 1 to [`MAX_DELAY`].
        seconds: u32,
    },
    /// Ends the flow; one that was called goes back to its caller.
    End {},
}

impl Read for Step {
    fn read(json: &Json) -> Result<Self, Wrong> {
        json.object(None)?;
        Ok(Self { id: json.field("id")?, next: json.field("next")?, action: Action::read(json)? })
    }
}

impl Read for Action {
    fn read(json: &Json) -> Result<Self, Wrong> {
        let kind: String = json.field("type")?;
        Ok(match kind.as_str() {
            "message" => Self::Message(Box::new(Message::read(json)?)),
            "choice" => Self::Choice(Box::new(Choice::read(json)?)),
            "question" => Self::Question(Box::new(Question::read(json)?)),
            "condition" => Self::Condition { cases: json.field("cases")?, otherwise: json.field("else")? },
            "set" => Self::Set {
                variable: json.field("variable")?,
                op: json.known("op")?.unwrap_or_default(),
                value: json.field("value")?,
            },
            "goto" => Self::Goto {},
            "call" => Self::Call { flow: json.field("flow")? },
            "delay" => Self::Delay { seconds: json.field("seconds")? },
            "http" => Self::Http(Box::new(Http::read(json)?)),
            "tag" => Self::Tag { tags: json.field("tags")? },
            "assign" => Self::Assign { agent: json.field("agent")? },
            "handoff" => {
                Self::Handoff { department: json.field("department")?, if_offline: json.field("ifOffline")? }
            }
            "jump" => Self::Jump {
                keywords: json.field("keywords")?,
                matching: json.known("match")?.unwrap_or_default(),
            },
            "onError" => Self::OnError {},
            "onTimeout" => Self::OnTimeout { seconds: json.field("seconds")? },
            "end" => Self::End {},
            other => return Err(Wrong::new(format_args!("there is no step of type `{other}`"))),
        })
    }
}

impl Action {
    /// The step's type as JSON spells it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Message(_) => "message",
            Self::Choice(_) => "choice",
            Self::Question(_) => "question",
            Self::Condition { .. } => "condition",
            Self::Set { .. } => "set",
            Self::Goto {} => "goto",
            Self::Call { .. } => "call",
            Self::Delay { .. } => "delay",
            Self::Http(_) => "http",
            Self::Tag { .. } => "tag",
            Self::Assign { .. } => "assign",
            Self::Handoff { .. } => "handoff",
            Self::Jump { .. } => "jump",
            Self::OnError {} => "onError",
            Self::OnTimeout { .. } => "onTimeout",
            Self::End {} => "end",
        }
    }

    /// Whether it is come to by what happens, and not by another step.
    pub fn is_handler(&self) -> bool {
        matches!(self, Self::Jump { .. } | Self::OnError {} | Self::OnTimeout { .. })
    }

    /// Whether the run waits at it.
    pub fn waits(&self) -> bool {
        matches!(self, Self::Question(_) | Self::Choice(_) | Self::Delay { .. })
    }
}

/// How a keyword is looked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Match {
    /// Nothing else may be said.
    #[default]
    Exact,
    /// It may stand among others.
    Contains,
}

/// The longest delay, in seconds.
pub const MAX_DELAY: u32 = 24 * 60 * 60;

/// One way out of a condition.
#[derive(Debug, Clone, PartialEq, Serialize, Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What must hold.
    pub when: When,
    /// Where it leads.
    pub next: StepId,
}
