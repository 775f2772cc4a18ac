//! What servers of organizations are told: what is to be sent, and what was. Who sends it is in [`sending`].

pub mod sending;

use super::{Database, Statement, StoreError, optional, text};
use serde::Serialize;
use shared::id::{DeliveryId, GatewayServerId, OrganizationId, VisitorId, WebhookId};
use shared::json::{Json, Read, Wrong};
use shared::time::Timestamp;

/// Who is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A server of the organization's that has subscribed to what happens.
    Webhook(WebhookId),
    /// A chat server that has forwarded what a visitor said, and is told what is answered.
    Gateway(GatewayServerId),
}

impl Target {
    /// What kind it is, in SQL and JSON.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Webhook(_) => "webhook",
            Self::Gateway(_) => "gateway",
        }
    }

    /// Its id.
    pub fn id(self) -> String {
        match self {
            Self::Webhook(id) => id.to_string(),
            Self::Gateway(id) => id.to_string(),
        }
    }

    fn parse(kind: &str, id: &Json) -> Result<Self, Wrong> {
        match kind {
            "webhook" => Ok(Self::Webhook(WebhookId::read(id)?)),
            "gateway" => Ok(Self::Gateway(GatewayServerId::read(id)?)),
            _ => Err(Wrong::new("is no kind of target")),
        }
    }
}

/// Where there may be something to send. Of what has the same hint, one is sent after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// Whose it is.
    pub organization: OrganizationId,
    /// Who is told.
    pub target: Target,
    /// What is told in order: a webhook's conversation, a chat server's session.
    pub session: String,
}

impl Read for Hint {
    fn read(json: &Json) -> Result<Self, Wrong> {
        let kind: String = json.field("target")?;
        Ok(Self {
            organization: json.field("organization")?,
            target: Target::parse(&kind, &json.field("id")?)?,
            session: json.field("session")?,
        })
    }
}

impl Hint {
    /// As it is sent through the queue.
    pub fn json(&self) -> String {
        let member = |name: &str, value: String| (name.into(), Json::Text(value));
        let members = [
            member("organization", self.organization.to_string()),
            member("target", self.target.kind().into()),
            member("id", self.target.id()),
            member("session", self.session.clone()),
        ];
        Json::Object(members.into()).json()
    }
}

/// Something that is to be sent.
#[derive(Debug)]
pub struct New<'a> {
    /// Its id.
    pub id: DeliveryId,
    /// Where it goes, and after what.
    pub hint: &'a Hint,
    /// The visitor it tells of: it goes when they are forgotten.
    pub visitor: Option<VisitorId>,
    /// What happened.
    pub event: &'a str,
    /// Which of these events it is: of one target, event and key one alone is kept.
    pub key: &'a str,
    /// What is sent. Attachments in it have the keys of their files in the place of addresses.
    pub body: &'a str,
    /// The present.
    pub at: Timestamp,
}

/// Keeps what is to be sent, unless it is there already.
pub fn insert(db: &Database, new: &New<'_>) -> Result<Statement, StoreError> {
    let sql = "INSERT OR IGNORE INTO deliveries (id, organization_id, target_kind, target_id, session, visitor_id, event, key,
            body, next_at, created_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10)";
    let values = [
        text(new.id),
        text(new.hint.organization),
        text(new.hint.target.kind()),
        text(new.hint.target.id()),
        text(&new.hint.session),
        optional(new.visitor),
        text(new.event),
        text(new.key),
        text(new.body),
        text(new.at),
    ];
    db.statement(sql, &values)
}

/// How far a delivery has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It is to be sent, for the first time or again.
    Pending,
    /// The server has taken it.
    Delivered,
    /// It was tried as often as it is.
    Dead,
}

impl Status {
    /// Reads its name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Pending, Self::Delivered, Self::Dead].into_iter().find(|status| status.name() == name)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Dead => "dead",
        }
    }
}

/// A delivery as administrators see it.
#[derive(Debug, Serialize, Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    /// Its id, which the body and the header `X-Porchlight-Delivery` have.
    pub id: DeliveryId,
    /// The kind of its target: `webhook` or `gateway`.
    pub target: String,
    /// The id of its target.
    pub target_id: String,
    /// What is sent in order: the conversation, or the chat server's session.
    pub session: String,
    /// What happened.
    pub event: String,
    /// How far it has come.
    pub status: Status,
    /// How often it was sent.
    pub attempts: u32,
    /// When it is sent again; null unless it is pending.
    pub next_at: Option<Timestamp>,
    /// The status that the server last answered by; null where it did not.
    pub last_status: Option<u16>,
    /// What was wrong the last time.
    pub last_error: Option<String>,
    /// When it was kept.
    pub created_at: Timestamp,
    /// When the server took it.
    pub delivered_at: Option<Timestamp>,
    /// What is sent. Left out in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

const JSON: &str = "'id', id, 'target', target_kind, 'targetId', target_id, 'session', session, 'event', event, 'status', status,
    'attempts', attempts, 'nextAt', iif(status = 'pending', next_at, NULL), 'lastStatus', last_status, 'lastError', last_error,
    'createdAt', created_at, 'deliveredAt', delivered_at";

#[derive(Read)]
struct Row {
    json: String,
}

/// Up to `limit` deliveries to a target, newest first: those that stand so, and those before one of them, where these are given.
pub async fn list(
    db: &Database,
    organization: OrganizationId,
    target: Target,
    status: Option<Status>,
    before: Option<DeliveryId>,
    limit: u32,
) -> Result<Vec<Delivery>, StoreError> {
    let of_status = if status.is_some() { "status = ?5" } else { "?5 = ''" };
    let sql = format!(
        "SELECT json_object({JSON}) AS json FROM deliveries WHERE organization_id = ?1 AND target_id = ?2 AND id < ?3
            AND {of_status} ORDER BY id DESC LIMIT ?4"
    );
    // No id is written with this letter.
    let before = before.map_or("~".into(), |id| id.to_string());
    let status = status.map_or("", Status::name);
    let values = [text(organization), text(target.id()), text(before), limit.into(), text(status)];
    let rows = db.all::<Row>(&sql, &values).await?;
    Ok(rows.iter().map(|row| shared::json::read(&row.json)).collect::<Result<_, _>>()?)
}

/// A delivery of an organization, with its body; one of another is not there.
pub async fn find(
    db: &Database,
    organization: OrganizationId,
    id: DeliveryId,
) -> Result<Option<Delivery>, StoreError> {
    let sql = format!(
        "SELECT json_object({JSON}, 'body', body) AS json FROM deliveries WHERE organization_id = ?1 AND id = ?2"
    );
    let row = db.first::<Row>(&sql, &[text(organization), text(id)]).await?;
    Ok(row.map(|row| shared::json::read(&row.json)).transpose()?)
}

impl Delivery {
    /// Where it goes, and after what.
    pub fn hint(&self, organization: OrganizationId) -> Result<Hint, Wrong> {
        let target = Target::parse(&self.target, &Json::Text(self.target_id.clone()))?;
        Ok(Hint { organization, target, session: self.session.clone() })
    }
}

/// Has a delivery sent at once: again, as if it had never been, or sooner than it would have been. Whoever sends it at this
/// moment ends first.
pub fn replay(
    db: &Database,
    organization: OrganizationId,
    id: DeliveryId,
    now: Timestamp,
) -> Result<Statement, StoreError> {
    let sql = "UPDATE deliveries SET status = 'pending', attempts = iif(status = 'pending', attempts, 0), next_at = ?3,
            delivered_at = NULL
        WHERE organization_id = ?1 AND id = ?2";
    db.statement(sql, &[text(organization), text(id), text(now)])
}
