//! What the panel knows, and how it changes: `update(model, tick, event)` answers with the commands to perform.
//!
//! Nothing here touches the browser. Time and random bytes come in with every event, requests and sockets go out as
//! commands, so that every rule (nothing lost, nothing doubled, nothing stored before the first act) is tested natively.

pub mod command;
pub mod event;
pub mod live;
pub mod log;
pub mod outbox;
pub mod panel;
pub mod rows;
pub mod seen;
pub mod session;
pub mod sync;
pub mod timers;
pub mod typing;

use crate::words::Words;
use alloc::{boxed::Box, vec::Vec};
use command::Command;
use event::Event;
use live::Link;
use log::Log;
use outbox::Outbox;
use panel::Settings;
use shared::model::conversation::ConversationStatus;
use shared::wire::session::Session;
use timers::{Timer, Timers};
use typing::Typist;

/// When an event came, and ten random bytes for whatever it needs them for.
#[derive(Debug, Clone, Copy)]
pub struct Tick {
    /// Milliseconds since 1970.
    pub now: i64,
    /// Fresh random bytes.
    pub random: [u8; 10],
}

/// One call of [`update`]: its moment, and the commands it has come to.
pub struct Turn {
    tick: Tick,
    commands: Vec<Command>,
}

impl Turn {
    fn now(&self) -> i64 {
        self.tick.now
    }

    fn perform(&mut self, command: Command) {
        self.commands.push(command);
    }

    /// How long to wait after so many failures in a row: doubling from a second up to `cap`, half of it by chance,
    /// so that the browsers of a site do not all come back in the same instant.
    fn backoff(&self, failures: u32, cap: i64) -> i64 {
        let whole = (1_000_i64 << failures.min(6)).min(cap);
        let [chance, ..] = self.tick.random;
        whole / 2 + whole / 2 * i64::from(chance) / 255
    }
}

/// Everything the panel knows.
pub struct Model {
    /// The words it speaks.
    pub words: &'static Words,
    /// How many minutes the visitor's clock is behind UTC, for telling days apart.
    pub offset: i64,
    /// The widget's settings, once they have come.
    pub settings: Settings,
    /// Whether the panel is open.
    pub open: bool,
    /// Whether the tab is in front.
    pub visible: bool,
    /// Whether the browser believes to be online.
    pub online: bool,
    /// Whether the log is scrolled to its end.
    pub at_end: bool,
    /// Who we are to the edge; none before the visitor first acts.
    pub session: Option<Box<Session>>,
    asking: bool,
    refusals: u32,
    /// Which visitor's log this is: answers to questions asked for another are dropped.
    pub(crate) epoch: u32,
    /// The messages.
    pub log: Log,
    /// What the visitor wrote and the edge has not confirmed.
    pub outbox: Outbox,
    /// The socket.
    pub link: Link,
    /// Where the conversation stands.
    pub status: Option<ConversationStatus>,
    agent_seen: u32,
    visitor_seen: Option<u32>,
    /// The first message that was unread when the visitor came to look.
    pub fresh_from: Option<u32>,
    /// How many messages wait to be seen.
    pub unread: u32,
    typists: Vec<Typist>,
    writing_since: Option<i64>,
    timers: Timers,
}

impl Model {
    /// A panel that nobody has opened. `offset` is the visitor's, in minutes as JavaScript tells it.
    pub fn new(words: &'static Words, offset: i64) -> Self {
        Self {
            words,
            offset,
            settings: Settings::Unknown,
            open: false,
            visible: true,
            online: true,
            at_end: true,
            session: None,
            asking: false,
            refusals: 0,
            epoch: 0,
            log: Log::default(),
            outbox: Outbox::default(),
            link: Link::default(),
            status: None,
            agent_seen: 0,
            visitor_seen: None,
            fresh_from: None,
            unread: 0,
            typists: Vec::new(),
            writing_since: None,
            timers: Timers::default(),
        }
    }

    /// When [`Event::Time`] is wanted next.
    pub fn wake_at(&self) -> Option<i64> {
        self.timers.next()
    }
}

/// Takes one event in, and answers with what is to be done about it.
pub fn update(model: &mut Model, tick: Tick, event: Event) -> Vec<Command> {
    let mut turn = Turn { tick, commands: Vec::new() };
    match event {
        Event::Open => panel::open(model, &mut turn),
        Event::Close => panel::close(model, &mut turn),
        Event::AskSettings => panel::ask_settings(model, &mut turn),
        Event::Settings(answer) => panel::settled(model, &mut turn, answer),
        Event::Scrolled { at_end } => model.at_end = at_end,
        event => handle_later(model, &mut turn, event),
    }
    if model.session.is_some() {
        look_later(model, &mut turn);
    }
    turn.commands
}

#[inline(never)]
fn look_later(model: &mut Model, turn: &mut Turn) {
    seen::look(model, turn);
}

/// Everything that can only happen when the visitor has begun to act; see [`Event::is_early`].
#[inline(never)]
fn handle_later(model: &mut Model, turn: &mut Turn, event: Event) {
    match event {
        Event::Submit(text) => outbox::submit(model, turn, &text),
        Event::Retry(id) => outbox::retry(model, turn, &id),
        Event::Discard(id) => outbox::discard(model, turn, &id),
        Event::Posted(id, answer) => outbox::posted(model, turn, &id, answer),
        Event::Typed { empty } => typing::typed(model, turn, empty),
        Event::NearTop => sync::fetch_older(model, turn),
        Event::Visible(visible) => {
            model.visible = visible;
            if visible {
                live::check(model, turn);
            }
        }
        Event::Online(online) => {
            model.online = online;
            if online {
                live::check(model, turn);
                outbox::flush_now(model, turn);
            }
        }
        Event::Left => live::leave(model, turn),
        Event::Returned => live::check(model, turn),
        Event::Remembered { session, outbox } => session::remembered(model, turn, session, outbox),
        Event::SessionElsewhere(session) => session::changed_elsewhere(model, turn, session),
        Event::OutboxElsewhere(id, entry) => outbox::changed_elsewhere(model, turn, &id, entry),
        Event::Granted(answer) => session::granted(model, turn, answer),
        Event::Page { epoch, older, answer } => sync::page(model, turn, epoch, older, answer),
        Event::Gap { epoch, answer } => sync::gap(model, turn, epoch, answer),
        Event::Heard(frame) => live::heard(model, turn, frame),
        Event::SocketClosed { code } => live::closed(model, turn, code),
        Event::Time => {
            while let Some(timer) = model.timers.take_due(turn.now()) {
                fire(model, turn, timer);
            }
        }
        // Those were taken in before they got here.
        Event::Open
        | Event::Close
        | Event::AskSettings
        | Event::Settings(_)
        | Event::Scrolled { .. }
        | Event::Woken => {}
    }
}

fn fire(model: &mut Model, turn: &mut Turn, timer: Timer) {
    match timer {
        Timer::Flush => outbox::flush(model, turn),
        Timer::Session => session::ask(model, turn),
        Timer::Sync => sync::sync(model, turn),
        Timer::Reconnect => live::reconnect(model, turn),
        Timer::Ping => live::ping(model, turn),
        // Nothing to do but to draw again.
        Timer::Banner => {}
        Timer::Pause => typing::stop(model, turn),
        Timer::Typists => typing::expire(model, turn),
        Timer::Reveal => sync::reveal(model, turn),
    }
}

#[cfg(test)]
mod tests;
