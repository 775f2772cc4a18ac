//! Calls of administrators that may be made again: what they were answered, kept with what they did or not at all.

use super::{Database, Statement, StoreError, text};
use crate::thread::command::once::Once;
use shared::id::OrganizationId;
use shared::json::Read;
use shared::time::Timestamp;

/// How long an answer is kept, in seconds.
pub const KEPT: i64 = 24 * 60 * 60;

/// What was answered before.
#[derive(Debug, Read)]
pub struct Answered {
    /// A fingerprint of what was sent.
    pub body: String,
    /// When it was answered.
    pub at: Timestamp,
    /// The answer, sealed.
    pub json: String,
}

/// What a call was answered, if it was made since a time.
pub async fn find(
    db: &Database,
    organization: OrganizationId,
    once: &Once,
    since: Timestamp,
) -> Result<Option<Answered>, StoreError> {
    let sql = "SELECT body, at, json FROM answers WHERE organization_id = ?1 AND route = ?2 AND key = ?3 AND at > ?4";
    db.first(sql, &[text(organization), text(&once.route), text(&once.key), text(since)]).await
}

/// Keeps an answer, together with what was done. Fails where there is one that is not older than a time.
pub fn keep(
    db: &Database,
    organization: OrganizationId,
    once: &Once,
    answer: &Answered,
    since: Timestamp,
) -> Result<[Statement; 2], StoreError> {
    let values = [text(organization), text(&once.route), text(&once.key)];
    let [organization, route, key] = &values;
    let forget = "DELETE FROM answers WHERE organization_id = ?1 AND route = ?2 AND key = ?3 AND at <= ?4";
    let insert =
        "INSERT INTO answers (organization_id, route, key, body, at, json) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    Ok([
        db.statement(forget, &[organization.clone(), route.clone(), key.clone(), text(since)])?,
        db.statement(
            insert,
            &[
                organization.clone(),
                route.clone(),
                key.clone(),
                text(&answer.body),
                text(answer.at),
                text(&answer.json),
            ],
        )?,
    ])
}

/// Removes answers that were given before a time.
pub async fn sweep(db: &Database, before: Timestamp) -> Result<(), StoreError> {
    db.batch(vec![db.statement("DELETE FROM answers WHERE at < ?1", &[text(before)])?]).await
}
