//! Webhooks: servers of an organization's that have subscribed to what happens.

use super::audit::{self, Entry};
use super::deliveries::{Target, sending};
use super::{Database, Statement, StoreError, optional, text};
use serde::Serialize;
use shared::id::{OrganizationId, WebhookId};
use shared::json::{self, Read};
use shared::model::event::Event;
use shared::text::Name;
use shared::time::Timestamp;

/// The most webhooks of an organization.
pub const MOST: u32 = 20;

/// A webhook. Its secret is not told.
#[derive(Debug, Clone, Serialize, Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Webhook {
    /// Its id.
    pub id: WebhookId,
    /// What its owner calls it.
    pub name: Name,
    /// Where it is told.
    #[cfg_attr(feature = "schema", schemars(url))]
    pub url: String,
    /// What it is told of.
    pub events: Vec<Event>,
    /// Whether it is told.
    pub enabled: bool,
    /// Why it is not, where nobody has asked for that.
    pub disabled_reason: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What its secret is sealed for.
pub fn of(id: WebhookId) -> String {
    format!("webhook {id}")
}

const JSON: &str = "json_object('id', id, 'name', name, 'url', url, 'events', json(events), 'enabled',
    json(iif(enabled, 'true', 'false')), 'disabledReason', disabled_reason, 'createdAt', created_at, 'updatedAt', updated_at)
    AS json";

#[derive(Read)]
struct Row {
    json: String,
}

/// An organization's webhooks, newest first.
pub async fn list(db: &Database, organization: OrganizationId) -> Result<Vec<Webhook>, StoreError> {
    let sql = format!("SELECT {JSON} FROM webhooks WHERE organization_id = ?1 ORDER BY id DESC");
    let rows = db.all::<Row>(&sql, &[text(organization)]).await?;
    Ok(rows.iter().map(|row| json::read(&row.json)).collect::<Result<_, _>>()?)
}

/// A webhook of an organization; one of another is not there.
pub async fn find(
    db: &Database,
    organization: OrganizationId,
    id: WebhookId,
) -> Result<Option<Webhook>, StoreError> {
    let sql = format!("SELECT {JSON} FROM webhooks WHERE organization_id = ?1 AND id = ?2");
    let row = db.first::<Row>(&sql, &[text(organization), text(id)]).await?;
    Ok(row.map(|row| json::read(&row.json)).transpose()?)
}

/// Makes a webhook, with its sealed secret and the origin that addresses of files in its deliveries have. Fails where there
/// are as many as there can be.
pub fn insert(
    db: &Database,
    organization: OrganizationId,
    webhook: &Webhook,
    sealed: &str,
    origin: &str,
) -> Result<Statement, StoreError> {
    let sql =
        "INSERT INTO webhooks (id, organization_id, name, url, events, enabled, secret, origin, created_at, updated_at)
        VALUES (?1, iif((SELECT count(*) FROM webhooks WHERE organization_id = ?2) < ?10, ?2, NULL), ?3, ?4, ?5, ?6, ?7, ?8,
            ?9, ?9)";
    let values = [
        text(webhook.id),
        text(organization),
        text(&webhook.name),
        text(&webhook.url),
        text(serde_json::to_string(&webhook.events)?),
        u8::from(webhook.enabled).into(),
        text(sealed),
        text(origin),
        text(webhook.created_at),
        MOST.into(),
    ];
    db.statement(sql, &values)
}

/// Changes a webhook, unless it has changed meanwhile; whether it did. What is still to be sent to one that is told no more
/// is dead.
pub async fn update(
    db: &Database,
    organization: OrganizationId,
    before: &Webhook,
    after: &Webhook,
    entry: &Entry<'_>,
) -> Result<bool, StoreError> {
    let sql = "UPDATE webhooks SET name = ?3, url = ?4, events = ?5, enabled = ?6, disabled_reason = ?7, updated_at = ?8,
            died = iif(enabled, died, 0)
        WHERE organization_id = ?1 AND id = ?2 AND updated_at = ?9";
    let values = [
        text(organization),
        text(after.id),
        text(&after.name),
        text(&after.url),
        text(serde_json::to_string(&after.events)?),
        u8::from(after.enabled).into(),
        optional(after.disabled_reason.as_ref()),
        text(after.updated_at),
        text(before.updated_at),
    ];
    let given_up = sending::give_up(db, organization, Target::Webhook(after.id))?;
    db.batch(vec![db.statement(sql, &values)?, audit::note(db, entry)?, given_up]).await?;
    audit::is_noted(db, entry).await
}

/// Deletes a webhook; whether it was there. What it was told stays in the log until it is swept.
pub async fn delete(
    db: &Database,
    organization: OrganizationId,
    id: WebhookId,
    entry: &Entry<'_>,
) -> Result<bool, StoreError> {
    let sql = "DELETE FROM webhooks WHERE organization_id = ?1 AND id = ?2";
    let deleted = db.statement(sql, &[text(organization), text(id)])?;
    let given_up = sending::give_up(db, organization, Target::Webhook(id))?;
    db.batch(vec![deleted, audit::note(db, entry)?, given_up]).await?;
    audit::is_noted(db, entry).await
}

/// Keeps a sealed secret in the place of the one before.
pub fn set_secret(
    db: &Database,
    organization: OrganizationId,
    id: WebhookId,
    sealed: &str,
) -> Result<Statement, StoreError> {
    let sql = "UPDATE webhooks SET secret = ?3 WHERE organization_id = ?1 AND id = ?2";
    db.statement(sql, &[text(organization), text(id), text(sealed)])
}

/// Where and how a target is told.
#[derive(Debug, Read)]
pub struct Endpoint {
    /// The address.
    pub url: String,
    /// What is signed with, sealed.
    pub secret: String,
    /// The origin that addresses of files have.
    pub origin: String,
}

/// Where and how a webhook is told; none where it is not told.
pub async fn endpoint(
    db: &Database,
    organization: OrganizationId,
    id: WebhookId,
) -> Result<Option<Endpoint>, StoreError> {
    let sql =
        "SELECT url, secret, origin FROM webhooks WHERE organization_id = ?1 AND id = ?2 AND enabled = 1";
    db.first(sql, &[text(organization), text(id)]).await
}
