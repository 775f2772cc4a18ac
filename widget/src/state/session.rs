//! Becoming somebody to the edge, and staying the same one.

use super::command::Command;
use super::event::Answer;
use super::log::Log;
use super::outbox::Outgoing;
use super::panel::{self, Settings};
use super::sheet::{self, Kind};
use super::timers::Timer;
use super::{Model, Turn, files, live, outbox, sync};
use alloc::{boxed::Box, string::String, vec::Vec};
use shared::wire::session::Session;

/// A token is renewed when less than this is left of its 24 hours, so that one opened daily never runs out.
const RENEW_BEFORE: i64 = 12 * 3_600_000;

/// Asks for a session, or for a new token for the one we have.
pub fn ask(model: &mut Model, turn: &mut Turn) {
    if !model.asking && is_answered(model, turn) {
        model.asking = true;
        model.timers.clear(Timer::Session);
        turn.perform(Command::AskSession);
    }
}

/// Whether all is known that a session begins with; what is not is asked for.
fn is_answered(model: &mut Model, turn: &mut Turn) -> bool {
    if model.session.is_some() || model.host.is_some() {
        return true;
    }
    let wanted = match &model.settings {
        Settings::Here(config, _) if !config.pre_chat.fields.is_empty() && model.answers.is_none() => {
            Some(Kind::Questions)
        }
        Settings::Here(config, _) if config.identity_required => Some(Kind::Email),
        Settings::Here(..) | Settings::Refused => None,
        Settings::Unknown | Settings::Coming | Settings::Missing => {
            panel::ask_settings(model, turn);
            return false;
        }
    };
    if let Some(kind) = wanted
        && model.sheet.is_none()
    {
        sheet::open(model, kind);
    }
    wanted.is_none()
}

/// Who the page says its visitor is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presented {
    /// What they are told apart by: a user's id, or an e-mail.
    pub who: String,
    /// What the page said, as members of a JSON object.
    pub json: String,
}

/// The page presents its visitor. With a session that is looked at now; else with the first act, because before it
/// nothing is sent.
pub fn identify(model: &mut Model, turn: &mut Turn, presented: Presented) {
    // Somebody else was here, on this page or before it was loaded: what is theirs stays with them.
    if model.owner.as_ref().is_some_and(|owner| *owner != presented.who) {
        leave(model, turn);
    }
    let changed = model.host.as_ref() != Some(&presented);
    model.owner = Some(presented.who.clone());
    model.host = Some(presented);
    match &model.session {
        None => {
            turn.perform(Command::TellIdentity(Ok(false)));
            outbox::flush(model, turn);
        }
        Some(_) if changed => ask(model, turn),
        // The page says the same on every page: there is nothing to ask.
        Some(session) if !model.asking => turn.perform(Command::TellIdentity(Ok(session.identity_verified))),
        Some(_) => {}
    }
}

/// The page's visitor is gone: whoever sits here next finds nothing of theirs.
pub fn log_out(model: &mut Model, turn: &mut Turn) {
    leave(model, turn);
    model.sheet = None;
}

/// Leaves the visitor we were, and all that they wrote.
pub fn leave(model: &mut Model, turn: &mut Turn) {
    outbox::take_back(model, turn);
    files::clear(model, turn);
    model.host = None;
    model.owner = None;
    model.answers = None;
    model.editing = None;
    model.asking = false;
    model.timers.clear(Timer::Session);
    if model.session.is_some() {
        forget(model, turn);
    }
    turn.perform(Command::ForgetAll);
    turn.perform(Command::Compose(String::new()));
}

/// A session that was asked for in another way than by writing.
pub fn welcome(model: &mut Model, turn: &mut Turn, session: Box<Session>) {
    adopt(model, turn, session);
    turn.perform(Command::KeepSession);
}

/// The edge answered.
pub fn granted(model: &mut Model, turn: &mut Turn, answer: Answer<Box<Session>>) {
    model.asking = false;
    match answer {
        Ok(session) => {
            model.refusals = 0;
            turn.perform(Command::KeepSession);
            if model.host.is_some() {
                turn.perform(Command::TellIdentity(Ok(session.identity_verified)));
            }
            adopt(model, turn, session);
        }
        Err(failure) if failure.passes() => {
            model.refusals += 1;
            let asked = i64::from(failure.retry_after.unwrap_or(0)) * 1_000;
            let wait = turn.backoff(model.refusals, 15_000).max(asked);
            model.timers.set(Timer::Session, turn.now() + wait);
        }
        // The page's own fault, of which the page hears; its visitor goes on as anybody.
        Err(failure) if model.host.is_some() && !failure.passes() => {
            model.host = None;
            model.owner = None;
            turn.perform(Command::TellIdentity(Err(failure.reason.unwrap_or_default())));
            outbox::flush(model, turn);
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
