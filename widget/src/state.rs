//! What the panel knows, and how it changes: `update(model, tick, event)` answers with the commands to perform.
//!
//! Nothing here touches the browser. Time and random bytes come in with every event, requests and sockets go out as
//! commands, so that every rule (nothing lost, nothing doubled, nothing stored before the first act) is tested natively.

pub mod command;
pub mod event;
pub mod extra;
pub mod files;
pub mod live;
pub mod log;
pub mod outbox;
pub mod panel;
pub mod question;
pub mod row;
pub mod rows;
pub mod seen;
pub mod session;
pub mod sheet;
pub mod sync;
pub mod timers;
pub mod typing;

use crate::words::Words;
use alloc::{boxed::Box, string::String, vec::Vec};
use command::Command;
use event::Event;
use live::Link;
use log::Log;
use outbox::Outbox;
use panel::Settings;
use shared::id::MessageId;
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
    /// As whom the page presents its visitor.
    pub host: Option<session::Presented>,
    /// Whom the session belongs to, where the page has said so.
    pub owner: Option<String>,
    /// What the visitor answered before the chat, as JSON.
    pub answers: Option<String>,
    /// What covers the log.
    pub sheet: Option<sheet::Sheet>,
    sheets: u32,
    /// Whether the header's menu is open.
    pub menu: bool,
    /// The message of whom the menu is open.
    pub row_menu: Option<MessageId>,
    /// The files that stand beside the composer, and what is wrong with them.
    pub tray: Vec<(files::File, Option<files::Unfit>)>,
    /// The message that stands in the composer, to be changed.
    pub editing: Option<MessageId>,
    /// The e-mail that a code was sent to.
    pub address: String,
    code_sent: i64,
    /// Whether a regular expression matches a whole text.
    matches: fn(&str, &str) -> bool,
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
    /// A panel that nobody has opened. `offset` is the visitor's, in minutes as JavaScript tells it; `matches` says
    /// whether a regular expression matches a whole text.
    pub fn new(words: &'static Words, offset: i64, matches: fn(&str, &str) -> bool) -> Self {
        Self {
            words,
            offset,
            settings: Settings::Unknown,
            open: false,
            visible: true,
            online: true,
            at_end: true,
            session: None,
            host: None,
            owner: None,
            answers: None,
            sheet: None,
            sheets: 0,
            menu: false,
            row_menu: None,
            tray: Vec::new(),
            editing: None,
            address: String::new(),
            code_sent: 0,
            matches,
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
        Event::Escape => panel::escape(model, &mut turn),
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
        Event::Submit(text) => match model.editing.take() {
            Some(id) => turn.perform(Command::Amend(id, text)),
            None => outbox::submit(model, turn, &text),
        },
        Event::Menu => model.menu = !model.menu,
        Event::RowMenu(id) => model.row_menu = id.filter(|_| model.row_menu != id),
        Event::CloseMenus => {
            model.menu = false;
            model.row_menu = None;
        }
        Event::Edit(id) => {
            model.row_menu = None;
            if let Some(message) = model.log.messages().iter().find(|message| message.id == id) {
                model.editing = Some(id);
                turn.perform(Command::Compose(message.payload.text.clone()));
            }
        }
        Event::StopEditing => {
            model.editing = None;
            turn.perform(Command::FocusComposer);
        }
        Event::Ask(kind) => {
            model.row_menu = None;
            sheet::open(model, kind);
        }
        Event::Picked(file) => files::picked(model, turn, *file),
        Event::Measured { key, width, height } => files::measured(model, key, width, height),
        Event::Unpick(key) => files::unpicked(model, turn, key),
        Event::Uploading(id, progress) => files::uploading(model, &id, progress),
        Event::Uploaded(id, answer) => files::uploaded(model, turn, &id, answer),
        Event::Filled(values) => sheet::filled(model, turn, &values),
        Event::Dismiss => sheet::dismiss(model, turn),
        Event::Resend => sheet::resend(model, turn),
        Event::CodeSent(answer) => sheet::code_sent(model, turn, answer),
        Event::Verified(answer) => sheet::verified(model, turn, answer),
        Event::Resume(token) => turn.perform(Command::Resume(token)),
        Event::Resumed(answer) => sheet::resumed(model, turn, answer),
        Event::Erased(answer) => sheet::erased(model, turn, answer),
        Event::Amended(answer) => sheet::amended(model, turn, answer),
        Event::AskExport => {
            model.menu = false;
            turn.perform(Command::Export);
        }
        Event::Exported(Ok(json)) => turn.perform(Command::Download(json)),
        Event::Exported(Err(_)) => {
            let told = model.words.no_answer;
            sheet::open(model, sheet::Kind::Told(told));
        }
        Event::Identify(presented) => session::identify(model, turn, *presented),
        Event::Logout => session::log_out(model, turn),
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
        Event::Remembered { session, owner, outbox } => {
            model.owner = owner;
            session::remembered(model, turn, session, outbox);
        }
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
        | Event::Escape
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
        Timer::Countdown => sheet::tick(model, turn),
    }
}

#[cfg(test)]
mod tests;
