//! Who changed what. An entry is written in one batch with the change it tells of, right after its statement: it is there
//! exactly if that statement changed something.

use super::{Database, Statement, StoreError, text};
use crate::auth::key::KeyProof;
use crate::platform::{now, random};
use serde::Serialize;
use shared::id::{AuditId, OrganizationId};
use shared::json::{Json, Read};
use shared::time::Timestamp;

/// The most changes that one entry tells of.
const MOST: usize = 50;
/// The longest path, and the longest value that is told whole, in characters of its JSON.
const LONGEST: usize = 200;

/// Something that is about to be done, by an administrator as a rule.
#[derive(Debug)]
pub struct Entry<'a> {
    id: AuditId,
    organization: OrganizationId,
    prefix: &'a str,
    actor: &'a str,
    action: &'static str,
    target: String,
    changes: String,
}

impl<'a> Entry<'a> {
    /// Whoever holds this key does this (`widget.created`) to what has this id.
    pub fn new(key: &'a KeyProof, action: &'static str, target: impl core::fmt::Display) -> Self {
        let KeyProof { organization, prefix, agent_name } = key;
        Self::by(*organization, prefix, agent_name, action, target)
    }

    /// Porchlight itself does this, by no key.
    pub fn by_itself(
        organization: OrganizationId,
        action: &'static str,
        target: impl core::fmt::Display,
    ) -> Self {
        Self::by(organization, "", "Porchlight", action, target)
    }

    fn by(
        organization: OrganizationId,
        prefix: &'a str,
        actor: &'a str,
        action: &'static str,
        target: impl core::fmt::Display,
    ) -> Self {
        let id = AuditId::new(now(), random().unwrap_or_default());
        Self { id, organization, prefix, actor, action, target: target.to_string(), changes: "[]".into() }
    }

    /// The same, telling what becomes what.
    #[must_use]
    pub fn changing(self, before: &Json, after: &Json) -> Self {
        let told = before.differences(after, MOST).into_iter().map(|difference| {
            let member = |name: &str, value| (String::from(name), value);
            Json::Object(vec![
                member("path", Json::Text(short(&difference.path))),
                member("before", brief(difference.before)),
                member("after", brief(difference.after)),
            ])
        });
        Self { changes: Json::List(told.collect()).json(), ..self }
    }
}

fn brief(value: Json) -> Json {
    match value.json() {
        long if long.chars().count() > LONGEST => Json::Text(short(&long)),
        _ => value,
    }
}

fn short(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.into();
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}

/// Whether an entry was written, and so what it tells of was done.
pub async fn is_noted(db: &Database, entry: &Entry<'_>) -> Result<bool, StoreError> {
    #[derive(Read)]
    struct Row {}
    let sql = "SELECT 1 AS one FROM audit WHERE organization_id = ?1 AND id = ?2";
    Ok(db.first::<Row>(sql, &[text(entry.organization), text(entry.id)]).await?.is_some())
}

/// Writes an entry, if the statement before it changed anything.
pub fn note(db: &Database, entry: &Entry<'_>) -> Result<Statement, StoreError> {
    let sql =
        "INSERT INTO audit (id, organization_id, at, actor_prefix, actor_name, action, target_id, changes)
        SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 WHERE changes() > 0";
    let at = now();
    let Entry { id, organization, prefix, actor, action, target, changes } = entry;
    let values = [
        text(id),
        text(organization),
        text(at),
        text(prefix),
        text(actor),
        text(action),
        text(target),
        text(changes),
    ];
    db.statement(sql, &values)
}

/// An entry as administrators read it.
#[derive(Debug, Serialize, Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Audited {
    /// Its id.
    pub id: AuditId,
    /// When it was done.
    pub at: Timestamp,
    /// What the key begins with that it was done by; nothing where Porchlight did it by itself.
    pub key_prefix: String,
    /// The name of that key's holder.
    pub actor: String,
    /// What was done: `widget.changed`.
    pub action: String,
    /// The id of what it was done to.
    pub target_id: String,
    /// What became what; null for what was not there.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<Changed>"))]
    pub changes: Json,
}

/// One value that changed.
#[cfg(feature = "schema")]
#[derive(Debug, schemars::JsonSchema)]
pub struct Changed {
    /// Where it stands: `settings.theme.primary`.
    pub path: String,
    /// What was there. Long values are cut, and are texts then.
    pub before: Option<serde_json::Value>,
    /// What is there.
    pub after: Option<serde_json::Value>,
}

/// Up to `limit` entries of an organization, newest first: those before one of them, and of one target, where these are given.
pub async fn list(
    db: &Database,
    organization: OrganizationId,
    before: Option<AuditId>,
    target: Option<&str>,
    limit: u32,
) -> Result<Vec<Audited>, StoreError> {
    #[derive(Read)]
    struct Row {
        json: String,
    }
    let of_target = if target.is_some() { "AND target_id = ?4" } else { "AND ?4 = ''" };
    let sql = format!(
        "SELECT json_object('id', id, 'at', at, 'keyPrefix', actor_prefix, 'actor', actor_name, 'action', action,
            'targetId', target_id, 'changes', json(changes)) AS json FROM audit
        WHERE organization_id = ?1 AND id < ?2 {of_target} ORDER BY id DESC LIMIT ?3"
    );
    // No id is written with this letter.
    let before = before.map_or("~".into(), |id| id.to_string());
    let values = [text(organization), text(before), limit.into(), text(target.unwrap_or_default())];
    let rows = db.all::<Row>(&sql, &values).await?;
    Ok(rows.iter().map(|row| shared::json::read(&row.json)).collect::<Result<_, _>>()?)
}
