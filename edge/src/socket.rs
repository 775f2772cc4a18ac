//! What the sockets of visitors and agents have in common: they sleep, they end with the proof they were opened by, and
//! there are only so many of them.

use crate::platform::now;
use shared::time::Timestamp;
use std::cell::RefCell;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use worker::{Headers, Request, Response, ResponseBuilder, Result, State, WebSocket, WebSocketPair};

/// The close code of a socket whose proof has ended (RFC 6455 leaves 4000 to 4999 to applications).
pub const EXPIRED: u16 = 4401;

/// The close code of the sockets of a visitor who has been forgotten.
pub const FORGOTTEN: u16 = 4410;

const SUBPROTOCOL: &str = "sec-websocket-protocol";
/// The header that tells an object when a socket's proof ends, in milliseconds since 1970.
const EXPIRES: &str = "x-expires-at";

/// The sockets of an object, as far as this copy of it has met them: the platform would make each anew for everything that
/// is told.
#[derive(Debug, Default)]
pub struct Sockets(RefCell<Option<Vec<Open>>>);

#[derive(Debug)]
struct Open {
    socket: WebSocket,
    /// When the proof ends that it was opened by, in milliseconds since 1970.
    end: f64,
}

impl Sockets {
    /// A socket is there no more.
    pub fn forget(&self, gone: &WebSocket) {
        if let Some(known) = self.0.borrow_mut().as_mut() {
            known.retain(|Open { socket, .. }| socket.as_ref() != gone.as_ref());
        }
    }
}

/// What asks an object for a socket that speaks this subprotocol, for as long as its proof holds.
pub fn handshake(subprotocol: Option<&str>, expires_at: Timestamp) -> Result<Headers> {
    let headers = Headers::new();
    headers.set("upgrade", "websocket")?;
    headers.set(EXPIRES, &expires_at.millis().to_string())?;
    if let Some(name) = subprotocol {
        headers.set(SUBPROTOCOL, name)?;
    }
    Ok(headers)
}

/// Takes a socket in, for an object that was asked for one, unless it has `most` already.
pub fn accept(
    state: &State,
    sockets: &Sockets,
    request: &Request,
    most: usize,
) -> Result<Option<(WebSocket, Response)>> {
    if state.get_websockets().len() >= most {
        return Ok(None);
    }
    let expires_at = request.headers().get(EXPIRES)?.and_then(|ms| ms.parse().ok()).unwrap_or(0.0);
    let pair = WebSocketPair::new()?;
    state.accept_web_socket(&pair.server);
    // When the proof ends is all that a socket keeps while its object sleeps: a float, as JavaScript has it.
    pair.server.serialize_attachment(expires_at)?;
    if let Some(known) = sockets.0.borrow_mut().as_mut() {
        known.push(Open { socket: pair.server.clone(), end: expires_at });
    }
    let mut answer = ResponseBuilder::new().with_status(101);
    // A client that offered no subprotocol is told of none, or it would hang up.
    if let Some(name) = request.headers().get(SUBPROTOCOL)? {
        answer = answer.with_header(SUBPROTOCOL, &name)?;
    }
    Ok(Some((pair.server, answer.with_websocket(pair.client).empty())))
}

/// What is asked of many sockets at once: as the values that they take, so that nothing is made anew for each.
#[wasm_bindgen]
extern "C" {
    type Told;
    #[wasm_bindgen(method, catch, js_name = deserializeAttachment)]
    fn attachment(this: &Told) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn send(this: &Told, text: &JsValue) -> Result<(), JsValue>;
}

/// Whether the proof that a socket was opened by has ended.
pub fn has_ended(socket: &WebSocket, now: Timestamp) -> bool {
    end(socket) <= now.millis() as f64
}

fn end(socket: &WebSocket) -> f64 {
    let kept = socket.as_ref().unchecked_ref::<Told>().attachment();
    kept.ok().and_then(|ms| ms.as_f64()).unwrap_or_default()
}

/// Tells all of an object's sockets but one, and closes those whose proof has ended instead.
pub fn tell_all(state: &State, sockets: &Sockets, text: &str, but: Option<&WebSocket>) {
    let (now, text) = (now().millis() as f64, JsValue::from_str(text));
    let open = |socket: WebSocket| Open { end: end(&socket), socket };
    let mut known = sockets.0.borrow_mut();
    let known = known.get_or_insert_with(|| state.get_websockets().into_iter().map(open).collect());
    known.retain(|Open { socket, end }| {
        if *end <= now {
            close(socket, EXPIRED, "proof ended");
            return false;
        }
        if but.is_some_and(|other| other.as_ref() == socket.as_ref()) {
            return true;
        }
        // A socket that is closing refuses; its client fetches the gap when it is back.
        socket.as_ref().unchecked_ref::<Told>().send(&text).is_ok()
    });
}

/// Closes all of an object's sockets.
pub fn close_all(state: &State, code: u16, reason: &str) {
    for socket in state.get_websockets() {
        close(&socket, code, reason);
    }
}

/// Answers the closing of a socket, as the protocol asks (RFC 6455, section 5.5.1).
pub fn answer_close(socket: &WebSocket, code: usize) {
    // 1005, 1006 and 1015 report a closing and cannot be sent.
    let code = u16::try_from(code).ok().filter(|code| !matches!(code, 1005 | 1006 | 1015)).unwrap_or(1000);
    close(socket, code, "");
}

/// Closes a socket.
pub fn close(socket: &WebSocket, code: u16, reason: &str) {
    // Refused only where it is closed already.
    let _ = socket.close(Some(code), Some(reason));
}
