//! Getting the messages that we lack: the newest page, older pages, and whatever changed while we were away.

use super::command::Command;
use super::event::{Answer, Page};
use super::log::Log;
use super::timers::Timer;
use super::{Model, Turn, session, typing};
use shared::model::message::{Direction, Message};

/// How many changes one request for a gap brings at most.
pub const GAP_LIMIT: usize = 100;

/// The longest and shortest pause before a bot's message, and what each of its characters adds.
const PAUSE: (i64, i64, i64) = (300, 800, 8);

/// Asks for what is missing, unless it is being asked for.
pub fn sync(model: &mut Model, turn: &mut Turn) {
    if model.session.is_none() || model.asking {
        return;
    }
    if model.log.fetching {
        // What the answer on its way does not hold is asked for after it.
        model.log.again = model.log.loaded;
    } else if !model.log.loaded {
        model.log.fetching = true;
        turn.perform(Command::FetchPage { older: false });
    } else if !model.log.synced {
        model.log.fetching = true;
        turn.perform(Command::FetchGap);
    }
}

/// Asks for the page before the oldest one.
pub fn fetch_older(model: &mut Model, turn: &mut Turn) {
    if model.session.is_some() && model.log.older.is_some() && !model.log.fetching_older {
        model.log.fetching_older = true;
        turn.perform(Command::FetchPage { older: true });
    }
}

/// A page came.
pub fn page(model: &mut Model, turn: &mut Turn, epoch: u32, older: bool, answer: Answer<Page>) {
    if epoch != model.epoch {
        return;
    }
    if older {
        model.log.fetching_older = false;
        if let Ok(page) = answer {
            model.log.prepend(page.messages, page.next_before);
        }
        return;
    }
    model.log.fetching = false;
    match answer {
        Err(failure) => failed(model, turn, failure.unauthorized(), failure.passes()),
        Ok(page) => {
            let log = &mut model.log;
            log.failures = 0;
            for message in page.messages {
                log.cursor = log.cursor.max(message.changed);
                log.merge(message);
            }
            log.older = page.next_before;
            log.loaded = true;
            log.synced = log.target <= log.cursor;
            // Right after the visitor's first act, the bot's answer comes with the page, and takes its time as ever.
            let acted = log.shown > 0 || !model.outbox.is_empty();
            let last_own = log.messages().iter().rfind(|message| message.direction == Direction::In);
            log.shown = if acted { last_own.map_or(log.newest(), |own| own.seq) } else { log.newest() };
            log.settled = log.shown;
            model.outbox.settle(&model.log);
            pace(model, turn);
            after_fetch(model, turn);
        }
    }
}

/// Changes came.
pub fn gap(model: &mut Model, turn: &mut Turn, epoch: u32, answer: Answer<Page>) {
    if epoch != model.epoch {
        return;
    }
    model.log.fetching = false;
    match answer {
        Err(failure) => failed(model, turn, failure.unauthorized(), failure.passes()),
        Ok(page) => {
            model.log.failures = 0;
            for message in page.messages {
                model.log.cursor = model.log.cursor.max(message.changed);
                take(model, turn, message);
            }
            model.log.synced = page.rows < GAP_LIMIT;
            if model.log.synced {
                // Some changes are not for our eyes; they must not be asked for again and again.
                model.log.cursor = model.log.cursor.max(model.log.target);
                // Another tab has sent these, and the edge has told us of those that it kept.
                model.outbox.forget_handed_over();
            }
            pace(model, turn);
            after_fetch(model, turn);
        }
    }
}

fn after_fetch(model: &mut Model, turn: &mut Turn) {
    if core::mem::take(&mut model.log.again) {
        model.log.synced = false;
    }
    sync(model, turn);
}

fn failed(model: &mut Model, turn: &mut Turn, unauthorized: bool, passes: bool) {
    if unauthorized {
        session::ask(model, turn);
    } else if passes {
        model.log.failures += 1;
        let wait = turn.backoff(model.log.failures, 30_000);
        model.timers.set(Timer::Sync, turn.now() + wait);
    }
}

/// Takes in a message that came while the visitor is here.
pub fn take(model: &mut Model, turn: &mut Turn, message: Message) {
    if let Some(id) = model.outbox.confirm(&message) {
        turn.perform(Command::DropOutgoing(id));
    }
    typing::wrote(model, message.author.kind);
    let told = Log::is_read(&message).then(|| message.payload.plain());
    if model.log.merge(message)
        && let Some(text) = told
    {
        turn.perform(Command::TellMessage(text));
    }
}

/// Shows what has waited, up to the next message of the bot, which gets a short pause of its own.
pub fn pace(model: &mut Model, turn: &mut Turn) {
    let log = &mut model.log;
    // Nobody waits for a bot that has been overtaken by somebody else.
    if let Some(person) = log.messages().iter().rfind(|message| !Log::is_bots(message)) {
        log.shown = log.shown.max(person.seq);
    }
    match log.waiting() {
        None => model.timers.clear(Timer::Reveal),
        Some(next) if !model.timers.runs(Timer::Reveal) => {
            let (shortest, longest, each) = PAUSE;
            let length = i64::try_from(next.payload.text.len()).unwrap_or(longest);
            let pause = shortest.saturating_add(each.saturating_mul(length)).min(longest);
            model.timers.set(Timer::Reveal, turn.now() + pause);
        }
        Some(_) => {}
    }
}

/// Shows the next message that waits.
pub fn reveal(model: &mut Model, turn: &mut Turn) {
    if let Some(seq) = model.log.waiting().map(|message| message.seq) {
        model.log.shown = seq;
    }
    pace(model, turn);
}
