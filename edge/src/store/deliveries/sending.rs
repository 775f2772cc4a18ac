//! What whoever sends deliveries asks and tells the record. One delivery is held by one sender at a time, and of what has the
//! same hint only the oldest can be held.

use super::{Hint, Target};
use crate::store::audit::{self, Entry};
use crate::store::{Database, Statement, StoreError, optional, text};
use shared::id::{DeliveryId, OrganizationId};
use shared::json::Read;
use shared::time::Timestamp;

/// How long a sender holds a delivery, in seconds: longer than it can take to send one.
const HELD: i64 = 60;
/// After how many deliveries in a row that came to nothing a webhook is told no more.
const MOST_DIED: u32 = 50;
/// Why it is.
const DISABLED: &str = "50 deliveries in a row were tried as often as they are, in vain";
/// The most rows that one sweep removes of each kind.
const SWEPT: u32 = 10_000;

/// A delivery that is held.
#[derive(Debug, Read)]
pub struct Held {
    /// Its id.
    pub id: DeliveryId,
    /// What happened.
    pub event: String,
    /// What is to be sent.
    pub body: String,
    /// How often it was sent, this time counted.
    pub attempts: u32,
}

/// Takes hold of what is next where a hint leads, unless it is not due or somebody else holds it.
pub async fn hold(db: &Database, hint: &Hint, now: Timestamp) -> Result<Option<Held>, StoreError> {
    let sql = "UPDATE deliveries SET attempts = attempts + 1, held_until = ?5
        WHERE number = (SELECT number FROM deliveries WHERE target_id = ?2 AND session = ?3 AND status = 'pending'
                ORDER BY number LIMIT 1)
            AND organization_id = ?1 AND next_at <= ?4 AND coalesce(held_until, '') <= ?4
        RETURNING id, event, body, attempts";
    let values = [
        text(hint.organization),
        text(hint.target.id()),
        text(&hint.session),
        text(now),
        text(now.plus_seconds(HELD)),
    ];
    db.first(sql, &values).await
}

/// Notes that a server has taken a delivery.
pub async fn delivered(
    db: &Database,
    hint: &Hint,
    held: &Held,
    status: u16,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql =
        "UPDATE deliveries SET status = 'delivered', delivered_at = ?4, last_status = ?5, last_error = NULL,
            held_until = NULL
        WHERE organization_id = ?1 AND id = ?2 AND attempts = ?3";
    let values =
        [text(hint.organization), text(held.id), held.attempts.into(), text(now), u32::from(status).into()];
    let mut statements = vec![db.statement(sql, &values)?];
    match hint.target {
        Target::Webhook(id) => {
            let sql = "UPDATE webhooks SET died = 0 WHERE organization_id = ?1 AND id = ?2 AND died > 0";
            statements.push(db.statement(sql, &[text(hint.organization), text(id)])?);
        }
        Target::Gateway(_) => {}
    }
    db.batch(statements).await
}

/// Why a delivery came to nothing.
#[derive(Debug)]
pub struct Failure {
    /// The status that the server answered by, if it did.
    pub status: Option<u16>,
    /// In a sentence.
    pub error: String,
}

/// Notes that a delivery came to nothing this time, and when it is sent again.
pub async fn failed(
    db: &Database,
    hint: &Hint,
    held: &Held,
    failure: &Failure,
    next: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE deliveries SET next_at = ?6, last_status = ?4, last_error = ?5, held_until = NULL
        WHERE organization_id = ?1 AND id = ?2 AND attempts = ?3";
    db.batch(vec![db.statement(sql, &ended(hint, held, failure, next))?]).await
}

/// Notes that a delivery came to nothing for good. A webhook of which too many did in a row is told no more: what was still
/// to be sent to it is dead, and the audit says so.
pub async fn died(
    db: &Database,
    hint: &Hint,
    held: &Held,
    failure: &Failure,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql =
        "UPDATE deliveries SET status = 'dead', last_status = ?4, last_error = ?5, held_until = NULL, next_at = ?6
        WHERE organization_id = ?1 AND id = ?2 AND attempts = ?3";
    let mut statements = vec![db.statement(sql, &ended(hint, held, failure, now))?];
    match hint.target {
        Target::Webhook(id) => {
            let (organization, webhook) = (text(hint.organization), text(id));
            let count =
                "UPDATE webhooks SET died = died + 1 WHERE organization_id = ?1 AND id = ?2 AND enabled = 1";
            let disable = "UPDATE webhooks SET enabled = 0, disabled_reason = ?3, updated_at = ?4
                WHERE organization_id = ?1 AND id = ?2 AND enabled = 1 AND died >= ?5";
            statements.extend([
                db.statement(count, &[organization.clone(), webhook.clone()])?,
                db.statement(disable, &[organization, webhook, text(DISABLED), text(now), MOST_DIED.into()])?,
                audit::note(db, &Entry::by_itself(hint.organization, "webhook.disabled", id))?,
                give_up(db, hint.organization, hint.target)?,
            ]);
        }
        // Visitors wait for what a chat server is told: it is told as long as it is registered.
        Target::Gateway(_) => {}
    }
    db.batch(statements).await
}

fn ended(hint: &Hint, held: &Held, failure: &Failure, at: Timestamp) -> [wasm_bindgen::JsValue; 6] {
    [
        text(hint.organization),
        text(held.id),
        held.attempts.into(),
        optional(failure.status),
        text(&failure.error),
        text(at),
    ]
}

/// What was still to be sent to a target is dead, unless it is a webhook that is told.
pub fn give_up(db: &Database, organization: OrganizationId, target: Target) -> Result<Statement, StoreError> {
    let sql = "UPDATE deliveries SET status = 'dead', last_error = 'the webhook was disabled or deleted'
        WHERE organization_id = ?1 AND target_id = ?2 AND status = 'pending'
            AND NOT EXISTS (SELECT 1 FROM webhooks WHERE organization_id = ?1 AND id = ?2 AND enabled = 1)";
    db.statement(sql, &[text(organization), text(target.id())])
}

/// Where something is due that nobody holds, oldest first, of all organizations: hints for the queue.
pub async fn due(db: &Database, now: Timestamp, limit: u32) -> Result<Vec<String>, StoreError> {
    let sql = format!(
        "SELECT {} FROM deliveries d WHERE status = 'pending' AND next_at <= ?1 AND coalesce(held_until, '') <= ?1
            AND NOT EXISTS (SELECT 1 FROM deliveries WHERE target_id = d.target_id AND session = d.session
                AND status = 'pending' AND number < d.number)
        ORDER BY next_at LIMIT ?2",
        crate::store::outbox::HINT
    );
    crate::store::outbox::hints(&db.rows(&sql, &[text(now), limit.into()]).await?)
}

/// Removes what was delivered, and what is dead, that was kept before these times.
pub async fn sweep(db: &Database, delivered: Timestamp, dead: Timestamp) -> Result<(), StoreError> {
    let sql = "DELETE FROM deliveries WHERE number IN
        (SELECT number FROM deliveries WHERE status = ?1 AND status <> 'pending' AND created_at < ?2 LIMIT ?3)";
    let of = |status: &str, before: Timestamp| db.statement(sql, &[text(status), text(before), SWEPT.into()]);
    db.batch(vec![of("delivered", delivered)?, of("dead", dead)?]).await
}
