//! The steps a flow is made of, as they are written in JSON.

use super::condition::When;
use super::value::Value;
use crate::json::{Json, Read, Wrong};
use core::fmt;
use serde::Serialize;
use std::collections::BTreeMap;

/// A step's id: 1 to 64 characters of `A-Z a-z 0-9 _ -`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct StepId(String);

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

crate::parsed::text_like!(StepId, { "type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$" });

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
    Message {
        /// What it says; takes `{{variables}}`.
        text: String,
    },
    /// Offers buttons and waits for one. An answer that is none of them is asked for again, twice; then people help.
    Choice {
        /// What it asks; takes `{{variables}}`.
        text: String,
        /// What it offers, 1 to 20.
        options: Vec<ChoiceOption>,
        /// The variable that keeps the chosen value; a list where several may be chosen.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        save_as: Option<String>,
        /// Whether several may be chosen, written with commas between.
        #[serde(default, skip_serializing_if = "core::ops::Not::not")]
        multiple: bool,
    },
    /// Asks for something and waits for an answer of the right form. After `retries` wrong ones people help.
    Question {
        /// What it asks; takes `{{variables}}`.
        text: String,
        /// The variable that keeps the answer.
        save_as: String,
        /// The form the answer must have.
        #[serde(default)]
        validate: Validate,
        /// The pattern of [`Validate::Regex`], matched against the whole answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pattern: Option<String>,
        /// How often it asks again.
        #[serde(default = "usual_retries")]
        retries: u8,
        /// What it says to a wrong answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<String>,
        /// Whether the visitor may pass it over.
        #[serde(default, skip_serializing_if = "core::ops::Not::not")]
        skippable: bool,
    },
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
        /// The variable.
        variable: String,
        /// How the value comes about.
        #[serde(default, skip_serializing_if = "Assignment::is_plain")]
        op: Assignment,
        /// The value, or what it is made from; text takes `{{variables}}`. `now` and `id` need none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        value: Option<Value>,
    },
    /// Goes to `next`.
    Goto {},
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
    /// Hands the conversation to people and ends the bot's part.
    Handoff {
        /// The department to ask.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        department: Option<String>,
        /// Where to go instead while nobody is there.
        #[serde(default, rename = "ifOffline", skip_serializing_if = "Option::is_none")]
        if_offline: Option<StepId>,
    },
    /// Ends the flow.
    End {},
}

fn usual_retries() -> u8 {
    2
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
            "message" => Self::Message { text: json.field("text")? },
            "choice" => Self::Choice {
                text: json.field("text")?,
                options: json.field("options")?,
                save_as: json.field("saveAs")?,
                multiple: json.known("multiple")?.unwrap_or_default(),
            },
            "question" => Self::Question {
                text: json.field("text")?,
                save_as: json.field("saveAs")?,
                validate: json.known("validate")?.unwrap_or_default(),
                pattern: json.field("pattern")?,
                retries: json.known("retries")?.unwrap_or_else(usual_retries),
                error: json.field("error")?,
                skippable: json.known("skippable")?.unwrap_or_default(),
            },
            "condition" => Self::Condition { cases: json.field("cases")?, otherwise: json.field("else")? },
            "set" => Self::Set {
                variable: json.field("variable")?,
                op: json.known("op")?.unwrap_or_default(),
                value: json.field("value")?,
            },
            "goto" => Self::Goto {},
            "delay" => Self::Delay { seconds: json.field("seconds")? },
            "http" => Self::Http(Box::new(Http::read(json)?)),
            "tag" => Self::Tag { tags: json.field("tags")? },
            "handoff" => {
                Self::Handoff { department: json.field("department")?, if_offline: json.field("ifOffline")? }
            }
            "end" => Self::End {},
            other => return Err(Wrong::new(format_args!("there is no step of type `{other}`"))),
        })
    }
}

impl Action {
    /// The step's type as JSON spells it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Message { .. } => "message",
            Self::Choice { .. } => "choice",
            Self::Question { .. } => "question",
            Self::Condition { .. } => "condition",
            Self::Set { .. } => "set",
            Self::Goto {} => "goto",
            Self::Delay { .. } => "delay",
            Self::Http(_) => "http",
            Self::Tag { .. } => "tag",
            Self::Handoff { .. } => "handoff",
            Self::End {} => "end",
        }
    }
}

/// One button of a choice.
#[derive(Debug, Clone, PartialEq, Serialize, Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ChoiceOption {
    /// What stands on it.
    pub label: String,
    /// What is kept when it is chosen; the label when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Where it leads; without it, where the step leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<StepId>,
}

impl ChoiceOption {
    /// What is kept when it is chosen.
    pub fn kept(&self) -> &str {
        self.value.as_deref().unwrap_or(&self.label)
    }
}

/// The longest delay, in seconds.
pub const MAX_DELAY: u32 = 24 * 60 * 60;

/// How a value comes about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Assignment {
    /// It is what stands there.
    #[default]
    Value,
    /// It is what the arithmetic comes to: `({{price}} + 2) * count`.
    Expression,
    /// It is put at the end of the list that the variable holds.
    Append,
    /// It is added to the number that the variable holds; 1 where there is none.
    Increment,
    /// It is the present, in RFC 3339.
    Now,
    /// It is a random id.
    Id,
}

impl Assignment {
    fn is_plain(&self) -> bool {
        *self == Self::Value
    }
}

/// A call of a server.
#[derive(Debug, Clone, PartialEq, Serialize, Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Http {
    /// How it is called.
    #[serde(default)]
    pub method: HttpMethod,
    /// Where: `https` alone; takes `{{variables|url}}` after the host.
    pub url: String,
    /// What is said beside the body; values take `{{variables}}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// The body; takes `{{variables}}`, and is JSON where the headers say nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The variable that keeps the whole answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub save_as: Option<String>,
    /// Variables and where in the JSON of the answer their values stand: `order.items[0].name`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub map: BTreeMap<String, String>,
    /// Where to go when there is no answer, or one of status 400 or more; without it, on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_error: Option<StepId>,
}

/// How a server is called.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum HttpMethod {
    /// Read.
    #[default]
    #[serde(rename = "GET")]
    Get,
    /// Do.
    #[serde(rename = "POST")]
    Post,
    /// Write.
    #[serde(rename = "PUT")]
    Put,
    /// Change.
    #[serde(rename = "PATCH")]
    Patch,
    /// Remove.
    #[serde(rename = "DELETE")]
    Delete,
}

impl HttpMethod {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

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

/// The form an answer must have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Validate {
    /// Any words.
    #[default]
    Text,
    /// A number.
    Number,
    /// An e-mail address.
    Email,
    /// A phone number: 6 to 15 digits (ITU-T E.164), with the usual punctuation.
    Phone,
    /// An `http` or `https` address.
    Url,
    /// A calendar date, `2026-05-01`.
    Date,
    /// The step's own pattern.
    Regex,
}
