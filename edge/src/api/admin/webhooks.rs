//! Webhooks: which servers of the organization are told of what.

use super::{Call, callback};
use crate::api::creating::{self, Begun};
use crate::api::envelope::{ApiError, Success};
use crate::auth::sealed;
use crate::auth::secret::hex;
use crate::http::body;
use crate::platform::{now, random};
use crate::queue;
use crate::store::audit::{self, Entry};
use crate::store::deliveries::{self, Delivery, Hint, New, Status, Target};
use crate::store::webhooks::{self, MOST, Webhook};
use serde::Serialize;
use shared::id::{DeliveryId, WebhookId};
use shared::json::{Json, Read};
use shared::model::event::Event;
use shared::text::Name;
use shared::time::Timestamp;

/// What a test is called where events are.
const PING: &str = "ping";

/// What a webhook is made with, or what of it is changed. What is left out stays as it is.
#[derive(Debug, Read, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WebhookRequest {
    /// What its owner calls it; needed for a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// Where it is told; needed for a new one. `https`, of a host with a public name, at most 2048 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What it is told of, each once; needed for a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<Event>>,
    /// Whether it is told; a new one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
}

/// A webhook that was just made.
#[cfg(feature = "schema")]
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct IssuedWebhook {
    /// What is kept of it.
    #[serde(flatten)]
    pub details: Webhook,
    /// What its deliveries are signed with. It is shown this once.
    pub secret: String,
}

/// A new secret; it is shown this once.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct WebhookSecret {
    /// The key of the HMAC-SHA256: these characters themselves.
    pub secret: String,
    /// Since when deliveries are signed with it, and no more with the one before.
    pub rotated_at: Timestamp,
}

impl WebhookRequest {
    fn name(&self) -> Result<Option<Name>, ApiError> {
        match &self.name {
            Some(name) if name.as_option().is_none() => Err(ApiError::invalid("name: must not be empty")),
            name => Ok(name.clone()),
        }
    }

    fn url(&self, call: &Call<'_>) -> Result<Option<String>, ApiError> {
        self.url.clone().map(|url| callback::parse(call, "url", url)).transpose()
    }

    fn events(&self) -> Result<Option<Vec<Event>>, ApiError> {
        let Some(given) = &self.events else { return Ok(None) };
        let mut events = Vec::new();
        for event in given {
            if !events.contains(event) {
                events.push(*event);
            }
        }
        if events.is_empty() {
            Err(ApiError::invalid("events: must name at least one"))
        } else {
            Ok(Some(events))
        }
    }
}

/// `GET webhooks`: newest first.
pub async fn list(call: &Call<'_>) -> Result<Success, ApiError> {
    let found = webhooks::list(&call.db, call.organization()).await?;
    Ok(Success::ok(serde_json::to_string(&found)?))
}

/// `POST webhooks`.
pub async fn create(call: &Call<'_>) -> Result<Success, ApiError> {
    let creating = match creating::begin(&call.caller(), "webhooks").await? {
        Begun::Creating(creating) => creating,
        Begun::Answered(success) => return Ok(success),
    };
    let body: WebhookRequest = body::parse(&creating.text)?;
    let missing = |name: &str| ApiError::invalid(format!("missing field `{name}`"));
    let at = now();
    let webhook = Webhook {
        id: WebhookId::new(at, random()?),
        name: body.name()?.ok_or_else(|| missing("name"))?,
        url: body.url(call)?.ok_or_else(|| missing("url"))?,
        events: body.events()?.ok_or_else(|| missing("events"))?,
        enabled: body.enabled.unwrap_or(true),
        disabled_reason: None,
        created_at: at,
        updated_at: at,
    };
    room_for_one(call).await?;
    let (secret, sealed) = secret(call, webhook.id).await?;
    let origin = call.request.origin();
    let statements = vec![
        webhooks::insert(&call.db, call.organization(), &webhook, &sealed, &origin)?,
        audit::note(&call.db, &Entry::new(&call.key, "webhook.created", webhook.id))?,
    ];
    let mut json = Json::parse(&serde_json::to_string(&webhook)?)?;
    if let Json::Object(members) = &mut json {
        members.push(("secret".into(), Json::Text(secret)));
    }
    let done = creating::finish(&call.caller(), creating, statements, json.json()).await;
    if done.is_err() {
        // Others may have been made at the same moment.
        room_for_one(call).await?;
    }
    done
}

async fn room_for_one(call: &Call<'_>) -> Result<(), ApiError> {
    match webhooks::list(&call.db, call.organization()).await?.len() < MOST as usize {
        true => Ok(()),
        false => Err(ApiError::Conflict("an organization has at most 20 webhooks: delete one first")),
    }
}

/// `GET webhooks/:id`.
pub async fn read(call: &Call<'_>, id: &str) -> Result<Success, ApiError> {
    Ok(Success::ok(serde_json::to_string(&named(call, id).await?)?))
}

/// `PATCH webhooks/:id`.
pub async fn change(call: &Call<'_>, id: &str) -> Result<Success, ApiError> {
    let before = named(call, id).await?;
    let body: WebhookRequest = body::json(call.request).await?;
    let enabled = body.enabled.unwrap_or(before.enabled);
    let after = Webhook {
        name: body.name()?.unwrap_or_else(|| before.name.clone()),
        url: body.url(call)?.unwrap_or_else(|| before.url.clone()),
        events: body.events()?.unwrap_or_else(|| before.events.clone()),
        enabled,
        disabled_reason: before.disabled_reason.clone().filter(|_| !enabled),
        updated_at: now(),
        ..before.clone()
    };
    let told = |webhook: &Webhook| Ok::<_, ApiError>(Json::parse(&serde_json::to_string(webhook)?)?);
    let entry = Entry::new(&call.key, "webhook.changed", after.id).changing(&told(&before)?, &told(&after)?);
    match webhooks::update(&call.db, call.organization(), &before, &after, &entry).await? {
        true => Ok(Success::ok(serde_json::to_string(&after)?)),
        false => Err(ApiError::Conflict("somebody else is changing this webhook: read it and try again")),
    }
}

/// `DELETE webhooks/:id`.
pub async fn delete(call: &Call<'_>, id: &str) -> Result<Success, ApiError> {
    let id = parsed(id)?;
    let entry = Entry::new(&call.key, "webhook.deleted", id);
    match webhooks::delete(&call.db, call.organization(), id, &entry).await? {
        true => Ok(Success::done()),
        false => Err(MISSING),
    }
}

/// `POST webhooks/:id/secret`: makes a new one. What is sent from now on is signed with it.
pub async fn rotate(call: &Call<'_>, id: &str) -> Result<Success, ApiError> {
    let id = named(call, id).await?.id;
    let creating = match creating::begin_bare(&call.caller(), &format!("webhook-secret {id}")).await? {
        Begun::Creating(creating) => creating,
        Begun::Answered(success) => return Ok(success),
    };
    let (secret, sealed) = secret(call, id).await?;
    let statements = vec![
        webhooks::set_secret(&call.db, call.organization(), id, &sealed)?,
        audit::note(&call.db, &Entry::new(&call.key, "webhook.secret.rotated", id))?,
    ];
    let json = serde_json::to_string(&WebhookSecret { secret, rotated_at: now() })?;
    creating::finish(&call.caller(), creating, statements, json).await
}

/// `POST webhooks/:id/test`: sends a `ping`, which is signed, tried again and kept as all that is sent.
pub async fn test(call: &Call<'_>, id: &str) -> Result<Success, ApiError> {
    let webhook = named(call, id).await?;
    if !webhook.enabled {
        return Err(DISABLED);
    }
    let creating = match creating::begin_bare(&call.caller(), &format!("webhook-test {}", webhook.id)).await?
    {
        Begun::Creating(creating) => creating,
        Begun::Answered(success) => return Ok(success),
    };
    let (organization, at) = (call.organization(), now());
    let id = DeliveryId::new(at, random()?);
    // Behind nothing else.
    let hint = Hint { organization, target: Target::Webhook(webhook.id), session: id.to_string() };
    let text = |name: &str, value: String| (name.into(), Json::Text(value));
    let body = Json::Object(vec![
        text("id", id.to_string()),
        text("event", PING.into()),
        text("createdAt", at.to_string()),
        text("organizationId", organization.to_string()),
        ("data".into(), Json::Object(vec![text("webhookId", webhook.id.to_string())])),
    ]);
    let (key, body) = (id.to_string(), body.json());
    let new = New { id, hint: &hint, visitor: None, event: PING, key: &key, body: &body, at };
    let told = Delivery {
        id,
        target: hint.target.kind().into(),
        target_id: hint.target.id(),
        session: hint.session.clone(),
        event: PING.into(),
        status: Status::Pending,
        attempts: 0,
        next_at: Some(at),
        last_status: None,
        last_error: None,
        created_at: at,
        delivered_at: None,
        body: Some(body.clone()),
    };
    let statements = vec![deliveries::insert(&call.db, &new)?];
    let done = creating::finish(&call.caller(), creating, statements, serde_json::to_string(&told)?).await?;
    queue::send(&call.env, vec![hint.json()], 0).await;
    Ok(done)
}

pub(super) const DISABLED: ApiError = ApiError::Conflict("this webhook is disabled: enable it first");
const MISSING: ApiError = ApiError::NotFound("webhook");

/// The webhook that a path names.
pub(super) async fn named(call: &Call<'_>, id: &str) -> Result<Webhook, ApiError> {
    webhooks::find(&call.db, call.organization(), parsed(id)?).await?.ok_or(MISSING)
}

fn parsed(id: &str) -> Result<WebhookId, ApiError> {
    WebhookId::parse(id).map_err(|_| MISSING)
}

/// A new secret for a webhook, and the same as it is kept.
async fn secret(call: &Call<'_>, id: WebhookId) -> Result<(String, String), ApiError> {
    let secret = format!("whsec_{}", hex(&random::<32>()?));
    let sealed = sealed::seal(&call.env, &webhooks::of(id), &secret).await?;
    Ok((secret, sealed))
}
