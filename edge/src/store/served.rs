//! What of the flows is served: which answer in a widget, in which version.

use super::{Database, StoreError, text};
use serde::Serialize;
use shared::id::{FlowId, OrganizationId, WidgetId};
use shared::json::{self, Json, Read};
use shared::rules::page::is_at;
use shared::rules::trigger::Listener;

/// The most flows that answer on some pages of a channel.
pub const MOST_AT_PAGES: u32 = 20;
/// The most flows that begin in the middle of a channel's conversations.
pub const MOST_LISTENING: u32 = 50;

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
    id: FlowId,
    published_version: u32,
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
    let sql = "SELECT id, published_version FROM flows
        WHERE organization_id = ?1 AND id = ?2 AND enabled = 1 AND published_version IS NOT NULL";
    served(db.first(sql, &[text(organization), text(flow)]).await?)
}

/// The version of the flow that answers on all pages of a widget by the flow's own wish.
pub async fn answering(
    db: &Database,
    organization: OrganizationId,
    widget: WidgetId,
) -> Result<Option<FlowVersion>, StoreError> {
    let sql =
        "SELECT id, published_version FROM flows WHERE organization_id = ?1 AND channel = ?2 AND enabled = 1
        AND trigger_type = 'AUTO_REPLY' AND published_version IS NOT NULL
        AND coalesce(trigger_config ->> '$.urls', '[]') = '[]'";
    served(db.first(sql, &[text(organization), text(widget)]).await?)
}

/// A flow that answers on some pages only.
#[derive(Debug, Clone, Serialize, Read)]
pub struct AtPages {
    /// The flow, in the version that is served.
    pub flow: FlowVersion,
    /// The pages: see [`is_at`].
    pub urls: Vec<String>,
}

impl AtPages {
    /// The first of several that answers on a page.
    pub fn on<'a>(several: &'a [Self], url: &str) -> Option<&'a Self> {
        several.iter().find(|flow| flow.urls.iter().any(|pattern| is_at(pattern, url)))
    }
}

/// The flows that answer on some pages of a widget, each with the JSON of the version that is served.
pub async fn at_pages(
    db: &Database,
    organization: OrganizationId,
    widget: WidgetId,
) -> Result<Vec<(AtPages, String)>, StoreError> {
    #[derive(Read)]
    struct Row {
        id: FlowId,
        published_version: u32,
        urls: String,
        json: String,
    }
    let sql = "SELECT f.id, f.published_version, f.trigger_config ->> '$.urls' AS urls, v.steps AS json
        FROM flows f JOIN flow_versions v
            ON v.organization_id = f.organization_id AND v.flow_id = f.id AND v.version = f.published_version
        WHERE f.organization_id = ?1 AND f.channel = ?2 AND f.enabled = 1 AND f.trigger_type = 'AUTO_REPLY'
            AND f.published_version IS NOT NULL AND coalesce(f.trigger_config ->> '$.urls', '[]') <> '[]'
        ORDER BY f.created_at, f.id LIMIT ?3";
    let values = [text(organization), text(widget), MOST_AT_PAGES.into()];
    let rows: Vec<Row> = db.all(sql, &values).await?;
    let read = |row: Row| {
        let flow = FlowVersion { flow: row.id, version: row.published_version };
        Ok((AtPages { flow, urls: json::read(&row.urls)? }, row.json))
    };
    rows.into_iter().map(read).collect()
}

/// A flow that begins in the middle of a conversation.
#[derive(Debug, Serialize, Read)]
pub struct Listening {
    /// The flow, in the version that is served.
    pub flow: FlowVersion,
    /// What it listens for.
    pub listener: Listener,
}

/// The flows that listen in a widget.
pub async fn listening(
    db: &Database,
    organization: OrganizationId,
    widget: WidgetId,
) -> Result<Vec<Listening>, StoreError> {
    #[derive(Read)]
    struct Row {
        id: FlowId,
        published_version: u32,
        trigger_type: String,
        trigger_config: Option<String>,
    }
    let sql = "SELECT id, published_version, trigger_type, trigger_config FROM flows
        WHERE organization_id = ?1 AND channel = ?2 AND enabled = 1 AND trigger_type IN ('KEYWORD', 'INTENT')
            AND published_version IS NOT NULL ORDER BY created_at, id LIMIT ?3";
    let values = [text(organization), text(widget), MOST_LISTENING.into()];
    let rows: Vec<Row> = db.all(sql, &values).await?;
    let read = |row: Row| {
        let config = Json::parse(row.trigger_config.as_deref().unwrap_or("{}"))?;
        let flow = FlowVersion { flow: row.id, version: row.published_version };
        Ok(Listening { flow, listener: Listener::of(&row.trigger_type, &config) })
    };
    rows.into_iter().map(read).collect()
}

fn served(row: Option<VersionRow>) -> Result<Option<FlowVersion>, StoreError> {
    Ok(row.map(|row| FlowVersion { flow: row.id, version: row.published_version }))
}

/// A published version: its JSON, as [`flow::graph::Written`] reads it.
pub async fn version_json(
    db: &Database,
    organization: OrganizationId,
    version: FlowVersion,
) -> Result<Option<String>, StoreError> {
    let sql = "SELECT steps FROM flow_versions WHERE organization_id = ?1 AND flow_id = ?2 AND version = ?3";
    let values = [text(organization), text(version.flow), version.version.into()];
    Ok(db.first::<StepsRow>(sql, &values).await?.map(|row| row.steps))
}
