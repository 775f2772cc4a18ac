//! The sockets of one visitor: as many as they have tabs and devices, asleep between frames.

use super::command::ThreadError;
use super::head::Head;
use super::object::Thread;
use crate::socket::{self, EXPIRED, FirstEnd, close};
use shared::json;
use shared::time::Timestamp;
use shared::wire::PROTOCOL;
use shared::wire::frame::{ClientFrame, MAX_CLIENT_FRAME, ServerFrame};
use worker::{Request, Response, State, WebSocket, WebSocketIncomingMessage};

/// The most sockets of one visitor.
const MOST: usize = 200;
/// The close code for a frame that is too long (RFC 6455, section 7.4.1).
const TOO_BIG: u16 = 1009;
/// The close code for what is not put up with (RFC 6455, section 7.4.1).
const POLICY: u16 = 1008;

/// Accepts a visitor's socket and tells it where the Thread stands.
pub fn accept(
    state: &State,
    first_end: &FirstEnd,
    request: &Request,
    head: &Head,
) -> Result<Response, ThreadError> {
    let Some((socket, response)) = socket::accept(state, first_end, request, MOST)? else {
        return Err(ThreadError::TooMany { limit: 200, retry_after: 60 });
    };
    send(
        &socket,
        &ServerFrame::Hello {
            protocol: PROTOCOL,
            changed: head.changed,
            status: head.conversation.status,
            agent_seen: head.agent_seen,
            visitor_seen: head.visitor_seen,
        },
    );
    Ok(response)
}

/// Closes a socket that says more than anybody would.
pub fn silence(socket: &WebSocket) {
    refuse(socket, "too-many-frames", "too many frames: connect again later");
    close(socket, POLICY, "too many frames");
}

/// Reads a frame; one that cannot be used is answered here, and changes nothing.
pub fn read(socket: &WebSocket, message: WebSocketIncomingMessage, now: Timestamp) -> Option<ClientFrame> {
    if socket::has_ended(socket, now) {
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
    let frame = json::read(&text).ok();
    if frame.is_none() {
        refuse(
            socket,
            "invalid-frame",
            "a frame must be {\"t\":\"typing\",\"on\":…} or {\"t\":\"seen\",\"seq\":…}",
        );
    }
    frame
}

impl Thread {
    /// Tells all of the visitor's sockets, but for one that knows already.
    pub(super) fn broadcast(&self, frame: &ServerFrame, but: Option<&WebSocket>) {
        if let Ok(text) = serde_json::to_string(frame) {
            socket::tell_all(&self.state, &self.first_end, &text, but);
        }
    }

    /// Tells all of the visitor's sockets of a message, given as JSON.
    pub(super) fn broadcast_message(&self, message: &str) {
        let frame = format!("{{\"t\":\"message\",\"message\":{message}}}");
        socket::tell_all(&self.state, &self.first_end, &frame, None);
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
