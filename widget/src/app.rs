//! The loop: an event comes, the model changes, the view follows, the commands are performed.

use crate::dom;
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
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use wasm_bindgen::JsValue;

/// One mounted panel.
pub struct App {
    host: Host,
    model: RefCell<Model>,
    view: RefCell<View>,
    http: Http,
    socket: Socket,
    storage: Rc<Storage>,
    /// Events that came while one was being handled.
    queue: RefCell<VecDeque<Event>>,
    busy: Cell<bool>,
    alarm: Cell<Option<i32>>,
    send: Send,
}

impl App {
    /// Puts the panel beside its launcher and wakes it up. It lives as long as the page.
    pub fn mount(host: Host) -> Rc<Self> {
        let (base, token) = (host.base(), host.token());
        let offset = js_sys::Date::new_0().get_timezone_offset() as i64;
        let storage = Rc::new(Storage::new(&token));
        let app = Rc::new_cyclic(|weak: &std::rc::Weak<Self>| {
            let weak = weak.clone();
            let send: Send = Rc::new(move |event| {
                if let Some(app) = weak.upgrade() {
                    app.take(event);
                }
            });
            Self {
                view: RefCell::new(View::new(&host, &ENGLISH, &send)),
                model: RefCell::new(Model::new(&ENGLISH, offset)),
                http: Http::new(&base, &token, send.clone()),
                socket: Socket::new(&base, &token, send.clone()),
                storage: storage.clone(),
                queue: RefCell::default(),
                busy: Cell::new(false),
                alarm: Cell::new(None),
                send,
                host,
            }
        });
        page::listen(&storage, &app.send);
        let (session, outbox) = storage.all();
        if session.is_some() || !outbox.is_empty() {
            app.take(Event::Remembered { session, outbox });
        }
        app
    }

    /// Whether the panel is open.
    pub fn is_open(&self) -> bool {
        self.model.try_borrow().is_ok_and(|model| model.open)
    }

    /// Takes an event in, after those that came before it.
    pub fn take(&self, event: Event) {
        self.queue.borrow_mut().push_back(event);
        if self.busy.replace(true) {
            return;
        }
        loop {
            // A statement of its own, so that the queue is free again while the event is handled.
            let next = self.queue.borrow_mut().pop_front();
            let Some(event) = next else { break };
            self.step(event);
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
        let view = self.view.borrow();
        match command {
            Command::FetchSettings => self.http.settings(),
            Command::AskSession(old) => self.http.session(old.as_ref()),
            Command::FetchPage { token, epoch, before } => self.http.page(&token, epoch, before.as_deref()),
            Command::FetchGap { token, epoch, after } => self.http.gap(&token, epoch, after),
            Command::Post { token, message } => self.http.post(&token, message),
            Command::PostSeen { token, seq } => self.http.seen(&token, seq),
            Command::Connect(token) => self.socket.connect(&token),
            Command::Disconnect => self.socket.disconnect(),
            Command::Say(frame) => self.socket.say(&frame.encode()),
            Command::Ping => self.socket.say("ping"),
            Command::KeepSession(session) => self.storage.keep_session(&session),
            Command::ForgetSession => self.storage.forget_session(),
            Command::KeepOutgoing(entry) => self.storage.keep_outgoing(&entry),
            Command::DropOutgoing(id) => self.storage.drop_outgoing(&id),
            Command::FocusComposer => view.composer.focus(),
            Command::FocusLauncher => view.launcher.focus(),
            Command::ScrollToEnd => view.log.to_end(),
            Command::TellOpened => self.host.emit("opened", &JsValue::UNDEFINED),
            Command::TellClosed => self.host.emit("closed", &JsValue::UNDEFINED),
            Command::TellUnread(count) => self.host.emit("unread", &JsValue::from_f64(count.into())),
            Command::TellMessage(text) => self.host.emit("message", &JsValue::from_str(&text)),
        }
    }

    /// One alarm, for whatever the model waits for first.
    fn set_alarm(&self) {
        if let Some(id) = self.alarm.take() {
            dom::stop(id);
        }
        if let Some(at) = self.model.borrow().wake_at() {
            let wait = i32::try_from((at - dom::now()).max(0)).unwrap_or(i32::MAX);
            let send = self.send.clone();
            self.alarm.set(Some(dom::after(wait, Box::new(move |_| send(Event::Time)))));
        }
    }
}
