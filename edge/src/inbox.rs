//! The Inbox: one Durable Object an organization, the agents' live view. It holds sockets and no truth: an agent who
//! missed a frame lists the conversations again.
#![allow(missing_docs, reason = "the methods that #[durable_object] writes have none")]

use crate::platform::now;
use crate::socket::{self, FirstEnd};
use crate::stub::Object;
#[cfg(feature = "schema")]
use crate::thread::command::detail::DetailsView;
use serde::Serialize;
use serde_json::value::RawValue;
use shared::id::{ConversationId, OrganizationId, VisitorId};
use shared::model::conversation::ConversationStatus;
#[cfg(feature = "schema")]
use shared::model::message::Message;
use worker::{
    DurableObject, Env, Error, Method, Request, Response, Result, State, WebSocket, WebSocketIncomingMessage,
    WebSocketRequestResponsePair, console_error, durable_object,
};

/// What agents' sockets are told, as JSON with the kind under `t`.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "t", rename_all = "lowercase", rename_all_fields = "camelCase")]
pub enum InboxFrame {
    /// A conversation began or changed; the record has it by now.
    Conversation {
        /// Which.
        id: ConversationId,
        /// Where it stands.
        status: ConversationStatus,
        /// How many of the visitor's messages no agent has seen.
        unread: u32,
        /// Who answers, for which department, and how it was found.
        #[cfg_attr(feature = "schema", schemars(with = "DetailsView"))]
        details: Box<RawValue>,
        /// Its messages that came or changed.
        #[cfg_attr(feature = "schema", schemars(with = "Vec<Message>"))]
        messages: Box<RawValue>,
    },
    /// A visitor began or stopped writing. Ends by itself after 30 s.
    Typing {
        /// In which conversation.
        conversation_id: ConversationId,
        /// Whether they write now.
        on: bool,
    },
    /// A visitor came to a page.
    Visited {
        /// In which conversation they are.
        conversation_id: ConversationId,
        /// The page's address.
        url: String,
        /// Its title.
        title: Option<String>,
    },
    /// A visitor opened the chat, or put it away.
    Panel {
        /// In which conversation they are.
        conversation_id: ConversationId,
        /// Whether it is open now.
        open: bool,
    },
    /// A visitor was forgotten: nothing is known of them any more.
    Forgotten {
        /// Who.
        visitor_id: VisitorId,
        /// The conversations that are gone.
        conversation_ids: Vec<ConversationId>,
    },
    /// The last frame from this client could not be used; nothing was changed.
    Error {
        /// A stable word for programs.
        code: String,
        /// A sentence for people.
        message: String,
    },
}

/// Tells an organization's agents. A failure is logged and forgotten: the record is elsewhere.
pub async fn tell(env: &Env, organization: OrganizationId, frame: &InboxFrame) {
    let told = async {
        let text = serde_json::to_string(frame)?;
        object(env, organization)?.post(&text).await
    };
    if let Err(error) = told.await {
        console_error!("the inbox was not told: {error}");
    }
}

/// How many live sockets of an organization's agents are open now.
pub async fn agents_online(env: &Env, organization: OrganizationId) -> Result<u32> {
    let said = object(env, organization)?.post("").await?;
    said.text.parse().map_err(|_| Error::RustError("the inbox did not tell how many are there".into()))
}

/// How long an agent's socket hears, in seconds, before its client has to prove its key again: so long a revoked key may
/// still listen.
const PROVED_FOR: i64 = 10 * 60;
/// The most sockets of one organization.
const MOST: usize = 1000;

/// Opens an agent's live socket; 429 where there are too many.
pub async fn live(
    env: &Env,
    organization: OrganizationId,
    subprotocol: Option<&str>,
) -> Result<web_sys::Response> {
    let headers = socket::handshake(subprotocol, now().plus_seconds(PROVED_FOR))?;
    object(env, organization)?.connect(headers).await
}

fn object(env: &Env, organization: OrganizationId) -> Result<Object> {
    Ok(env.durable_object("INBOX")?.get_by_name(&organization.to_string())?.into())
}

/// The Durable Object.
#[durable_object(websocket)]
pub struct Inbox {
    state: State,
    first_end: FirstEnd,
}

impl DurableObject for Inbox {
    fn new(state: State, _env: Env) -> Self {
        if let Ok(pair) = WebSocketRequestResponsePair::new("ping", "pong") {
            state.set_websocket_auto_response(&pair);
        }
        Self { state, first_end: FirstEnd::default() }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        if request.method() == Method::Post {
            let frame = request.text().await?;
            if frame.is_empty() {
                return Response::ok(self.state.get_websockets().len().to_string());
            }
            socket::tell_all(&self.state, &self.first_end, &frame, None);
            return Response::empty();
        }
        match socket::accept(&self.state, &self.first_end, &request, MOST)? {
            Some((_, response)) => Ok(response),
            None => Ok(Response::empty()?.with_status(429)),
        }
    }

    async fn websocket_message(&self, socket: WebSocket, _: WebSocketIncomingMessage) -> Result<()> {
        let refusal = InboxFrame::Error {
            code: "invalid-frame".into(),
            message: "this socket only tells: act over HTTP".into(),
        };
        socket.send_with_str(serde_json::to_string(&refusal)?)
    }

    async fn websocket_close(&self, socket: WebSocket, code: usize, _: String, _: bool) -> Result<()> {
        socket::answer_close(&socket, code);
        Ok(())
    }

    async fn websocket_error(&self, _: WebSocket, error: Error) -> Result<()> {
        console_error!("an agent's socket failed: {error}");
        Ok(())
    }
}
