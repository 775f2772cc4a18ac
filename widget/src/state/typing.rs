//! Who is writing: the visitor, as others are told, and others, as the visitor is told.

use super::command::Command;
use super::live::Stage;
use super::timers::Timer;
use super::{Model, Turn};
use alloc::string::String;
use shared::model::message::AuthorKind;
use shared::wire::frame::ClientFrame;

/// A visitor who has not touched a key for this long has paused.
const PAUSE: i64 = 5_000;
/// How often a visitor who keeps writing says so; the edge forgets after 30 s.
const REPEAT: i64 = 10_000;
/// An "off" may get lost; nobody writes for longer than this.
const FORGET: i64 = 30_000;

/// Somebody who is writing to the visitor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typist {
    /// What kind of author.
    pub kind: AuthorKind,
    /// Their name, if known.
    pub name: Option<String>,
    until: i64,
}

/// The visitor changed what stands in the composer.
pub fn typed(model: &mut Model, turn: &mut Turn, empty: bool) {
    if empty {
        return stop(model, turn);
    }
    let now = turn.now();
    if model.link.stage == Stage::Open && model.writing_since.is_none_or(|since| now - since >= REPEAT) {
        model.writing_since = Some(now);
        turn.perform(Command::Say(ClientFrame::Typing { on: true }));
    }
    model.timers.set(Timer::Pause, now + PAUSE);
}

/// The visitor stopped writing.
pub fn stop(model: &mut Model, turn: &mut Turn) {
    model.timers.clear(Timer::Pause);
    if model.writing_since.take().is_some() && model.link.stage == Stage::Open {
        turn.perform(Command::Say(ClientFrame::Typing { on: false }));
    }
}

/// Somebody else began or stopped.
pub fn told(model: &mut Model, turn: &mut Turn, kind: AuthorKind, name: Option<String>, on: bool) {
    wrote(model, kind);
    if on && kind != AuthorKind::Visitor {
        let until = turn.now() + FORGET;
        model.typists.push(Typist { kind, name, until });
        model.timers.set(Timer::Typists, until);
    }
}

/// A message by this kind of author came: they are done writing it.
pub fn wrote(model: &mut Model, kind: AuthorKind) {
    model.typists.retain(|typist| typist.kind != kind);
}

/// Whoever has been writing for too long is forgotten.
pub fn expire(model: &mut Model, turn: &mut Turn) {
    let now = turn.now();
    model.typists.retain(|typist| typist.until > now);
    if let Some(next) = model.typists.iter().map(|typist| typist.until).min() {
        model.timers.set(Timer::Typists, next);
    }
}
