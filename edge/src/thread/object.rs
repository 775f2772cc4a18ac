//! The Durable Object: takes commands and sockets in, and keeps the copies that spare it a look into the log.
//!
//! What a command writes between two awaits is kept as a whole or not at all, and no answer leaves before it is.
#![allow(missing_docs, reason = "the methods that #[durable_object] writes have none")]

use super::client::{ANSWERED, CURSOR, REFUSED, REPLAYED};
use super::command::rare::MARK;
use super::command::{Command, Party, ThreadError};
use super::head::Head;
use super::listeners::Listeners;
use super::log::Log;
use super::obey::Due;
use super::{live, projection};
use crate::platform::now;
use crate::rate::{EVENTS, MESSAGES, READS, Window};
use crate::socket::{FirstEnd, answer_close};
use flow::graph::Graph;
use shared::id::ConversationId;
use shared::json;
use shared::wire::frame::ClientFrame;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use worker::{
    DurableObject, Env, Error, Method, Request, Response, ResponseBuilder, State, WebSocket,
    WebSocketIncomingMessage, WebSocketRequestResponsePair, console_error, durable_object,
};

/// The Thread of one visitor of one widget.
#[durable_object]
pub struct Thread {
    pub(super) state: State,
    pub(super) env: Env,
    pub(super) first_end: FirstEnd,
    pub(super) listeners: Rc<Listeners>,
    pub(super) messages: RefCell<Window>,
    pub(super) events: RefCell<Window>,
    pub(super) reads: RefCell<Window>,
    /// What the agents were told last of the visitor's typing, and when.
    pub(super) typing: Cell<(bool, i64)>,
    log: Result<Log, String>,
    /// A copy of what the log says, dropped whenever a command fails.
    head: RefCell<Option<Head>>,
    /// What the newest conversation's bot follows, ready to run.
    pub(super) graph: RefCell<Option<(ConversationId, Rc<Graph>)>>,
    /// How many agents were there when a bot last wanted to know.
    pub(super) agents_online: Cell<Option<u32>>,
    /// When the alarm is set for, in milliseconds since 1970, as far as this copy of the object knows.
    pub(super) alarm: Cell<Option<i64>>,
    /// When D1 was told last, as far as this copy of the object knows.
    told: Cell<i64>,
    /// Whether D1 is being told at this moment.
    pub(super) projecting: Cell<bool>,
    /// Whether the visitor is being forgotten at this moment.
    pub(super) forgetting: Cell<bool>,
    /// Whether any file was sent here, as far as this copy of the object knows.
    pub(super) has_files: Cell<Option<bool>>,
    /// How often in a row D1 could not be told.
    failures: Cell<u32>,
}

impl Thread {
    /// What is known for good.
    pub(super) fn log(&self) -> Result<&Log, ThreadError> {
        self.log.as_ref().map_err(|error| ThreadError::Failed(error.clone()))
    }

    /// Looks at the head as it is now.
    pub(super) fn with_head<T>(&self, look: impl FnOnce(&Head) -> T) -> Result<T, ThreadError> {
        if let Some(head) = self.head.borrow().as_ref() {
            return Ok(look(head));
        }
        Ok(look(&self.head()?))
    }

    /// The head as it is now; whoever changes it gives it back with [`Self::keep`].
    pub(super) fn head(&self) -> Result<Head, ThreadError> {
        if let Some(head) = self.head.borrow().as_ref() {
            return Ok(head.clone());
        }
        let head = self.log()?.head()?.ok_or(ThreadError::Unknown)?;
        self.keep(&head);
        Ok(head)
    }

    /// Keeps a copy of the head as the log has it by now.
    pub(super) fn keep(&self, head: &Head) {
        *self.head.borrow_mut() = Some(head.clone());
    }

    /// Has D1 told in so many milliseconds, unless it will be told sooner. Where it could not be told last, the next try
    /// is waited for, whatever else happens: a D1 in trouble is not helped by being asked more often.
    async fn project_in(&self, milliseconds: i64) -> Result<(), ThreadError> {
        if self.failures.get() > 0 && self.alarm.get().is_some() {
            return Ok(());
        }
        self.wake_at(now().millis() + milliseconds).await
    }

    /// Has the alarm go off at a time, unless it does so sooner.
    async fn wake_at(&self, at: i64) -> Result<(), ThreadError> {
        if self.alarm.get().is_none_or(|set| set > at) {
            self.state.storage().set_alarm((at - now().millis()).max(0)).await?;
            self.alarm.set(Some(at));
        }
        Ok(())
    }

    /// Has D1 told when it is due.
    async fn project(&self, due: Due) -> Result<(), ThreadError> {
        if let Some(at) = self.bot_due()? {
            self.wake_at(at).await?;
        }
        match due {
            Due::Never => Ok(()),
            Due::Soon => {
                let rest = self.told.get() + projection::INTERVAL - now().millis();
                self.project_in(rest.max(projection::DEBOUNCE)).await
            }
            Due::Now => self.project_in(0).await,
        }
    }

    async fn take(&self, request: &mut Request) -> Result<Response, ThreadError> {
        if request.method() == Method::Get {
            return live::accept(&self.state, &self.first_end, request, &self.head()?);
        }
        let text = request.text().await?;
        let obeyed = match text.strip_prefix(MARK) {
            Some(rare) => self.obey_rare_later(rare).await?,
            None => match json::read(&text)? {
                Command::Once(once, command) => self.obey(*command, Some(&once)).await?,
                command => self.obey(command, None).await?,
            },
        };
        self.project(obeyed.due).await?;
        let mut answer = ResponseBuilder::new().with_status(if obeyed.replayed { REPLAYED } else { 200 });
        if let Some(cursor) = &obeyed.cursor {
            answer = answer.with_header(CURSOR, cursor)?;
        }
        if let Some(at) = obeyed.answered_at {
            answer = answer.with_header(ANSWERED, &at.to_string())?;
        }
        Ok(answer.fixed(self.signed(obeyed.json)?.into_bytes()))
    }

    async fn hear(&self, socket: &WebSocket, message: WebSocketIncomingMessage) -> Result<(), ThreadError> {
        if self.pass_event(&Party::Visitor).is_err() {
            live::silence(socket);
            return Ok(());
        }
        let obeyed = match live::read(socket, message, now()) {
            Some(ClientFrame::Typing { on }) => self.typing(&Party::Visitor, on, Some(socket)).await?,
            Some(ClientFrame::Seen { seq }) => self.seen(&Party::Visitor, seq, Some(socket))?,
            None => return Ok(()),
        };
        self.project(obeyed.due).await
    }

    /// Forgets the copy of what the bot follows, which is another flow now.
    pub(super) fn drop_graph(&self) {
        *self.graph.borrow_mut() = None;
    }

    /// Forgets the copies of what the log says.
    pub(super) fn drop_copies(&self) {
        *self.head.borrow_mut() = None;
        *self.graph.borrow_mut() = None;
    }

    /// Forgets the copies, so that the next command reads what was truly kept.
    fn failed(&self, error: &ThreadError) {
        self.drop_copies();
        if let ThreadError::Failed(reason) = error {
            console_error!("thread: {reason}");
        }
    }
}

impl DurableObject for Thread {
    fn new(state: State, env: Env) -> Self {
        if let Ok(pair) = WebSocketRequestResponsePair::new("ping", "pong") {
            state.set_websocket_auto_response(&pair);
        }
        Self {
            log: Log::open(state.storage().sql()).map_err(|error| format!("{error:?}")),
            messages: RefCell::new(Window::new(&env, MESSAGES)),
            listeners: Rc::default(),
            first_end: FirstEnd::default(),
            events: RefCell::new(Window::new(&env, EVENTS)),
            reads: RefCell::new(Window::new(&env, READS)),
            typing: Cell::new((false, 0)),
            head: RefCell::new(None),
            graph: RefCell::new(None),
            agents_online: Cell::new(None),
            alarm: Cell::new(None),
            told: Cell::new(0),
            projecting: Cell::new(false),
            forgetting: Cell::new(false),
            has_files: Cell::new(None),
            failures: Cell::new(0),
            state,
            env,
        }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response, Error> {
        let taken = self.take(&mut request).await;
        self.tell_listeners();
        match taken {
            Ok(response) => Ok(response),
            Err(refusal) => {
                self.failed(&refusal);
                Ok(ResponseBuilder::new().with_status(REFUSED).fixed(serde_json::to_vec(&refusal)?))
            }
        }
    }

    async fn alarm(&self) -> Result<Response, Error> {
        self.alarm.set(None);
        match self.go_on_forgetting().await {
            Ok(false) => {}
            Ok(true) => return Response::empty(),
            // The platform itself tries again an alarm that failed.
            Err(error) => return Err(Error::RustError(format!("{error:?}"))),
        }
        self.projecting.set(true);
        let told = async { projection::bring_up_to_date(&self.env, self.log()?, &self.head()?).await };
        let result = told.await;
        self.projecting.set(false);
        self.told.set(now().millis());
        match result {
            Ok(()) => self.failures.set(0),
            Err(error) => {
                self.failed(&error);
                let again = projection::retry_in(self.failures.get());
                self.failures.set(self.failures.get() + 1);
                if let Err(error) = self.project_in(again).await {
                    self.failed(&error);
                }
            }
        }
        // The agents know of the conversation by now, and can take over while a server is waited for.
        let due = match self.bot_goes_on().await {
            Ok(true) => Due::Now,
            Ok(false) => Due::Never,
            Err(error) => {
                self.failed(&error);
                return Err(Error::RustError(format!("{error:?}")));
            }
        };
        self.tell_listeners();
        if let Err(error) = self.project(due).await {
            self.failed(&error);
        }
        Response::empty()
    }

    async fn websocket_message(
        &self,
        socket: WebSocket,
        message: WebSocketIncomingMessage,
    ) -> Result<(), Error> {
        if let Err(error) = self.hear(&socket, message).await {
            self.failed(&error);
        }
        Ok(())
    }

    async fn websocket_close(&self, socket: WebSocket, code: usize, _: String, _: bool) -> Result<(), Error> {
        answer_close(&socket, code);
        Ok(())
    }

    async fn websocket_error(&self, _: WebSocket, error: Error) -> Result<(), Error> {
        console_error!("a visitor's socket failed: {error}");
        Ok(())
    }
}
