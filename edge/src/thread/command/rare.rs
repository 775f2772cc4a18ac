//! Commands of clients that name the conversation they mean, and what else our own widget never asks. How they are written
//! and read is of the program's second part, which most of the places where this runs never need.

use super::within::{Begin, Claim, Within};
use serde::Serialize;
use shared::id::ConversationId;
use shared::json::{self, Read, Wrong};

/// What a rare command's text begins with, and no other's.
pub const MARK: char = '!';

/// A rare command.
#[derive(Debug, Serialize, Read)]
pub enum Rare {
    /// Do something in a conversation of the visitor's.
    Within(ConversationId, Within),
    /// Begin the conversation that the visitor's next message belongs to, where the last one is closed. Answers a
    /// [`super::within::Standing`].
    Begin(Begin),
    /// Tell who the visitor is and where their newest conversation stands. Answers a [`super::within::Standing`].
    Standing,
    /// Tell this object no more of what happens.
    Unlisten(String),
    /// Keep more of what the visitor says of themselves. Answers a [`super::within::Standing`].
    Claim(Vec<Claim>),
}

impl Rare {
    /// It as text, with its mark.
    pub fn written(&self) -> serde_json::Result<String> {
        Ok(format!("{MARK}{}", serde_json::to_string(self)?))
    }

    /// Reads it, without its mark.
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        json::read(text)
    }
}
