//! JSON that comes in: parsed once into a tree, and read out of it into types.
//!
//! serde reads a text straight into a type, by code of its own for every type and every reader: that was a quarter of the
//! Worker. What reads a tree asks for one member after the other, is a fraction of it, and knows the path to what it
//! refuses. Writing stays with serde, but for what is large.

mod differences;
mod merge;
mod parse;
mod read;
mod write;

pub use differences::Difference;
pub use read::Read;
pub use read_derive::Read;
pub use write::{Members, Write, write_object};

use core::fmt;

/// A parsed value. Objects keep their members' order, and all of several of one name.
#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    /// `null`.
    Null,
    /// True or false.
    Boolean(bool),
    /// A number; whole ones are exact up to 2^53.
    Number(f64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// An object.
    Object(Vec<(String, Json)>),
}

/// Why something could not be read. One word wide, for every reading hands it on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong(Box<Fault>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Fault {
    /// Where: `fields[2].label`, or nothing for all of it.
    path: String,
    /// What is wrong there, and what would be right.
    reason: String,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.0.path.is_empty() {
            f.write_str(&self.0.path)?;
            f.write_str(": ")?;
        }
        f.write_str(&self.0.reason)
    }
}

impl Wrong {
    /// Of what is being read as a whole.
    pub fn new(reason: impl fmt::Display) -> Self {
        Self(Box::new(Fault { path: String::new(), reason: reason.to_string() }))
    }

    /// It is none of these texts.
    pub fn one_of(texts: &[&str]) -> Self {
        Self::new(format_args!("must be one of {}", texts.join(", ")))
    }

    /// As one sentence: `theme.primary must be a hex colour`.
    pub fn sentence(&self) -> String {
        match self.0.path.as_str() {
            "" => self.0.reason.clone(),
            path => format!("{path} {}", self.0.reason),
        }
    }

    /// The same, of the member of this name that it is within.
    #[must_use]
    pub fn within(mut self, name: &str) -> Self {
        let path = &mut self.0.path;
        if !path.is_empty() && !path.starts_with('[') {
            path.insert(0, '.');
        }
        path.insert_str(0, name);
        self
    }

    /// The same, of the item at this place of the list that it is within.
    #[must_use]
    fn at(self, index: usize) -> Self {
        self.within(&format!("[{index}]"))
    }

    fn missing(name: &str) -> Self {
        Self::new(format_args!("missing field `{name}`"))
    }
}

/// Reads a text into a type.
pub fn read<T: Read>(text: &str) -> Result<T, Wrong> {
    T::read(&Json::parse(text)?)
}

impl Json {
    /// The member of this name; the last of several, as other readers do. `None` where there is none.
    pub fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        members.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// The value at a path: `order.items[0].name`.
    pub fn at_path(&self, path: &str) -> Option<&Self> {
        let steps =
            path.split(['.', '[']).map(|step| step.trim_end_matches(']')).filter(|step| !step.is_empty());
        steps.take(32).try_fold(self, |json, step| match json {
            Self::List(items) => items.get(step.parse::<usize>().ok()?),
            other => other.get(step),
        })
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// Refuses what is no object, and, where all names are known that it may have, what has others or one of them twice.
    pub fn object(&self, known: Option<&[&str]>) -> Result<(), Wrong> {
        let Self::Object(members) = self else { return Err(Wrong::new("must be an object")) };
        let Some(known) = known else { return Ok(()) };
        for (name, _) in members {
            if !known.contains(&name.as_str()) {
                return Err(Wrong::new(format_args!("unknown field `{name}`")));
            }
        }
        match known.iter().find(|name| members.iter().filter(|(key, _)| key == *name).count() > 1) {
            Some(name) => Err(Wrong::new(format_args!("duplicate field `{name}`"))),
            None => Ok(()),
        }
    }

    /// Reads a member, which must be there unless its type can do without.
    pub fn field<T: Read>(&self, name: &str) -> Result<T, Wrong> {
        match self.get(name) {
            Some(value) => T::read(value).map_err(|wrong| wrong.within(name)),
            None => T::absent().ok_or_else(|| Wrong::missing(name)),
        }
    }

    /// Reads a member, if it is there.
    pub fn known<T: Read>(&self, name: &str) -> Result<Option<T>, Wrong> {
        match self.get(name) {
            Some(value) => T::read(value).map(Some).map_err(|wrong| wrong.within(name)),
            None => Ok(None),
        }
    }

    /// Reads an item of a list that has a certain length.
    pub fn item<T: Read>(&self, index: usize) -> Result<T, Wrong> {
        match self {
            Self::List(items) => match items.get(index) {
                Some(item) => T::read(item).map_err(|wrong| wrong.at(index)),
                None => Err(Wrong::new("the list is too short")),
            },
            _ => Err(Wrong::new("must be a list")),
        }
    }

    /// What an enum is written as whose variants hold nothing.
    pub fn tag(&self) -> Result<&str, Wrong> {
        self.text().ok_or_else(|| Wrong::new("must be a text"))
    }

    /// What an enum is written as whose variants hold something: its variant's name, alone or before what it holds.
    pub fn tagged(&self) -> Result<(&str, &Self), Wrong> {
        match self {
            Self::Text(tag) => Ok((tag, &Self::Null)),
            Self::Object(members) => match members.as_slice() {
                [(tag, value)] => Ok((tag, value)),
                _ => Err(Wrong::new("must have one member")),
            },
            _ => Err(Wrong::new("must be a text")),
        }
    }
}
