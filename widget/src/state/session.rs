//! Becoming somebody to the edge, and staying the same one.

use super::command::Command;
use super::event::Answer;
use super::log::Log;
use super::outbox::Outgoing;
use super::timers::Timer;
use super::{Model, Turn, live, outbox, sync};
use alloc::{boxed::Box, vec::Vec};
use shared::wire::session::Session;

/// A token is renewed when less than this is left of its 24 hours, so that one opened daily never runs out.
const RENEW_BEFORE: i64 = 12 * 3_600_000;

/// Asks for a session, or for a new token for the one we have.
pub fn ask(model: &mut Model, turn: &mut Turn) {
    if !model.asking {
        model.asking = true;
        model.timers.clear(Timer::Session);
        turn.perform(Command::AskSession);
    }
}

/// The edge answered.
pub fn granted(model: &mut Model, turn: &mut Turn, answer: Answer<Box<Session>>) {
    model.asking = false;
    match answer {
        Ok(session) => {
            model.refusals = 0;
            turn.perform(Command::KeepSession);
            adopt(model, turn, session);
        }
        Err(failure) if failure.passes() => {
            model.refusals += 1;
            let asked = i64::from(failure.retry_after.unwrap_or(0)) * 1_000;
            let wait = turn.backoff(model.refusals, 15_000).max(asked);
            model.timers.set(Timer::Session, turn.now() + wait);
        }
        // The old token helps no more: begin anew, and take along what was written.
        Err(failure) if failure.unauthorized() && model.session.is_some() => {
            forget(model, turn);
            turn.perform(Command::ForgetSession);
            if model.outbox.has_queued() {
                ask(model, turn);
            }
        }
        Err(failure) => outbox::refuse_all(model, turn, failure.reason.as_deref()),
    }
}

/// Takes a session over, ours or another tab's, and goes on with it.
fn adopt(model: &mut Model, turn: &mut Turn, session: Box<Session>) {
    let other = model.session.as_ref().is_some_and(|old| old.visitor_id != session.visitor_id);
    if other {
        forget(model, turn);
    }
    model.session = Some(session);
    live::connect(model, turn);
    outbox::flush(model, turn);
    // The first message goes before the question for history, so that the answer holds both.
    if !model.outbox.posting() {
        sync::sync(model, turn);
    }
}

/// Everything of this visitor goes, except what they wrote and nobody has got.
fn forget(model: &mut Model, turn: &mut Turn) {
    model.session = None;
    model.epoch += 1;
    model.log = Log::default();
    model.status = None;
    model.agent_seen = 0;
    model.visitor_seen = None;
    model.fresh_from = None;
    model.typists.clear();
    model.outbox.release();
    live::leave(model, turn);
}

/// What storage held. A visitor who has written before is live at once, open panel or not.
pub fn remembered(model: &mut Model, turn: &mut Turn, session: Option<Box<Session>>, entries: Vec<Outgoing>) {
    for entry in entries {
        model.outbox.add(entry);
    }
    match session {
        Some(session) => {
            adopt(model, turn, session);
            renew(model, turn);
        }
        None => outbox::flush(model, turn),
    }
}

/// Another tab began a session, renewed it, or lost it.
pub fn changed_elsewhere(model: &mut Model, turn: &mut Turn, session: Option<Box<Session>>) {
    match session {
        Some(session) => {
            model.asking = false;
            adopt(model, turn, session);
        }
        None => forget(model, turn),
    }
}

/// Renews a token in good time.
pub fn renew(model: &mut Model, turn: &mut Turn) {
    let due = |session: &Session| session.expires_at.millis() - turn.now() < RENEW_BEFORE;
    if model.session.as_deref().is_some_and(due) && !model.timers.runs(Timer::Session) {
        ask(model, turn);
    }
}
