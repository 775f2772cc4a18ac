//! The Connection: one Durable Object a websocket, which sleeps between frames. It can be no Thread's own socket, for a
//! client says only after connecting who its visitor is, and may say another later; so it listens to that visitor's Thread.
#![allow(missing_docs, reason = "the methods that #[durable_object] writes have none")]

use super::ddp::{self, Method, Said, Stream, Subscribe};
use super::heard;
use super::params::Room;
use crate::auth::livechat::LivechatToken;
use crate::auth::secret;
use crate::platform::now;
use crate::rate::{EVENTS, Window};
use crate::socket::{answer_close, close};
use crate::stub::Object;
use crate::thread::client::Thread;
use crate::thread::command::ThreadError;
use crate::thread::command::rare::Rare;
use crate::thread::command::within::Within;
use crate::thread::listeners::{CONNECTION, GONE};
use futures_util::future::LocalBoxFuture;
use serde::Serialize;
use shared::id::{VisitorId, WidgetId};
use shared::json::{self, Read};
use std::cell::RefCell;
use worker::{
    DurableObject, Env, Error, Method as Verb, Request, Response, ResponseBuilder, Result, State, WebSocket,
    WebSocketIncomingMessage, WebSocketPair, WebSocketRequestResponsePair, console_error, durable_object,
};

/// The header that tells a new Connection what it is for: a [`Place`] as JSON, in ASCII.
const PLACE: &str = "x-place";
/// The most subscriptions of a socket.
const MOST: usize = 32;
/// The close codes for a frame that is too long, and for what is not put up with (RFC 6455, section 7.4.1).
const TOO_BIG: u16 = 1009;
/// See [`TOO_BIG`].
const POLICY: u16 = 1008;

/// What a socket keeps while its object sleeps.
#[derive(Debug, Default, Serialize, Read)]
pub(super) struct Kept {
    /// The widget.
    widget: String,
    /// What its site is called.
    pub(super) site: String,
    /// Whether the client has said which protocol it speaks.
    connected: bool,
    /// The visitor whose Thread is listened to.
    pub(super) visitor: Option<String>,
    /// What the client wants to hear of.
    pub(super) subscriptions: Vec<Subscription>,
}

#[derive(Debug, Serialize, Read)]
pub(super) struct Subscription {
    id: String,
    pub(super) stream: Stream,
    pub(super) rid: String,
}

impl Kept {
    fn of(socket: &WebSocket) -> Result<Self> {
        let kept = socket.deserialize_attachment::<String>()?.unwrap_or_default();
        json::read(&kept).map_err(|error| Error::RustError(error.to_string()))
    }

    fn keep(&self, socket: &WebSocket) -> Result<()> {
        socket.serialize_attachment(serde_json::to_string(self)?)
    }

    fn widget(&self) -> Option<WidgetId> {
        WidgetId::parse(&self.widget).ok()
    }

    /// The Thread that is listened to.
    fn thread(&self, env: &Env) -> Option<Thread> {
        let visitor = VisitorId::parse(self.visitor.as_deref()?).ok()?;
        Thread::of(env, self.widget()?, visitor).ok()
    }
}

/// The Durable Object.
#[durable_object(websocket)]
pub struct Connection {
    state: State,
    env: Env,
    frames: RefCell<Window>,
}

/// Opens a socket, for clients of one widget.
pub async fn open(env: &Env, widget: WidgetId, site: &str) -> Result<web_sys::Response> {
    let kept = Kept { widget: widget.to_string(), site: site.into(), ..Kept::default() };
    let headers = worker::Headers::new();
    headers.set("upgrade", "websocket")?;
    headers.set(PLACE, &ascii(&serde_json::to_string(&kept)?))?;
    let object: Object = env.durable_object(CONNECTION)?.unique_id()?.get_stub()?.into();
    object.connect(headers).await
}

/// JSON that a header can hold.
fn ascii(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    out
}

impl Connection {
    async fn accept(&self, request: &Request) -> Result<Response> {
        let place = request.headers().get(PLACE)?.unwrap_or_default();
        let kept: Kept = json::read(&place).map_err(|error| Error::RustError(error.to_string()))?;
        let pair = WebSocketPair::new()?;
        self.state.accept_web_socket(&pair.server);
        kept.keep(&pair.server)?;
        Ok(ResponseBuilder::new().with_status(101).with_websocket(pair.client).empty())
    }

    #[inline(never)]
    fn fetch_later(&self, mut request: Request) -> LocalBoxFuture<'_, Result<Response>> {
        Box::pin(async move {
            if request.method() == Verb::Get {
                return self.accept(&request).await;
            }
            let heard = request.text().await?;
            let sockets = self.state.get_websockets();
            let Some(socket) = sockets.first() else {
                return Ok(ResponseBuilder::new().with_status(GONE).empty());
            };
            heard::pass_on(socket, &Kept::of(socket)?, &heard);
            Response::empty()
        })
    }

    #[inline(never)]
    fn hear_later(
        &self,
        socket: WebSocket,
        message: WebSocketIncomingMessage,
    ) -> LocalBoxFuture<'_, Result<()>> {
        Box::pin(async move {
            let WebSocketIncomingMessage::String(text) = message else {
                return socket.send_with_str(ddp::wrong("Bad request"));
            };
            if text.len() > ddp::LONGEST {
                close(&socket, TOO_BIG, "frame too big");
                return Ok(());
            }
            if self.frames.borrow_mut().pass(now()).is_err() {
                close(&socket, POLICY, "too many frames");
                return Ok(());
            }
            let Some(said) = ddp::read(&text) else { return socket.send_with_str(ddp::wrong("Bad request")) };
            let mut kept = Kept::of(&socket)?;
            if !kept.connected && !matches!(said, Said::Connect { .. } | Said::Ping(_)) {
                return socket.send_with_str(ddp::wrong("Must connect first"));
            }
            // While a Thread is asked, other frames come: what is kept is read again afterwards, and never held meanwhile.
            let answers = match said {
                Said::Connect { known: false } => vec![ddp::failed()],
                Said::Connect { known: true } => {
                    kept.connected = true;
                    kept.keep(&socket)?;
                    vec![ddp::connected(&self.state.id().to_string())]
                }
                Said::Ping(id) => vec![ddp::pong(id.as_deref())],
                Said::Pong => Vec::new(),
                Said::Subscribe(wish) => vec![self.subscribe(&socket, kept, wish).await?],
                Said::Unsubscribe(id) => {
                    kept.subscriptions.retain(|it| it.id != id);
                    kept.keep(&socket)?;
                    vec![ddp::ended(&id)]
                }
                Said::Call { id, method } => self.call(&kept, &id, method).await.into(),
            };
            answers.iter().try_for_each(|answer| socket.send_with_str(answer))
        })
    }

    #[inline(never)]
    fn closed_later(&self, socket: WebSocket) -> LocalBoxFuture<'_, ()> {
        Box::pin(async move {
            if let Some(thread) = Kept::of(&socket).ok().and_then(|kept| kept.thread(&self.env)) {
                self.leave(&thread).await;
            }
        })
    }

    /// Subscribes to what a visitor may hear of their own room.
    async fn subscribe(&self, socket: &WebSocket, kept: Kept, wish: Subscribe) -> Result<String> {
        let Subscribe { id, to, token } = wish;
        let not_allowed = || Ok(ddp::refused(&id, "not-allowed", "Not allowed"));
        let Some((stream, rid)) = to else { return not_allowed() };
        let Some((visitor, thread)) = token.and_then(|token| self.visitor(&kept, &token)) else {
            return not_allowed();
        };
        if kept.subscriptions.len() >= MOST {
            return Ok(ddp::refused(&id, "too-many-subscriptions", "Too many subscriptions"));
        }
        let listen = Within::Listen(self.state.id().to_string());
        match thread.ask_rarely(&Rare::Within(Room::parse(&rid).0, listen)).await {
            Ok(_) => {}
            Err(ThreadError::TooMany { .. }) => {
                return Ok(ddp::refused(&id, "too-many-requests", "Too many requests"));
            }
            Err(ThreadError::Failed(reason)) => {
                console_error!("a subscription failed: {reason}");
                return Ok(ddp::refused(&id, "internal-server-error", "Internal server error"));
            }
            Err(_) => return not_allowed(),
        }
        let mut kept = Kept::of(socket)?;
        let other =
            kept.visitor.as_ref().filter(|other| **other != visitor).and_then(|_| kept.thread(&self.env));
        if other.is_some() {
            kept.subscriptions.clear();
        }
        kept.visitor = Some(visitor);
        kept.subscriptions.retain(|it| it.id != id);
        let answer = ddp::ready(&id);
        kept.subscriptions.push(Subscription { id, stream, rid });
        kept.keep(socket)?;
        if let Some(thread) = other {
            self.leave(&thread).await;
        }
        Ok(answer)
    }

    /// Listens to a Thread no more.
    async fn leave(&self, thread: &Thread) {
        if let Err(error) = thread.ask_rarely(&Rare::Unlisten(self.state.id().to_string())).await {
            // It will be told once more, and say then that it is gone.
            console_error!("a listener did not leave: {error:?}");
        }
    }

    async fn call(&self, kept: &Kept, id: &str, method: Method) -> [String; 2] {
        match method {
            Method::SetUp | Method::Notice => ddp::done(id),
            Method::Unknown(name) => ddp::not_done(id, "404", &format!("Method '{name}' not found")),
            Method::Typing { rid, on, token } => {
                let not_allowed = || ddp::not_done(id, "not-allowed", "Not allowed");
                let Some((_, thread)) = token.and_then(|token| self.visitor(kept, &token)) else {
                    return not_allowed();
                };
                let typing = Rare::Within(Room::parse(&rid).0, Within::Typing(on));
                match thread.ask_rarely(&typing).await {
                    // Whoever writes in what has just been closed is told by the message that says so.
                    Ok(_) | Err(ThreadError::Closed) => ddp::done(id),
                    Err(ThreadError::TooMany { .. }) => {
                        ddp::not_done(id, "too-many-requests", "Too many requests")
                    }
                    Err(_) => not_allowed(),
                }
            }
        }
    }

    /// The visitor of a token, and their Thread.
    fn visitor(&self, kept: &Kept, token: &str) -> Option<(String, Thread)> {
        let (widget, signer) = (kept.widget()?, secret::livechat_tokens(&self.env).ok()?);
        let visitor = LivechatToken::parse(token)?.visitor(signer, widget);
        Some((visitor.to_string(), Thread::of(&self.env, widget, visitor).ok()?))
    }
}

impl DurableObject for Connection {
    fn new(state: State, env: Env) -> Self {
        if let Ok(pair) = WebSocketRequestResponsePair::new(ddp::PING, ddp::PONG) {
            state.set_websocket_auto_response(&pair);
        }
        Self { frames: RefCell::new(Window::new(&env, EVENTS)), state, env }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        self.fetch_later(request).await
    }

    async fn websocket_message(&self, socket: WebSocket, message: WebSocketIncomingMessage) -> Result<()> {
        self.hear_later(socket, message).await
    }

    async fn websocket_close(&self, socket: WebSocket, code: usize, _: String, _: bool) -> Result<()> {
        answer_close(&socket, code);
        self.closed_later(socket).await;
        Ok(())
    }

    async fn websocket_error(&self, socket: WebSocket, error: Error) -> Result<()> {
        console_error!("a livechat socket failed: {error}");
        self.closed_later(socket).await;
        Ok(())
    }
}
