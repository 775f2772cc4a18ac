//! Channels, which is what this API calls widgets.

use super::Call;
use crate::api::creating::{self, Begun};
use crate::api::envelope::{ApiError, Success};
use crate::http::body;
use crate::http::query::Query;
use crate::store::audit::Entry;
use crate::store::widgets::Widget;
use crate::store::{config, widgets};
use serde::Serialize;
use shared::id::WidgetId;
use shared::json::{self, Json, Read};
use shared::model::settings::WidgetSettings;
use shared::rules::origin::DomainPattern;
use shared::text::Name;
use shared::time::Timestamp;

/// How often a change is tried that somebody else's overtakes.
const TRIES: usize = 3;

/// What a channel is made with, or what of it is changed. What is left out stays as it is.
#[derive(Debug, Read, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChannelRequest {
    /// Its name; needed for a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// Whether it is served; a new one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// The sites whose pages may ask; any where there are none. The same as in the settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_domains: Option<Vec<DomainPattern>>,
    /// Whether identities have to be proved. The same as in the settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_required: Option<bool>,
    /// The settings: merged into those there are (RFC 7396). Keys that are not known are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<WidgetSettings>"))]
    pub settings: Option<Json>,
}

/// A widget as administrators see it.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Channel {
    /// Its id.
    pub id: WidgetId,
    /// Its name.
    pub name: String,
    /// What its pages name it by; no secret.
    pub token: String,
    /// Whether it is served.
    pub enabled: bool,
    /// The sites whose pages may ask; any where there are none.
    pub allowed_domains: Vec<DomainPattern>,
    /// Whether identities have to be proved.
    pub identity_required: bool,
    /// Whether it has an identity secret.
    pub has_identity_secret: bool,
    /// What its owner set, as they wrote it.
    #[cfg_attr(feature = "schema", schemars(with = "WidgetSettings"))]
    pub settings: Json,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// The tag that a page carries.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Snippet {
    /// As HTML.
    pub html: String,
}

impl Channel {
    fn of(widget: &Widget) -> Result<Self, ApiError> {
        let settings = Json::parse(&widget.settings)?;
        let known = WidgetSettings::read(&settings)?;
        Ok(Self {
            id: widget.id,
            name: widget.name.clone(),
            token: widget.token.clone(),
            enabled: widget.enabled == 1,
            allowed_domains: known.allowed_domains,
            identity_required: known.identity_required,
            has_identity_secret: widget.has_identity_secret == 1,
            settings,
            created_at: widget.created_at,
            updated_at: widget.updated_at,
        })
    }
}

impl ChannelRequest {
    /// The settings that come of those there were.
    fn settings(&self, before: Json) -> Result<String, ApiError> {
        let patch = self.settings.clone().unwrap_or_else(|| Json::Object(Vec::new()));
        if !matches!(patch, Json::Object(_)) {
            return Err(ApiError::invalid("settings: must be an object"));
        }
        let mut settings = before.merged(patch);
        let mut set = |name: &str, value: Json| {
            let taken = core::mem::replace(&mut settings, Json::Null);
            settings = taken.merged(Json::Object(vec![(name.into(), value)]));
        };
        if let Some(domains) = &self.allowed_domains {
            set("allowedDomains", Json::List(domains.iter().map(|it| Json::Text(it.to_string())).collect()));
        }
        if let Some(required) = self.identity_required {
            set("identityRequired", Json::Boolean(required));
        }
        let written = WidgetSettings::written(&settings);
        written.map_err(|wrong| ApiError::invalid(wrong.within("settings").to_string()))
    }

    fn name(&self) -> Result<Option<String>, ApiError> {
        match &self.name {
            Some(name) if name.as_option().is_none() => Err(ApiError::invalid("name: must not be empty")),
            name => Ok(name.as_ref().map(ToString::to_string)),
        }
    }
}

/// `GET channels`: newest first. `before` takes the id of the last one of the page before.
pub async fn list(call: &Call<'_>) -> Result<Success, ApiError> {
    let query = Query::of(call.request);
    let limit = query.number("limit", 100, 1..=100).map_err(ApiError::invalid)?;
    let before = match query.get("before") {
        Some(id) => Some(named(call, id).await?),
        None => None,
    };
    let found = widgets::list(&call.db, call.organization(), before.as_ref(), limit).await?;
    let channels = found.iter().map(Channel::of).collect::<Result<Vec<_>, _>>()?;
    let success = Success::ok(serde_json::to_string(&channels)?);
    Ok(match channels.last().filter(|_| channels.len() == limit as usize) {
        Some(last) => success.with("x-next-before", last.id.to_string()),
        None => success,
    })
}

/// `POST channels`.
pub async fn create(call: &Call<'_>) -> Result<Success, ApiError> {
    let creating = match creating::begin(&call.caller(), "channels").await? {
        Begun::Creating(creating) => creating,
        Begun::Answered(success) => return Ok(success),
    };
    let body: ChannelRequest = body::parse(&creating.text)?;
    let name = body.name()?.ok_or_else(|| ApiError::invalid("missing field `name`"))?;
    let settings = body.settings(Json::Object(Vec::new()))?;
    let widget = Widget {
        name,
        enabled: u8::from(body.enabled.unwrap_or(true)),
        settings,
        ..Widget::new(call.organization())?
    };
    let json = serde_json::to_string(&Channel::of(&widget)?)?;
    let entry = Entry::new(&call.key, "widget.created", widget.id);
    creating::finish(&call.caller(), creating, widgets::insert(&call.db, &widget, &entry)?, json).await
}

/// `GET channels/:id`.
pub async fn read(call: &Call<'_>, id: &str) -> Result<Success, ApiError> {
    answer(&named(call, id).await?)
}

/// `PATCH channels/:id`.
pub async fn change(call: &Call<'_>, id: &str) -> Result<Success, ApiError> {
    let before = named(call, id).await?;
    let body: ChannelRequest = body::json(call.request).await?;
    let changed = |before: &Widget| {
        Ok(Widget {
            name: body.name()?.unwrap_or_else(|| before.name.clone()),
            enabled: body.enabled.map_or(before.enabled, u8::from),
            settings: body.settings(Json::parse(&before.settings)?)?,
            ..before.clone()
        })
    };
    answer(&put(call, before, &changed).await?)
}

/// Writes and publishes what becomes of a channel, of what it is by then if somebody else was faster.
pub(super) async fn put(
    call: &Call<'_>,
    mut before: Widget,
    changed: &dyn Fn(&Widget) -> Result<Widget, ApiError>,
) -> Result<Widget, ApiError> {
    for _ in 0..TRIES {
        let after = changed(&before)?;
        let entry =
            Entry::new(&call.key, "widget.changed", after.id).changing(&before.audited()?, &after.audited()?);
        if let Some(after) = widgets::update(&call.db, &before, &after, false, &entry).await? {
            config::publish(&call.env, &after.token, after.id).await?;
            return Ok(after);
        }
        before = named(call, &before.id.to_string()).await?;
    }
    Err(ApiError::Conflict("somebody else is changing this channel: read it and try again"))
}

/// `DELETE channels/:id`.
pub async fn delete(call: &Call<'_>, id: &str) -> Result<Success, ApiError> {
    let widget = named(call, id).await?;
    let entry = Entry::new(&call.key, "widget.deleted", widget.id);
    if !widgets::delete(&call.db, call.organization(), widget.id, &entry).await? {
        return Err(ApiError::NotFound("channel"));
    }
    config::publish(&call.env, &widget.token, widget.id).await?;
    Ok(Success::done())
}

/// `GET channels/:id/snippet`.
pub async fn snippet(call: &Call<'_>, id: &str) -> Result<Success, ApiError> {
    let widget = named(call, id).await?;
    let html = tag(&call.request.origin(), &widget.token, &json::read(&widget.settings)?)?;
    Ok(Success::ok(serde_json::to_string(&Snippet { html })?))
}

/// The tag for a widget. It carries what has to be known before anything is fetched: how the launcher looks, and when the
/// widget speaks first.
fn tag(origin: &str, token: &str, settings: &WidgetSettings) -> Result<String, ApiError> {
    let mut html = format!(r#"<script async src="{origin}/porchlight.js" data-widget="{token}""#);
    let look = &settings.theme;
    let triggers = &settings.triggers;
    for (name, value) in [
        ("color", look.brand().map(|color| color.to_string())),
        ("position", look.position.map(|position| position.tag().to_owned())),
        ("scheme", look.scheme.map(|scheme| scheme.tag().to_owned())),
        ("label", Some(settings.launcher.label.clone()).filter(|label| !label.trim().is_empty())),
        ("triggers", if triggers.is_empty() { None } else { Some(serde_json::to_string(triggers)?) }),
    ] {
        if let Some(value) = value {
            let value =
                value.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;");
            html.push_str(&format!(r#" data-{name}="{value}""#));
        }
    }
    html.push_str("></script>");
    Ok(html)
}

/// The channel that a path names.
pub(super) async fn named(call: &Call<'_>, id: &str) -> Result<Widget, ApiError> {
    let missing = ApiError::NotFound("channel");
    let Ok(id) = WidgetId::parse(id) else { return Err(missing) };
    widgets::find(&call.db, call.organization(), id).await?.ok_or(missing)
}

fn answer(widget: &Widget) -> Result<Success, ApiError> {
    Ok(Success::ok(serde_json::to_string(&Channel::of(widget)?)?))
}
