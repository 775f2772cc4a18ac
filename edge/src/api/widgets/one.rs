//! One widget: how it is told, read and deleted.

use super::Call;
use super::answer::{Refused, Success};
use crate::store::audit::Entry;
use crate::store::config;
use crate::store::widgets::{self, Widget};
use serde::Serialize;
use shared::id::{OrganizationId, WidgetId};
use shared::json::Json;
use shared::time::Timestamp;

/// A widget as this API tells it.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ChatWidget {
    /// Its id.
    #[serde(rename = "_id")]
    pub id: WidgetId,
    /// The version of its kind.
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub version: Json,
    /// What kind of chat it is.
    pub chat_type: String,
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub location_id: OrganizationId,
    /// Whether it was deleted; such a one is not told of.
    pub deleted: bool,
    /// Whether it is its location's default.
    pub default: bool,
    /// What its owner set.
    #[cfg_attr(feature = "schema", schemars(with = "shared::model::settings::WidgetSettings"))]
    pub settings: Json,
    /// The widget it was copied from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin_id: Option<WidgetId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl ChatWidget {
    /// As it is kept.
    pub fn of(widget: Widget) -> Result<Self, Refused> {
        Ok(Self {
            id: widget.id,
            version: Json::Number(widget.version),
            chat_type: widget.chat_type,
            name: widget.name,
            location_id: widget.organization_id,
            deleted: false,
            default: widget.is_default == 1,
            settings: Json::parse(&widget.settings)?,
            origin_id: widget.origin_id,
            created_at: widget.created_at,
            updated_at: widget.updated_at,
        })
    }
}

/// The widget of the call's location that is named.
pub(super) async fn named(call: &Call<'_>, id: &str) -> Result<Widget, Refused> {
    let missing = Refused::NotFound("chat widget");
    let Ok(id) = WidgetId::parse(id) else { return Err(missing) };
    widgets::find(&call.db, call.location, id).await?.ok_or(missing)
}

/// A widget's JSON.
pub(super) fn told(widget: Widget) -> Result<String, Refused> {
    Ok(serde_json::to_string(&ChatWidget::of(widget)?)?)
}

/// `GET data/:locationId/:id`.
pub async fn read(call: &Call<'_>, id: &str) -> Result<Success, Refused> {
    Ok(Success::ok(told(named(call, id).await?)?))
}

/// `DELETE :locationId/:id`.
pub async fn delete(call: &Call<'_>, id: &str, trace: &str) -> Result<Success, Refused> {
    let widget = named(call, id).await?;
    let entry = Entry::new(&call.key, "widget.deleted", widget.id);
    if !widgets::delete(&call.db, call.location, widget.id, &entry).await? {
        return Err(Refused::NotFound("chat widget"));
    }
    config::publish(&call.env, &widget.token, widget.id).await?;
    Ok(Success::ok(format!(r#"{{"success":true,"traceId":"{trace}"}}"#)))
}
