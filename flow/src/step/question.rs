//! What visitors are asked: `choice` and `question`.

use super::StepId;
use super::message::PictureAt;
use crate::condition::When;
use serde::Serialize;
use shared::json::{Json, Read, Wrong};

/// Where a flow goes that has waited long enough.
#[derive(Debug, Clone, PartialEq, Serialize, Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Timeout {
    /// How long, in seconds: 1 to [`super::MAX_DELAY`].
    pub seconds: u32,
    /// Where it leads.
    pub next: StepId,
}

/// Buttons to choose from.
#[derive(Debug, Clone, PartialEq, Serialize, Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Choice {
    /// What it asks; takes `{{variables}}`.
    pub text: String,
    /// Whether that is formatted.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub markdown: bool,
    /// What it offers, 1 to 20.
    pub options: Vec<ChoiceOption>,
    /// The variable that keeps the chosen value; a list where several may be chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub save_as: Option<String>,
    /// Whether several may be chosen, written with commas between.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub multiple: bool,
    /// Where to go when nothing is chosen for a while.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Timeout>,
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
    /// What must hold for it to be offered; without it, it always is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<When>,
    /// Where its picture lies. Options of which one has a picture are offered as cards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<PictureAt>,
    /// More of it, said on its card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl ChoiceOption {
    /// What is kept when it is chosen.
    pub fn kept(&self) -> &str {
        self.value.as_deref().unwrap_or(&self.label)
    }
}

/// A question whose answer has a form.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Question {
    /// What it asks; takes `{{variables}}`.
    pub text: String,
    /// Whether that is formatted.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub markdown: bool,
    /// The variable that keeps the answer.
    pub save_as: String,
    /// The form the answer must have.
    #[serde(default)]
    pub validate: Validate,
    /// The pattern of [`Validate::Regex`], matched against the whole answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// What [`Validate::Choice`] offers, 1 to 20.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<ChoiceOption>,
    /// The best of a [`Validate::Rating`], 2 to 10; 5 without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<u8>,
    /// How often it asks again.
    #[serde(default = "usual_retries")]
    pub retries: u8,
    /// What it says to a wrong answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Whether the visitor may pass it over.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub skippable: bool,
    /// Where to go when nothing is answered for a while.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Timeout>,
}

fn usual_retries() -> u8 {
    2
}

impl Read for Question {
    fn read(json: &Json) -> Result<Self, Wrong> {
        Ok(Self {
            text: json.field("text")?,
            markdown: json.known("markdown")?.unwrap_or_default(),
            save_as: json.field("saveAs")?,
            validate: json.known("validate")?.unwrap_or_default(),
            pattern: json.field("pattern")?,
            options: json.known("options")?.unwrap_or_default(),
            most: json.field("most")?,
            retries: json.known("retries")?.unwrap_or_else(usual_retries),
            error: json.field("error")?,
            skippable: json.known("skippable")?.unwrap_or_default(),
            timeout: json.field("timeout")?,
        })
    }
}

impl Question {
    /// The best that it can be rated with.
    pub fn best(&self) -> u8 {
        self.most.unwrap_or(5)
    }
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
    /// One of the step's own options; what is kept is its value.
    Choice,
    /// A file; what is kept is where it can be fetched.
    File,
    /// A whole number from 1 to the step's `most`.
    Rating,
    /// The step's own pattern.
    Regex,
}
