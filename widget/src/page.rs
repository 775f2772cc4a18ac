//! What the page around us goes through: coming to the front, sleep, networks, other tabs.

use crate::dom::{on, window};
use crate::net::http::Send;
use crate::state::event::Event;
use crate::storage::{Key, Storage};
use alloc::boxed::Box;
use wasm_bindgen::JsCast;
use web_sys::{StorageEvent, VisibilityState};

/// Listens to all of it.
#[inline(never)]
pub fn listen_later(storage: &'static Storage, send: Send) {
    let window = window();
    let tell = |name: &str, event: fn() -> Event| {
        on(&window, name, Box::new(move |_| send(event())));
    };
    tell("online", || Event::Online(true));
    tell("offline", || Event::Online(false));
    tell("pagehide", || Event::Left);
    tell("pageshow", || Event::Returned);
    if let Some(document) = window.document() {
        let page = document.clone();
        let changed = move |_| send(Event::Visible(page.visibility_state() == VisibilityState::Visible));
        on(&document, "visibilitychange", Box::new(changed));
    }
    let stored = move |event: web_sys::Event| {
        let event: &StorageEvent = event.unchecked_ref();
        let Some(key) = event.key().and_then(|name| storage.key(&name)) else { return };
        let value = event.new_value();
        send(match key {
            Key::Session => Event::SessionElsewhere(value.and_then(|value| Storage::session(&value))),
            Key::Outgoing(id) => {
                let entry = value.and_then(|value| Storage::outgoing(id.clone(), &value)).map(Box::new);
                Event::OutboxElsewhere(id, entry)
            }
        });
    };
    on(&window, "storage", Box::new(stored));
}
