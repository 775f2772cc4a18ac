//! The socket: it only tells, and may be lost at any time without losing anything.

use super::command::Command;
use super::timers::Timer;
use super::{Model, Turn, outbox, session, sync, typing};
use alloc::boxed::Box;
use shared::model::message::AuthorKind;
use shared::wire::frame::ServerFrame;

/// How often we show that we live.
const PING: i64 = 25_000;
/// A socket that has been silent for this long is dead.
const SILENCE: i64 = 60_000;
/// How long a socket has for its first word, and for its answer after the computer woke up.
const PATIENCE: i64 = 10_000;
/// A connection may be gone for this long before the visitor hears of it.
const UNNOTICED: i64 = 2_000;
/// The close code by which the edge refuses a token.
const UNAUTHORIZED: u16 = 4401;

/// How far the socket has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stage {
    /// There is none.
    #[default]
    Off,
    /// It has not said hello.
    Connecting,
    /// It tells us everything.
    Open,
}

/// The socket as we know it.
#[derive(Debug, Default)]
pub struct Link {
    /// How far it has come.
    pub stage: Stage,
    failures: u32,
    heard: i64,
    down_since: Option<i64>,
    deadline: Option<i64>,
}

impl Link {
    /// Whether it has been gone for so long that the visitor should know.
    pub fn is_down(&self, now: i64) -> bool {
        self.down_since.is_some_and(|since| now - since >= UNNOTICED)
    }
}

/// Opens the socket, where there is something to hear.
pub fn connect(model: &mut Model, turn: &mut Turn) {
    if model.link.stage == Stage::Off && model.session.is_some() && !model.asking {
        let now = turn.now();
        model.link.stage = Stage::Connecting;
        model.link.deadline = Some(now + PATIENCE);
        model.timers.clear(Timer::Reconnect);
        model.timers.set(Timer::Ping, now + PATIENCE);
        turn.perform(Command::Connect);
    }
}

/// Another try. Where sockets do not get through at all, this is also how often we ask over HTTP.
pub fn reconnect(model: &mut Model, turn: &mut Turn) {
    connect(model, turn);
    if model.link.failures > 1 {
        model.log.synced = false;
        sync::sync(model, turn);
    }
}

/// The socket said something.
pub fn heard(model: &mut Model, turn: &mut Turn, frame: Option<Box<ServerFrame>>) {
    model.link.heard = turn.now();
    model.link.deadline = None;
    match frame.map(|frame| *frame) {
        Some(ServerFrame::Hello { changed, status, agent_seen, visitor_seen, .. }) => {
            let link = &mut model.link;
            (link.stage, link.failures, link.down_since) = (Stage::Open, 0, None);
            model.timers.clear(Timer::Banner);
            model.timers.set(Timer::Ping, turn.now() + PING);
            model.status = Some(status);
            model.agent_seen = agent_seen;
            model.visitor_seen = Some(model.visitor_seen.unwrap_or(0).max(visitor_seen));
            model.log.target = changed;
            model.log.synced = model.log.loaded && !model.log.fetching && changed <= model.log.cursor;
            model.timers.clear(Timer::Sync);
            if !model.log.synced && !model.outbox.posting() {
                sync::sync(model, turn);
            }
            outbox::flush_now(model, turn);
            session::renew(model, turn);
        }
        Some(ServerFrame::Message { message }) => {
            // As long as a gap is open, what is known beyond it must not close it.
            if model.log.synced {
                model.log.cursor = model.log.cursor.max(message.changed);
            }
            sync::take(model, turn, message);
            sync::pace(model, turn);
        }
        Some(ServerFrame::Typing { by, name, on }) => typing::told(model, turn, by, name, on),
        Some(ServerFrame::Seen { by: AuthorKind::Visitor, seq }) => {
            model.visitor_seen = Some(model.visitor_seen.unwrap_or(0).max(seq));
        }
        Some(ServerFrame::Seen { seq, .. }) => model.agent_seen = model.agent_seen.max(seq),
        Some(ServerFrame::Status { status }) => model.status = Some(status),
        Some(ServerFrame::Error { .. }) | None => {}
    }
}

/// The socket is gone.
pub fn closed(model: &mut Model, turn: &mut Turn, code: u16) {
    gone(model);
    let (now, link) = (turn.now(), &mut model.link);
    let since = *link.down_since.get_or_insert(now);
    model.timers.set(Timer::Banner, since + UNNOTICED);
    link.failures += 1;
    let wait = turn.backoff(link.failures, 30_000);
    model.timers.set(Timer::Reconnect, now + wait);
    if code == UNAUTHORIZED {
        session::ask(model, turn);
    }
}

fn gone(model: &mut Model) {
    model.link.stage = Stage::Off;
    model.link.deadline = None;
    model.log.synced = false;
    model.typists.clear();
    model.writing_since = None;
    model.timers.clear(Timer::Ping);
}

/// The page goes: an open socket would keep it out of the back/forward cache.
pub fn leave(model: &mut Model, turn: &mut Turn) {
    if model.link.stage != Stage::Off {
        turn.perform(Command::Disconnect);
    }
    gone(model);
    model.timers.clear(Timer::Reconnect);
}

/// Time to show that we live, and to see whether the other side does.
pub fn ping(model: &mut Model, turn: &mut Turn) {
    let now = turn.now();
    let late = model.link.deadline.is_some_and(|deadline| now >= deadline);
    if late || (model.link.stage == Stage::Open && now - model.link.heard >= SILENCE) {
        turn.perform(Command::Disconnect);
        closed(model, turn, 1006);
    } else if model.link.stage == Stage::Open {
        turn.perform(Command::Ping);
        model.timers.set(Timer::Ping, now + PING);
    }
}

/// After sleep, another tab or another page: is all as we left it?
pub fn check(model: &mut Model, turn: &mut Turn) {
    session::renew(model, turn);
    let now = turn.now();
    match model.link.stage {
        Stage::Off => {
            model.link.failures = 0;
            connect(model, turn);
        }
        Stage::Open if now - model.link.heard > PATIENCE => {
            model.link.deadline = Some(now + PATIENCE);
            model.timers.set(Timer::Ping, now + PATIENCE);
            turn.perform(Command::Ping);
            // A dead socket looks alive for a while; the answer over HTTP does not depend on it.
            model.log.synced = false;
            sync::sync(model, turn);
        }
        Stage::Open | Stage::Connecting => {}
    }
}
