//! What covers the log when something has to be asked: questions before the chat, an e-mail and its code, whether the
//! visitor is sure.

use super::command::Command;
use super::event::{Answer, Failure};
use super::{Model, Turn, files, outbox, session, sync};
use alloc::{boxed::Box, string::String, vec::Vec};
use shared::id::MessageId;
use shared::rules::pre_chat::{Fault, Field, FieldType};
use shared::wire::json::Object;
use shared::wire::session::Session;

/// How long after a code another one can be asked for.
const RESEND: i64 = 60_000;
/// The name of the field for a code.
pub const CODE: &str = "code";

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The questions that the widget's owner wants answered first.
    Questions,
    /// An e-mail, to which a code is sent.
    Email,
    /// That code.
    Code,
    /// Whether everything is to be deleted.
    Forget,
    /// Whether a message is to be deleted.
    Remove(MessageId),
    /// Nothing; something is told.
    Told(&'static str),
}

/// The sheet that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// What it asks.
    pub kind: Kind,
    /// Which one it is, counted from the first.
    pub number: u32,
    /// Whether an answer is being looked at.
    pub busy: bool,
    /// What went wrong.
    pub trouble: Option<String>,
    /// Which fields are wrong, by their id, and why.
    pub faults: Vec<(String, Fault)>,
}

/// Opens a sheet.
pub fn open(model: &mut Model, kind: Kind) {
    model.menu = false;
    model.sheets += 1;
    let number = model.sheets;
    model.sheet = Some(Sheet { kind, number, busy: false, trouble: None, faults: Vec::new() });
}

/// The fields of the open sheet.
pub fn fields(model: &Model) -> Vec<Field> {
    let field = |id: &str, label: &str, kind| Field {
        id: id.into(),
        label: label.into(),
        kind,
        required: true,
        options: Vec::new(),
        pattern: None,
        show_if: None,
    };
    match model.sheet.as_ref().map(|sheet| sheet.kind) {
        Some(Kind::Questions) => model.settings.get().map(|c| c.pre_chat.fields.clone()).unwrap_or_default(),
        Some(Kind::Email) => [field("email", model.words.email, FieldType::Email)].into(),
        Some(Kind::Code) => [field(CODE, model.words.code, FieldType::Text)].into(),
        _ => Vec::new(),
    }
}

/// How many seconds until another code can be asked for.
pub fn resend_in(model: &Model, now: i64) -> u32 {
    u32::try_from((model.code_sent + RESEND - now + 999) / 1000).unwrap_or(0)
}

/// The visitor answered.
pub fn filled(model: &mut Model, turn: &mut Turn, values: &[(String, String)]) {
    let fields = fields(model);
    let matches = model.matches;
    let Some(sheet) = model.sheet.as_mut().filter(|sheet| !sheet.busy) else { return };
    sheet.trouble = None;
    let answer = |id: &str| values.iter().find(|(name, _)| name == id).map(|(_, value)| value.clone());
    let asked = shared::rules::pre_chat::PreChat { fields };
    let faults = asked.faults(&answer, &matches);
    sheet.faults = faults.into_iter().map(|(field, fault)| (field.id.clone(), fault)).collect();
    if !sheet.faults.is_empty() {
        return;
    }
    sheet.busy = true;
    match sheet.kind {
        Kind::Questions => {
            let mut json = Object::new();
            for field in asked.fields.iter().filter(|field| field.is_shown(&answer)) {
                match answer(&field.id).map(|value| String::from(value.trim())) {
                    Some(value) if field.kind == FieldType::Checkbox => {
                        json.boolean(&field.id, value == "true")
                    }
                    Some(value) if !value.is_empty() => json.string(&field.id, &value),
                    _ => &mut json,
                };
            }
            model.answers = Some(json.end());
            close(model, turn);
            outbox::flush(model, turn);
        }
        Kind::Email => {
            model.address = answer("email").map(|text| text.trim().into()).unwrap_or_default();
            turn.perform(Command::AskCode(None));
        }
        Kind::Code => {
            let code = answer(CODE).unwrap_or_default().chars().filter(char::is_ascii_digit).collect();
            turn.perform(Command::AskCode(Some(code)));
        }
        Kind::Forget => turn.perform(Command::Erase),
        Kind::Remove(id) => turn.perform(Command::Remove(id)),
        Kind::Told(_) => close(model, turn),
    }
}

fn close(model: &mut Model, turn: &mut Turn) {
    model.sheet = None;
    turn.perform(Command::FocusComposer);
}

/// The visitor would rather not. What they wrote and could not be sent without an answer goes back to where they
/// wrote it.
pub fn dismiss(model: &mut Model, turn: &mut Turn) {
    if model.sheet.is_none() {
        model.editing = None;
    }
    close(model, turn);
    if model.session.is_none() {
        files::take_back(model);
        let text = outbox::take_back(model, turn);
        if !text.is_empty() {
            turn.perform(Command::Compose(text));
        }
    }
}

/// A code is on its way, or not.
pub fn code_sent(model: &mut Model, turn: &mut Turn, answer: Answer<()>) {
    match answer {
        Ok(()) => {
            model.code_sent = turn.now();
            open(model, Kind::Code);
        }
        Err(failure) => trouble(model, &failure, None),
    }
    tick(model, turn);
}

/// Draws again while the seconds run down.
pub fn tick(model: &mut Model, turn: &mut Turn) {
    let counting = model.sheet.as_ref().is_some_and(|sheet| sheet.kind == Kind::Code)
        && resend_in(model, turn.now()) > 0;
    if counting {
        model.timers.set(super::timers::Timer::Countdown, turn.now() + 1_000);
    }
}

/// The visitor wants another code.
pub fn resend(model: &mut Model, turn: &mut Turn) {
    if resend_in(model, turn.now()) == 0
        && let Some(sheet) = model.sheet.as_mut().filter(|sheet| !sheet.busy)
    {
        sheet.busy = true;
        turn.perform(Command::AskCode(None));
    }
}

/// The code was right, or not.
pub fn verified(model: &mut Model, turn: &mut Turn, answer: Answer<Box<Session>>) {
    match answer {
        Ok(session) => {
            session::welcome(model, turn, session);
            if model.outbox.is_empty() {
                let told = model.words.verified;
                open(model, Kind::Told(told));
            } else {
                close(model, turn);
            }
        }
        Err(failure) => {
            let wrong = failure.unauthorized().then_some(model.words.wrong_code);
            trouble(model, &failure, wrong);
        }
    }
}

/// A link out of a letter brought a session, or not.
pub fn resumed(model: &mut Model, turn: &mut Turn, answer: Answer<Box<Session>>) {
    match answer {
        Ok(session) => session::welcome(model, turn, session),
        Err(_) => {
            let told = model.words.link_spent;
            open(model, Kind::Told(told));
        }
    }
    super::panel::open(model, turn);
}

/// Everything was deleted, or not.
pub fn erased(model: &mut Model, turn: &mut Turn, answer: Answer<()>) {
    match answer {
        // Who is no longer known has nothing there.
        Err(failure) if !failure.unauthorized() => trouble(model, &failure, None),
        _ => {
            session::leave(model, turn);
            let told = model.words.forgotten;
            open(model, Kind::Told(told));
        }
    }
}

/// A message was edited or deleted, or not.
pub fn amended(model: &mut Model, turn: &mut Turn, answer: Answer<()>) {
    match answer {
        Ok(()) => {
            if model.sheet.as_ref().is_some_and(|sheet| matches!(sheet.kind, Kind::Remove(_))) {
                close(model, turn);
            }
            // What it is now comes with all else that has changed.
            model.log.synced = false;
            sync::sync(model, turn);
        }
        Err(failure) if model.sheet.is_some() => trouble(model, &failure, None),
        Err(_) => {
            let told = model.words.not_changed;
            open(model, Kind::Told(told));
        }
    }
}

fn trouble(model: &mut Model, failure: &Failure, words: Option<&'static str>) {
    let general = match failure.status {
        429 => model.words.too_often,
        _ if failure.passes() => model.words.no_answer,
        _ => model.words.refused,
    };
    if let Some(sheet) = &mut model.sheet {
        sheet.busy = false;
        sheet.trouble = Some(match (words, &failure.reason) {
            (Some(words), _) => words.into(),
            (None, Some(reason)) if !failure.passes() => reason.clone(),
            (None, _) => general.into(),
        });
    }
}
