//! Requests that want to become WebSockets (RFC 6455, section 4.2.1).

use shared::wire::SUBPROTOCOL;
use worker::Headers;

/// The subprotocols that a client offers.
#[derive(Debug)]
pub struct Offered(Vec<String>);

/// What a request for a WebSocket offers; none where it is another kind of request.
pub fn offered(headers: &Headers) -> Option<Offered> {
    let upgrade = headers.get("upgrade").ok()??;
    if !upgrade.eq_ignore_ascii_case("websocket") {
        return None;
    }
    let list = headers.get("sec-websocket-protocol").ok()?.unwrap_or_default();
    Some(Offered(
        list.split(',').map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect(),
    ))
}

impl Offered {
    /// Our own subprotocol, where it is offered: nothing else may be chosen (section 4.2.2).
    pub fn subprotocol(&self) -> Option<&'static str> {
        self.0.iter().any(|item| item == SUBPROTOCOL).then_some(SUBPROTOCOL)
    }

    /// The credential that is offered beside our own subprotocol.
    pub fn credential(&self) -> Option<&str> {
        self.0.iter().map(String::as_str).find(|item| *item != SUBPROTOCOL)
    }
}
