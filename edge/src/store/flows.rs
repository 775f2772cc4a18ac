//! Bot flows and their published versions.

use super::{Database, StoreError, text};
use serde::Serialize;
use shared::flow::step::Step;
use shared::id::{FlowId, OrganizationId};
use shared::json;
use shared::json::Read;

/// One published version of a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Read)]
pub struct FlowVersion {
    /// The flow.
    pub flow: FlowId,
    /// Which of its versions, from 1 up.
    pub version: u32,
}

#[derive(Read)]
struct VersionRow {
    published_version: Option<u32>,
}

#[derive(Read)]
struct StepsRow {
    steps: String,
}

/// The version of a flow that is served now, if any is.
pub async fn published(
    db: &Database,
    organization: OrganizationId,
    flow: FlowId,
) -> Result<Option<FlowVersion>, StoreError> {
    let sql = "SELECT published_version FROM flows WHERE organization_id = ?1 AND id = ?2";
    let row = db.first::<VersionRow>(sql, &[text(organization), text(flow)]).await?;
    Ok(row.and_then(|row| row.published_version).map(|version| FlowVersion { flow, version }))
}

/// The steps of a published version.
pub async fn steps(
    db: &Database,
    organization: OrganizationId,
    version: FlowVersion,
) -> Result<Option<Vec<Step>>, StoreError> {
    let sql = "SELECT steps FROM flow_versions WHERE organization_id = ?1 AND flow_id = ?2 AND version = ?3";
    let values = [text(organization), text(version.flow), version.version.into()];
    match db.first::<StepsRow>(sql, &values).await? {
        Some(row) => Ok(Some(json::read(&row.steps)?)),
        None => Ok(None),
    }
}
