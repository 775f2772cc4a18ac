//! Whom visitors have proved to be, and the secrets by which hosts prove it.

use super::audit::{self, Entry};
use super::{Database, Statement, StoreError, text};
use crate::http::fields::quoted;
use serde::Serialize;
use shared::id::{OrganizationId, VisitorId, WidgetId};
use shared::json::Read;
use shared::time::Timestamp;

/// The kinds of proof. What one kind proves, another does not: a host's user whose id looks like an address is not
/// whoever reads that address's mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Kind {
    /// The host signed its user's id.
    #[serde(rename = "host:uid")]
    HostUser,
    /// The host signed an e-mail address.
    #[serde(rename = "host:email")]
    HostEmail,
    /// Somebody read a code in this address's mail.
    #[serde(rename = "code:email")]
    CodeEmail,
}

impl Kind {
    /// Its name.
    pub fn tag(self) -> &'static str {
        match self {
            Self::HostUser => "host:uid",
            Self::HostEmail => "host:email",
            Self::CodeEmail => "code:email",
        }
    }
}

/// Somebody, as far as it was proved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Identity {
    /// How it was proved.
    pub kind: Kind,
    /// The user's id or the e-mail address.
    pub value: String,
}

impl Identity {
    /// The identity as JSON.
    pub fn json(&self) -> String {
        format!(r#"{{"kind":"{}","value":{}}}"#, self.kind.tag(), quoted(&self.value))
    }
}

/// What is asked for, one text at a time.
#[derive(Read)]
struct Row {
    value: Option<String>,
}

/// The visitor who has proved to be this.
pub async fn visitor(
    db: &Database,
    organization: OrganizationId,
    widget: WidgetId,
    identity: &Identity,
) -> Result<Option<VisitorId>, StoreError> {
    let sql = "SELECT visitor_id AS value FROM identities
        WHERE organization_id = ?1 AND widget_id = ?2 AND kind = ?3 AND value = ?4";
    let values = [text(organization), text(widget), text(identity.kind.tag()), text(&identity.value)];
    let row = db.first::<Row>(sql, &values).await?;
    Ok(row.and_then(|row| VisitorId::parse(&row.value?).ok()))
}

/// Keeps who this visitor has proved to be, unless somebody is known as that already, or the visitor as somebody else.
/// Gives the visitor who is known as that now, if there is one.
pub async fn claim(
    db: &Database,
    organization: OrganizationId,
    widget: WidgetId,
    identity: &Identity,
    claimant: VisitorId,
    now: Timestamp,
) -> Result<Option<VisitorId>, StoreError> {
    let sql =
        "INSERT OR IGNORE INTO identities (organization_id, widget_id, kind, value, visitor_id, created_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let values = [
        text(organization),
        text(widget),
        text(identity.kind.tag()),
        text(&identity.value),
        text(claimant),
        text(now),
    ];
    db.batch(vec![db.statement(sql, &values)?]).await?;
    visitor(db, organization, widget, identity).await
}

/// Forgets whom a visitor has proved to be.
pub async fn forget(
    db: &Database,
    organization: OrganizationId,
    widget: WidgetId,
    visitor: VisitorId,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM identities WHERE organization_id = ?1 AND widget_id = ?2 AND visitor_id = ?3";
    let values = [text(organization), text(widget), text(visitor)];
    db.batch(vec![db.statement(sql, &values)?]).await
}

/// A widget's identity secret, sealed by [`crate::auth::sealed`] for the widget's id; none where none is set.
pub async fn secret(
    db: &Database,
    organization: OrganizationId,
    widget: WidgetId,
) -> Result<Option<String>, StoreError> {
    let sql = "SELECT identity_secret AS value FROM widgets WHERE organization_id = ?1 AND id = ?2";
    let row = db.first::<Row>(sql, &[text(organization), text(widget)]).await?;
    Ok(row.and_then(|row| row.value))
}

/// Keeps a widget's identity secret, sealed for the widget's id. What the old one signed proves nothing from then on.
pub fn set_secret(
    db: &Database,
    organization: OrganizationId,
    widget: WidgetId,
    sealed: &str,
    now: Timestamp,
) -> Result<Statement, StoreError> {
    let sql = "UPDATE widgets SET identity_secret = ?3, identity_secret_rotated_at = ?4
        WHERE organization_id = ?1 AND id = ?2 AND deleted_at IS NULL";
    db.statement(sql, &[text(organization), text(widget), text(sealed), text(now)])
}

/// Takes a widget's identity secret away.
pub async fn revoke_secret(
    db: &Database,
    organization: OrganizationId,
    widget: WidgetId,
    entry: &Entry<'_>,
) -> Result<(), StoreError> {
    let sql = "UPDATE widgets SET identity_secret = NULL, identity_secret_rotated_at = NULL
        WHERE organization_id = ?1 AND id = ?2 AND identity_secret IS NOT NULL AND deleted_at IS NULL";
    db.batch(vec![db.statement(sql, &[text(organization), text(widget)])?, audit::note(db, entry)?]).await
}
