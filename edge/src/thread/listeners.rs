//! Telling those who hear a Thread from elsewhere: objects that hold sockets which cannot be the Thread's own, for their
//! clients say only after connecting who they are. They are told behind the visitor's back, in order, and may miss what is
//! said while they or the Thread go down, as any socket may.

use super::command::ThreadError;
use super::command::detail::Assignee;
use super::obey::Obeyed;
use super::object::Thread;
use super::presence::done;
use crate::platform::now;
use crate::stub::Object;
use serde::Serialize;
use shared::id::ConversationId;
use shared::model::message::AuthorKind;
use std::cell::{Cell, RefCell};
use worker::{Env, console_error};

/// The status by which a listener says that it is no more.
pub const GONE: u16 = 410;
/// The binding of the objects that listen.
pub const CONNECTION: &str = "CONNECTION";

/// Something that is told beside messages. A message is told as `{"t":"message","message":{…}}`.
#[derive(Debug, Serialize)]
#[serde(tag = "t", rename_all = "lowercase")]
pub enum Overheard<'a> {
    /// Somebody else than the visitor writes, or stopped.
    Typing {
        /// In which conversation.
        conversation: ConversationId,
        /// Who.
        by: AuthorKind,
        /// Their name, if they have one.
        name: Option<&'a str>,
        /// Whether they write now.
        on: bool,
    },
    /// A conversation was given to an agent, or to nobody.
    Assigned {
        /// Which.
        conversation: ConversationId,
        /// To whom.
        agent: Option<&'a Assignee>,
    },
    /// Nothing is known of the visitor any more.
    Forgotten,
}

/// Who listens, and what they are still to be told.
#[derive(Debug, Default)]
pub struct Listeners {
    /// Who, as far as this copy of the object knows.
    known: RefCell<Option<Vec<String>>>,
    said: RefCell<Vec<String>>,
    /// Whether they are being told at this moment.
    busy: Cell<bool>,
    /// Those who were found to be no more.
    gone: RefCell<Vec<String>>,
}

impl Thread {
    /// See [`super::command::within::Within::Listen`].
    pub(super) fn listen(&self, listener: &str) -> Result<Obeyed, ThreadError> {
        self.pass_read()?;
        self.log()?.add_listener(listener, now())?;
        self.listeners.known.take();
        Ok(done())
    }

    /// See [`super::command::rare::Rare::Unlisten`].
    pub(super) fn unlisten(&self, listener: &str) -> Result<Obeyed, ThreadError> {
        self.log()?.drop_listener(listener)?;
        self.listeners.known.take();
        Ok(done())
    }

    /// Whether anybody listens.
    pub(super) fn is_overheard(&self) -> bool {
        if self.listeners.known.borrow().is_none() {
            let known = self.log().and_then(|log| log.listeners());
            // Where it cannot be read, the Thread has other worries.
            *self.listeners.known.borrow_mut() = Some(known.unwrap_or_default());
        }
        self.listeners.known.borrow().as_ref().is_some_and(|known| !known.is_empty())
    }

    /// Has them told of a message, given as it is told.
    pub(super) fn overhear_message(&self, json: &str) {
        if self.is_overheard() {
            self.listeners.said.borrow_mut().push(format!(r#"{{"t":"message","message":{json}}}"#));
        }
    }

    /// Has them told of something.
    pub(super) fn overhear(&self, what: &Overheard<'_>) {
        if self.is_overheard()
            && let Ok(json) = serde_json::to_string(what)
        {
            self.listeners.said.borrow_mut().push(json);
        }
    }

    /// Tells them what there is to tell, once all of it is written.
    pub(super) fn tell_listeners(&self) {
        if self.listeners.said.borrow().is_empty() {
            return;
        }
        for id in self.listeners.gone.take() {
            let dropped = self.log().and_then(|log| log.drop_listener(&id));
            if dropped.is_ok() {
                self.listeners.known.take();
            }
        }
        self.pass_on_later();
    }

    #[inline(never)]
    fn pass_on_later(&self) {
        if !self.is_overheard() || self.listeners.busy.replace(true) {
            return;
        }
        let name = self.with_head(|head| head.profile.name.clone()).ok().flatten();
        let (listeners, env) = (self.listeners.clone(), self.env.clone());
        self.state.wait_until(async move {
            listeners.pass_on(&env, name.as_deref()).await;
            listeners.busy.set(false);
        });
    }
}

impl Listeners {
    async fn pass_on(&self, env: &Env, name: Option<&str>) {
        loop {
            let said = self.said.take();
            let known = self.known.borrow().clone().unwrap_or_default();
            if said.is_empty() || known.is_empty() {
                return;
            }
            let name = serde_json::to_string(&name).unwrap_or_else(|_| "null".into());
            let text = format!(r#"{{"name":{name},"heard":[{}]}}"#, said.join(","));
            for id in known {
                match tell(env, &id, &text).await {
                    Ok(GONE) => self.gone.borrow_mut().push(id),
                    Ok(_) => {}
                    Err(error) => console_error!("a listener was not told: {error}"),
                }
            }
        }
    }
}

async fn tell(env: &Env, id: &str, text: &str) -> worker::Result<u16> {
    let object: Object = env.durable_object(CONNECTION)?.id_from_string(id)?.get_stub()?.into();
    Ok(object.post(text).await?.status)
}
