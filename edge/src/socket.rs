//! What the sockets of visitors and agents have in common.

use worker::{Headers, Request, Response, ResponseBuilder, Result, WebSocket};

const SUBPROTOCOL: &str = "sec-websocket-protocol";

/// What asks an object for a socket that speaks this subprotocol.
pub fn handshake(subprotocol: Option<&str>) -> Result<Headers> {
    let headers = Headers::new();
    headers.set("upgrade", "websocket")?;
    if let Some(name) = subprotocol {
        headers.set(SUBPROTOCOL, name)?;
    }
    Ok(headers)
}

/// An object's answer to such a request. A client that offered no subprotocol is told of none, or it would hang up.
pub fn accepted(request: &Request, client: WebSocket) -> Result<Response> {
    let mut answer = ResponseBuilder::new().with_status(101);
    if let Some(name) = request.headers().get(SUBPROTOCOL)? {
        answer = answer.with_header(SUBPROTOCOL, &name)?;
    }
    Ok(answer.with_websocket(client).empty())
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
