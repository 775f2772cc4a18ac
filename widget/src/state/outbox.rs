//! What the visitor wrote and the edge has not confirmed. Nothing leaves here before the edge has it or the visitor
//! gives it up; every entry has its id before it is first sent, so that a retry is recognised.

use super::command::Command;
use super::event::{Answer, Failure};
use super::files::{self, File};
use super::log::Log;
use super::timers::Timer;
use super::{Model, Turn, session, sync, typing};
use alloc::{boxed::Box, string::String, vec::Vec};
use shared::id::ClientId;
use shared::model::message::Message;
use shared::text::MessageText;
use shared::time::Timestamp;

/// How long another tab has for sending what it put in.
const OTHERS_TURN: i64 = 10_000;

/// What became of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It is sent, or sent again, as soon as that is possible.
    Queued,
    /// The edge will not have it; the visitor decides.
    Refused(String),
    /// Another tab has got it through; the edge's copy is on its way to us.
    HandedOver,
}

/// A message on its way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Its name.
    pub id: ClientId,
    /// What it says.
    pub text: String,
    /// When it was written, in milliseconds since 1970.
    pub at: i64,
    /// What became of it.
    pub fate: Fate,
    /// Not ours to send before this time.
    pub not_before: i64,
    /// The file that goes with it.
    pub file: Option<Box<File>>,
}

/// The messages on their way out, oldest first.
#[derive(Debug, Default)]
pub struct Outbox {
    entries: Vec<Outgoing>,
    posting: Option<ClientId>,
    failures: u32,
}

impl Outbox {
    /// The entries.
    pub fn entries(&self) -> &[Outgoing] {
        &self.entries
    }

    /// Whether nothing is on its way.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether something waits to be sent.
    pub fn has_queued(&self) -> bool {
        self.entries.iter().any(|entry| entry.fate == Fate::Queued)
    }

    /// Whether something is being sent.
    pub fn posting(&self) -> bool {
        self.posting.is_some()
    }

    /// Adds an entry in its place: the ids sort by time.
    pub fn add(&mut self, entry: Outgoing) {
        self.take(&entry.id);
        let place = self.entries.partition_point(|other| other.id.as_str() < entry.id.as_str());
        self.entries.insert(place, entry);
    }

    fn take(&mut self, id: &ClientId) -> Option<Outgoing> {
        let place = self.entries.iter().position(|entry| entry.id == *id)?;
        Some(self.entries.remove(place))
    }

    /// The entry of this name.
    pub fn get(&self, id: &ClientId) -> Option<&Outgoing> {
        self.entries.iter().find(|entry| entry.id == *id)
    }

    /// The entries, to be changed.
    pub fn entries_mut(&mut self) -> &mut [Outgoing] {
        &mut self.entries
    }

    /// Adds an entry behind the others.
    pub fn push(&mut self, entry: Outgoing) {
        self.entries.push(entry);
    }

    /// The entry of this name, to be changed.
    pub fn find(&mut self, id: &ClientId) -> Option<&mut Outgoing> {
        self.entries.iter_mut().find(|entry| entry.id == *id)
    }

    /// Drops the entry that this message is; answers with its id when there was one.
    pub fn confirm(&mut self, message: &Message) -> Option<ClientId> {
        self.take(message.client_id.as_ref()?).map(|entry| entry.id)
    }

    /// Drops every entry that the log already holds.
    pub fn settle(&mut self, log: &Log) {
        for message in log.messages() {
            self.confirm(message);
        }
    }

    /// Drops what other tabs sent.
    pub fn forget_handed_over(&mut self) {
        self.entries.retain(|entry| entry.fate != Fate::HandedOver);
    }

    /// Lets the entry go that was being sent, so that it can be sent as somebody else.
    pub fn release(&mut self) {
        self.posting = None;
    }
}

/// The visitor sent words.
pub fn submit(model: &mut Model, turn: &mut Turn, typed: &str) {
    let rest = files::submit(model, turn, typed);
    match MessageText::parse(rest) {
        Ok(text) => {
            let now = turn.now();
            let id = ClientId::new(Timestamp::from_millis(now), turn.tick.random);
            let text = text.into_string();
            let entry = Outgoing { id, text, at: now, fate: Fate::Queued, not_before: 0, file: None };
            turn.perform(Command::KeepOutgoing(entry.id.clone()));
            // Two sent within a millisecond keep the order they were sent in.
            model.outbox.entries.push(entry);
        }
        Err(_) if model.outbox.is_empty() => return,
        Err(_) => {}
    }
    typing::stop(model, turn);
    model.fresh_from = None;
    model.at_end = true;
    turn.perform(Command::ScrollToEnd);
    flush(model, turn);
}

/// Sends the next entry, if one may be sent now.
pub fn flush(model: &mut Model, turn: &mut Turn) {
    let outbox = &mut model.outbox;
    if outbox.posting.is_some()
        || model.asking
        || model.timers.runs(Timer::Flush)
        || model.timers.runs(Timer::Session)
    {
        return;
    }
    let now = turn.now();
    let mut queued = outbox.entries.iter().filter(|entry| entry.fate == Fate::Queued);
    let Some(next) = queued.clone().find(|entry| entry.not_before <= now) else {
        if let Some(later) = queued.next() {
            model.timers.set(Timer::Flush, later.not_before);
        }
        return;
    };
    if model.session.is_none() {
        return session::ask(model, turn);
    }
    let id = next.id.clone();
    let to_upload = next.file.as_ref().is_some_and(|file| file.asset.is_none());
    outbox.posting = Some(id.clone());
    turn.perform(if to_upload { Command::Upload(id) } else { Command::Post(id) });
}

/// Sends at once what was waiting for better times: they have come.
pub fn flush_now(model: &mut Model, turn: &mut Turn) {
    if model.timers.runs(Timer::Session) {
        session::ask(model, turn);
    }
    model.timers.clear(Timer::Flush);
    model.outbox.failures = 0;
    flush(model, turn);
}

/// The edge answered.
pub fn posted(model: &mut Model, turn: &mut Turn, id: &ClientId, answer: Answer<Box<Message>>) {
    if model.outbox.posting.as_ref() == Some(id) {
        model.outbox.posting = None;
    }
    match answer {
        Ok(message) => {
            model.outbox.failures = 0;
            if let Some(entry) = model.outbox.take(id) {
                turn.perform(Command::DropOutgoing(id.clone()));
                if let Some(file) = entry.file {
                    turn.perform(Command::DropFile(file.key));
                }
            }
            // Its `changed` says nothing of what came before it, so the log's cursor stays.
            sync::take(model, turn, *message);
            sync::pace(model, turn);
            flush(model, turn);
            sync::sync(model, turn);
        }
        Err(failure) => failed(model, turn, id, failure),
    }
}

/// A step of the way is done; on with the next.
pub fn passed(model: &mut Model, turn: &mut Turn, id: &ClientId) {
    if model.outbox.posting.as_ref() == Some(id) {
        model.outbox.posting = None;
    }
    model.outbox.failures = 0;
    flush(model, turn);
}

/// It did not get through: again later, or not at all.
pub fn failed(model: &mut Model, turn: &mut Turn, id: &ClientId, failure: Failure) {
    if model.outbox.posting.as_ref() == Some(id) {
        model.outbox.posting = None;
    }
    match failure {
        failure if failure.unauthorized() => session::ask(model, turn),
        failure if failure.passes() => {
            model.outbox.failures += 1;
            let asked = i64::from(failure.retry_after.unwrap_or(0)) * 1_000;
            let wait = turn.backoff(model.outbox.failures, 15_000).max(asked);
            model.timers.set(Timer::Flush, turn.now() + wait);
        }
        failure => {
            let reason = failure.reason.unwrap_or_else(|| model.words.refused.into());
            refuse(model, turn, id, reason);
            flush(model, turn);
        }
    }
}

fn refuse(model: &mut Model, turn: &mut Turn, id: &ClientId, reason: String) {
    if let Some(entry) = model.outbox.find(id) {
        entry.fate = Fate::Refused(reason);
        turn.perform(Command::KeepOutgoing(entry.id.clone()));
    }
}

/// Nothing can be sent, because the edge will not have us.
pub fn refuse_all(model: &mut Model, turn: &mut Turn, reason: Option<&str>) {
    let queued = model.outbox.entries.iter().filter(|entry| entry.fate == Fate::Queued);
    let ids: Vec<ClientId> = queued.map(|entry| entry.id.clone()).collect();
    for id in ids {
        refuse(model, turn, &id, reason.unwrap_or(model.words.refused).into());
    }
}

/// The visitor wants it tried again.
pub fn retry(model: &mut Model, turn: &mut Turn, id: &ClientId) {
    if let Some(entry) = model.outbox.find(id) {
        entry.fate = Fate::Queued;
        turn.perform(Command::KeepOutgoing(entry.id.clone()));
    }
    flush_now(model, turn);
}

/// The visitor gives it up.
pub fn discard(model: &mut Model, turn: &mut Turn, id: &ClientId) {
    if let Some(entry) = model.outbox.take(id) {
        turn.perform(Command::DropOutgoing(id.clone()));
        if let Some(file) = entry.file {
            turn.perform(Command::Abort(id.clone()));
            turn.perform(Command::DropFile(file.key));
        }
    }
    if model.outbox.posting.as_ref() == Some(id) {
        model.outbox.posting = None;
        flush(model, turn);
    }
}

/// Takes back what could not be sent without an answer; what it said.
pub fn take_back(model: &mut Model, turn: &mut Turn) -> String {
    let mut text = String::new();
    for entry in core::mem::take(&mut model.outbox.entries) {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&entry.text);
        turn.perform(Command::DropOutgoing(entry.id));
    }
    text
}

/// Another tab put an entry in, changed it, or took it out.
pub fn changed_elsewhere(model: &mut Model, turn: &mut Turn, id: &ClientId, entry: Option<Box<Outgoing>>) {
    match entry {
        Some(mut entry) => {
            // It sends it itself. Should it be closed before it can, one of the others takes over.
            let [chance, ..] = turn.tick.random;
            entry.not_before = turn.now() + OTHERS_TURN + i64::from(chance) * 20;
            model.outbox.add(*entry);
            flush(model, turn);
        }
        None => {
            if let Some(entry) = model.outbox.find(id) {
                entry.fate = Fate::HandedOver;
                model.log.synced = false;
                sync::sync(model, turn);
            }
        }
    }
}
