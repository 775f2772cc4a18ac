//! The sockets of one visitor: as many as they have tabs and devices, asleep between frames.

use super::client::EXPIRES;
use super::command::ThreadError;
use super::head::Head;
use crate::json::begins_object;
use crate::socket::{accepted, close};
use serde::{Deserialize, Serialize};
use shared::time::Timestamp;
use shared::wire::PROTOCOL;
use shared::wire::frame::{ClientFrame, MAX_CLIENT_FRAME, ServerFrame};
use worker::{Request, Response, State, WebSocket, WebSocketIncomingMessage, WebSocketPair};

/// The close code of a socket whose proof has ended (RFC 6455 leaves 4000 to 4999 to applications).
const EXPIRED: u16 = 4401;
/// The close code for a frame that is too long (RFC 6455, section 7.4.1).
const TOO_BIG: u16 = 1009;

/// What a socket keeps while the Thread sleeps.
#[derive(Debug, Serialize, Deserialize)]
struct Attachment {
    /// When the visitor's proof ends, in milliseconds since 1970; a float, as JavaScript has it.
    expires_at: f64,
}

/// Accepts a visitor's socket and tells it where the Thread stands.
pub fn accept(state: &State, request: &Request, head: &Head) -> Result<Response, ThreadError> {
    let expires_at = request.headers().get(EXPIRES)?.and_then(|ms| ms.parse().ok()).unwrap_or(0.0);
    let pair = WebSocketPair::new()?;
    state.accept_web_socket(&pair.server);
    pair.server.serialize_attachment(Attachment { expires_at })?;
    send(
        &pair.server,
        &ServerFrame::Hello {
            protocol: PROTOCOL,
            changed: head.changed,
            status: head.conversation.status,
            agent_seen: head.agent_seen,
            visitor_seen: head.visitor_seen,
        },
    );
    Ok(accepted(request, pair.client)?)
}

/// Reads a frame; one that cannot be used is answered here, and changes nothing.
pub fn read(socket: &WebSocket, message: WebSocketIncomingMessage, now: Timestamp) -> Option<ClientFrame> {
    let attachment = socket.deserialize_attachment::<Attachment>().ok().flatten();
    if attachment.is_none_or(|a| a.expires_at <= now.millis() as f64) {
        refuse(socket, "token-expired", "the token has ended: renew the session and connect again");
        close(socket, EXPIRED, "token expired");
        return None;
    }
    let length = match &message {
        WebSocketIncomingMessage::String(text) => text.len(),
        WebSocketIncomingMessage::Binary(bytes) => bytes.len(),
    };
    if length > MAX_CLIENT_FRAME {
        refuse(socket, "frame-too-big", "a frame has at most 4096 bytes");
        close(socket, TOO_BIG, "frame too big");
        return None;
    }
    let WebSocketIncomingMessage::String(text) = message else {
        refuse(socket, "invalid-frame", "a frame must be text");
        return None;
    };
    let frame = begins_object(&text).then(|| serde_json::from_str(&text).ok()).flatten();
    if frame.is_none() {
        refuse(
            socket,
            "invalid-frame",
            "a frame must be {\"t\":\"typing\",\"on\":…} or {\"t\":\"seen\",\"seq\":…}",
        );
    }
    frame
}

/// Tells all of the visitor's sockets, but for one that knows already.
pub fn broadcast(state: &State, frame: &ServerFrame, but: Option<&WebSocket>) {
    if let Ok(text) = serde_json::to_string(frame) {
        broadcast_text(state, &text, but);
    }
}

/// Tells all of the visitor's sockets of a message, given as JSON.
pub fn broadcast_message(state: &State, message: &str) {
    broadcast_text(state, &format!("{{\"t\":\"message\",\"message\":{message}}}"), None);
}

fn broadcast_text(state: &State, text: &str, but: Option<&WebSocket>) {
    for socket in state.get_websockets() {
        if but.is_none_or(|other| other.as_ref() != socket.as_ref()) {
            // A socket that is closing refuses; it will fetch the gap when it is back.
            let _ = socket.send_with_str(text);
        }
    }
}

fn send(socket: &WebSocket, frame: &ServerFrame) {
    if let Ok(text) = serde_json::to_string(frame) {
        let _ = socket.send_with_str(text);
    }
}

fn refuse(socket: &WebSocket, code: &str, message: &str) {
    send(socket, &ServerFrame::Error { code: code.into(), message: message.into() });
}
