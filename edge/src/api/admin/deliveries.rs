//! Deliveries: what servers of the organization were told, and what came of it.

use super::Call;
use super::gateway;
use super::webhooks::{self, DISABLED};
use crate::api::envelope::{ApiError, Success};
use crate::auth::secret;
use crate::http::query::Query;
use crate::media::address;
use crate::platform::now;
use crate::queue;
use crate::store::audit::{self, Entry};
use crate::store::deliveries::{self, Delivery, Status, Target};
use crate::store::gateway_accounts;
use shared::id::DeliveryId;

/// `GET webhooks/:id/deliveries`: newest first. `before` takes the id of the last one of the page before, `status` what they
/// are to stand at.
pub async fn list(call: &Call<'_>, id: &str) -> Result<Success, ApiError> {
    told(call, Target::Webhook(webhooks::named(call, id).await?.id)).await
}

/// `GET gateway-accounts/:id/servers/:serverId/deliveries`, as those of a webhook.
pub async fn list_of_server(call: &Call<'_>, id: &str, server: &str) -> Result<Success, ApiError> {
    told(call, gateway::target(call, id, server).await?).await
}

async fn told(call: &Call<'_>, target: Target) -> Result<Success, ApiError> {
    let query = Query::of(call.request);
    let limit = query.number("limit", 50, 1..=100).map_err(ApiError::invalid)?;
    let before = query.get("before").map(DeliveryId::parse).transpose();
    let before = before.map_err(|_| ApiError::invalid("before must be a delivery's id"))?;
    let status = match query.get("status") {
        Some(name) => Some(
            Status::parse(name)
                .ok_or_else(|| ApiError::invalid("status must be pending, delivered or dead"))?,
        ),
        None => None,
    };
    let found = deliveries::list(&call.db, call.organization(), target, status, before, limit).await?;
    let success = Success::ok(serde_json::to_string(&found)?);
    Ok(match found.last().filter(|_| found.len() == limit as usize) {
        Some(last) => success.with("x-next-before", last.id.to_string()),
        None => success,
    })
}

/// `GET deliveries/:id`, with what is sent.
pub async fn read(call: &Call<'_>, id: &str) -> Result<Success, ApiError> {
    answer(call, named(call, id).await?).map(Success::ok)
}

/// `POST deliveries/:id/replay`: sends it again, or sooner.
pub async fn replay(call: &Call<'_>, id: &str) -> Result<Success, ApiError> {
    let (organization, delivery, at) = (call.organization(), named(call, id).await?, now());
    let hint = delivery.hint(organization)?;
    match hint.target {
        Target::Webhook(id) if !webhooks::named(call, &id.to_string()).await?.enabled => {
            return Err(DISABLED);
        }
        Target::Gateway(id) if gateway_accounts::endpoint(&call.db, organization, id).await?.is_none() => {
            return Err(ApiError::NotFound("gateway server"));
        }
        Target::Webhook(_) | Target::Gateway(_) => {}
    }
    let statements = vec![
        deliveries::replay(&call.db, organization, delivery.id, at)?,
        audit::note(&call.db, &Entry::new(&call.key, "delivery.replayed", delivery.id))?,
    ];
    call.db.batch(statements).await?;
    queue::send(&call.env, vec![hint.json()], 0).await;
    answer(call, named(call, id).await?).map(Success::created)
}

async fn named(call: &Call<'_>, id: &str) -> Result<Delivery, ApiError> {
    let missing = ApiError::NotFound("delivery");
    let Ok(id) = DeliveryId::parse(id) else { return Err(missing) };
    deliveries::find(&call.db, call.organization(), id).await?.ok_or(missing)
}

/// A delivery as JSON; in its body, addresses of files that hold for a while.
fn answer(call: &Call<'_>, delivery: Delivery) -> Result<String, ApiError> {
    let signer = secret::media_addresses(&call.env)?;
    let signed = |body: String| address::sign_all(&body, &call.request.origin(), &signer, now());
    Ok(serde_json::to_string(&Delivery { body: delivery.body.map(signed), ..delivery })?)
}
