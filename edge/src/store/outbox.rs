//! The outbox: what there is to tell of what a Thread projects. It is written in the batch that writes the record, before
//! the rows that it is compared with: so it is kept exactly if the record is, and once.

use super::conversations::{PROJECTED, RECORD};
use super::projection::Values;
use super::{Database, Statement, StoreError, optional, text};
use crate::platform::{now, random};
use shared::id::{ConversationId, DeliveryId, OrganizationId, VisitorId};
use shared::json::{Json, Read};
use wasm_bindgen::JsValue;

/// What of a row of `deliveries` wakes whoever sends it: a [`super::deliveries::Hint`] as JSON.
pub const HINT: &str = "json_object('organization', organization_id, 'target', target_kind, 'id', target_id, 'session', session) AS hint";

/// Who is to be told of what a visitor's Thread projects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Read)]
pub struct Wanted {
    /// Webhooks of the organization.
    webhooks: u8,
    /// The chat server that the visitor has come by.
    gateway: u8,
}

impl Wanted {
    /// Whether webhooks are.
    pub fn by_webhooks(self) -> bool {
        self.webhooks != 0
    }

    /// Whether a chat server is.
    pub fn by_a_chat_server(self) -> bool {
        self.gateway != 0
    }
}

/// Whether anybody is to be told. Where nobody is when this is asked, what was said before need not be told: who comes
/// later is told of what happens later.
pub async fn wanted(
    db: &Database,
    organization: OrganizationId,
    visitor: VisitorId,
) -> Result<Wanted, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM webhooks WHERE organization_id = ?1 AND enabled = 1) AS webhooks,
        EXISTS (SELECT 1 FROM gateway_sessions WHERE organization_id = ?1 AND visitor_id = ?2) AS gateway";
    let wanted = db.first(sql, &[text(organization), text(visitor)]).await?;
    Ok(wanted.unwrap_or(Wanted { webhooks: 0, gateway: 0 }))
}

/// The hints that statements of the outbox gave, each once.
pub fn hints(rows: &[Json]) -> Result<Vec<String>, StoreError> {
    let mut hints = rows.iter().map(|row| row.field("hint")).collect::<Result<Vec<String>, _>>()?;
    hints.sort_unstable();
    hints.dedup();
    Ok(hints)
}

/// Keeps what happened for every webhook that wants to know of it, in that order; gives [`HINT`]s.
///
/// A message that is not in the record yet was created, one that is there was changed or taken back since; one that was
/// taken back before anybody was told of it is not told of. The ids are one that sorts after all before it, and those that
/// follow (RFC 9562, section 6.2, method 1): a projection has 50 messages and an organization 20 webhooks at most.
#[inline(never)]
pub fn keep_later(db: &Database, values: &Values, messages: Option<&str>) -> Result<Statement, StoreError> {
    // The conversation, its visitor and its agent, under the names that agents' own view of them is written in.
    let sql = format!(
        "WITH c AS (SELECT ?1 AS id, ?5 AS status, ?6 AS created_at, ?7 AS updated_at, ?8 AS closed_at, ?9 AS last_message,
                CAST(?10 AS INTEGER) AS unread, ?11 ->> '$.department' AS department_id, ?11 ->> '$.rating.score' AS rating,
                ?11 ->> '$.rating.comment' AS comment, coalesce(?11 -> '$.tags', '[]') AS tags),
            a AS (SELECT ?11 ->> '$.assignee.id' AS id, ?11 ->> '$.assignee.name' AS name),
            v AS (SELECT ?4 AS id, ?12 AS name, ?13 AS email, ?14 AS phone, ?15 AS context, ?16 AS identity, ?17 AS metadata),
            k AS (SELECT * FROM (SELECT 1) LEFT JOIN conversations ON id = ?1 AND organization_id = ?2),
            happened (place, event, at, key, message) AS (
                SELECT iif(e.key < 2, e.key, 1000 + e.key), e.value, e.at, iif(e.key = 1, ?16, e.at), NULL FROM k, a, c,
                    (SELECT key, value, CASE key WHEN 0 THEN ?6 WHEN 3 THEN ?8 WHEN 4 THEN ?11 ->> '$.rating.at' ELSE ?7 END AS at
                        FROM json_each('[\"conversation.created\",\"visitor.identified\",\"conversation.assigned\",
                            \"conversation.closed\",\"conversation.rated\"]')) e
                    WHERE CASE e.key WHEN 0 THEN k.id IS NULL
                        WHEN 1 THEN ?16 IS NOT (SELECT identity FROM visitors WHERE id = ?4 AND organization_id = ?2)
                        WHEN 2 THEN a.id IS NOT k.assignee_id
                        WHEN 3 THEN ?5 = 'closed' AND ?8 IS NOT k.closed_at
                        ELSE c.rating IS NOT k.rating OR c.comment IS NOT k.rating_comment END
                UNION ALL SELECT 2 + m.key, CASE WHEN o.id IS NULL THEN 'message.created'
                        WHEN m.value ->> 'deletedAt' IS NULL THEN 'message.updated' ELSE 'message.deleted' END,
                    coalesce(m.value ->> 'deletedAt', m.value ->> 'editedAt', m.value ->> 'createdAt'),
                    m.value ->> 'id' || iif(o.id IS NULL, '', ' ' || (m.value ->> 'changed')), m.value
                    FROM json_each(?18) m LEFT JOIN messages o ON o.conversation_id = ?1 AND o.seq = m.value ->> 'seq'
                        AND o.organization_id = ?2
                    WHERE iif(o.id IS NULL, m.value ->> 'deletedAt' IS NULL, o.json <> m.value))
        INSERT OR IGNORE INTO deliveries (id, organization_id, target_kind, target_id, session, visitor_id, event, key, body,
            next_at, created_at)
        SELECT h.id, ?2, 'webhook', target, ?1, ?4, event, ?1 || key, json_object('id', h.id, 'event', event, 'createdAt', at,
            'organizationId', ?2, 'channelId', ?3, 'conversationId', ?1, 'visitorId', ?4, 'data', CASE
                WHEN message IS NOT NULL THEN json(message) WHEN event = 'visitor.identified' THEN view -> '$.visitor'
                ELSE json(view) END), ?20, ?20
        FROM (SELECT substr(?19, 1, 15) || printf('%03x', row_number() OVER (ORDER BY place)) || substr(?19, 19) AS id,
                happened.*, t.id AS target FROM webhooks t CROSS JOIN happened WHERE t.organization_id = ?2 AND t.enabled = 1
                AND event IN (SELECT value FROM json_each(t.events))) h
            CROSS JOIN (SELECT json_object({RECORD}, {PROJECTED}) AS view FROM c, v, a, widgets w WHERE w.id = ?3 AND w.organization_id = ?2)
        ORDER BY h.id RETURNING {HINT}"
    );
    let at = now();
    let mut values: Vec<JsValue> = values.to_vec();
    values.extend([optional(messages), text(DeliveryId::new(at, random()?)), text(at)]);
    db.statement(&sql, &values)
}

/// Keeps what agents and bots have said for the chat server that the visitor came by last, in the order it was said; gives
/// [`HINT`]s. The conversation has its number by then, for it is what the server knows it by.
#[inline(never)]
pub fn answer_later(
    db: &Database,
    organization: OrganizationId,
    visitor: VisitorId,
    conversation: ConversationId,
    messages: &str,
) -> Result<[Statement; 2], StoreError> {
    let number = "INSERT INTO tickets (organization_id, conversation_id) SELECT ?1, ?2
        WHERE NOT EXISTS (SELECT 1 FROM tickets WHERE conversation_id = ?2)";
    let sql = format!(
        "INSERT OR IGNORE INTO deliveries (id, organization_id, target_kind, target_id, session, visitor_id, event, key, body,
            next_at, created_at)
        SELECT substr(?5, 1, 15) || printf('%03x', m.key + 1) || substr(?5, 19), ?1, 'gateway', g.server_id, g.session, ?2,
            'messageForCustomer', m.value ->> 'id', json_object('chatServer', s.server, 'chatAccountToken', a.token,
                'chatSessionID', g.session, 'ticketID', (SELECT number FROM tickets WHERE conversation_id = ?3),
                'messageID', m.value ->> 'id', 'conversationId', ?3, 'message', m.value ->> '$.payload.text',
                'agentName', m.value ->> '$.author.name', 'bot', json(iif(m.value ->> '$.author.kind' = 'bot', 'true', 'false')),
                'createdAt', m.value ->> 'createdAt', 'payload', m.value -> 'payload'), ?6, ?6
        FROM gateway_sessions g JOIN gateway_servers s ON s.organization_id = ?1 AND s.id = g.server_id
            JOIN gateway_accounts a ON a.organization_id = ?1 AND a.id = g.account_id
            CROSS JOIN json_each(?4) m LEFT JOIN messages o ON o.conversation_id = ?3 AND o.seq = m.value ->> 'seq' AND o.organization_id = ?1
        WHERE g.organization_id = ?1 AND g.visitor_id = ?2 AND o.id IS NULL AND m.value ->> '$.author.kind' IN ('agent', 'bot')
            AND m.value ->> 'private' IS NULL AND m.value ->> 'deletedAt' IS NULL
        ORDER BY m.value ->> 'seq' RETURNING {HINT}"
    );
    let at = now();
    let values = [
        text(organization),
        text(visitor),
        text(conversation),
        text(messages),
        text(DeliveryId::new(at, random()?)),
        text(at),
    ];
    let numbered = db.statement(number, &[text(organization), text(conversation)])?;
    Ok([numbered, db.statement(&sql, &values)?])
}
