//! The requests of the visitor API. `XMLHttpRequest` rather than `fetch`: one event tells of answer, failure and
//! timeout alike, where promises would need a listener for each step.

use crate::dom::{join, keep, on, window};
use crate::host::Host;
use crate::js_source::Parsed;
use crate::state::Model;
use crate::state::event::{Answer, Event, Failure, Page};
use crate::state::outbox::Outgoing;
use crate::state::sync::GAP_LIMIT;
use alloc::{boxed::Box, string::String, vec::Vec};
use core::cell::{Cell, RefCell};
use shared::id::{ClientId, MessageId};
use shared::model::message::Message;
use shared::wire::config::{PageOpening, WidgetConfig};
use shared::wire::json::{Object, push_number};
use shared::wire::session::Session;
use shared::wire::source::Source;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[derive(Clone)]
    #[wasm_bindgen(js_name = XMLHttpRequest)]
    type XmlHttpRequest;
    #[wasm_bindgen(constructor, js_class = "XMLHttpRequest")]
    fn new() -> XmlHttpRequest;
    #[wasm_bindgen(method)]
    fn open(this: &XmlHttpRequest, method: &str, url: &str);
    #[wasm_bindgen(method, js_name = setRequestHeader)]
    fn set_header(this: &XmlHttpRequest, name: &str, value: &str);
    #[wasm_bindgen(method, setter)]
    fn set_timeout(this: &XmlHttpRequest, millis: u32);
    #[wasm_bindgen(method, setter, js_name = responseType)]
    fn set_response_type(this: &XmlHttpRequest, kind: &str);
    #[wasm_bindgen(method)]
    fn send(this: &XmlHttpRequest, body: &JsValue);
    #[wasm_bindgen(method)]
    fn abort(this: &XmlHttpRequest);
    #[wasm_bindgen(method, getter)]
    fn upload(this: &XmlHttpRequest) -> web_sys::EventTarget;
    #[wasm_bindgen(method, getter)]
    fn status(this: &XmlHttpRequest) -> u16;
    #[wasm_bindgen(method, getter)]
    fn response(this: &XmlHttpRequest) -> JsValue;
    #[wasm_bindgen(method, js_name = getResponseHeader)]
    fn header(this: &XmlHttpRequest, name: &str) -> Option<String>;
    type FormData;
    #[wasm_bindgen(constructor)]
    fn new() -> FormData;
    #[wasm_bindgen(method)]
    fn append(this: &FormData, name: &str, file: &JsValue, filename: &str);
    type Progress;
    #[wasm_bindgen(method, getter)]
    fn loaded(this: &Progress) -> f64;
    #[wasm_bindgen(method, getter)]
    fn total(this: &Progress) -> f64;
}

/// How long an answer may take, in milliseconds.
const TIMEOUT: u32 = 20_000;

/// Where events go.
pub type Send = &'static dyn Fn(Event);

/// The visitor API of one widget.
pub struct Http {
    base: String,
    send: Send,
    held: &'static Held,
    /// Files on their way, so that they can be stopped.
    uploads: RefCell<Vec<(ClientId, XmlHttpRequest)>>,
}

/// Settings that only the second part of the program can read, until it is here.
#[derive(Default)]
struct Held {
    whole: Cell<bool>,
    settings: RefCell<Option<XmlHttpRequest>>,
}

/// What was asked, so far as the answer needs it.
enum Ask {
    Settings,
    Session,
    Page { epoch: u32, older: bool },
    Gap { epoch: u32 },
    Post(ClientId),
    Seen,
    Code,
    Verify,
    Resume,
    Erase,
    Export,
    Amend,
    Upload(ClientId),
}

impl Http {
    /// The API of the widget with this token at this origin.
    pub fn new(origin: &str, token: &str, send: Send) -> Self {
        Self {
            base: join(&[origin, "/web-chat/", token, "/"]),
            send,
            held: keep(Held::default()),
            uploads: RefCell::default(),
        }
    }

    /// Not generic over what is done with the answer: that would be compiled once for each kind of request.
    fn call(&self, method: &str, path: &str, session: Option<&Session>, body: Option<&str>, ask: Ask) {
        let request = self.prepare(method, path, session, ask);
        request.set_timeout(TIMEOUT);
        if body.is_some() {
            request.set_header("Content-Type", "application/json");
        }
        request.send(&body.map_or(JsValue::NULL, JsValue::from_str));
    }

    fn prepare(&self, method: &str, path: &str, session: Option<&Session>, ask: Ask) -> XmlHttpRequest {
        let request = XmlHttpRequest::new();
        request.open(method, &join(&[&self.base, path]));
        request.set_response_type("json");
        if let Some(session) = session {
            request.set_header("Authorization", &join(&["Bearer ", &session.session_token]));
        }
        let (send, held, asked) = (self.send, self.held, request.clone());
        let answered = move |_| match ask {
            Ask::Settings => {
                if !held.whole.get() && is_rich(&asked) {
                    held.settings.replace(Some(asked.clone()));
                } else {
                    send(settings(&asked));
                }
            }
            _ => send(event_later(&ask, &asked)),
        };
        on(request.unchecked_ref(), "loadend", Box::new(answered));
        request
    }

    /// The second part is here: settings that waited for it are read.
    #[inline(never)]
    pub fn grow_later(&self) {
        self.held.whole.set(true);
        if let Some(request) = self.held.settings.take() {
            (self.send)(settings(&request));
        }
    }

    /// `GET config`.
    pub fn settings(&self) {
        self.call("GET", "config", None, None, Ask::Settings);
    }

    /// `POST sessions`, as the visitor we were, if we were one, and as whom the page presents us, if it does.
    pub fn session(&self, host: &Host, model: &Model) {
        let mut body = Object::new();
        match &model.host {
            Some(presented) => body.string("mode", "host-identified").members(&presented.json),
            None => body.string("mode", "anonymous"),
        };
        self.begin(host, model, body, Ask::Session);
    }

    /// `POST sessions` with an e-mail, which sends a code, or with the code.
    pub fn code(&self, host: &Host, model: &Model, code: Option<&str>) {
        let mut body = Object::new();
        body.string("mode", "verify-otp").string("email", &model.address);
        if let Some(code) = code {
            body.string("otp", code);
        }
        self.begin(host, model, body, if code.is_some() { Ask::Verify } else { Ask::Code });
    }

    fn begin(&self, host: &Host, model: &Model, mut body: Object, ask: Ask) {
        let old = model.session.as_deref();
        let short = |mut text: String, limit: usize| {
            let end = (0..=limit).rev().find(|&end| text.is_char_boundary(end));
            text.truncate(end.unwrap_or(text.len()));
            text
        };
        if let Some(answers) = &model.answers {
            body.raw("prechat", answers);
        }
        if let Some(old) = old {
            body.string("visitorId", &old.visitor_id.text());
        }
        for (key, name) in [("url", "URL"), ("referer", "referrer"), ("title", "title")] {
            // A page may have made any of them throw, or something else than a text.
            if let Some(text) = host.page(name).ok().and_then(|value| value.as_string()) {
                body.string(key, &short(text, 500));
            }
        }
        if let Some(lang) = window().navigator().language() {
            body.string("lang", &short(lang, 20));
        }
        self.call("POST", "sessions", old, Some(&body.end()), ask);
    }

    /// `POST sessions/resume`, with the token of a link out of a letter.
    pub fn resume(&self, token: &str) {
        let body = Object::new().string("token", token).end();
        self.call("POST", "sessions/resume", None, Some(&body), Ask::Resume);
    }

    /// `DELETE me`.
    pub fn erase(&self, session: &Session) {
        self.call("DELETE", "me", Some(session), None, Ask::Erase);
    }

    /// `GET me/export`.
    pub fn export(&self, session: &Session) {
        self.call("GET", "me/export", Some(session), None, Ask::Export);
    }

    /// `PATCH` and `DELETE messages/:id`: without words the message is taken back.
    pub fn amend(&self, session: &Session, id: &MessageId, text: Option<&str>) {
        let body = text.map(|text| Object::new().string("text", text).end());
        let method = if body.is_some() { "PATCH" } else { "DELETE" };
        self.call(method, &join(&["messages/", &id.text()]), Some(session), body.as_deref(), Ask::Amend);
    }

    /// `GET history`, newest first.
    pub fn page(&self, session: &Session, epoch: u32, before: Option<&str>) {
        let older = before.is_some();
        let path =
            join(&["history?limit=50", if older { "&before=" } else { "" }, before.unwrap_or_default()]);
        self.call("GET", &path, Some(session), None, Ask::Page { epoch, older });
    }

    /// `GET history`, in the order of changes.
    pub fn gap(&self, session: &Session, epoch: u32, after: u32) {
        let mut path = String::from("history?limit=");
        push_number(&mut path, u32::try_from(GAP_LIMIT).unwrap_or(0));
        path.push_str("&after=");
        push_number(&mut path, after);
        self.call("GET", &path, Some(session), None, Ask::Gap { epoch });
    }

    /// `POST messages`.
    pub fn post(&self, session: &Session, message: &Outgoing) {
        let mut body = Object::new();
        body.string("clientId", message.id.as_str());
        match message.file.as_deref().and_then(|file| Some((file, file.asset.as_ref()?))) {
            Some((file, (asset, kind))) => {
                let mut attachment = Object::new();
                attachment.string("mediaAssetId", asset).string("kind", kind.tag());
                attachment.string("filename", &file.name);
                body.raw("attachment", &attachment.end());
                if !message.text.is_empty() {
                    body.string("caption", &message.text);
                }
            }
            None => {
                body.string("text", &message.text);
            }
        }
        let body = body.end();
        self.call("POST", "messages", Some(session), Some(&body), Ask::Post(message.id.clone()));
    }

    /// `POST upload`. However long it takes: a slow network is no fault.
    #[inline(never)]
    pub fn upload_later(&self, session: &Session, id: &ClientId, name: &str, file: &JsValue) {
        let request = self.prepare("POST", "upload", Some(session), Ask::Upload(id.clone()));
        let (send, told) = (self.send, id.clone());
        let progress = move |event: web_sys::Event| {
            let progress: &Progress = event.unchecked_ref();
            let part = progress.loaded() / progress.total().max(1.0) * 100.0;
            send(Event::Uploading(told.clone(), part as u32));
        };
        on(&request.upload(), "progress", Box::new(progress));
        let form = FormData::new();
        form.append("file", file, name);
        request.send(&form);
        let mut uploads = self.uploads.borrow_mut();
        uploads.retain(|(other, _)| other != id);
        uploads.push((id.clone(), request));
    }

    /// Leaves off sending a file.
    pub fn abort(&self, id: &ClientId) {
        let found = self.uploads.borrow().iter().find(|(other, _)| other == id).map(|(_, r)| r.clone());
        if let Some(request) = found {
            request.abort();
        }
    }

    /// `POST events`: seen. If it gets lost, the socket's hello puts it right.
    pub fn seen(&self, session: &Session, seq: u32) {
        let body = Object::new().string("type", "seen").number("seq", seq).end();
        self.call("POST", "events", Some(session), Some(&body), Ask::Seen);
    }
}

fn settings(request: &XmlHttpRequest) -> Event {
    Event::Settings(answer(request).map(|data| {
        let mut config = Box::new(WidgetConfig::decode(&data));
        if let Some(pages) = data.get("pages") {
            on_this_page_later(&mut config, &pages);
        }
        config
    }))
}

/// Another flow may answer on this page, and open otherwise.
#[inline(never)]
fn on_this_page_later(config: &mut WidgetConfig, pages: &Parsed) {
    let url = window().location().href().unwrap_or_default();
    let here = pages.items().iter().filter_map(PageOpening::decode).find(|page| page.is_at(&url));
    if let Some(here) = here {
        config.opening = here.opening;
    }
}

/// Whether the bot opens with more than words and answers, or otherwise on some pages.
fn is_rich(request: &XmlHttpRequest) -> bool {
    let Ok(data) = answer(request) else { return false };
    let opening = data.get("opening");
    let has = |list: Option<Parsed>, what: &dyn Fn(&Parsed) -> bool| {
        list.is_some_and(|list| list.items().iter().any(what))
    };
    data.get("pages").is_some()
        || has(opening, &|message| {
            let said = message.get("payload").unwrap_or(Parsed(JsValue::UNDEFINED));
            said.get("rich").is_some() || has(said.get("buttons"), &|button| button.get("url").is_some())
        })
}

#[inline(never)]
fn event_later(ask: &Ask, request: &XmlHttpRequest) -> Event {
    let answer = answer(request);
    match ask {
        Ask::Session => Event::Granted(answer.and_then(|data| session(&data))),
        Ask::Verify => Event::Verified(answer.and_then(|data| session(&data))),
        Ask::Resume => Event::Resumed(answer.and_then(|data| session(&data))),
        Ask::Code => Event::CodeSent(answer.map(|_| ())),
        Ask::Erase => Event::Erased(answer.map(|_| ())),
        Ask::Amend => Event::Amended(answer.map(|_| ())),
        Ask::Upload(id) => {
            let text = |data: &Parsed, key: &str| data.get(key)?.string();
            let asset = |data: Parsed| text(&data, "id").zip(text(&data, "mimeType")).ok_or_else(unreadable);
            Event::Uploaded(id.clone(), answer.and_then(asset))
        }
        Ask::Export => Event::Exported(answer.map(|data| data.json())),
        Ask::Page { epoch, older } => {
            let next_before = request.header("X-Next-Before");
            let answer = answer.map(|data| Page { next_before, ..page(&data) });
            Event::Page { epoch: *epoch, older: *older, answer }
        }
        Ask::Gap { epoch } => Event::Gap { epoch: *epoch, answer: answer.map(|data| page(&data)) },
        Ask::Post(id) => {
            let message = answer.and_then(|data| Message::decode(&data).map(Box::new).ok_or_else(unreadable));
            Event::Posted(id.clone(), message)
        }
        Ask::Seen | Ask::Settings => Event::Time,
    }
}

fn session(data: &Parsed) -> Answer<Box<Session>> {
    Session::decode(data).map(Box::new).ok_or_else(unreadable)
}

fn page(data: &Parsed) -> Page {
    let rows = data.items();
    Page { rows: rows.len(), messages: rows.iter().filter_map(Message::decode).collect(), next_before: None }
}

fn answer(request: &XmlHttpRequest) -> Answer<Parsed> {
    let status = request.status();
    let body = Parsed(request.response());
    if (200..300).contains(&status) {
        return Ok(body.get("data").unwrap_or(Parsed(JsValue::UNDEFINED)));
    }
    let retry_after = request.header("Retry-After").and_then(|text| text.parse().ok());
    // One sentence, or a list of them.
    let message = body.get("message");
    let first = message.as_ref().and_then(|message| message.items().into_iter().next());
    let reason = first.or(message).and_then(|reason| reason.string());
    Err(Failure { status, retry_after, reason })
}

/// An answer that succeeded but makes no sense to us: perhaps the edge is being replaced just now.
fn unreadable() -> Failure {
    Failure { status: 502, ..Failure::default() }
}
