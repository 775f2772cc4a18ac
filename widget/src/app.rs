//! The loop: an event comes, the model changes, the view follows, the commands are performed.

use crate::browser;
use crate::dom::{self, keep};
use crate::host::Host;
use crate::js_source::Parsed;
use crate::net::http::{Http, Send};
use crate::net::socket::Socket;
use crate::page;
use crate::picked::Picked;
use crate::state::command::Command;
use crate::state::event::Event;
use crate::state::{Model, Tick, update};
use crate::storage::Storage;
use crate::view::View;
use crate::words::ENGLISH;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use shared::wire::session::Session;
use wasm_bindgen::prelude::*;

/// One mounted panel.
pub struct App {
    host: Host,
    model: RefCell<Model>,
    view: RefCell<View>,
    http: Http,
    socket: Socket,
    storage: &'static Storage,
    picked: &'static Picked,
    /// Events that came while one was being handled.
    queue: RefCell<Vec<Event>>,
    busy: Cell<bool>,
    alarm: Cell<Option<i32>>,
    /// Whether the second part of the program is here.
    whole: Cell<bool>,
    /// The page's promises about the identity that it presented.
    promises: RefCell<Vec<browser::Settle>>,
    /// What it presented, until that is looked at.
    presented: RefCell<Vec<(JsValue, browser::Settle)>>,
    send: Send,
}

#[wasm_bindgen]
extern "C" {
    /// Tells the page's developers.
    #[wasm_bindgen(js_namespace = console, js_name = error)]
    fn complain(what: &str, why: &str);
    /// Fetches the second part, and hands over its styles; nothing when it did not come. Stands in `loader/later.js`, which the build adds to the
    /// glue.
    #[wasm_bindgen(js_name = fetchRest)]
    fn fetch_rest(base: &str, done: &JsValue);
}

/// The loader's slot for the styles that come with the second part.
const SLOT_LATER: u32 = 5;
/// How long to wait before the second part is asked for again.
const AGAIN: i32 = 2_000;

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
            model: RefCell::new(Model::new(&ENGLISH, offset, browser::matches)),
            http: Http::new(&base, &token, send),
            socket: Socket::new(&base, &token, send),
            storage: keep(Storage::new(&token)),
            picked: keep(Picked::new(send)),
            queue: RefCell::default(),
            busy: Cell::new(false),
            alarm: Cell::new(None),
            whole: Cell::new(false),
            promises: RefCell::default(),
            presented: RefCell::default(),
            send,
            host,
        });
        place.set(Some(app));
        if app.storage.has_any() {
            app.take(Event::Woken);
        }
        if let Some(token) = browser::resume_token() {
            app.take(Event::Resume(token));
        }
        app.complete();
        app
    }

    /// Fetches the second part of the program, for as long as it takes.
    fn complete(&'static self) {
        let done = move |styles: Option<String>| match styles {
            Some(styles) => self.completed_later(&styles),
            None => {
                dom::after(AGAIN, Box::new(move |_| self.complete()));
            }
        };
        fetch_rest(
            &self.host.base(),
            &Closure::wrap(Box::new(done) as Box<dyn FnMut(Option<String>)>).into_js_value(),
        );
    }

    #[inline(never)]
    fn completed_later(&'static self, styles: &str) {
        self.host.adopt(SLOT_LATER, styles);
        page::listen_later(self.storage, self.send);
        self.view.borrow().grow_later(self.picked);
        // What the visitor did meanwhile, they did as whom the page presents; but who has been here before is known first.
        let known = |event: &Event| matches!(event, Event::Woken | Event::Resume(_));
        let mut before = self.queue.take();
        let after = before.split_off(before.iter().take_while(|event| known(event)).count());
        self.queue.replace(before);
        self.whole.set(true);
        self.http.grow_later();
        self.take(Event::Time);
        self.identify_later();
        for event in after {
            self.take(event);
        }
    }

    /// Whether the panel is open.
    pub fn is_open(&self) -> bool {
        self.model.borrow().open
    }

    /// Does what the page asks for; answers with a promise, where it is to wait for something.
    pub fn command(&'static self, name: &str, detail: &JsValue) -> JsValue {
        let event = match name {
            "open" => Event::Open,
            "close" => Event::Close,
            "toggle" if self.is_open() => Event::Close,
            "toggle" => Event::Open,
            "logout" => Event::Logout,
            _ => {
                let ask = |settle| self.presented.borrow_mut().push((detail.clone(), settle));
                let promise = browser::promise(ask);
                if self.whole.get() {
                    self.identify_later();
                }
                return promise;
            }
        };
        self.take(event);
        JsValue::UNDEFINED
    }

    #[inline(never)]
    fn identify_later(&self) {
        for (detail, settle) in self.presented.take() {
            match browser::presented(&Parsed(detail)) {
                Some(presented) => {
                    self.promises.borrow_mut().push(settle);
                    self.take(Event::Identify(Box::new(presented)));
                }
                None => settle.with(&Err("identify wants a userId or an email, and a hash".into())),
            }
        }
    }

    /// Settles the page's promises. What fails once they are settled is for whoever looks after the page.
    #[inline(never)]
    fn answer_later(&self, answer: &Result<bool, String>) {
        let promises = self.promises.take();
        if let (true, Err(reason)) = (promises.is_empty(), answer) {
            complain("Porchlight: identify:", reason);
        }
        for settle in promises {
            settle.with(answer);
        }
    }

    /// Takes an event in, after those that came before it.
    pub fn take(&self, event: Event) {
        self.queue.borrow_mut().push(event);
        self.work();
    }

    fn work(&self) {
        if self.busy.replace(true) {
            return;
        }
        while let Some(event) = self.next() {
            self.step(event);
        }
        self.busy.set(false);
        self.set_alarm();
    }

    /// The next event whose turn has come. Those that need the second part wait for it, and all behind them too.
    fn next(&self) -> Option<Event> {
        let mut queue = self.queue.borrow_mut();
        let first = queue.first()?;
        (self.whole.get() || first.is_early()).then(|| queue.remove(0))
    }

    #[inline(never)]
    fn remember_later(&self) -> Event {
        let (session, outbox) = self.storage.all();
        let owner = session.is_some().then(|| self.storage.owner()).flatten();
        Event::Remembered { session, owner, outbox }
    }

    fn step(&self, event: Event) {
        let event = if matches!(event, Event::Woken) { self.remember_later() } else { event };
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
            Command::FocusComposer => view.composer.focus(),
            Command::FocusLauncher => view.launcher.focus(),
            Command::ScrollToEnd => view.log.to_end(),
            Command::TellOpened => self.host.emit("opened", &JsValue::UNDEFINED),
            Command::TellClosed => self.host.emit("closed", &JsValue::UNDEFINED),
            command => self.perform_later(command),
        }
    }

    #[inline(never)]
    fn perform_later(&self, command: Command) {
        let model = self.model.borrow();
        let session = model.session.as_deref();
        match command {
            Command::AskSession => self.http.session(&self.host, &model),
            Command::AskCode(code) => self.http.code(&self.host, &model, code.as_deref()),
            Command::Resume(token) => self.http.resume(&token),
            Command::Download(json) => browser::download("chat.json", &json),
            Command::Compose(text) => self.view.borrow().composer.compose(&text),
            Command::TellIdentity(answer) => self.answer_later(&answer),
            Command::ForgetAll => self.storage.forget_all(),
            Command::Disconnect => self.socket.disconnect(),
            Command::Say(frame) => self.socket.say(&frame.encode()),
            Command::Abort(id) => self.http.abort(&id),
            Command::DropFile(key) => self.picked.release(key),
            Command::Ping => self.socket.say("ping"),
            Command::ForgetSession => self.storage.forget_session(),
            Command::KeepOutgoing(id) => {
                if let Some(message) = model.outbox.get(&id) {
                    self.storage.keep_outgoing(message);
                }
            }
            Command::DropOutgoing(id) => self.storage.drop_outgoing(&id),
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
            Command::Upload(id) => {
                if let Some(file) = model.outbox.get(&id).and_then(|entry| entry.file.as_deref())
                    && let Some(chosen) = self.picked.get(file.key)
                {
                    self.http.upload_later(session, &id, &file.name, &chosen);
                }
            }
            Command::PostSeen(seq) => self.http.seen(session, seq),
            Command::Connect => self.socket.connect_later(&session.session_token),
            Command::KeepSession => self.storage.keep_session(session, model.owner.as_deref()),
            Command::Erase => self.http.erase(session),
            Command::Export => self.http.export(session),
            Command::Amend(id, text) => self.http.amend(session, &id, Some(&text)),
            Command::Remove(id) => self.http.amend(session, &id, None),
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
