//! What a flow's variables hold.

use core::cell::Cell;
use core::fmt;
use serde::Serialize;
use shared::json::{Json, Read, Write, Wrong};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The most variables a run may hold.
pub const MAX_VARIABLES: usize = 100;
/// How much work one turn may be: about half a second.
pub const MOST_WORK: u32 = 500_000;
/// The longest a variable may be, in bytes, written out.
pub const MAX_VARIABLE_BYTES: usize = 4096;

/// A value: what JSON can say without objects.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Value {
    /// True or false.
    Boolean(bool),
    /// A number.
    Number(f64),
    /// Text; a date is text in RFC 3339.
    Text(String),
    /// Several texts.
    List(Vec<String>),
}

impl Read for Value {
    fn read(json: &Json) -> Result<Self, Wrong> {
        match json {
            Json::Boolean(value) => Ok(Self::Boolean(*value)),
            Json::Number(value) => Ok(Self::Number(*value)),
            Json::Text(value) => Ok(Self::Text(value.clone())),
            Json::List(_) => Read::read(json).map(Self::List),
            _ => Err(Wrong::new("must be a text, a number, true, false or a list of texts")),
        }
    }
}

impl Value {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.trim().is_empty(),
            Self::List(items) => items.is_empty(),
            Self::Boolean(_) | Self::Number(_) => false,
        }
    }

    /// As a number, where it is one or reads as one.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.trim().parse().ok().filter(|n: &f64| n.is_finite()),
            _ => None,
        }
    }

    /// As true or false, where it is that or reads as that.
    pub fn as_boolean(&self) -> Option<bool> {
        match self {
            Self::Boolean(flag) => Some(*flag),
            Self::Text(text) => match text.trim().to_lowercase().as_str() {
                "true" | "yes" => Some(true),
                "false" | "no" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }
}

/// How many bytes a text has in JSON: what is no letter there may take six.
fn written(text: &str) -> usize {
    text.len() + 5 * text.bytes().filter(|byte| *byte < b' ').count()
}

/// A number as a whole one, where it is.
fn whole(number: f64) -> Option<i64> {
    let whole = number as i64;
    (whole as f64 == number && whole.unsigned_abs() < 1 << 53 && (whole != 0 || number.is_sign_positive()))
        .then_some(whole)
}

impl Value {
    /// How many bytes it has, written out; a number has few, and counts for none.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Text(text) => written(text),
            Self::List(items) => items.iter().map(|item| written(item) + 2).sum::<usize>().saturating_sub(2),
            Self::Boolean(_) | Self::Number(_) => 0,
        }
    }

    /// The text, without making another of what is one already.
    pub fn text(&self) -> Cow<'_, str> {
        if let Self::Text(text) = self {
            return Cow::Borrowed(text);
        }
        let mut text = String::new();
        self.write_out(&mut text);
        Cow::Owned(text)
    }

    /// Puts it at the end of a text.
    pub fn write_out(&self, out: &mut String) {
        match self {
            Self::Boolean(flag) => out.push_str(if *flag { "true" } else { "false" }),
            Self::Number(number) => match whole(*number) {
                // Most numbers are: writing them takes a tenth of the time.
                Some(whole) => quick::push_whole(whole, out),
                None => out.push_str(&number.to_string()),
            },
            Self::Text(text) => out.push_str(text),
            Self::List(items) => out.push_str(&items.join(", ")),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl Write for Value {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Number(number) => match whole(*number) {
                Some(whole) => quick::write_whole(whole, out),
                None => number.write(out),
            },
            Self::Text(text) => quick::write_text(text, out),
            Self::List(items) => items.write(out),
            Self::Boolean(flag) => flag.write(out),
        }
    }
}

/// A run's variables, never more than [`MAX_VARIABLES`] of [`MAX_VARIABLE_BYTES`] each.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Read)]
#[serde(transparent)]
pub struct Variables(BTreeMap<String, Value>);

/// A variable could not be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// There are [`MAX_VARIABLES`] already.
    TooMany,
    /// It is longer than [`MAX_VARIABLE_BYTES`].
    TooLong,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMany => write!(f, "a run holds at most {MAX_VARIABLES} variables"),
            Self::TooLong => write!(f, "a variable holds at most {MAX_VARIABLE_BYTES} bytes"),
        }
    }
}

impl Variables {
    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// All of them.
    pub fn all(&self) -> BTreeMap<String, Value> {
        self.0.clone()
    }

    /// Keeps a value under a name; refused where it would pass a limit, and then nothing changes.
    pub fn set(&mut self, name: &str, value: Value) -> Result<(), Refused> {
        if self.0.len() >= MAX_VARIABLES && !self.0.contains_key(name) {
            return Err(Refused::TooMany);
        }
        if value.bytes() > MAX_VARIABLE_BYTES {
            return Err(Refused::TooLong);
        }
        match self.0.get_mut(name) {
            Some(held) => *held = value,
            None => drop(self.0.insert(name.into(), value)),
        }
        Ok(())
    }
}

/// Where a step looks a name up: first what the run itself holds, then what is known of visitor and conversation.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// What the run holds.
    pub variables: &'a Variables,
    /// What is known without being set: `name`, `email`, `phone`, `visitor.*`, `conversation.*`.
    pub known: &'a BTreeMap<String, Value>,
    /// How much work the turn has been, about in millionths of a second.
    pub work: &'a Cell<u32>,
}

impl<'a> Scope<'a> {
    /// Notes work that is to be done; false where the turn has done all it may, and it is not to be done.
    pub fn spend(self, work: usize) -> bool {
        self.work.set(self.work.get().saturating_add(u32::try_from(work).unwrap_or(u32::MAX)));
        self.work.get() <= MOST_WORK
    }

    /// The value of a name.
    pub fn get(self, name: &str) -> Option<&'a Value> {
        self.variables.get(name).or_else(|| self.known.get(name))
    }
}
