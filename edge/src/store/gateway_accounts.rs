//! The accounts that chat servers speak for, as administrators see them.

use super::audit::{self, Entry};
use super::webhooks::Endpoint;
use super::{Database, Statement, StoreError, text};
use serde::Serialize;
use shared::id::{GatewayAccountId, GatewayServerId, OrganizationId, WidgetId};
use shared::json::{self, Read, Wrong};
use shared::model::settings::WidgetSettings;
use shared::text::FilledLine;
use shared::time::Timestamp;

/// The most accounts of an organization.
pub const MOST: u32 = 100;
/// The most servers of an account.
pub const MOST_SERVERS: u32 = 20;

/// An account.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct GatewayAccount {
    /// Its id.
    pub id: GatewayAccountId,
    /// The channel that it is.
    pub channel_id: WidgetId,
    /// What it is called.
    pub name: FilledLine<200>,
    /// What chat servers name it by (`chatAccountToken`); no secret without their key.
    pub token: String,
    /// The servers that may speak for it.
    pub servers: Vec<GatewayServer>,
    /// The sites that may chat; any where there are none: the channel's own.
    pub allowed_domains: Vec<String>,
    /// The addresses and networks that may not: the channel's own.
    pub blocked_ips: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A chat server that is registered.
#[derive(Debug, Clone, Serialize, Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct GatewayServer {
    /// Its id.
    pub id: GatewayServerId,
    /// What it calls itself (`chatServer`).
    pub server: String,
    /// Where it is told what agents and bots say: `/messageForCustomer` below this.
    pub callback_url: String,
    /// When it was registered.
    pub created_at: Timestamp,
}

#[derive(Read)]
struct Row {
    id: GatewayAccountId,
    widget_id: WidgetId,
    name: FilledLine<200>,
    token: String,
    servers: String,
    settings: String,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl GatewayAccount {
    /// The same with the rules of its channel, whose settings these are.
    pub fn with_rules(self, settings: &str) -> Result<Self, Wrong> {
        let rules: WidgetSettings = json::read(settings)?;
        Ok(Self {
            allowed_domains: rules.allowed_domains.iter().map(ToString::to_string).collect(),
            blocked_ips: rules.blocked_ips.iter().map(ToString::to_string).collect(),
            ..self
        })
    }
}

impl Row {
    fn account(self) -> Result<GatewayAccount, StoreError> {
        let account = GatewayAccount {
            id: self.id,
            channel_id: self.widget_id,
            name: self.name,
            token: self.token,
            servers: json::read(&self.servers)?,
            allowed_domains: Vec::new(),
            blocked_ips: Vec::new(),
            created_at: self.created_at,
            updated_at: self.updated_at,
        };
        Ok(account.with_rules(&self.settings)?)
    }
}

const COLUMNS: &str = "a.id, a.widget_id, a.name, a.token, w.settings, a.created_at, a.updated_at,
    (SELECT json_group_array(json_object('id', s.id, 'server', s.server, 'callbackUrl', s.callback_url, 'createdAt', s.created_at)
        ORDER BY s.id) FROM gateway_servers s WHERE s.organization_id = a.organization_id AND s.account_id = a.id) AS servers
    FROM gateway_accounts a JOIN widgets w ON w.id = a.widget_id";

/// An organization's accounts, oldest first.
pub async fn list(db: &Database, organization: OrganizationId) -> Result<Vec<GatewayAccount>, StoreError> {
    let sql = format!("SELECT {COLUMNS} WHERE a.organization_id = ?1 ORDER BY a.id");
    let rows: Vec<Row> = db.all(&sql, &[text(organization)]).await?;
    rows.into_iter().map(Row::account).collect()
}

/// An account of an organization; one of another is not there.
pub async fn find(
    db: &Database,
    organization: OrganizationId,
    id: GatewayAccountId,
) -> Result<Option<GatewayAccount>, StoreError> {
    let sql = format!("SELECT {COLUMNS} WHERE a.organization_id = ?1 AND a.id = ?2");
    let row: Option<Row> = db.first(&sql, &[text(organization), text(id)]).await?;
    row.map(Row::account).transpose()
}

/// Makes an account. Fails where there are as many as there can be.
pub fn insert(
    db: &Database,
    organization: OrganizationId,
    account: &GatewayAccount,
) -> Result<Statement, StoreError> {
    let sql =
        "INSERT INTO gateway_accounts (id, organization_id, widget_id, name, token, created_at, updated_at)
        VALUES (?1, iif((SELECT count(*) FROM gateway_accounts WHERE organization_id = ?2) < ?7, ?2, NULL), ?3, ?4, ?5, ?6, ?6)";
    let GatewayAccount { id, channel_id, name, token, created_at, .. } = account;
    let values = [
        text(id),
        text(organization),
        text(channel_id),
        text(name),
        text(token),
        text(created_at),
        MOST.into(),
    ];
    db.statement(sql, &values)
}

/// Gives an account another name.
pub async fn rename(
    db: &Database,
    organization: OrganizationId,
    account: &GatewayAccount,
    entry: &Entry<'_>,
) -> Result<(), StoreError> {
    let sql = "UPDATE gateway_accounts SET name = ?3, updated_at = ?4 WHERE organization_id = ?1 AND id = ?2";
    let values = [text(organization), text(account.id), text(&account.name), text(account.updated_at)];
    db.batch(vec![db.statement(sql, &values)?, audit::note(db, entry)?]).await
}

/// Removes an account with its servers and sessions, whose names another may use; what was said stays.
pub async fn delete(
    db: &Database,
    organization: OrganizationId,
    id: GatewayAccountId,
    entry: &Entry<'_>,
) -> Result<(), StoreError> {
    let values = [text(organization), text(id)];
    let servers = "DELETE FROM gateway_servers WHERE organization_id = ?1 AND account_id = ?2";
    let sessions = "DELETE FROM gateway_sessions WHERE organization_id = ?1 AND account_id = ?2";
    let account = "DELETE FROM gateway_accounts WHERE organization_id = ?1 AND id = ?2";
    let statements = vec![
        db.statement(servers, &values)?,
        db.statement(sessions, &values)?,
        db.statement(account, &values)?,
        audit::note(db, entry)?,
    ];
    db.batch(statements).await
}

/// Where and how a server is told what is answered; none where it is registered no more.
pub async fn endpoint(
    db: &Database,
    organization: OrganizationId,
    id: GatewayServerId,
) -> Result<Option<Endpoint>, StoreError> {
    let sql =
        "SELECT rtrim(callback_url, '/') || '/messageForCustomer' AS url, secret, origin FROM gateway_servers
        WHERE organization_id = ?1 AND id = ?2";
    db.first(sql, &[text(organization), text(id)]).await
}

/// What a server's secret is sealed for.
pub fn of(server: GatewayServerId) -> String {
    format!("gateway {server}")
}

/// Registers a server, with its sealed secret and the origin that it is told of. Fails where there are as many as there can
/// be, or this one.
pub fn insert_server(
    db: &Database,
    organization: OrganizationId,
    account: GatewayAccountId,
    server: &GatewayServer,
    sealed: &str,
    origin: &str,
) -> Result<Statement, StoreError> {
    let sql = "INSERT INTO gateway_servers (id, organization_id, account_id, server, callback_url, secret, origin, created_at)
        VALUES (?1, iif((SELECT count(*) FROM gateway_servers WHERE account_id = ?3) < ?9, ?2, NULL), ?3, ?4, ?5, ?6, ?7, ?8)";
    let GatewayServer { id, server, callback_url, created_at } = server;
    let values = [
        text(id),
        text(organization),
        text(account),
        text(server),
        text(callback_url),
        text(sealed),
        text(origin),
        text(created_at),
        MOST_SERVERS.into(),
    ];
    db.statement(sql, &values)
}

/// Gives a server another secret, sealed.
pub fn set_secret(
    db: &Database,
    organization: OrganizationId,
    server: GatewayServerId,
    sealed: &str,
) -> Result<Statement, StoreError> {
    let sql = "UPDATE gateway_servers SET secret = ?3 WHERE organization_id = ?1 AND id = ?2";
    db.statement(sql, &[text(organization), text(server), text(sealed)])
}

/// Has a server told elsewhere.
pub async fn move_server(
    db: &Database,
    organization: OrganizationId,
    server: &GatewayServer,
    entry: &Entry<'_>,
) -> Result<(), StoreError> {
    let sql = "UPDATE gateway_servers SET callback_url = ?3 WHERE organization_id = ?1 AND id = ?2";
    let values = [text(organization), text(server.id), text(&server.callback_url)];
    db.batch(vec![db.statement(sql, &values)?, audit::note(db, entry)?]).await
}

/// Registers a server no more.
pub async fn delete_server(
    db: &Database,
    organization: OrganizationId,
    id: GatewayServerId,
    entry: &Entry<'_>,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM gateway_servers WHERE organization_id = ?1 AND id = ?2";
    db.batch(vec![db.statement(sql, &[text(organization), text(id)])?, audit::note(db, entry)?]).await
}
