//! Widgets as their owners write them.

use super::{Database, Statement, StoreError, optional, text};
use shared::id::{OrganizationId, WidgetId};
use shared::json::Read;
use shared::time::Timestamp;
use wasm_bindgen::JsValue;

/// A widget.
#[derive(Debug, Clone, Read)]
pub struct Widget {
    /// Its id.
    pub id: WidgetId,
    /// Whose it is.
    pub organization_id: OrganizationId,
    /// What its pages name it by.
    pub token: String,
    /// Its name.
    pub name: String,
    /// 1 where it is served, else 0.
    pub enabled: u8,
    /// What its owner set, as JSON.
    pub settings: String,
    /// 1 where it has an identity secret, else 0.
    pub has_identity_secret: u8,
    /// What kind of chat it is.
    pub chat_type: String,
    /// The version of its kind, for its owner's tools.
    pub version: f64,
    /// 1 where it is its organization's default, else 0.
    pub is_default: u8,
    /// The widget it was copied from.
    pub origin_id: Option<WidgetId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

const COLUMNS: &str = "id, organization_id, token, name, enabled, settings,
    identity_secret IS NOT NULL AS has_identity_secret, chat_type, version, is_default, origin_id, created_at, updated_at";

/// The enabled widget with this public token.
pub async fn by_token(db: &Database, token: &str) -> Result<Option<Widget>, StoreError> {
    let sql =
        format!("SELECT {COLUMNS} FROM widgets WHERE token = ?1 AND enabled = 1 AND deleted_at IS NULL");
    db.first(&sql, &[text(token)]).await
}

/// The enabled widget with this id, whosever it is: for what everybody may know of it.
pub async fn by_id(db: &Database, id: WidgetId) -> Result<Option<Widget>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM widgets WHERE id = ?1 AND enabled = 1 AND deleted_at IS NULL");
    db.first(&sql, &[text(id)]).await
}

/// A widget of an organization; one of another, or a deleted one, is not there.
pub async fn find(
    db: &Database,
    organization: OrganizationId,
    id: WidgetId,
) -> Result<Option<Widget>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM widgets WHERE organization_id = ?1 AND id = ?2 AND deleted_at IS NULL"
    );
    db.first(&sql, &[text(organization), text(id)]).await
}

/// Up to `limit` widgets of an organization, newest first; those made before one of them where it is given.
pub async fn list(
    db: &Database,
    organization: OrganizationId,
    before: Option<&Widget>,
    limit: u32,
) -> Result<Vec<Widget>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM widgets WHERE organization_id = ?1 AND (created_at, id) < (?2, ?3)
            AND deleted_at IS NULL ORDER BY created_at DESC, id DESC LIMIT ?4"
    );
    // No time is written with a letter first.
    let (at, id) = before.map_or(("~".into(), "~".into()), |w| (w.created_at.to_string(), w.id.to_string()));
    db.all(&sql, &[text(organization), text(at), text(id), limit.into()]).await
}

/// Which widgets are listed: those of which all that is asked for holds.
#[derive(Debug, Default)]
pub struct Filter {
    /// Those of these types.
    pub types: Vec<&'static str>,
    /// Those of any type but this.
    pub but: Option<&'static str>,
    /// Those that hold one of these types within.
    pub within: Vec<&'static str>,
    /// Those whose voice agent this is.
    pub voice_agent: Option<String>,
}

/// A page of the widgets that a filter leaves, newest first, and how many it leaves in all.
pub async fn search(
    db: &Database,
    organization: OrganizationId,
    filter: &Filter,
    offset: u32,
    limit: u32,
) -> Result<(Vec<Widget>, u32), StoreError> {
    #[derive(Read)]
    struct Counted {
        count: u32,
    }
    let mut conditions = String::from("organization_id = ?1 AND deleted_at IS NULL");
    let mut values: Vec<JsValue> = vec![text(organization)];
    let mut also = |condition: &str, value: JsValue| {
        values.push(value);
        conditions.push_str(&condition.replace('#', &format!("?{}", values.len())));
    };
    if !filter.types.is_empty() {
        also(" AND chat_type IN (SELECT value FROM json_each(#))", json(&filter.types));
    }
    if let Some(but) = filter.but {
        also(" AND chat_type <> #", text(but));
    }
    if !filter.within.is_empty() {
        also(
            " AND EXISTS (SELECT 1 FROM json_each(settings, '$.advanceSettings.allInOneChatTypes') held
                WHERE held.value IN (SELECT value FROM json_each(#)))",
            json(&filter.within),
        );
    }
    if let Some(agent) = &filter.voice_agent {
        also(
            " AND # IN (settings ->> '$.voiceAiAgentId', settings ->> '$.advanceSettings.voiceAiAgent',
                settings ->> '$.advanceSettings.voiceAiAgent.id', settings ->> '$.advanceSettings.voiceAiAgent.agentId')",
            text(agent),
        );
    }
    let count = format!("SELECT count(*) AS count FROM widgets WHERE {conditions}");
    let total = db.first::<Counted>(&count, &values).await?.map_or(0, |row| row.count);
    let page = format!(
        "SELECT {COLUMNS} FROM widgets WHERE {conditions} ORDER BY created_at DESC, id DESC LIMIT {limit} OFFSET {offset}"
    );
    Ok((db.all(&page, &values).await?, total))
}

fn json(texts: &[&str]) -> JsValue {
    // They are this program's own and need no escaping.
    text(format!("[\"{}\"]", texts.join("\",\"")))
}

/// Makes a widget. The first of an organization is its default, and so is one that says it is; the one before is none then.
pub fn insert(db: &Database, widget: &Widget) -> Result<Vec<Statement>, StoreError> {
    let sql = "INSERT INTO widgets (id, organization_id, token, name, enabled, settings, created_at, updated_at, chat_type,
            version, origin_id, is_default)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, NOT EXISTS (SELECT 1 FROM widgets
            WHERE organization_id = ?2 AND is_default = 1 AND deleted_at IS NULL))";
    let values = [
        text(widget.id),
        text(widget.organization_id),
        text(&widget.token),
        text(&widget.name),
        widget.enabled.into(),
        text(&widget.settings),
        text(widget.created_at),
        text(widget.updated_at),
        text(&widget.chat_type),
        widget.version.into(),
        optional(widget.origin_id),
    ];
    let mut statements = Vec::new();
    if widget.is_default == 1 {
        let sql = "UPDATE widgets SET is_default = 0 WHERE organization_id = ?1 AND is_default = 1";
        statements.push(db.statement(sql, &[text(widget.organization_id)])?);
    }
    statements.push(db.statement(sql, &values)?);
    Ok(statements)
}

/// A widget that nobody has changed since it was read.
const UNCHANGED: &str =
    "id = ?2 AND organization_id = ?1 AND deleted_at IS NULL AND name = ?10 AND enabled = ?11
    AND settings = ?12 AND chat_type = ?13 AND version = ?14";

/// Changes a widget, unless somebody else has done so since it was read; false then. Where it says it is the default, the
/// one before is none any more; it cannot say that it is none.
pub async fn update(db: &Database, before: &Widget, after: &Widget) -> Result<bool, StoreError> {
    let values = [
        text(after.organization_id),
        text(after.id),
        text(&after.name),
        after.enabled.into(),
        text(&after.settings),
        text(after.updated_at),
        text(&after.chat_type),
        after.version.into(),
        after.is_default.into(),
        text(&before.name),
        before.enabled.into(),
        text(&before.settings),
        text(&before.chat_type),
        before.version.into(),
    ];
    let give_up = format!(
        "UPDATE widgets SET is_default = 0 WHERE organization_id = ?1 AND is_default = 1 AND id <> ?2 AND ?9 = 1
            AND EXISTS (SELECT 1 FROM (SELECT * FROM widgets WHERE {UNCHANGED}))"
    );
    let change = format!(
        "UPDATE widgets SET name = ?3, enabled = ?4, settings = ?5, updated_at = ?6, chat_type = ?7, version = ?8,
            is_default = max(is_default, ?9) WHERE {UNCHANGED}"
    );
    db.batch(vec![db.statement(&give_up, &values)?, db.statement(&change, &values)?]).await?;
    // Who is overtaken after the change, too, tries again, and changes nothing more.
    let now = find(db, after.organization_id, after.id).await?;
    Ok(now.is_some_and(|now| {
        now.updated_at == after.updated_at && now.name == after.name && now.settings == after.settings
    }))
}

/// Deletes a widget: it is served no more, and what was said in it stays. Where it was the default, the oldest that remains
/// is. False where there is none.
pub async fn delete(
    db: &Database,
    organization: OrganizationId,
    id: WidgetId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "UPDATE widgets SET deleted_at = ?3, identity_secret = NULL, is_default = 0, updated_at = ?3
        WHERE organization_id = ?1 AND id = ?2 AND deleted_at IS NULL";
    let promote = "UPDATE widgets SET is_default = 1 WHERE id = (SELECT id FROM widgets
            WHERE organization_id = ?1 AND deleted_at IS NULL ORDER BY created_at, id LIMIT 1)
        AND NOT EXISTS (SELECT 1 FROM widgets WHERE organization_id = ?1 AND is_default = 1 AND deleted_at IS NULL)";
    if find(db, organization, id).await?.is_none() {
        return Ok(false);
    }
    let statements = vec![
        db.statement(sql, &[text(organization), text(id), text(now)])?,
        db.statement(promote, &[text(organization)])?,
    ];
    db.batch(statements).await?;
    Ok(true)
}
