//! What the sockets of visitors and agents have in common: they sleep, they end with the proof they were opened by, and
//! there are only so many of them.

use crate::platform::now;
use shared::time::Timestamp;
use std::cell::Cell;
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

/// When the first proof of an object's sockets ends, in milliseconds since 1970, as far as this copy of the object knows:
/// until then none is looked at, for that costs as much as telling does.
#[derive(Debug, Default)]
pub struct FirstEnd(Cell<f64>);

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
    first_end: &FirstEnd,
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
    first_end.0.set(first_end.0.get().min(expires_at));
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
pub fn tell_all(state: &State, first_end: &FirstEnd, text: &str, but: Option<&WebSocket>) {
    let mut sockets = state.get_websockets();
    if sockets.is_empty() {
        return;
    }
    let now = now().millis() as f64;
    if first_end.0.get() <= now {
        first_end.0.set(f64::INFINITY);
        sockets.retain(|socket| {
            let end = end(socket);
            if end <= now {
                close(socket, EXPIRED, "proof ended");
            } else {
                first_end.0.set(first_end.0.get().min(end));
            }
            end > now
        });
    }
    let text = JsValue::from_str(text);
    for socket in sockets {
        if but.is_none_or(|other| other.as_ref() != socket.as_ref()) {
            // A socket that is closing refuses; its client fetches the gap when it is back.
            let _ = socket.as_ref().unchecked_ref::<Told>().send(&text);
        }
    }
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
