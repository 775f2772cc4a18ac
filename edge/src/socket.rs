//! What the sockets of visitors and agents have in common.

use worker::WebSocket;

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
