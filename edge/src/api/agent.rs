//! The agents' API: `/organizations/:orgId/…`.

pub mod assign;
pub mod conversation;
#[cfg(feature = "schema")]
pub mod describe;
pub mod list;
pub mod live;
pub mod messages;
pub mod offline;
pub mod upload;

use super::envelope::{ApiError, Success, answer, other_method};
use crate::auth::key::{KeyProof, Scope};
use crate::http::request::Request;
use crate::platform::now;
use crate::router::{Found, Route, find};
use crate::store::Database;
use crate::store::conversations;
use crate::thread::client::Thread;
use shared::id::{ConversationId, OrganizationId, VisitorId, WidgetId};
use web_sys::Response;
use worker::{Context, Env, Method};

/// What an agent's client can ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// List conversations.
    List,
    /// Read one.
    Read,
    /// Read its messages.
    Messages,
    /// Hand over a file for it.
    Upload,
    /// Answer in it.
    Send,
    /// Edit what an agent said.
    Edit,
    /// Delete what an agent said.
    Delete,
    /// Tell of typing and seeing.
    Events,
    /// Give it to an agent.
    Assign,
    /// Give it back to its bot, or have that be silent.
    Bot,
    /// Close it.
    Close,
    /// Open it again.
    Reopen,
    /// List what was left without a chat.
    OfflineMessages,
    /// Delete one of it.
    DeleteOfflineMessage,
    /// Open the live socket.
    Live,
}

/// What is served.
pub const ROUTES: &[Route<Operation>] = &[
    Route { method: Method::Get, path: "/organizations/:orgId/conversations", operation: Operation::List },
    Route {
        method: Method::Get,
        path: "/organizations/:orgId/conversations/:id",
        operation: Operation::Read,
    },
    Route {
        method: Method::Get,
        path: "/organizations/:orgId/conversations/:id/messages",
        operation: Operation::Messages,
    },
    Route {
        method: Method::Post,
        path: "/organizations/:orgId/conversations/:id/upload",
        operation: Operation::Upload,
    },
    Route {
        method: Method::Post,
        path: "/organizations/:orgId/conversations/:id/messages",
        operation: Operation::Send,
    },
    Route {
        method: Method::Patch,
        path: "/organizations/:orgId/conversations/:id/messages/:messageId",
        operation: Operation::Edit,
    },
    Route {
        method: Method::Delete,
        path: "/organizations/:orgId/conversations/:id/messages/:messageId",
        operation: Operation::Delete,
    },
    Route {
        method: Method::Post,
        path: "/organizations/:orgId/conversations/:id/events",
        operation: Operation::Events,
    },
    Route {
        method: Method::Post,
        path: "/organizations/:orgId/conversations/:id/assign",
        operation: Operation::Assign,
    },
    Route {
        method: Method::Post,
        path: "/organizations/:orgId/conversations/:id/bot",
        operation: Operation::Bot,
    },
    Route {
        method: Method::Post,
        path: "/organizations/:orgId/conversations/:id/close",
        operation: Operation::Close,
    },
    Route {
        method: Method::Post,
        path: "/organizations/:orgId/conversations/:id/reopen",
        operation: Operation::Reopen,
    },
    Route {
        method: Method::Get,
        path: "/organizations/:orgId/offline-messages",
        operation: Operation::OfflineMessages,
    },
    Route {
        method: Method::Delete,
        path: "/organizations/:orgId/offline-messages/:id",
        operation: Operation::DeleteOfflineMessage,
    },
    Route { method: Method::Get, path: "/organizations/:orgId/live", operation: Operation::Live },
];

impl Operation {
    /// What a key must be allowed for it.
    pub fn scope(self) -> Scope {
        match self {
            Self::List | Self::Read | Self::Messages | Self::OfflineMessages | Self::Live => {
                Scope::ConversationsRead
            }
            Self::Upload
            | Self::Send
            | Self::Edit
            | Self::Delete
            | Self::Events
            | Self::Assign
            | Self::Bot
            | Self::Close
            | Self::Reopen
            | Self::DeleteOfflineMessage => Scope::ConversationsWrite,
        }
    }
}

/// A call by an agent's key, proved.
#[derive(Debug)]
pub struct Call<'a> {
    request: &'a Request,
    env: Env,
    db: Database,
    key: KeyProof,
}

/// A conversation of the key's organization.
#[derive(Debug)]
pub struct Held {
    thread: Thread,
    id: ConversationId,
    widget: WidgetId,
    visitor: VisitorId,
    row: String,
}

impl Call<'_> {
    /// What a call is known again by beside its own key: who calls, and what.
    fn route(&self, operation: &str, held: &Held) -> String {
        format!("{operation} {} {}", held.id, self.key.prefix)
    }

    /// The conversation that the path names.
    async fn conversation(&self, values: &[String]) -> Result<Held, ApiError> {
        let missing = ApiError::NotFound("conversation");
        let Some(id) = values.get(1).and_then(|text| ConversationId::parse(text).ok()) else {
            return Err(missing);
        };
        let found = conversations::find(&self.db, self.key.organization, id).await?.ok_or(missing)?;
        let thread = Thread::of(&self.env, found.widget_id, found.visitor_id)?;
        let (widget, visitor) = (found.widget_id, found.visitor_id);
        Ok(Held { thread, id, widget, visitor, row: found.json })
    }
}

/// Answers a request under `/organizations/`.
pub async fn handle(request: &Request, env: Env, context: &Context) -> worker::Result<Response> {
    let (method, path) = (request.method.as_str(), request.path.as_str());
    match find(ROUTES, method, path) {
        Found::Operation(Operation::Live, values) => match live::connect(request, env, &values).await {
            Ok(socket) => Ok(socket),
            Err(error) => answer(Err(error), path),
        },
        Found::Operation(operation, values) => {
            answer(perform(operation, request, env, context, &values).await, path)
        }
        Found::OtherMethods(methods) => other_method(method, methods, path),
        Found::Nothing => answer(Err(ApiError::NotFound("path")), path),
    }
}

/// The organization that a path names.
fn organization(values: &[String]) -> Result<OrganizationId, ApiError> {
    let id = values.first().and_then(|text| OrganizationId::parse(text).ok());
    id.ok_or(ApiError::NotFound("organization"))
}

async fn perform(
    operation: Operation,
    request: &Request,
    env: Env,
    context: &Context,
    values: &[String],
) -> Result<Success, ApiError> {
    let organization = organization(values)?;
    let directory = Database::directory(&env)?;
    let key =
        KeyProof::from_headers(&request.headers, &directory, organization, operation.scope(), now()).await?;
    let db = Database::of(&env, organization)?;
    let call = Call { request, env, db, key };
    match operation {
        Operation::List => return list::list(&call).await,
        Operation::OfflineMessages => return offline::list_later(&call).await,
        Operation::DeleteOfflineMessage => return offline::delete_later(&call, values).await,
        _ => {}
    }
    let held = call.conversation(values).await?;
    match operation {
        Operation::Read => conversation::read(&held).await,
        Operation::Messages => messages::read(&call, &held).await,
        Operation::Upload => upload::take(call, &held, context).await,
        Operation::Send => messages::send(call, &held).await,
        Operation::Edit => messages::edit(call, &held, values).await,
        Operation::Delete => messages::delete(call, &held, values).await,
        Operation::Events => conversation::tell(call, &held).await,
        Operation::Assign => assign::assign(&call, &held).await,
        Operation::Bot => assign::give_to_bot(&call, &held).await,
        Operation::Close => conversation::close(&call, &held).await,
        Operation::Reopen => conversation::reopen(&call, &held).await,
        Operation::List | Operation::OfflineMessages | Operation::DeleteOfflineMessage | Operation::Live => {
            Err(ApiError::NotFound("path"))
        }
    }
}
