//! The accounts that chat servers speak for which forward their visitors, and those servers.

use super::{Call, callback, channels};
use crate::api::creating::{self, Begun};
use crate::api::envelope::{ApiError, Success};
use crate::auth::sealed;
use crate::auth::secret::hex;
use crate::http::body;
use crate::platform::{now, random};
use crate::store::audit::{self, Entry};
use crate::store::deliveries::Target;
use crate::store::gateway_accounts::{self as accounts, GatewayAccount, GatewayServer, MOST, MOST_SERVERS};
use crate::store::widgets::Widget;
use serde::Serialize;
use shared::id::{GatewayAccountId, GatewayServerId, WidgetId};
use shared::json::{Json, Read};
use shared::model::settings::WidgetSettings;
use shared::rules::address::AddressRange;
use shared::rules::origin::DomainPattern;
use shared::text::FilledLine;

/// What an account is made with.
#[derive(Debug, Read, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AccountRequest {
    /// The channel that it is.
    pub channel_id: WidgetId,
    /// What it is called.
    pub name: FilledLine<200>,
}

/// What is changed of one. What is left out stays as it is.
#[derive(Debug, Read, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AccountChange {
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<FilledLine<200>>,
    /// The sites that may chat; any where there are none. They are the channel's, for every API.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_domains: Option<Vec<DomainPattern>>,
    /// The addresses and networks that may not. They are the channel's, for every API.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked_ips: Option<Vec<AddressRange>>,
}

impl AccountChange {
    /// What it changes of the channel's settings, as a merge patch (RFC 7396).
    fn rules(&self) -> Json {
        let list = |texts: Vec<String>| Json::List(texts.into_iter().map(Json::Text).collect());
        let domains =
            self.allowed_domains.as_ref().map(|them| them.iter().map(ToString::to_string).collect());
        let addresses = self.blocked_ips.as_ref().map(|them| them.iter().map(ToString::to_string).collect());
        let named = [("allowedDomains", domains), ("blockedIps", addresses)];
        Json::Object(named.into_iter().filter_map(|(name, it)| Some((name.into(), list(it?)))).collect())
    }
}

/// What a server is registered with.
#[derive(Debug, Read, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ServerRequest {
    /// What it calls itself (`chatServer`): 5 to 255 characters of `a-zA-Z0-9.:/-`.
    pub server: String,
    /// Where it is told what agents and bots say: an https address of a host that is named in public.
    pub callback_url: String,
}

/// What can be changed of one.
#[derive(Debug, Read, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ServerChange {
    /// Where it is told what agents and bots say.
    pub callback_url: String,
}

/// A server with the secret by which what it is told is signed, which is shown this once.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RegisteredServer {
    /// The server.
    #[serde(flatten)]
    pub server: GatewayServer,
    /// The key of the HMAC-SHA256: these characters themselves.
    pub secret: String,
}

/// `GET gateway-accounts`.
pub async fn list(call: &Call<'_>) -> Result<Success, ApiError> {
    let found = accounts::list(&call.db, call.organization()).await?;
    Ok(Success::ok(serde_json::to_string(&found)?))
}

/// `POST gateway-accounts`.
pub async fn create(call: &Call<'_>) -> Result<Success, ApiError> {
    let creating = match creating::begin(&call.caller(), "gateway-accounts").await? {
        Begun::Creating(creating) => creating,
        Begun::Answered(success) => return Ok(success),
    };
    let body: AccountRequest = body::parse(&creating.text)?;
    let widget = channels::named(call, &body.channel_id.to_string()).await?;
    room_for_one(call).await?;
    let at = now();
    let account = GatewayAccount {
        id: GatewayAccountId::new(at, random()?),
        channel_id: widget.id,
        name: body.name,
        token: hex(&random::<16>()?),
        servers: Vec::new(),
        allowed_domains: Vec::new(),
        blocked_ips: Vec::new(),
        created_at: at,
        updated_at: at,
    };
    let statements = vec![
        accounts::insert(&call.db, call.organization(), &account)?,
        audit::note(&call.db, &Entry::new(&call.key, "gateway.account.created", account.id))?,
    ];
    let told = account.with_rules(&widget.settings)?;
    let done = creating::finish(&call.caller(), creating, statements, serde_json::to_string(&told)?).await;
    if done.is_err() {
        // Others may have been made at the same moment.
        room_for_one(call).await?;
    }
    done
}

async fn room_for_one(call: &Call<'_>) -> Result<(), ApiError> {
    match accounts::list(&call.db, call.organization()).await?.len() < MOST as usize {
        true => Ok(()),
        false => {
            Err(ApiError::Conflict("an organization has at most 100 gateway accounts: delete one first"))
        }
    }
}

/// `GET gateway-accounts/:id`.
pub async fn read(call: &Call<'_>, id: &str) -> Result<Success, ApiError> {
    Ok(Success::ok(serde_json::to_string(&there(call, id).await?)?))
}

/// `PATCH gateway-accounts/:id`. Its rules are written to its channel, before its name is.
pub async fn change(call: &Call<'_>, id: &str) -> Result<Success, ApiError> {
    let mut account = there(call, id).await?;
    let body: AccountChange = body::json(call.request).await?;
    if body.allowed_domains.is_some() || body.blocked_ips.is_some() {
        let channel = channels::named(call, &account.channel_id.to_string()).await?;
        let ruled = |before: &Widget| {
            let settings = Json::parse(&before.settings)?.merged(body.rules());
            let settings =
                WidgetSettings::written(&settings).map_err(|wrong| ApiError::invalid(wrong.to_string()))?;
            Ok(Widget { settings, ..before.clone() })
        };
        account = account.with_rules(&channels::put(call, channel, &ruled).await?.settings)?;
    }
    if let Some(name) = body.name {
        let told = |name: &FilledLine<200>| Json::Object(vec![("name".into(), Json::Text(name.to_string()))]);
        let entry = Entry::new(&call.key, "gateway.account.changed", account.id)
            .changing(&told(&account.name), &told(&name));
        account = GatewayAccount { name, updated_at: now(), ..account };
        accounts::rename(&call.db, call.organization(), &account, &entry).await?;
    }
    Ok(Success::ok(serde_json::to_string(&account)?))
}

/// `DELETE gateway-accounts/:id`: its servers are told nothing any more, and what was said stays.
pub async fn delete(call: &Call<'_>, id: &str) -> Result<Success, ApiError> {
    let id = there(call, id).await?.id;
    let entry = Entry::new(&call.key, "gateway.account.deleted", id);
    accounts::delete(&call.db, call.organization(), id, &entry).await?;
    Ok(Success::done())
}

/// `POST gateway-accounts/:id/servers`.
pub async fn register(call: &Call<'_>, id: &str) -> Result<Success, ApiError> {
    let account = there(call, id).await?;
    let route = format!("gateway-servers {}", account.id);
    let creating = match creating::begin(&call.caller(), &route).await? {
        Begun::Creating(creating) => creating,
        Begun::Answered(success) => return Ok(success),
    };
    let body: ServerRequest = body::parse(&creating.text)?;
    let known = |b: u8| b.is_ascii_alphanumeric() || b".:/-".contains(&b);
    if !(5..=255).contains(&body.server.len()) || !body.server.bytes().all(known) {
        return Err(ApiError::invalid("server must have 5 to 255 characters of a-zA-Z0-9.:/-"));
    }
    room_for(&account, &body.server)?;
    let at = now();
    let server = GatewayServer {
        id: GatewayServerId::new(at, random()?),
        server: body.server,
        callback_url: base(call, body.callback_url)?,
        created_at: at,
    };
    let (secret, origin) = (hex(&random::<32>()?), call.request.origin());
    let sealed = sealed::seal(&call.env, &accounts::of(server.id), &secret).await?;
    let statements = vec![
        accounts::insert_server(&call.db, call.organization(), account.id, &server, &sealed, &origin)?,
        audit::note(&call.db, &Entry::new(&call.key, "gateway.server.registered", server.id))?,
    ];
    let json = serde_json::to_string(&RegisteredServer { server: server.clone(), secret })?;
    let done = creating::finish(&call.caller(), creating, statements, json).await;
    if done.is_err() {
        // Others may have been registered at the same moment.
        room_for(&there(call, id).await?, &server.server)?;
    }
    done
}

fn room_for(account: &GatewayAccount, server: &str) -> Result<(), ApiError> {
    if account.servers.iter().any(|it| it.server == server) {
        return Err(ApiError::Conflict("this server is registered already"));
    }
    match account.servers.len() < MOST_SERVERS as usize {
        true => Ok(()),
        false => Err(ApiError::Conflict("an account has at most 20 servers: delete one first")),
    }
}

/// `PATCH gateway-accounts/:id/servers/:serverId`.
pub async fn change_server(call: &Call<'_>, id: &str, server: &str) -> Result<Success, ApiError> {
    let before = registered(call, id, server).await?;
    let body: ServerChange = body::json(call.request).await?;
    let told = |url: &str| Json::Object(vec![("callbackUrl".into(), Json::Text(url.into()))]);
    let after = GatewayServer { callback_url: base(call, body.callback_url)?, ..before.clone() };
    let entry = Entry::new(&call.key, "gateway.server.changed", after.id)
        .changing(&told(&before.callback_url), &told(&after.callback_url));
    accounts::move_server(&call.db, call.organization(), &after, &entry).await?;
    Ok(Success::ok(serde_json::to_string(&after)?))
}

/// `DELETE gateway-accounts/:id/servers/:serverId`.
pub async fn delete_server(call: &Call<'_>, id: &str, server: &str) -> Result<Success, ApiError> {
    let server = registered(call, id, server).await?;
    let entry = Entry::new(&call.key, "gateway.server.deleted", server.id);
    accounts::delete_server(&call.db, call.organization(), server.id, &entry).await?;
    Ok(Success::done())
}

/// `POST gateway-accounts/:id/servers/:serverId/secret`: a new one, by which all that is sent from now on is signed.
pub async fn rotate(call: &Call<'_>, id: &str, server: &str) -> Result<Success, ApiError> {
    let server = registered(call, id, server).await?;
    let creating =
        match creating::begin_bare(&call.caller(), &format!("gateway-secret {}", server.id)).await? {
            Begun::Creating(creating) => creating,
            Begun::Answered(success) => return Ok(success),
        };
    let secret = hex(&random::<32>()?);
    let sealed = sealed::seal(&call.env, &accounts::of(server.id), &secret).await?;
    let statements = vec![
        accounts::set_secret(&call.db, call.organization(), server.id, &sealed)?,
        audit::note(&call.db, &Entry::new(&call.key, "gateway.server.secret.rotated", server.id))?,
    ];
    let json = serde_json::to_string(&RegisteredServer { server, secret })?;
    creating::finish(&call.caller(), creating, statements, json).await
}

/// An address that what is answered is told below.
fn base(call: &Call<'_>, url: String) -> Result<String, ApiError> {
    match callback::parse(call, "callbackUrl", url)? {
        queried if queried.contains(['?', '#']) => {
            Err(ApiError::invalid("callbackUrl: must have no query and no fragment"))
        }
        base => Ok(base),
    }
}

async fn there(call: &Call<'_>, id: &str) -> Result<GatewayAccount, ApiError> {
    let missing = ApiError::NotFound("gateway account");
    let Ok(id) = GatewayAccountId::parse(id) else { return Err(missing) };
    accounts::find(&call.db, call.organization(), id).await?.ok_or(missing)
}

/// The target that a server is.
pub async fn target(call: &Call<'_>, id: &str, server: &str) -> Result<Target, ApiError> {
    Ok(Target::Gateway(registered(call, id, server).await?.id))
}

async fn registered(call: &Call<'_>, id: &str, server: &str) -> Result<GatewayServer, ApiError> {
    let found = there(call, id).await?.servers.into_iter().find(|it| it.id.to_string() == server);
    found.ok_or(ApiError::NotFound("gateway server"))
}
