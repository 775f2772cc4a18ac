//! The requests of the visitor API. `XMLHttpRequest` rather than `fetch`: one event tells of answer, failure and
//! timeout alike, where promises would need a listener for each step.

use crate::dom::{on, window};
use crate::js_source::Parsed;
use crate::state::event::{Answer, Event, Failure, Page};
use crate::state::outbox::Outgoing;
use crate::state::sync::GAP_LIMIT;
use shared::model::message::Message;
use shared::wire::config::WidgetConfig;
use shared::wire::json::{Object, push_number};
use shared::wire::session::Session;
use shared::wire::source::Source;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use web_sys::XmlHttpRequest;

/// How long an answer may take, in milliseconds.
const TIMEOUT: u32 = 20_000;

/// Where events go.
pub type Send = Rc<dyn Fn(Event)>;

/// The visitor API of one widget.
pub struct Http {
    base: String,
    send: Send,
}

struct Reply {
    data: Parsed,
    request: XmlHttpRequest,
}

impl Http {
    /// The API of the widget with this token at this origin.
    pub fn new(origin: &str, token: &str, send: Send) -> Self {
        Self { base: [origin, "/web-chat/", token, "/"].concat(), send }
    }

    fn call(
        &self,
        path: &str,
        token: Option<&str>,
        body: Option<&str>,
        done: impl Fn(Answer<Reply>) -> Event + 'static,
    ) {
        let Ok(request) = XmlHttpRequest::new() else { return };
        let url = [&self.base, path].concat();
        let _ = request.open(if body.is_some() { "POST" } else { "GET" }, &url);
        request.set_timeout(TIMEOUT);
        if let Some(token) = token {
            let _ = request.set_request_header("Authorization", &["Bearer ", token].concat());
        }
        if body.is_some() {
            let _ = request.set_request_header("Content-Type", "application/json");
        }
        let (send, asked) = (self.send.clone(), request.clone());
        on(&request, "loadend", Box::new(move |_| send(done(answer(&asked)))));
        let _ = request.send_with_opt_str(body);
    }

    /// `GET config`.
    pub fn settings(&self) {
        self.call("config", None, None, |answer| {
            Event::Settings(answer.map(|reply| WidgetConfig::decode(&reply.data)))
        });
    }

    /// `POST sessions`, as the visitor we were, if we were one.
    pub fn session(&self, old: Option<&Session>) {
        let window = window();
        let page = window.document();
        let short = |text: String, limit: usize| text.chars().take(limit).collect::<String>();
        let mut body = Object::new();
        body.string("mode", "anonymous");
        if let Some(old) = old {
            body.string("visitorId", &old.visitor_id.text());
        }
        body.string("url", &short(window.location().href().unwrap_or_default(), 500));
        if let Some(page) = page {
            body.string("referer", &short(page.referrer(), 500)).string("title", &short(page.title(), 500));
        }
        if let Some(lang) = window.navigator().language() {
            body.string("lang", &short(lang, 20));
        }
        let token = old.map(|old| old.session_token.as_str());
        self.call("sessions", token, Some(&body.end()), |answer| {
            Event::Granted(answer.and_then(|reply| Session::decode(&reply.data).ok_or_else(unreadable)))
        });
    }

    /// `GET history`, newest first.
    pub fn page(&self, token: &str, epoch: u32, before: Option<&str>) {
        let middle = before.is_some();
        let cursor = before.map(|id| String::from(js_sys::encode_uri_component(id))).unwrap_or_default();
        let path = ["history?limit=50", if middle { "&before=" } else { "" }, &cursor].concat();
        self.call(&path, Some(token), None, move |answer| Event::Page {
            epoch,
            before: middle,
            answer: answer.map(|reply| page(&reply, true)),
        });
    }

    /// `GET history`, in the order of changes.
    pub fn gap(&self, token: &str, epoch: u32, after: u32) {
        let mut path = String::from("history?limit=");
        push_number(&mut path, u32::try_from(GAP_LIMIT).unwrap_or(0));
        path.push_str("&after=");
        push_number(&mut path, after);
        self.call(&path, Some(token), None, move |answer| Event::Gap {
            epoch,
            answer: answer.map(|reply| page(&reply, false)),
        });
    }

    /// `POST messages`.
    pub fn post(&self, token: &str, message: Outgoing) {
        let body = Object::new().string("text", &message.text).string("clientId", message.id.as_str()).end();
        let id = message.id;
        self.call("messages", Some(token), Some(&body), move |answer| {
            let message = answer.and_then(|reply| Message::decode(&reply.data).ok_or_else(unreadable));
            Event::Posted(id.clone(), message)
        });
    }

    /// `POST events`: seen. If it gets lost, the socket's hello puts it right.
    pub fn seen(&self, token: &str, seq: u32) {
        let body = Object::new().string("type", "seen").number("seq", seq).end();
        self.call("events", Some(token), Some(&body), |_| Event::Heard(None));
    }
}

fn page(reply: &Reply, cursor: bool) -> Page {
    let rows = reply.data.items();
    let next_before = if cursor { reply.request.get_response_header("X-Next-Before").ok().flatten() } else { None };
    Page { rows: rows.len(), messages: rows.iter().filter_map(Message::decode).collect(), next_before }
}

fn answer(request: &XmlHttpRequest) -> Answer<Reply> {
    let status = request.status().unwrap_or(0);
    let body = request.response_text().ok().flatten().and_then(|text| Parsed::parse(&text));
    let body = body.unwrap_or(Parsed(JsValue::UNDEFINED));
    if (200..300).contains(&status) {
        let data = body.get("data").unwrap_or(Parsed(JsValue::UNDEFINED));
        return Ok(Reply { data, request: request.clone() });
    }
    let retry_after = match status {
        429 | 503 => request.get_response_header("Retry-After").ok().flatten().and_then(|text| text.parse().ok()),
        _ => None,
    };
    let message = body.get("message");
    let first = message.as_ref().and_then(|m| m.items().into_iter().next()).and_then(|m| m.string());
    let reason = message.and_then(|m| m.string()).or(first);
    Err(Failure { status, retry_after, reason })
}

/// An answer that succeeded but makes no sense to us: perhaps the edge is being replaced just now.
fn unreadable() -> Failure {
    Failure { status: 502, ..Failure::default() }
}
