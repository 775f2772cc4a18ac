//! The versions of a flow that were published. None of them ever changes.

use super::Call;
use super::write::save;
use crate::api::envelope::{ApiError, Success};
use crate::http::query::Query;
use crate::store::flows::{self, Flow, FlowVersion};
use serde::Serialize;
use shared::json::Json;

/// The most that a comparison tells.
const MOST: usize = 2_000;

/// One thing that is not the same in two versions.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Changed {
    /// Where: a step's id and what of it (`greeting.text`), or `order` for the order of the steps.
    pub path: String,
    /// What was there; null for nothing.
    #[cfg_attr(feature = "schema", schemars(with = "Option<serde_json::Value>"))]
    pub before: Json,
    /// What is there; null for nothing.
    #[cfg_attr(feature = "schema", schemars(with = "Option<serde_json::Value>"))]
    pub after: Json,
}

/// `GET flows/:id/versions`: newest first.
pub async fn list(call: &Call<'_>, flow: &Flow) -> Result<Success, ApiError> {
    let found = flows::versions(&call.db, call.organization(), flow.id).await?;
    Ok(Success::ok(serde_json::to_string(&found)?))
}

/// `POST flows/:id/versions/:version/restore`: its steps are the draft again; what is served stays as it is.
pub async fn restore(call: &Call<'_>, flow: Flow, version: &str) -> Result<Success, ApiError> {
    let steps = steps_of(call, &flow, version).await?;
    let after = Flow { steps, ..flow.clone() };
    save(call, &flow, after, "flow.restored").await.map(|(json, _)| Success::created(json))
}

/// `GET flows/:id/diff?from=&to=`: what became of what from one version to another; each a number, or `draft`. From the
/// one that is published, or the last one, to the draft where nothing is said.
pub async fn diff(call: &Call<'_>, flow: &Flow) -> Result<Success, ApiError> {
    let query = Query::of(call.request);
    let usual = flow.published_version.unwrap_or(flow.version).to_string();
    let from = steps_of(call, flow, query.get("from").unwrap_or(&usual)).await?;
    let to = steps_of(call, flow, query.get("to").unwrap_or("draft")).await?;
    let (from, to) = (by_id(&from)?, by_id(&to)?);
    let changed = from.differences(&to, MOST).into_iter().map(|it| Changed {
        path: it.path,
        before: it.before,
        after: it.after,
    });
    Ok(Success::ok(serde_json::to_string(&changed.collect::<Vec<_>>())?))
}

async fn steps_of(call: &Call<'_>, flow: &Flow, version: &str) -> Result<String, ApiError> {
    if version == "draft" {
        return Ok(flow.steps.clone());
    }
    let number =
        version.parse().map_err(|_| ApiError::invalid("a version must be a whole number, or draft"))?;
    let version = FlowVersion { flow: flow.id, version: number };
    flows::version_steps(&call.db, call.organization(), version).await?.ok_or(ApiError::NotFound("version"))
}

/// Steps by their ids, so that one that moves is still the same; and their order.
fn by_id(steps: &str) -> Result<Json, ApiError> {
    let Json::List(items) = Json::parse(steps)? else { return Ok(Json::Null) };
    let id = |index: usize, item: &Json| {
        item.get("id").and_then(Json::text).map_or_else(|| format!("steps[{index}]"), str::to_owned)
    };
    let ids: Vec<Json> = items.iter().enumerate().map(|(index, item)| Json::Text(id(index, item))).collect();
    let mut members: Vec<(String, Json)> =
        items.into_iter().enumerate().map(|(index, item)| (id(index, &item), item)).collect();
    members
        .push(("order".into(), Json::Text(ids.iter().filter_map(Json::text).collect::<Vec<_>>().join(" "))));
    Ok(Json::Object(members))
}
