//! Widgets as their owners write them.

use super::audit::{self, Entry};
use super::{Database, Statement, StoreError, optional, text};
use crate::platform::{now, random};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use shared::id::{OrganizationId, WidgetId};
use shared::json::{self, Json, Read};
use shared::time::Timestamp;

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

/// The types that a widget can be of.
pub const CHAT_TYPES: [&str; 7] =
    ["liveChat", "waChat", "emailChat", "allInOneChat", "voiceAiChat", "facebookChat", "instagramChat"];

impl Widget {
    /// A new one of an organization, with an id and a token of its own.
    pub fn new(organization: OrganizationId) -> Result<Self, worker::Error> {
        let at = now();
        Ok(Self {
            id: WidgetId::new(at, random()?),
            organization_id: organization,
            token: format!("wt_{}", BASE64.encode(random::<18>()?)),
            name: String::new(),
            enabled: 1,
            settings: "{}".into(),
            has_identity_secret: 0,
            chat_type: "liveChat".into(),
            version: 1.0,
            is_default: 0,
            origin_id: None,
            created_at: at,
            updated_at: at,
        })
    }

    /// What of it is audited when it changes.
    pub fn audited(&self) -> Result<Json, json::Wrong> {
        let member = |name: &str, value| (String::from(name), value);
        Ok(Json::Object(vec![
            member("name", Json::Text(self.name.clone())),
            member("enabled", Json::Boolean(self.enabled == 1)),
            member("chatType", Json::Text(self.chat_type.clone())),
            member("version", Json::Number(self.version)),
            member("default", Json::Boolean(self.is_default == 1)),
            member("settings", Json::parse(&self.settings)?),
        ]))
    }
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
    /// Those of these types; of any where there is no list.
    pub types: Option<Vec<&'static str>>,
    /// Those for all types that hold one of these within; any where the list is empty.
    pub within: Vec<&'static str>,
    /// Those whose voice agent this is.
    pub voice_agent: Option<String>,
}

/// A page of the widgets that a filter leaves, newest first, and how many it leaves in all. Takes as long with a hundred
/// thousand widgets as with ten: each type's newest are read off an index, and what is counted was counted when written.
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
    let values = [text(organization), text(filter.voice_agent.as_deref().unwrap_or_default())];
    let mut counted = String::from("organization_id = ?1 AND voice_agent = ?2");
    if let Some(types) = &filter.types {
        counted.push_str(&format!(" AND chat_type IN ({})", quoted(types)));
    }
    if !filter.within.is_empty() {
        let within = quoted(&filter.within);
        counted.push_str(&format!(
            " AND EXISTS (SELECT 1 FROM json_each(holds) held WHERE held.value IN ({within}))"
        ));
    }
    let count = format!("SELECT coalesce(sum(widgets), 0) AS count FROM widget_counts WHERE {counted}");
    let total = db.first::<Counted>(&count, &values).await?.map_or(0, |row| row.count);
    let newest = newest(filter, u64::from(offset) + u64::from(limit));
    // CROSS: the page is found first, and then its widgets.
    let page = format!(
        "SELECT {COLUMNS} FROM (SELECT id AS found FROM ({newest}) ORDER BY created_at DESC, id DESC LIMIT {limit} OFFSET {offset})
            CROSS JOIN widgets ON id = found WHERE organization_id = ?1 ORDER BY created_at DESC, id DESC"
    );
    Ok((db.all(&page, &values).await?, total))
}

/// SQL for ids and times of the newest widgets that a filter leaves, so many of each type.
fn newest(filter: &Filter, count: u64) -> String {
    // The planner takes the index of those that have a voice agent where it is told that they have one.
    let agents =
        if filter.voice_agent.is_some() { "voice_agent = ?2 AND voice_agent <> ''" } else { "?2 = ''" };
    let order = format!("ORDER BY created_at DESC, id DESC LIMIT {count}");
    let living = format!(
        "SELECT id, created_at FROM widgets WHERE organization_id = ?1 AND deleted_at IS NULL AND {agents}"
    );
    let parts: Vec<String> = match &filter.types {
        None if filter.voice_agent.is_none() => vec![format!("{living} {order}")],
        _ if !filter.within.is_empty() => {
            let held = |kind| {
                format!(
                    "SELECT * FROM (SELECT widget_id AS id, created_at FROM widget_holds h WHERE organization_id = ?1 AND
                        chat_type = '{kind}' AND EXISTS (SELECT 1 FROM widgets WHERE id = h.widget_id AND {agents}) {order})"
                )
            };
            filter.within.iter().map(held).collect()
        }
        types => {
            let each = |kind| format!("SELECT * FROM ({living} AND chat_type = '{kind}' {order})");
            types.as_deref().unwrap_or(&CHAT_TYPES).iter().map(each).collect()
        }
    };
    // D1 takes five terms in a row.
    let groups: Vec<String> =
        parts.chunks(5).map(|group| format!("SELECT * FROM ({})", group.join(" UNION "))).collect();
    if groups.is_empty() { format!("{living} AND false") } else { groups.join(" UNION ") }
}

/// A list for SQL. The texts are this program's own and need no escaping.
fn quoted(texts: &[&str]) -> String {
    texts.iter().map(|text| format!("'{text}'")).collect::<Vec<_>>().join(",")
}

/// Makes a widget. The first of an organization is its default, and so is one that says it is; the one before is none then.
pub fn insert(db: &Database, widget: &Widget, entry: &Entry<'_>) -> Result<Vec<Statement>, StoreError> {
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
    statements.push(audit::note(db, entry)?);
    Ok(statements)
}

/// A widget that nobody has changed since it was read.
const UNCHANGED: &str = "id = ?2 AND organization_id = ?1 AND deleted_at IS NULL AND updated_at = ?10";

/// Changes a widget, unless somebody else has done so since it was read: then there is nothing. Gives it as it now is.
/// Where it is to be the default, the one before is none any more; it cannot be made none itself.
pub async fn update(
    db: &Database,
    before: &Widget,
    after: &Widget,
    becomes_default: bool,
    entry: &Entry<'_>,
) -> Result<Option<Widget>, StoreError> {
    let now = now();
    // Two changes of one millisecond are two, or the later would not see the earlier.
    let at =
        if now > before.updated_at { now } else { Timestamp::from_millis(before.updated_at.millis() + 1) };
    let values = [
        text(after.organization_id),
        text(after.id),
        text(&after.name),
        after.enabled.into(),
        text(&after.settings),
        text(at),
        text(&after.chat_type),
        after.version.into(),
        u8::from(becomes_default).into(),
        text(before.updated_at),
    ];
    let give_up = format!(
        "UPDATE widgets SET is_default = 0 WHERE organization_id = ?1 AND is_default = 1 AND id <> ?2 AND ?9 = 1
            AND EXISTS (SELECT 1 FROM (SELECT * FROM widgets WHERE {UNCHANGED}))"
    );
    let change = format!(
        "UPDATE widgets SET name = ?3, enabled = ?4, settings = ?5, updated_at = ?6, chat_type = ?7, version = ?8,
            is_default = max(is_default, ?9) WHERE {UNCHANGED}"
    );
    let give_up = becomes_default.then(|| db.statement(&give_up, &values)).transpose()?;
    let change = [db.statement(&change, &values)?, audit::note(db, entry)?];
    db.batch(give_up.into_iter().chain(change).collect()).await?;
    if !audit::is_noted(db, entry).await? {
        return Ok(None);
    }
    find(db, after.organization_id, after.id).await
}

/// Deletes a widget: it is served no more, and what was said in it stays. Where it was the default, the oldest that remains
/// is. False where there is none.
pub async fn delete(
    db: &Database,
    organization: OrganizationId,
    id: WidgetId,
    entry: &Entry<'_>,
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
        db.statement(sql, &[text(organization), text(id), text(now())])?,
        audit::note(db, entry)?,
        db.statement(promote, &[text(organization)])?,
    ];
    db.batch(statements).await?;
    Ok(true)
}
