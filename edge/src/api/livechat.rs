//! The livechat API, as Rocket.Chat's clients speak it: `/livechat/<widget token>/api/v1/livechat/…`, and without the first
//! two segments for the widget that the deployment names in `DEFAULT_WIDGET`.

pub mod agent;
mod avatar;
pub mod config;
pub mod connection;
pub mod ddp;
#[cfg(feature = "schema")]
pub mod describe;
pub mod envelope;
pub mod field;
mod heard;
pub mod history;
pub mod message;
pub mod offline;
pub mod page;
pub mod params;
pub mod room;
pub mod shape;
pub mod survey;
pub mod transcript;
pub mod upload;
pub mod visitor;

use crate::auth::livechat::LivechatToken;
use crate::auth::secret;
use crate::guard::Client as Guard;
use crate::http::request::Request;
use crate::http::upgrade;
use crate::rate::{self, RateLimit};
use crate::router::{Found, Route, find};
use crate::store::config::{self as published, Published};
use crate::thread::client::Thread;
use crate::thread::command::ThreadError;
use crate::thread::command::attendance::Attendance;
use crate::thread::command::rare::Rare;
use crate::thread::command::within::Within;
use envelope::{Refusal, answer, other_method};
use params::Room;
use shape::{Reader, Times};
use shared::id::VisitorId;
use shared::json::{self, Json, Read};
use shared::rules::{address, origin};
use std::rc::Rc;
use web_sys::Response;
use worker::{Context, Env, Method};

/// The variable that names the widget, by its public token, of calls that name none.
const DEFAULT_WIDGET: &str = "DEFAULT_WIDGET";

/// What a livechat client can ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Read the configuration.
    Config,
    /// Become a visitor, or say more of oneself.
    Register,
    /// Read what is known of oneself.
    Visitor,
    /// Be forgotten.
    Forget,
    /// Tell whether one is there.
    Status,
    /// Have a room.
    Room,
    /// Close it.
    Close,
    /// Rate it.
    Survey,
    /// Send a message.
    Send,
    /// Read one.
    Message,
    /// Edit one.
    Edit,
    /// Delete one.
    Delete,
    /// Read what was said.
    History,
    /// Send a file.
    Upload,
    /// Tell of a page.
    Page,
    /// Answer a question about oneself.
    Field,
    /// Answer several.
    Fields,
    /// Have it all sent by mail.
    Transcript,
    /// Leave a message where nobody is there.
    Offline,
    /// Read who answers.
    Agent,
    /// Read who would answer.
    NextAgent,
    /// Open the websocket.
    Live,
}

/// What is served; what is asked most stands first, where it is found soonest.
pub const ROUTES: &[Route<Operation>] = &[
    at(Method::Post, "/livechat/:token/api/v1/livechat/message", Operation::Send),
    at(Method::Get, "/livechat/:token/api/v1/livechat/messages.history/:rid", Operation::History),
    at(Method::Get, "/livechat/:token/api/v1/livechat/config", Operation::Config),
    at(Method::Post, "/livechat/:token/api/v1/livechat/visitor", Operation::Register),
    at(Method::Get, "/livechat/:token/api/v1/livechat/visitor/:visitorToken", Operation::Visitor),
    at(Method::Delete, "/livechat/:token/api/v1/livechat/visitor/:visitorToken", Operation::Forget),
    at(Method::Post, "/livechat/:token/api/v1/livechat/visitor.status", Operation::Status),
    at(Method::Get, "/livechat/:token/api/v1/livechat/room", Operation::Room),
    at(Method::Post, "/livechat/:token/api/v1/livechat/room.close", Operation::Close),
    at(Method::Post, "/livechat/:token/api/v1/livechat/room.survey", Operation::Survey),
    at(Method::Get, "/livechat/:token/api/v1/livechat/message/:id", Operation::Message),
    at(Method::Put, "/livechat/:token/api/v1/livechat/message/:id", Operation::Edit),
    at(Method::Delete, "/livechat/:token/api/v1/livechat/message/:id", Operation::Delete),
    at(Method::Post, "/livechat/:token/api/v1/livechat/upload/:rid", Operation::Upload),
    at(Method::Post, "/livechat/:token/api/v1/livechat/page.visited", Operation::Page),
    at(Method::Post, "/livechat/:token/api/v1/livechat/custom.field", Operation::Field),
    at(Method::Post, "/livechat/:token/api/v1/livechat/custom.fields", Operation::Fields),
    at(Method::Post, "/livechat/:token/api/v1/livechat/transcript", Operation::Transcript),
    at(Method::Post, "/livechat/:token/api/v1/livechat/offline.message", Operation::Offline),
    at(Method::Get, "/livechat/:token/api/v1/livechat/agent.info/:rid/:visitorToken", Operation::Agent),
    at(Method::Get, "/livechat/:token/api/v1/livechat/agent.next/:visitorToken", Operation::NextAgent),
    at(Method::Get, "/livechat/:token/websocket", Operation::Live),
];

const fn at(method: Method, path: &'static str, operation: Operation) -> Route<Operation> {
    Route { method, path, operation }
}

/// A call for one widget.
#[derive(Debug)]
pub struct Call<'a> {
    request: &'a Request,
    env: Env,
    widget: Rc<Published>,
}

/// A visitor whose token a call bears.
#[derive(Debug)]
pub struct Visitor {
    token: LivechatToken,
    id: VisitorId,
    thread: Thread,
}

impl Call<'_> {
    /// Whether the page and the address that ask are ones that the widget's owner lets ask.
    fn admit(&self) -> Result<(), Refusal> {
        let rules = &self.widget.rules;
        let domains = &rules.allowed_domains;
        let foreign =
            !domains.is_empty() && !origin::allows(domains, self.request.header("origin").as_deref());
        let blocked = !rules.blocked_ips.is_empty() && address::refuses(&rules.blocked_ips, &self.address());
        if foreign || blocked { Err(Refusal::Forbidden) } else { Ok(()) }
    }

    /// The address that the request comes from: the platform alone says it.
    fn address(&self) -> String {
        self.request.header("cf-connecting-ip").unwrap_or_default()
    }

    /// The visitor of a token; whether there is one is their Thread's to say.
    fn visitor(&self, token: LivechatToken) -> Result<Visitor, Refusal> {
        let id = token.visitor(secret::livechat_tokens(&self.env)?, self.widget.widget);
        Ok(Visitor { thread: Thread::of(&self.env, self.widget.widget, id)?, token, id })
    }

    /// Counts what comes from one address.
    async fn limit(&self, name: &str, rate: RateLimit) -> Result<(), Refusal> {
        if !rate::are_on(&self.env) {
            return Ok(());
        }
        let household = address::household(&self.address());
        Ok(Guard::of_address(&self.env, self.widget.widget, &household)?.pass(name, rate).await??)
    }

    /// Who is there now, where anything is taken.
    fn taken(&self) -> Result<Attendance, Refusal> {
        match self.widget.attendance() {
            Attendance::Nobody => Err(ThreadError::NobodyThere.into()),
            attendance => Ok(attendance),
        }
    }

    /// Has something done in a visitor's room, for what it answers in the JSON of our own, and who reads it.
    async fn within(
        &self,
        visitor: &Visitor,
        room: Room,
        within: Within,
    ) -> Result<(String, Reader), Refusal> {
        let mut told = visitor.thread.ask_rarely(&Rare::Within(room.0, within)).await?;
        let name = told.split_off(told.rfind('\n').unwrap_or_default());
        let name: Option<String> = Option::read(&Json::parse(&name)?)?;
        let site = &self.widget.site;
        let reader = Reader::new(visitor.id, name.as_deref(), site, Some(&visitor.token), Times::Iso);
        Ok((told, reader))
    }

    /// The same, for what it says.
    async fn told<T: Read>(&self, visitor: &Visitor, room: Room, within: Within) -> Result<T, Refusal> {
        Ok(json::read(&self.within(visitor, room, within).await?.0)?)
    }
}

/// Answers a request.
pub async fn handle(request: &Request, env: Env, context: &Context) -> worker::Result<Response> {
    if let Some(picture) = avatar::answer(request) {
        return picture;
    }
    let method = request.method.as_str();
    let path = match request.path.starts_with("/livechat/") {
        true => request.path.clone(),
        false => format!("/livechat/{}{}", default_widget(&env), request.path),
    };
    match find(ROUTES, method, &path) {
        Found::Operation(Operation::Live, values) => match live(request, env, &values).await {
            Ok(socket) => Ok(socket),
            Err(refusal) => answer(Err(refusal), &path),
        },
        Found::Operation(operation, values) => {
            answer(perform(operation, request, env, context, &values).await, &path)
        }
        Found::OtherMethods(methods) => other_method(method, methods, &path),
        Found::Nothing => answer(Err(Refusal::NotFound), &path),
    }
}

/// The widget of calls that name none; nobody's where the deployment names none either.
fn default_widget(env: &Env) -> String {
    env.var(DEFAULT_WIDGET)
        .map(|token| token.to_string())
        .ok()
        .filter(|it| !it.is_empty())
        .unwrap_or("-".into())
}

/// A call for the widget that the path names first, from where its owner lets ask.
async fn call<'a>(request: &'a Request, env: Env, values: &[String]) -> Result<Call<'a>, Refusal> {
    let token = values.first().map(String::as_str).unwrap_or_default();
    let widget = published::by_token(&env, token).await?.ok_or(Refusal::NotFound)?;
    let call = Call { request, env, widget };
    call.admit()?;
    Ok(call)
}

/// Opens the websocket. Who the visitor is, the client says later.
async fn live(request: &Request, env: Env, values: &[String]) -> Result<Response, Refusal> {
    let call = call(request, env, values).await?;
    upgrade::offered(&request.headers).ok_or(Refusal::NotAWebSocket)?;
    call.limit("livechat sockets", rate::SESSIONS).await?;
    Ok(connection::open(&call.env, call.widget.widget, &call.widget.site).await?)
}

async fn perform(
    operation: Operation,
    request: &Request,
    env: Env,
    context: &Context,
    values: &[String],
) -> Result<String, Refusal> {
    let call = call(request, env, values).await?;
    let mut values = values.iter().skip(1).map(String::as_str);
    let (first, second) = (values.next().unwrap_or_default(), values.next().unwrap_or_default());
    match operation {
        Operation::Config => config::read(call).await,
        Operation::Register => visitor::register(call).await,
        Operation::Visitor => visitor::read(call, first).await,
        Operation::Forget => visitor::forget(call, first).await,
        Operation::Status => visitor::status(call).await,
        Operation::Room => room::have(call).await,
        Operation::Close => room::close(call).await,
        Operation::Survey => survey::take(call).await,
        Operation::Send => message::send(call).await,
        Operation::Message => message::read(call, first).await,
        Operation::Edit => message::edit(call, first).await,
        Operation::Delete => message::delete(call, first).await,
        Operation::History => history::read(call, first).await,
        Operation::Upload => upload::take(call, context, first).await,
        Operation::Page => page::visited(call).await,
        Operation::Field => field::one(call).await,
        Operation::Fields => field::several(call).await,
        Operation::Transcript => transcript::send(call).await,
        Operation::Offline => offline::leave(call).await,
        Operation::Agent => agent::info(call, first, second).await,
        Operation::NextAgent => agent::next(call, first).await,
        Operation::Live => Err(Refusal::NotAWebSocket),
    }
}
