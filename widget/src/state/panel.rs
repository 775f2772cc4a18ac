//! Opening and closing, and the settings that opening asks for.

use super::command::Command;
use super::event::Answer;
use super::timers::Timer;
use super::{Model, Turn, files, live, outbox, sheet};
use alloc::boxed::Box;
use shared::wire::config::WidgetConfig;

/// How long settings are taken for what they are now, in milliseconds.
const FRESH: i64 = 60_000;

/// The widget's settings, as far as we have them.
#[derive(Debug, Clone, PartialEq)]
pub enum Settings {
    /// Nobody has asked.
    Unknown,
    /// They are on their way.
    Coming,
    /// They are here; they came at this time.
    Here(Box<WidgetConfig>, i64),
    /// They did not come, and asking again may help.
    Missing,
    /// This widget does not exist, or not on this site.
    Refused,
}

impl Settings {
    /// The settings, if they are here.
    pub fn get(&self) -> Option<&WidgetConfig> {
        match self {
            Self::Here(config, _) => Some(config),
            _ => None,
        }
    }
}

/// The panel opens. Without a conversation this is the moment of the first request, and the only one.
pub fn open(model: &mut Model, turn: &mut Turn) {
    if model.open {
        return turn.perform(Command::FocusComposer);
    }
    model.open = true;
    model.at_end = true;
    ask_settings(model, turn);
    if model.session.is_some() {
        connect_later(model, turn);
    }
    turn.perform(Command::ScrollToEnd);
    turn.perform(Command::FocusComposer);
    turn.perform(Command::TellOpened);
}

#[inline(never)]
fn connect_later(model: &mut Model, turn: &mut Turn) {
    live::connect(model, turn);
}

/// The panel closes.
pub fn close(model: &mut Model, turn: &mut Turn) {
    if model.open {
        model.open = false;
        model.fresh_from = None;
        turn.perform(Command::FocusLauncher);
        turn.perform(Command::TellClosed);
    }
}

/// Escape closes what was opened last.
pub fn escape(model: &mut Model, turn: &mut Turn) {
    if model.menu || model.row_menu.is_some() {
        model.menu = false;
        if model.row_menu.take().is_some() {
            // Its button may be gone by now.
            turn.perform(Command::FocusComposer);
        }
    } else if model.sheet.is_some() || model.editing.is_some() {
        dismiss_later(model, turn);
    } else {
        close(model, turn);
    }
}

#[inline(never)]
fn dismiss_later(model: &mut Model, turn: &mut Turn) {
    sheet::dismiss(model, turn);
}

/// Asks for the settings, unless they are here or coming. Those that have been here for a while are asked for again, and
/// hold until others come.
pub fn ask_settings(model: &mut Model, turn: &mut Turn) {
    match model.settings {
        Settings::Coming => return,
        Settings::Here(_, at) if at + FRESH > turn.now() => return,
        Settings::Here(..) => {}
        _ => model.settings = Settings::Coming,
    }
    turn.perform(Command::FetchSettings);
}

/// The settings came, or did not.
pub fn settled(model: &mut Model, turn: &mut Turn, answer: Answer<Box<WidgetConfig>>) {
    model.settings = match answer {
        Ok(config) => Settings::Here(config, turn.now()),
        Err(_) if model.settings.get().is_some() => return,
        Err(failure) if failure.passes() => Settings::Missing,
        Err(_) => Settings::Refused,
    };
    if !(model.outbox.is_empty() && model.tray.is_empty()) {
        settled_later(model, turn);
    }
}

/// Something waits to be sent as somebody new, for which the settings had to be known.
#[inline(never)]
fn settled_later(model: &mut Model, turn: &mut Turn) {
    if model.settings == Settings::Missing {
        let wait = turn.backoff(3, 15_000);
        model.timers.set(Timer::Session, turn.now() + wait);
    } else {
        files::judge(model, turn);
        outbox::flush(model, turn);
    }
}
