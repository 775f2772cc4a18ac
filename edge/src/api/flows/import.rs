//! `POST bot/import`: a flow out of what another product has exported.

use super::body::{LONGEST_NAME, MAX_BODY, fault_of};
use super::write::fresh;
use super::{Call, FlowView};
use crate::api::creating::{self, Begun};
use crate::api::envelope::{ApiError, Success};
use crate::store::audit::Entry;
use crate::store::flows::{self, Flow};
use imports::typebot;
use serde::Serialize;
use shared::json::{Json, Read};

/// What is imported.
#[derive(Debug, Read, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ImportRequest {
    /// A bot as Typebot exports it.
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Map<String, serde_json::Value>"))]
    pub typebot: Json,
}

/// What came of it.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImportReport {
    /// The flow, unpublished.
    pub flow: FlowView,
    /// What could not be carried over, or is another now: a sentence each.
    pub report: Vec<String>,
}

/// Handles it.
pub async fn import(call: &Call<'_>) -> Result<Success, ApiError> {
    let creating = match creating::begin_within(&call.caller(), "import", MAX_BODY).await? {
        Begun::Creating(creating) => creating,
        Begun::Answered(success) => return Ok(success),
    };
    let body: ImportRequest = crate::http::body::parse(&creating.text)?;
    let imported = typebot::import(&body.typebot)
        .map_err(|wrong| ApiError::invalid(wrong.within("typebot").to_string()))?;
    if let Some(why) = fault_of(&imported.steps) {
        return Err(ApiError::invalid(format!("typebot: its steps {why}")));
    }
    let name: String = imported.name.unwrap_or_default().trim().chars().take(LONGEST_NAME).collect();
    let flow = Flow {
        name: if name.is_empty() { "Imported".into() } else { name },
        steps: imported.steps.json(),
        ..fresh()?
    };
    let entry = Entry::new(&call.key, "flow.imported", flow.id);
    let statements = flows::insert(&call.db, call.organization(), &flow, &entry)?;
    let report = ImportReport { flow: FlowView::of(&flow)?, report: imported.report };
    creating::finish(&call.caller(), creating, statements, serde_json::to_string(&report)?).await
}
