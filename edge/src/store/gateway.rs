//! Chat servers that forward their visitors: the accounts they speak for, and their sessions.

use super::{Database, StoreError, text};
use shared::id::{ConversationId, GatewayAccountId, GatewayServerId, OrganizationId, VisitorId, WidgetId};
use shared::json::Read;
use shared::time::Timestamp;

/// The most sessions that are told of a queue.
const MOST_QUEUED: u32 = 1000;

/// An account as a call needs it.
#[derive(Debug, Clone, Read)]
pub struct Account {
    /// Its id.
    pub id: GatewayAccountId,
    /// The widget that it is.
    pub widget: WidgetId,
    /// The public token of that widget, by which its configuration is found.
    pub widget_token: String,
    /// What it is called.
    pub name: String,
}

/// A session of a chat server's.
#[derive(Debug, Clone, Read)]
pub struct Session {
    /// The account it began with.
    pub account: GatewayAccountId,
    /// The widget of that account.
    pub widget: WidgetId,
    /// The visitor that it is.
    pub visitor: VisitorId,
}

/// One who waits.
#[derive(Debug, Read)]
pub struct Waiting {
    /// The session.
    pub session: String,
    /// Since when.
    pub since: Timestamp,
}

const ACCOUNT: &str = "a.id, a.widget_id AS widget, w.token AS widget_token, a.name FROM gateway_accounts a
    JOIN widgets w ON w.id = a.widget_id AND w.deleted_at IS NULL";

/// The account of this token.
pub async fn account(
    db: &Database,
    organization: OrganizationId,
    token: &str,
) -> Result<Option<Account>, StoreError> {
    let sql = format!("SELECT {ACCOUNT} WHERE a.organization_id = ?1 AND a.token = ?2");
    db.first(&sql, &[text(organization), text(token)]).await
}

/// All accounts of an organization.
pub async fn accounts(db: &Database, organization: OrganizationId) -> Result<Vec<Account>, StoreError> {
    let sql = format!("SELECT {ACCOUNT} WHERE a.organization_id = ?1 ORDER BY a.id");
    db.all(&sql, &[text(organization)]).await
}

/// The account of this token with a server that is registered there.
pub async fn server(
    db: &Database,
    organization: OrganizationId,
    token: &str,
    server: &str,
) -> Result<Option<(Account, GatewayServerId)>, StoreError> {
    #[derive(Read)]
    struct Row {
        id: GatewayAccountId,
        widget: WidgetId,
        widget_token: String,
        name: String,
        server: GatewayServerId,
    }
    let sql = "SELECT a.id, a.widget_id AS widget, w.token AS widget_token, a.name, s.id AS server
        FROM gateway_accounts a JOIN widgets w ON w.id = a.widget_id AND w.deleted_at IS NULL
        JOIN gateway_servers s ON s.organization_id = a.organization_id AND s.account_id = a.id AND s.server = ?3
        WHERE a.organization_id = ?1 AND a.token = ?2";
    let row: Option<Row> = db.first(sql, &[text(organization), text(token), text(server)]).await?;
    Ok(row.map(|Row { id, widget, widget_token, name, server }| {
        (Account { id, widget, widget_token, name }, server)
    }))
}

/// A session that came by a server of this name.
pub async fn session(
    db: &Database,
    organization: OrganizationId,
    session: &str,
    server: &str,
) -> Result<Option<Session>, StoreError> {
    let sql = "SELECT g.account_id AS account, g.widget_id AS widget, g.visitor_id AS visitor FROM gateway_sessions g
        WHERE g.organization_id = ?1 AND g.session = ?2 AND EXISTS (SELECT 1 FROM gateway_servers s
            WHERE s.organization_id = ?1 AND s.account_id = g.account_id AND s.server = ?3)";
    db.first(sql, &[text(organization), text(session), text(server)]).await
}

/// Begins a session, unless it has begun: then it stays the account's that began it, and is answered at the server by
/// which it came last. Gives it as it is.
pub async fn begin(
    db: &Database,
    organization: OrganizationId,
    name: &str,
    session: &Session,
    server: GatewayServerId,
    at: Timestamp,
) -> Result<Session, StoreError> {
    let sql = "INSERT INTO gateway_sessions (organization_id, session, account_id, server_id, widget_id, visitor_id, created_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT (organization_id, session) DO UPDATE
            SET server_id = iif(account_id = excluded.account_id, excluded.server_id, server_id)
        RETURNING account_id AS account, widget_id AS widget, visitor_id AS visitor";
    let Session { account, widget, visitor } = session;
    let values =
        [text(organization), text(name), text(account), text(server), text(widget), text(visitor), text(at)];
    let kept = db.first(sql, &values).await?;
    kept.ok_or_else(|| worker::Error::RustError("a session was not kept".into()).into())
}

/// The number of a conversation.
pub async fn ticket(
    db: &Database,
    organization: OrganizationId,
    conversation: ConversationId,
) -> Result<u32, StoreError> {
    #[derive(Read)]
    struct Row {
        number: u32,
    }
    let values = [text(organization), text(conversation)];
    // Most have one, and whoever tries to give another in vain uses a number up.
    let known = "SELECT number FROM tickets WHERE organization_id = ?1 AND conversation_id = ?2";
    if let Some(Row { number }) = db.first(known, &values).await? {
        return Ok(number);
    }
    let sql = "INSERT INTO tickets (organization_id, conversation_id) VALUES (?1, ?2)
        ON CONFLICT (conversation_id) DO UPDATE SET conversation_id = excluded.conversation_id RETURNING number";
    let row: Option<Row> = db.first(sql, &values).await?;
    let row = row.ok_or_else(|| worker::Error::RustError("a ticket has no number".into()))?;
    Ok(row.number)
}

/// The sessions of an account that wait for a person, the longest first: theirs is open, nobody has it, and nobody has
/// answered. They wait since they began, or since a bot handed them over.
pub async fn queue(
    db: &Database,
    organization: OrganizationId,
    account: GatewayAccountId,
) -> Result<Vec<Waiting>, StoreError> {
    let sql = "SELECT g.session, coalesce((SELECT max(m.created_at) FROM messages m
            WHERE m.conversation_id = c.id AND m.json ->> '$.payload.notice' = 'handoff'), c.created_at) AS since
        FROM conversations c JOIN gateway_sessions g ON g.organization_id = ?1 AND g.visitor_id = c.visitor_id
        WHERE c.organization_id = ?1 AND c.status = 'open' AND c.assignee_id IS NULL AND g.account_id = ?2
            AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = c.id AND m.author_kind = 'agent'
                AND m.json ->> '$.private' IS NULL)
        ORDER BY since, c.id LIMIT ?3";
    db.all(sql, &[text(organization), text(account), MOST_QUEUED.into()]).await
}
