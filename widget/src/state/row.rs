//! What a row of the log is.

use super::extra::Extra;
use alloc::{boxed::Box, string::String, vec::Vec};
use shared::model::message::AuthorKind;
use shared::model::rich::Asks;

/// Messages of one author further apart than this do not belong together.
const TOGETHER: i64 = 5 * 60_000;

/// One row of the log. Rows with the same key are the same row at different times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it is known by.
    pub key: String,
    /// What it shows.
    pub body: Body,
}

/// What a row shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Older messages are on their way, or can be asked for.
    Older,
    /// The log is on its way.
    Skeleton,
    /// A line in the middle.
    Line(&'static str),
    /// A day begins.
    Day(i64),
    /// What follows was unread.
    Fresh,
    /// Somebody said something.
    Bubble(Box<Bubble>),
    /// Answers to choose from, or what else suits the question.
    Choices(Choices),
    /// Somebody is writing.
    Typing {
        /// What kind of author.
        kind: AuthorKind,
        /// Their name, if known.
        name: Option<String>,
    },
    /// The settings did not come.
    Trouble {
        /// What is wrong.
        text: &'static str,
        /// Whether asking again may help.
        retry: bool,
    },
}

/// What stands below a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choices {
    /// The answers to choose from.
    pub labels: Vec<String>,
    /// The form of the answer, where something suits it better than words.
    pub asks: Option<Asks>,
    /// Whether files can be sent.
    pub files: bool,
}

/// How far a message of the visitor's own has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    /// It is not the visitor's.
    None,
    /// It is on its way.
    Sending,
    /// The edge has it.
    Sent,
    /// Somebody has seen it.
    Seen,
    /// The edge will not have it.
    Failed(String),
}

/// One thing that somebody said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bubble {
    /// The message's id; for one on its way the name we gave it.
    pub id: String,
    /// What kind of author.
    pub kind: AuthorKind,
    /// The author's name, if known.
    pub name: Option<String>,
    /// What they said.
    pub text: String,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// Whether it begins a group of one author.
    pub first: bool,
    /// Whether it ends such a group.
    pub last: bool,
    /// How far it has come.
    pub mark: Mark,
    /// The file that goes with it.
    pub file: Option<Box<Shown>>,
    /// What else it has.
    pub extra: Option<Box<Extra>>,
    /// Whether it came while the visitor was here.
    pub live: bool,
    /// Whether it was changed after it was sent.
    pub edited: bool,
    /// Whether it was taken back.
    pub gone: bool,
    /// Whether the visitor may change it, and whether the menu for that is open.
    pub menu: Option<bool>,
}

/// A file as the log shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// What it is known by; where it lies may change.
    pub id: String,
    /// Whether it is shown as a picture.
    pub picture: bool,
    /// Its name.
    pub name: String,
    /// How many bytes it has.
    pub size: u32,
    /// Where it lies.
    pub url: String,
    /// A picture's width and height.
    pub measure: Option<(u32, u32)>,
    /// How much of it has gone, in hundredths, while it goes.
    pub progress: Option<u32>,
}

impl Bubble {
    /// Whether it belongs together with the one before.
    pub fn continues(&self, before: &Self) -> bool {
        self.kind == before.kind && self.name == before.name && self.at - before.at < TOGETHER
    }
}
