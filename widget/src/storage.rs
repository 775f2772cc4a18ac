//! What the browser keeps for us: the session, and each message that is not confirmed under a key of its own, so that
//! tabs do not overwrite each other's. Storage may be full or forbidden; then the panel works until the page goes.

use crate::dom::{join, window};
use crate::js_source::Parsed;
use crate::state::files::File;
use crate::state::outbox::{Fate, Outgoing};
use alloc::{boxed::Box, string::String, vec::Vec};
use shared::id::ClientId;
use shared::model::media::MediaKind;
use shared::text::MessageText;
use shared::time::Timestamp;
use shared::wire::json::Object;
use shared::wire::session::Session;
use shared::wire::source::{Source, Tag};
use wasm_bindgen::JsValue;

/// How many messages are read from storage: each takes a place on the screen before the panel can be used.
const MOST: usize = 100;

/// The browser's storage, as one widget sees it.
pub struct Storage {
    prefix: String,
}

/// What a key of ours is about.
pub enum Key {
    /// The session.
    Session,
    /// A message on its way out.
    Outgoing(ClientId),
}

impl Storage {
    /// The storage of the widget with this token.
    pub fn new(token: &str) -> Self {
        Self { prefix: join(&["porchlight.", token, "."]) }
    }

    /// Whether anything of ours is stored.
    pub fn has_any(&self) -> bool {
        let Some(area) = Self::area() else { return false };
        (0..area.length().unwrap_or(0))
            .any(|n| area.key(n).ok().flatten().is_some_and(|name| name.starts_with(&*self.prefix)))
    }

    fn area() -> Option<web_sys::Storage> {
        window().local_storage().ok()?
    }

    fn name(&self, parts: &[&str]) -> String {
        join(&[&self.prefix, &join(parts)])
    }

    fn set(&self, parts: &[&str], value: &str) {
        if let Some(area) = Self::area() {
            let _ = area.set_item(&self.name(parts), value);
        }
    }

    fn remove(&self, parts: &[&str]) {
        if let Some(area) = Self::area() {
            let _ = area.remove_item(&self.name(parts));
        }
    }

    /// Stores the session.
    pub fn keep_session(&self, session: &Session, owner: Option<&str>) {
        let mut json = Object::new();
        json.string("sessionToken", &session.session_token)
            .string("visitorId", &session.visitor_id.text())
            .boolean("identityVerified", session.identity_verified)
            .string("expiresAt", &iso(session.expires_at))
            .string("conversationId", &session.conversation_id.text())
            .boolean("online", session.online);
        if let Some(at) = session.back_at {
            json.string("backAt", &iso(at));
        }
        if let Some(owner) = owner {
            json.string("owner", owner);
        }
        self.set(&["session"], &json.end());
    }

    /// Removes everything.
    pub fn forget_all(&self) {
        let Some(area) = Self::area() else { return };
        let mut names = Vec::new();
        for n in 0..area.length().unwrap_or(0) {
            names.extend(area.key(n).ok().flatten().filter(|name| name.starts_with(&*self.prefix)));
        }
        for name in names {
            let _ = area.remove_item(&name);
        }
    }

    /// Removes the session.
    pub fn forget_session(&self) {
        self.remove(&["session"]);
    }

    /// Stores a message on its way out.
    pub fn keep_outgoing(&self, entry: &Outgoing) {
        // A file that the edge does not have yet goes with the page, and its message with it.
        if entry.file.as_ref().is_some_and(|file| file.asset.is_none()) {
            return;
        }
        let mut json = Object::new();
        json.string("text", &entry.text).number("at", u32::try_from(entry.at / 1000).unwrap_or(0));
        if let Fate::Refused(reason) = &entry.fate {
            json.string("refused", reason);
        }
        if let Some(file) = &entry.file
            && let Some((asset, kind)) = &file.asset
        {
            json.string("asset", asset).string("kind", kind.tag());
            json.string("name", &file.name).number("size", file.size);
        }
        self.set(&["out.", entry.id.as_str()], &json.end());
    }

    /// Removes a message on its way out.
    pub fn drop_outgoing(&self, id: &ClientId) {
        self.remove(&["out.", id.as_str()]);
    }

    /// What a key is about, if it is one of ours.
    pub fn key(&self, name: &str) -> Option<Key> {
        let rest = name.strip_prefix(&self.prefix)?;
        match rest.strip_prefix("out.") {
            Some(id) => ClientId::parse(id).ok().map(Key::Outgoing),
            None => (rest == "session").then_some(Key::Session),
        }
    }

    /// Reads a stored session.
    pub fn session(value: &str) -> Option<Box<Session>> {
        Session::decode(&Parsed::parse(&JsValue::from_str(value))?).map(Box::new)
    }

    /// Reads a stored message. Storage belongs to the page, so it is believed no more than what is typed.
    pub fn outgoing(id: ClientId, value: &str) -> Option<Outgoing> {
        let stored = Parsed::parse(&JsValue::from_str(value))?;
        let file = Self::file(&stored).map(Box::new);
        let text = MessageText::parse(&stored.get("text")?.string()?);
        let text = text.map(MessageText::into_string).ok().or(file.is_some().then(String::new))?;
        let fate = match stored.get("refused").and_then(|reason| reason.string()) {
            Some(reason) => Fate::Refused(reason),
            None => Fate::Queued,
        };
        Some(Outgoing {
            id,
            text,
            at: i64::from(stored.get("at")?.count()?) * 1000,
            fate,
            not_before: 0,
            file,
        })
    }

    fn file(stored: &Parsed) -> Option<File> {
        let text = |key: &str| stored.get(key)?.string();
        Some(File {
            key: 0,
            name: text("name")?,
            mime: String::new(),
            size: stored.get("size")?.count()?,
            preview: String::new(),
            measure: None,
            progress: 100,
            asset: Some((text("asset")?, MediaKind::from_tag(&text("kind")?)?)),
        })
    }

    /// Whom the session belongs to, where the page has said so.
    pub fn owner(&self) -> Option<String> {
        let stored = Self::area()?.get_item(&self.name(&["session"])).ok()??;
        Parsed::parse(&JsValue::from_str(&stored))?.get("owner")?.string()
    }

    /// Everything that is stored, of which what makes no sense is dropped; of messages no more than [`MOST`].
    pub fn all(&self) -> (Option<Box<Session>>, Vec<Outgoing>) {
        let (mut session, mut outbox) = (None, Vec::new());
        let Some(area) = Self::area() else { return (session, outbox) };
        let value = |name: &str| area.get_item(name).ok().flatten();
        if let Some(stored) = value(&self.name(&["session"])) {
            session = Self::session(&stored);
            if session.is_none() {
                self.forget_session();
            }
        }
        let mut ids = Vec::new();
        for n in 0..area.length().unwrap_or(0) {
            let Ok(Some(name)) = area.key(n) else { continue };
            if let Some(Key::Outgoing(id)) = self.key(&name) {
                ids.push(id);
            }
            if ids.len() == MOST {
                break;
            }
        }
        for id in ids {
            let name = self.name(&["out.", id.as_str()]);
            match value(&name).and_then(|stored| Self::outgoing(id.clone(), &stored)) {
                Some(entry) => outbox.push(entry),
                None => self.drop_outgoing(&id),
            }
        }
        (session, outbox)
    }
}

fn iso(at: Timestamp) -> String {
    js_sys::Date::new(&JsValue::from_f64(at.millis() as f64)).to_iso_string().into()
}
