//! The requests of the visitor API. `XMLHttpRequest` rather than `fetch`: one event tells of answer, failure and
//! timeout alike, where promises would need a listener for each step.

use crate::dom::{join, on, window};
use crate::host::Host;
use crate::js_source::Parsed;
use crate::state::event::{Answer, Event, Failure, Page};
use crate::state::outbox::Outgoing;
use crate::state::sync::GAP_LIMIT;
use alloc::{boxed::Box, string::String};
use shared::id::ClientId;
use shared::model::message::Message;
use shared::wire::config::WidgetConfig;
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
    fn send(this: &XmlHttpRequest, body: Option<&str>);
    #[wasm_bindgen(method, getter)]
    fn status(this: &XmlHttpRequest) -> u16;
    #[wasm_bindgen(method, getter)]
    fn response(this: &XmlHttpRequest) -> JsValue;
    #[wasm_bindgen(method, js_name = getResponseHeader)]
    fn header(this: &XmlHttpRequest, name: &str) -> Option<String>;
}

/// How long an answer may take, in milliseconds.
const TIMEOUT: u32 = 20_000;

/// Where events go.
pub type Send = &'static dyn Fn(Event);

/// The visitor API of one widget.
pub struct Http {
    base: String,
    send: Send,
}

/// What was asked, so far as the answer needs it.
enum Ask {
    Settings,
    Session,
    Page { epoch: u32, older: bool },
    Gap { epoch: u32 },
    Post(ClientId),
    Seen,
}

impl Http {
    /// The API of the widget with this token at this origin.
    pub fn new(origin: &str, token: &str, send: Send) -> Self {
        Self { base: join(&[origin, "/web-chat/", token, "/"]), send }
    }

    /// Not generic over what is done with the answer: that would be compiled once for each kind of request.
    fn call(&self, path: &str, session: Option<&Session>, body: Option<&str>, ask: Ask) {
        let request = XmlHttpRequest::new();
        request.open(if body.is_some() { "POST" } else { "GET" }, &join(&[&self.base, path]));
        request.set_timeout(TIMEOUT);
        request.set_response_type("json");
        if let Some(session) = session {
            request.set_header("Authorization", &join(&["Bearer ", &session.session_token]));
        }
        if body.is_some() {
            request.set_header("Content-Type", "application/json");
        }
        let (send, asked) = (self.send, request.clone());
        on(request.unchecked_ref(), "loadend", Box::new(move |_| send(event(&ask, &asked))));
        request.send(body);
    }

    /// `GET config`.
    pub fn settings(&self) {
        self.call("config", None, None, Ask::Settings);
    }

    /// `POST sessions`, as the visitor we were, if we were one.
    pub fn session(&self, host: &Host, old: Option<&Session>) {
        let short = |mut text: String, limit: usize| {
            let end = (0..=limit).rev().find(|&end| text.is_char_boundary(end));
            text.truncate(end.unwrap_or(text.len()));
            text
        };
        let mut body = Object::new();
        body.string("mode", "anonymous");
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
        self.call("sessions", old, Some(&body.end()), Ask::Session);
    }

    /// `GET history`, newest first.
    pub fn page(&self, session: &Session, epoch: u32, before: Option<&str>) {
        let older = before.is_some();
        let path =
            join(&["history?limit=50", if older { "&before=" } else { "" }, before.unwrap_or_default()]);
        self.call(&path, Some(session), None, Ask::Page { epoch, older });
    }

    /// `GET history`, in the order of changes.
    pub fn gap(&self, session: &Session, epoch: u32, after: u32) {
        let mut path = String::from("history?limit=");
        push_number(&mut path, u32::try_from(GAP_LIMIT).unwrap_or(0));
        path.push_str("&after=");
        push_number(&mut path, after);
        self.call(&path, Some(session), None, Ask::Gap { epoch });
    }

    /// `POST messages`.
    pub fn post(&self, session: &Session, message: &Outgoing) {
        let body = Object::new().string("text", &message.text).string("clientId", message.id.as_str()).end();
        self.call("messages", Some(session), Some(&body), Ask::Post(message.id.clone()));
    }

    /// `POST events`: seen. If it gets lost, the socket's hello puts it right.
    pub fn seen(&self, session: &Session, seq: u32) {
        let body = Object::new().string("type", "seen").number("seq", seq).end();
        self.call("events", Some(session), Some(&body), Ask::Seen);
    }
}

fn event(ask: &Ask, request: &XmlHttpRequest) -> Event {
    match ask {
        Ask::Settings => Event::Settings(answer(request).map(|data| Box::new(WidgetConfig::decode(&data)))),
        ask => event_later(ask, request),
    }
}

#[inline(never)]
fn event_later(ask: &Ask, request: &XmlHttpRequest) -> Event {
    let answer = answer(request);
    match ask {
        Ask::Session => Event::Granted(
            answer.and_then(|data| Session::decode(&data).map(Box::new).ok_or_else(unreadable)),
        ),
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
