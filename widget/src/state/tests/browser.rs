//! A visitor's browser and the edge behind it, played by hand.

use crate::state::command::Command;
use crate::state::event::{Event, Failure, Page};
use crate::state::outbox::Outgoing;
use crate::state::rows::{Body, Mark, rows};
use crate::state::{Model, Tick, update};
use crate::words::ENGLISH;
use shared::id::{ClientId, ConversationId, MessageId, VisitorId};
use shared::model::conversation::ConversationStatus;
use shared::model::media::{MediaType, UploadPolicy};
use shared::model::message::{Author, AuthorKind, Button, Direction, Message, MessageType, Payload};
use shared::model::settings::Theme;
use shared::rules::pre_chat::PreChat;
use shared::time::Timestamp;
use shared::wire::config::{OpeningMessage, WidgetConfig};
use shared::wire::frame::ServerFrame;
use shared::wire::session::Session;

pub struct Browser {
    pub model: Model,
    pub now: i64,
    dice: u8,
}

impl Browser {
    /// A visitor who has just come for the first time.
    pub fn new() -> Self {
        Self {
            model: Model::new(&ENGLISH, 0, |pattern, text| pattern == text),
            now: 1_800_000_000_000,
            dice: 0,
        }
    }

    /// One who has written before, with the socket open and everything read.
    pub fn returning(messages: Vec<Message>) -> Self {
        let mut browser = Self::new();
        browser.take(Event::Remembered {
            session: Some(browser.session(1)),
            owner: None,
            outbox: Vec::new(),
        });
        let changed = messages.iter().map(|m| m.changed).max().unwrap_or(0);
        browser.page(messages);
        browser.hello(changed, changed);
        browser
    }

    pub fn take(&mut self, event: Event) -> Vec<Command> {
        self.dice = self.dice.wrapping_add(1);
        update(&mut self.model, Tick { now: self.now, random: [self.dice; 10] }, event)
    }

    /// Lets time go by, and every timer of it go off in its turn.
    pub fn wait(&mut self, millis: i64) -> Vec<Command> {
        let (end, mut commands) = (self.now + millis, Vec::new());
        while let Some(at) = self.model.wake_at().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            commands.extend(self.take(Event::Time));
        }
        self.now = end;
        commands
    }

    pub fn say(&mut self, text: &str) -> Vec<Command> {
        self.take(Event::Submit(text.into()))
    }

    pub fn session(&self, visitor: u8) -> Box<Session> {
        let at = Timestamp::from_millis(self.now);
        Box::new(Session {
            session_token: "a.b.c".into(),
            visitor_id: VisitorId::new(at, [visitor; 10]),
            identity_verified: false,
            expires_at: at.plus_seconds(24 * 3600),
            conversation_id: ConversationId::new(at, [0; 10]),
            name: None,
            email: None,
            online: true,
            back_at: None,
        })
    }

    pub fn page(&mut self, messages: Vec<Message>) -> Vec<Command> {
        let answer = Ok(Page { rows: messages.len(), messages, next_before: None });
        self.take(Event::Page { epoch: self.model.epoch, older: false, answer })
    }

    pub fn gap(&mut self, messages: Vec<Message>) -> Vec<Command> {
        let answer = Ok(Page { rows: messages.len(), messages, next_before: None });
        self.take(Event::Gap { epoch: self.model.epoch, answer })
    }

    pub fn hello(&mut self, changed: u32, visitor_seen: u32) -> Vec<Command> {
        let status = ConversationStatus::Open;
        self.hear(ServerFrame::Hello { protocol: 1, changed, status, agent_seen: 0, visitor_seen })
    }

    pub fn hear(&mut self, frame: ServerFrame) -> Vec<Command> {
        self.take(Event::Heard(Some(Box::new(frame))))
    }

    pub fn hear_message(&mut self, message: Message) -> Vec<Command> {
        self.hear(ServerFrame::Message { message })
    }

    /// The words on the screen, own ones with how far they have come.
    pub fn screen(&self) -> Vec<String> {
        let shown = |row: crate::state::rows::Row| match row.body {
            Body::Bubble(bubble) => match bubble.mark {
                Mark::None => bubble.text,
                mark => format!("{} ({mark:?})", bubble.text),
            },
            Body::Line(text) => format!("— {text}"),
            Body::Choices(choices) => match choices.asks {
                Some(asks) => format!("[{}] {:?}", choices.labels.join("|"), asks.form),
                None => format!("[{}]", choices.labels.join("|")),
            },
            other => format!("{other:?}"),
        };
        rows(&self.model, self.now).into_iter().map(shown).collect()
    }

    /// The edge's answer to what was posted.
    pub fn kept(&mut self, posted: &Outgoing, seq: u32) -> Vec<Command> {
        let message = own(seq, &posted.text, &posted.id);
        self.take(Event::Posted(posted.id.clone(), Ok(Box::new(message))))
    }

    pub fn outgoing(&self, place: usize) -> Outgoing {
        self.model.outbox.entries()[place].clone()
    }
}

pub fn posts(commands: &[Command]) -> usize {
    commands.iter().filter(|command| matches!(command, Command::Post(_))).count()
}

pub fn failure(status: u16) -> Failure {
    Failure { status, ..Failure::default() }
}

pub fn message(seq: u32, kind: AuthorKind, text: &str) -> Message {
    let at = Timestamp::from_millis(1_800_000_000_000);
    let mut random = [0; 10];
    random[..4].copy_from_slice(&seq.to_be_bytes());
    Message {
        id: MessageId::new(at, random),
        conversation_id: ConversationId::new(at, [0; 10]),
        seq,
        changed: seq,
        client_id: None,
        direction: if kind == AuthorKind::Visitor { Direction::In } else { Direction::Out },
        author: Author { kind, name: None },
        kind: MessageType::Text,
        payload: Payload { text: text.into(), ..Payload::default() },
        reply_to: None,
        private: false,
        created_at: at,
        edited_at: None,
        deleted_at: None,
        status: None,
    }
}

pub fn own(seq: u32, text: &str, id: &ClientId) -> Message {
    Message { client_id: Some(id.clone()), ..message(seq, AuthorKind::Visitor, text) }
}

pub fn bot(seq: u32, text: &str) -> Message {
    message(seq, AuthorKind::Bot, text)
}

pub fn agent(seq: u32, text: &str) -> Message {
    message(seq, AuthorKind::Agent, text)
}

pub fn choice(seq: u32, text: &str, labels: &[&str]) -> Message {
    let mut message = bot(seq, text);
    message.kind = MessageType::Choice;
    message.payload.buttons = buttons(labels);
    message
}

fn buttons(labels: &[&str]) -> Vec<Button> {
    labels.iter().map(|label| Button { label: (*label).into(), value: (*label).into(), url: None }).collect()
}

pub fn settings() -> Event {
    Event::Settings(Ok(Box::new(config())))
}

pub fn config() -> WidgetConfig {
    let payload = Payload {
        text: "Hello! What is it about?".into(),
        buttons: buttons(&["Lamps", "Orders"]),
        ..Payload::default()
    };
    WidgetConfig {
        heading: "Shop".into(),
        sub_heading: String::new(),
        placeholder: String::new(),
        locale: String::new(),
        theme: Theme::default(),
        pages: Vec::new(),
        opening: vec![OpeningMessage { kind: MessageType::Choice, payload }],
        pre_chat: PreChat::default(),
        identity_required: false,
        offline_message: String::new(),
        size: String::new(),
        legal_text: String::new(),
        legal_url: String::new(),
        online: true,
        back_at: None,
        uploads: UploadPolicy { enabled: true, max_bytes: 1000, types: vec![MediaType::Png] },
    }
}
