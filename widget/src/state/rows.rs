//! What the log shows, row by row: who speaks, which bubbles belong together, where a day begins.

use super::Model;
use super::extra::{extra_later, has_extra, several_later};
use super::outbox::{Fate, Outgoing};
use super::panel::Settings;
use super::question::{asks, question};
pub use super::row::{Body, Bubble, Choices, Mark, Row, Shown};
use alloc::{boxed::Box, string::String, vec::Vec};
use shared::model::conversation::ConversationStatus;
use shared::model::media::MediaKind;
use shared::model::message::{AuthorKind, Direction, Message, MessageType, Notice, Payload, Status};
use shared::model::rich::{AnswerForm, Asks};
use shared::rules::editing::is_editable;
use shared::time::Timestamp;

const DAY: i64 = 24 * 3_600_000;

/// The rows of the log.
pub fn rows(model: &Model, now: i64) -> Vec<Row> {
    let mut list = List { rows: Vec::new(), model, now, day: None, asked: question(model) };
    list.beginning();
    for message in model.log.visible() {
        list.message_later(message);
    }
    for entry in model.outbox.entries() {
        list.outgoing_later(entry);
    }
    list.end();
    list.rows
}

struct List<'a> {
    rows: Vec<Row>,
    model: &'a Model,
    now: i64,
    day: Option<i64>,
    asked: Option<(u32, &'a Payload)>,
}

impl List<'_> {
    fn push(&mut self, key: &str, body: Body) {
        self.rows.push(Row { key: key.into(), body });
    }

    /// What stands above the first message.
    fn beginning(&mut self) {
        let model = self.model;
        if model.log.loaded {
            if model.log.older.is_some() {
                self.push("older", Body::Older);
            }
            return;
        }
        match &model.settings {
            Settings::Missing => {
                self.push("trouble", Body::Trouble { text: model.words.not_loaded, retry: true });
            }
            Settings::Refused => {
                self.push("trouble", Body::Trouble { text: model.words.unavailable, retry: false });
            }
            // Before the first act the bot's opening is shown from the settings; nobody has been told of it yet.
            // While the first act is under way it stays, until the log brings the same words.
            Settings::Here(config, at)
                if model.session.is_none() || !model.outbox.is_empty() || model.log.shown > 0 =>
            {
                for (n, opening) in (0..).zip(&config.opening) {
                    let mut key = String::from("opening");
                    shared::wire::json::push_number(&mut key, n);
                    let payload = &opening.payload;
                    let open = self.asked.is_some_and(|(_, asked)| core::ptr::eq(asked, payload));
                    let extra = if has_extra(payload) { extra_later(payload, open) } else { None };
                    let bubble = Bubble {
                        id: key.clone(),
                        kind: AuthorKind::Bot,
                        name: None,
                        text: payload.text.clone(),
                        at: *at,
                        first: true,
                        last: true,
                        mark: Mark::None,
                        file: None,
                        extra,
                        live: false,
                        edited: false,
                        gone: false,
                        menu: None,
                    };
                    self.bubble(key, bubble);
                }
            }
            _ => self.push("skeleton", Body::Skeleton),
        }
    }

    #[inline(never)]
    fn outgoing_later(&mut self, entry: &Outgoing) {
        let bubble = outgoing(self.model, entry);
        self.bubble(entry.id.as_str().into(), bubble);
    }

    #[inline(never)]
    fn message_later(&mut self, message: &Message) {
        if self.model.fresh_from == Some(message.seq) {
            self.push("fresh", Body::Fresh);
        }
        let key = match &message.client_id {
            // The row that showed it on its way goes on to show it.
            Some(id) if message.direction == Direction::In => id.as_str().into(),
            _ => message.id.text(),
        };
        if message.kind == MessageType::Notice {
            if let Some(notice) = message.payload.notice {
                self.push(&key, Body::Line(self.notice(notice)));
            }
            return;
        }
        let seen = message.seq <= self.model.agent_seen || message.status == Some(Status::Seen);
        let mark = match message.direction {
            Direction::Out => Mark::None,
            Direction::In if seen => Mark::Seen,
            Direction::In => Mark::Sent,
        };
        let attached = message.payload.attachment.as_deref();
        let open = self.asked.is_some_and(|(seq, _)| seq == message.seq);
        let extra = extra_later(&message.payload, open);
        let empty = message.payload.text.is_empty() && attached.is_none() && extra.is_none();
        // Of a question that has nothing but its answers, those are left to be seen.
        let gone = message.deleted_at.is_some() || (empty && message.payload.buttons.is_empty());
        let text = if gone { self.model.words.deleted } else { &message.payload.text };
        let mine = message.direction == Direction::In && !gone;
        let editable = mine && is_editable(message.created_at, Timestamp::from_millis(self.now));
        let bubble = Bubble {
            id: message.id.text(),
            kind: message.author.kind,
            // A bot's name would only say that it is one.
            name: message.author.name.clone().filter(|_| message.author.kind == AuthorKind::Agent),
            text: text.into(),
            at: message.created_at.millis(),
            first: true,
            last: true,
            mark: if gone { Mark::None } else { mark },
            file: attached.map(|it| {
                Box::new(Shown {
                    id: it.id.text(),
                    picture: it.kind == MediaKind::Image,
                    name: it.filename.clone(),
                    size: it.size,
                    url: it.url.clone(),
                    measure: it.width.zip(it.height),
                    progress: None,
                })
            }),
            extra: extra.filter(|_| !gone),
            live: message.seq > self.model.log.settled,
            edited: message.edited_at.is_some() && !gone,
            gone,
            menu: editable.then_some(self.model.row_menu == Some(message.id)),
        };
        self.bubble(key, bubble);
    }

    fn notice(&self, notice: Notice) -> &'static str {
        match notice {
            Notice::Handoff => self.model.words.handoff,
            Notice::Closed => self.model.words.closed,
            Notice::Reopened => self.model.words.reopened,
        }
    }

    /// Adds a bubble, and joins it with the one before.
    fn bubble(&mut self, key: String, mut bubble: Bubble) {
        let day_of = |at: i64| (at - self.model.offset * 60_000).div_euclid(DAY);
        let day = day_of(bubble.at);
        // A log that begins today need not say so.
        if self.day != Some(day) && (self.day.is_some() || day != day_of(self.now)) {
            let mut day_key = String::from("d");
            shared::wire::json::push_number(&mut day_key, u32::try_from(day).unwrap_or(0));
            self.push(&day_key, Body::Day(bubble.at));
        }
        self.day = Some(day);
        if let Some(Row { body: Body::Bubble(before), .. }) = self.rows.last_mut()
            && bubble.continues(before)
        {
            bubble.first = false;
            // A time under every bubble would be noise; trouble, though, stays with its own.
            before.last = matches!(before.mark, Mark::Failed(_));
        }
        self.rows.push(Row { key, body: Body::Bubble(Box::new(bubble)) });
    }

    /// What stands below the last message.
    fn end(&mut self) {
        let model = self.model;
        if let Some((_, asked)) = self.asked {
            let choices = choices(model, asked);
            if !choices.labels.is_empty() || choices.asks.is_some() {
                self.push("choices", Body::Choices(choices));
            }
        }
        let bot = model.log.waiting().map(|_| Body::Typing { kind: AuthorKind::Bot, name: None });
        let typist = model.typists.last();
        let typing = typist.map(|typist| Body::Typing { kind: typist.kind, name: typist.name.clone() });
        if let Some(body) = bot.or(typing) {
            self.push("typing", body);
        }
        if model.status == Some(ConversationStatus::Closed)
            && model.outbox.is_empty()
            && model.log.ends_with_others()
        {
            self.push("closed", Body::Line(model.words.start_new));
        }
    }
}

fn outgoing(model: &Model, entry: &Outgoing) -> Bubble {
    let mark = match &entry.fate {
        Fate::Queued => Mark::Sending,
        Fate::HandedOver => Mark::Sent,
        Fate::Refused(reason) if reason.is_empty() => Mark::Failed(model.words.refused.into()),
        Fate::Refused(reason) => Mark::Failed(reason.clone()),
    };
    Bubble {
        id: entry.id.as_str().into(),
        kind: AuthorKind::Visitor,
        name: None,
        text: entry.text.clone(),
        at: entry.at,
        first: true,
        last: true,
        mark,
        file: entry.file.as_deref().map(|file| {
            Box::new(Shown {
                id: entry.id.as_str().into(),
                picture: !file.preview.is_empty(),
                name: file.name.clone(),
                size: file.size,
                url: file.preview.clone(),
                measure: file.measure,
                progress: (entry.fate == Fate::Queued && file.asset.is_none()).then_some(file.progress),
            })
        }),
        extra: None,
        live: true,
        edited: false,
        gone: false,
        menu: None,
    }
}

/// What stands below the question that is open.
fn choices(model: &Model, asked: &Payload) -> Choices {
    // What is typed is asked for in the composer.
    let asks = asks(asked).filter(|asks| {
        matches!(asks.form, AnswerForm::Several | AnswerForm::Rating | AnswerForm::Date | AnswerForm::File)
    });
    let labels = match asks {
        Some(Asks { form: AnswerForm::Several, .. }) => several_later(asked),
        _ => {
            let answers = asked.buttons.iter().filter(|button| button.url.is_none());
            answers.map(|button| button.label.clone()).collect()
        }
    };
    Choices { labels, asks, files: model.settings.get().is_none_or(|config| config.uploads.enabled) }
}
