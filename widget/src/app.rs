//! The loop: an event comes, the model changes, the view follows, the commands are performed.

use crate::dom::{self, keep};
use crate::host::Host;
use crate::net::http::{Http, Send};
use crate::net::socket::Socket;
use crate::page;
use crate::state::command::Command;
use crate::state::event::Event;
use crate::state::{Model, Tick, update};
use crate::storage::Storage;
use crate::view::View;
use crate::words::ENGLISH;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use shared::wire::session::Session;
use wasm_bindgen::JsValue;

/// One mounted panel.
pub struct App {
    host: Host,
    model: RefCell<Model>,
    view: RefCell<View>,
    http: Http,
    socket: Socket,
    storage: &'static Storage,
    /// Events that came while one was being handled.
    queue: RefCell<Vec<Event>>,
    busy: Cell<bool>,
    alarm: Cell<Option<i32>>,
    send: Send,
}

impl App {
    /// Puts the panel beside its launcher and wakes it up. It lives as long as the page.
    pub fn mount(host: Host) -> &'static Self {
        let (base, token) = (host.base(), host.token());
        let offset = js_sys::Date::new_0().get_timezone_offset() as i64;
        let place: &'static Cell<Option<&'static Self>> = keep(Cell::new(None));
        let send: Send = keep(move |event| {
            if let Some(app) = place.get() {
                app.take(event);
            }
        });
        let app: &'static Self = keep(Self {
            view: RefCell::new(View::new(&host, &ENGLISH, send)),
            model: RefCell::new(Model::new(&ENGLISH, offset)),
            http: Http::new(&base, &token, send),
            socket: Socket::new(&base, &token, send),
            storage: keep(Storage::new(&token)),
            queue: RefCell::default(),
            busy: Cell::new(false),
            alarm: Cell::new(None),
            send,
            host,
        });
        place.set(Some(app));
        page::listen(app.storage, send);
        let (session, outbox) = app.storage.all();
        if session.is_some() || !outbox.is_empty() {
            app.take(Event::Remembered { session, outbox });
        }
        app
    }

    /// Whether the panel is open.
    pub fn is_open(&self) -> bool {
        self.model.borrow().open
    }

    /// Takes an event in, after those that came before it.
    pub fn take(&self, event: Event) {
        self.queue.borrow_mut().push(event);
        if self.busy.replace(true) {
            return;
        }
        loop {
            // A statement of its own, so that the queue is free again while they are handled.
            let events = self.queue.take();
            if events.is_empty() {
                break;
            }
            events.into_iter().for_each(|event| self.step(event));
        }
        self.busy.set(false);
        self.set_alarm();
    }

    fn step(&self, event: Event) {
        let mut random = [0; 10];
        if let Ok(crypto) = dom::window().crypto() {
            let _ = crypto.get_random_values_with_u8_array(&mut random);
        }
        let now = dom::now();
        let mut model = self.model.borrow_mut();
        let commands = update(&mut model, Tick { now, random }, event);
        self.view.borrow_mut().draw(&model, now);
        drop(model);
        for command in commands {
            self.perform(command);
        }
    }

    fn perform(&self, command: Command) {
        let (view, model) = (self.view.borrow(), self.model.borrow());
        let session = model.session.as_deref();
        match command {
            Command::FetchSettings => self.http.settings(),
            Command::AskSession => self.http.session(&self.host, session),
            Command::Disconnect => self.socket.disconnect(),
            Command::Say(frame) => self.socket.say(&frame.encode()),
            Command::Ping => self.socket.say("ping"),
            Command::ForgetSession => self.storage.forget_session(),
            Command::KeepOutgoing(id) => {
                if let Some(message) = model.outbox.get(&id) {
                    self.storage.keep_outgoing(message);
                }
            }
            Command::DropOutgoing(id) => self.storage.drop_outgoing(&id),
            Command::FocusComposer => view.composer.focus(),
            Command::FocusLauncher => view.launcher.focus(),
            Command::ScrollToEnd => view.log.to_end(),
            Command::TellOpened => self.host.emit("opened", &JsValue::UNDEFINED),
            Command::TellClosed => self.host.emit("closed", &JsValue::UNDEFINED),
            Command::TellUnread(count) => self.host.emit("unread", &JsValue::from_f64(count.into())),
            Command::TellMessage(text) => self.host.emit("message", &JsValue::from_str(&text)),
            // What is left needs a session, and is not asked for without one.
            command => {
                if let Some(session) = session {
                    self.perform_as(session, &model, command);
                }
            }
        }
    }

    /// Does what only somebody with a session can.
    fn perform_as(&self, session: &Session, model: &Model, command: Command) {
        match command {
            Command::FetchPage { older } => {
                self.http.page(session, model.epoch, model.log.older.as_deref().filter(|_| older));
            }
            Command::FetchGap => self.http.gap(session, model.epoch, model.log.cursor),
            Command::Post(id) => {
                if let Some(message) = model.outbox.get(&id) {
                    self.http.post(session, message);
                }
            }
            Command::PostSeen(seq) => self.http.seen(session, seq),
            Command::Connect => self.socket.connect(&session.session_token),
            Command::KeepSession => self.storage.keep_session(session),
            _ => {}
        }
    }

    /// One alarm, for whatever the model waits for first.
    fn set_alarm(&self) {
        if let Some(id) = self.alarm.take() {
            dom::stop(id);
        }
        if let Some(at) = self.model.borrow().wake_at() {
            let wait = i32::try_from((at - dom::now()).max(0)).unwrap_or(i32::MAX);
            let send = self.send;
            self.alarm.set(Some(dom::after(wait, Box::new(move |_| send(Event::Time)))));
        }
    }
}
