//! The outbox: what there is to tell of what a Thread projects. It is written in the batch that writes the record, before
//! the rows that it is compared with: so it is kept exactly if the record is, and once.

use super::conversations::{PROJECTED, RECORD};
use super::projection::Values;
use super::{Database, Statement, StoreError, optional, text};
use crate::platform::{now, random};
use shared::id::{DeliveryId, OrganizationId};
use shared::json::Json;
use wasm_bindgen::JsValue;

/// What of a row of `deliveries` wakes whoever sends it: a [`super::deliveries::Hint`] as JSON.
pub const HINT: &str = "json_object('organization', organization_id, 'target', target_kind, 'id', target_id, 'session', session) AS hint";

/// Whether anybody is to be told. Where nobody is when this is asked, what was said before need not be told: who comes
/// later is told of what happens later.
pub async fn is_wanted(db: &Database, organization: OrganizationId) -> Result<bool, StoreError> {
    let sql = "SELECT 1 AS one FROM webhooks WHERE organization_id = ?1 AND enabled = 1 LIMIT 1";
    Ok(!db.rows(sql, &[text(organization)]).await?.is_empty())
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
