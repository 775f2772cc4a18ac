//! The socket of `GET …/live`.

use super::http::Send;
use crate::dom::{join, keep, on};
use crate::js_source::Parsed;
use crate::state::event::Event;
use alloc::{boxed::Box, string::String};
use core::cell::{Cell, RefCell};
use shared::wire::SUBPROTOCOL;
use shared::wire::frame::ServerFrame;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CloseEvent, MessageEvent, WebSocket};

/// At most one open socket.
pub struct Socket {
    url: String,
    send: Send,
    open: RefCell<Option<WebSocket>>,
    /// Which socket is ours now: what an older one still says is not for us.
    current: &'static Cell<u32>,
}

impl Socket {
    /// The socket of the widget with this token at this origin.
    pub fn new(origin: &str, token: &str, send: Send) -> Self {
        let host = origin.strip_prefix("http").unwrap_or(origin);
        let url = join(&["ws", host, "/web-chat/", token, "/live"]);
        Self { url, send, open: RefCell::default(), current: keep(Cell::new(0)) }
    }

    /// Opens it; the session's token goes as a subprotocol, because an address ends up in logs.
    #[inline(never)]
    pub fn connect_later(&self, token: &str) {
        self.disconnect();
        let protocols = js_sys::Array::of2(&JsValue::from_str(SUBPROTOCOL), &JsValue::from_str(token));
        let Ok(socket) = WebSocket::new_with_str_sequence(&self.url, &protocols) else {
            // The page's policy forbids it: we go on asking over HTTP. Not from within the caller's own event.
            let send = self.send;
            crate::dom::after(0, Box::new(move |_| send(Event::SocketClosed { code: 1006 })));
            return;
        };
        let number = self.current.get();
        let (current, send) = (self.current, self.send);
        let heard = move |event: web_sys::Event| {
            if current.get() == number {
                let data = event.unchecked_ref::<MessageEvent>().data();
                let frame = Parsed::parse(&data).and_then(|frame| ServerFrame::decode(&frame));
                send(Event::Heard(frame.map(Box::new)));
            }
        };
        on(&socket, "message", Box::new(heard));
        let (current, send) = (self.current, self.send);
        let closed = move |event: web_sys::Event| {
            if current.get() == number {
                send(Event::SocketClosed { code: event.unchecked_ref::<CloseEvent>().code() });
            }
        };
        on(&socket, "close", Box::new(closed));
        self.open.replace(Some(socket));
    }

    /// Closes it, and hears nothing more of it.
    pub fn disconnect(&self) {
        self.current.set(self.current.get().wrapping_add(1));
        if let Some(socket) = self.open.take() {
            let _ = socket.close();
        }
    }

    /// Says something, if there is somebody to hear it.
    pub fn say(&self, text: &str) {
        if let Some(socket) = self.open.borrow().as_ref().filter(|s| s.ready_state() == WebSocket::OPEN) {
            let _ = socket.send_with_str(text);
        }
    }
}
