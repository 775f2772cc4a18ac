//! The versions of a flow that were published. None of them ever changes.

use super::Call;
use super::whole::draft;
use super::write::save;
use crate::api::envelope::{ApiError, Success};
use crate::http::query::Query;
use crate::store::flows::{self, Flow};
use crate::store::served::{self, FlowVersion};
use flow::written::Parts;
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
    let Parts { steps, variables } = parts_of(call, &flow, version).await?;
    let variables = variables.map_or_else(|| "[]".into(), |variables| variables.json());
    let after = Flow { steps: steps.json(), variables, ..flow.clone() };
    save(call, &flow, after, None, "flow.restored").await.map(|(json, _)| Success::created(json))
}

/// `GET flows/:id/diff?from=&to=`: what became of what from one version to another; each a number, or `draft`. From the
/// one that is published, or the last one, to the draft where nothing is said.
pub async fn diff(call: &Call<'_>, flow: &Flow) -> Result<Success, ApiError> {
    let query = Query::of(call.request);
    let usual = flow.published_version.unwrap_or(flow.version).to_string();
    let from = by_id(parts_of(call, flow, query.get("from").unwrap_or(&usual)).await?);
    let to = by_id(parts_of(call, flow, query.get("to").unwrap_or("draft")).await?);
    let changed = from.differences(&to, MOST).into_iter().map(|it| Changed {
        path: it.path,
        before: it.before,
        after: it.after,
    });
    Ok(Success::ok(serde_json::to_string(&changed.collect::<Vec<_>>())?))
}

async fn parts_of(call: &Call<'_>, flow: &Flow, version: &str) -> Result<Parts, ApiError> {
    if version == "draft" {
        return draft(flow);
    }
    let number =
        version.parse().map_err(|_| ApiError::invalid("a version must be a whole number, or draft"))?;
    let version = FlowVersion { flow: flow.id, version: number };
    let json = served::version_json(&call.db, call.organization(), version).await?;
    Ok(Parts::of(&Json::parse(&json.ok_or(ApiError::NotFound("version"))?)?))
}

/// Steps and variables by their ids and names, so that one that moves is still the same; and the order of the steps.
fn by_id(parts: Parts) -> Json {
    let Json::List(items) = parts.steps else { return Json::Null };
    let id = |index: usize, item: &Json| {
        item.get("id").and_then(Json::text).map_or_else(|| format!("steps[{index}]"), str::to_owned)
    };
    let ids: Vec<Json> = items.iter().enumerate().map(|(index, item)| Json::Text(id(index, item))).collect();
    let mut members: Vec<(String, Json)> =
        items.into_iter().enumerate().map(|(index, item)| (id(index, &item), item)).collect();
    members
        .push(("order".into(), Json::Text(ids.iter().filter_map(Json::text).collect::<Vec<_>>().join(" "))));
    if let Some(Json::List(variables)) = parts.variables {
        let name = |it: &Json| it.get("name").and_then(Json::text).unwrap_or_default().to_owned();
        let named = variables.into_iter().map(|it| (format!("variables.{}", name(&it)), it));
        members.extend(named);
    }
    Json::Object(members)
}
