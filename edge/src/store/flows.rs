//! Bot flows and their published versions, as their authors see them.

use super::audit::{self, Entry};
use super::{Along, Database, Statement, StoreError, optional, text};
use serde::Serialize;
use shared::id::{FlowId, OrganizationId, WidgetId};
use shared::json::{self, Json, Read};
use shared::time::Timestamp;

/// The most flows that are listed, and the most versions of one.
const MOST: u32 = 1000;

/// A flow as its author writes it.
#[derive(Debug, Clone, Read)]
pub struct Flow {
    /// Its id.
    pub id: FlowId,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// The draft: a JSON list.
    pub steps: String,
    /// The variables it declares: a JSON list.
    pub variables: String,
    /// The channel it answers in: a widget's id, or any text.
    pub channel: Option<String>,
    /// When it begins.
    pub trigger_type: String,
    /// More of that: a JSON object.
    pub trigger_config: Option<String>,
    /// 1 where it may answer, else 0.
    pub enabled: u8,
    /// The version that answers; none where it is not published.
    pub published_version: Option<u32>,
    /// When that was published.
    pub published_at: Option<Timestamp>,
    /// The last version that was ever published; 0 for none.
    pub version: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl Flow {
    /// What of it is audited when it changes.
    pub fn audited(&self) -> Result<Json, json::Wrong> {
        let member = |name: &str, value| (String::from(name), value);
        let text = |text: &Option<String>| text.clone().map_or(Json::Null, Json::Text);
        Ok(Json::Object(vec![
            member("name", Json::Text(self.name.clone())),
            member("description", text(&self.description)),
            member("phoneNumberId", text(&self.channel)),
            member("triggerType", Json::Text(self.trigger_type.clone())),
            member("triggerConfig", text(&self.trigger_config)),
            member("enabled", Json::Boolean(self.enabled == 1)),
            member("publishedVersion", self.published_version.map_or(Json::Null, |v| Json::Number(v.into()))),
            member("steps", Json::parse(&self.steps)?),
            member("variables", Json::parse(&self.variables)?),
        ]))
    }
}

const COLUMNS: &str =
    "id, name, description, steps, variables, channel, trigger_type, trigger_config, enabled,
    published_version, published_at, version, created_at, updated_at";
/// The same as one value.
const JSON: &str = "json_object('id', id, 'name', name, 'description', description, 'steps', steps,
    'variables', variables, 'channel', channel, 'trigger_type', trigger_type, 'trigger_config', trigger_config,
    'enabled', enabled, 'published_version', published_version, 'published_at', published_at, 'version', version,
    'created_at', created_at, 'updated_at', updated_at)";

/// An organization's flows, last changed first; those of one channel where it is given.
pub async fn list(
    db: &Database,
    organization: OrganizationId,
    channel: Option<&str>,
) -> Result<Vec<Flow>, StoreError> {
    let of_channel = if channel.is_some() { "channel = ?2" } else { "?2 = ''" };
    let sql = format!(
        "SELECT {COLUMNS} FROM flows WHERE organization_id = ?1 AND {of_channel} ORDER BY updated_at DESC, id DESC LIMIT ?3"
    );
    db.all(&sql, &[text(organization), text(channel.unwrap_or_default()), MOST.into()]).await
}

/// A flow of an organization; one of another is not there.
pub async fn find(
    db: &Database,
    organization: OrganizationId,
    id: FlowId,
) -> Result<Option<Flow>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM flows WHERE organization_id = ?1 AND id = ?2");
    db.first(&sql, &[text(organization), text(id)]).await
}

/// The question for it, to be asked along with a key.
pub fn asked(organization: OrganizationId, id: FlowId) -> Along {
    let sql = format!("SELECT {JSON} FROM flows WHERE organization_id = ?3 AND id = ?4");
    Along { sql, values: vec![text(organization), text(id)] }
}

/// The published flows of a channel besides one.
pub async fn beside(
    db: &Database,
    organization: OrganizationId,
    flow: &Flow,
) -> Result<Vec<Flow>, StoreError> {
    let Some(channel) = &flow.channel else { return Ok(Vec::new()) };
    let sql = format!(
        "SELECT {COLUMNS} FROM flows WHERE organization_id = ?1 AND channel = ?2 AND id <> ?3 AND enabled = 1
            AND published_version IS NOT NULL LIMIT ?4"
    );
    db.all(&sql, &[text(organization), text(channel), text(flow.id), MOST.into()]).await
}

/// Makes a flow.
pub fn insert(
    db: &Database,
    organization: OrganizationId,
    flow: &Flow,
    entry: &Entry<'_>,
) -> Result<Vec<Statement>, StoreError> {
    let sql = "INSERT INTO flows (organization_id, id, name, description, steps, channel, trigger_type, trigger_config, enabled,
            created_at, updated_at, variables) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10, ?11)";
    let values = [
        text(organization),
        text(flow.id),
        text(&flow.name),
        optional(flow.description.as_ref()),
        text(&flow.steps),
        optional(flow.channel.as_ref()),
        text(&flow.trigger_type),
        optional(flow.trigger_config.as_ref()),
        flow.enabled.into(),
        text(flow.created_at),
        text(&flow.variables),
    ];
    Ok(vec![db.statement(sql, &values)?, audit::note(db, entry)?])
}

/// What has to be as it was read for a change to be made.
const UNCHANGED: &str = "organization_id = ?1 AND id = ?2 AND updated_at = ?3";

/// Changes a flow, unless somebody else has done so since it was read; false then. `published` is the JSON of a version that
/// comes with the change.
pub async fn update(
    db: &Database,
    organization: OrganizationId,
    before: &Flow,
    after: &Flow,
    published: Option<&str>,
    entry: &Entry<'_>,
) -> Result<bool, StoreError> {
    let sql = format!(
        "UPDATE flows SET name = ?4, description = ?5, steps = ?6, channel = ?7, trigger_type = ?8, trigger_config = ?9,
            enabled = ?10, published_version = ?11, published_at = ?12, version = ?13, updated_at = ?14, variables = ?15 WHERE {UNCHANGED}"
    );
    let values = [
        text(organization),
        text(before.id),
        text(before.updated_at),
        text(&after.name),
        optional(after.description.as_ref()),
        text(&after.steps),
        optional(after.channel.as_ref()),
        text(&after.trigger_type),
        optional(after.trigger_config.as_ref()),
        after.enabled.into(),
        after.published_version.map_or(wasm_bindgen::JsValue::NULL, Into::into),
        optional(after.published_at),
        after.version.into(),
        text(after.updated_at),
        text(&after.variables),
    ];
    let mut statements = Vec::new();
    if let Some(published) = published {
        // First, for it must be there when the flow names it.
        let sql = format!(
            "INSERT INTO flow_versions (organization_id, flow_id, version, steps, published_at)
                SELECT ?1, ?2, ?4, ?5, ?6 FROM flows WHERE {UNCHANGED}"
        );
        let values = [
            text(organization),
            text(before.id),
            text(before.updated_at),
            after.version.into(),
            text(published),
            optional(after.published_at),
        ];
        statements.push(db.statement(&sql, &values)?);
    }
    statements.push(db.statement(&sql, &values)?);
    statements.push(audit::note(db, entry)?);
    db.batch(statements).await?;
    audit::is_noted(db, entry).await
}

/// Deletes a flow and its versions; conversations that follow it go on.
pub async fn delete(
    db: &Database,
    organization: OrganizationId,
    id: FlowId,
    entry: &Entry<'_>,
) -> Result<(), StoreError> {
    let values = [text(organization), text(id)];
    let versions = "DELETE FROM flow_versions WHERE organization_id = ?1 AND flow_id = ?2";
    let tests = "DELETE FROM flow_tests WHERE organization_id = ?1 AND flow_id = ?2";
    let flow = "DELETE FROM flows WHERE organization_id = ?1 AND id = ?2";
    let mut statements = Vec::new();
    for sql in [versions, tests, flow] {
        statements.push(db.statement(sql, &values)?);
    }
    statements.push(audit::note(db, entry)?);
    db.batch(statements).await
}

/// A version in the list of a flow's.
#[derive(Debug, Serialize, Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Version {
    /// Which, from 1 up.
    pub version: u32,
    /// When it was published.
    pub published_at: Timestamp,
}

/// A flow's versions, newest first.
pub async fn versions(
    db: &Database,
    organization: OrganizationId,
    id: FlowId,
) -> Result<Vec<Version>, StoreError> {
    let sql = "SELECT version, published_at AS publishedAt FROM flow_versions
        WHERE organization_id = ?1 AND flow_id = ?2 ORDER BY version DESC LIMIT ?3";
    db.all(sql, &[text(organization), text(id), MOST.into()]).await
}

/// A widget whose configuration has to do with a flow.
#[derive(Debug, Read)]
pub struct Follower {
    /// Its id.
    pub id: WidgetId,
    /// What its pages name it by.
    pub token: String,
}

/// The widgets that follow a flow, by their settings or by the flow's channel.
pub async fn followers(
    db: &Database,
    organization: OrganizationId,
    flow: &Flow,
    limit: u32,
) -> Result<Vec<Follower>, StoreError> {
    let sql = "SELECT id, token FROM widgets WHERE organization_id = ?1 AND flow_id = ?2 AND deleted_at IS NULL
        UNION SELECT id, token FROM widgets WHERE organization_id = ?1 AND id = ?3 AND deleted_at IS NULL LIMIT ?4";
    let values =
        [text(organization), text(flow.id), text(flow.channel.as_deref().unwrap_or_default()), limit.into()];
    db.all(sql, &values).await
}
