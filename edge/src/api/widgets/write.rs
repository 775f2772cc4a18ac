//! Making, copying and changing widgets.

use super::Call;
use super::answer::{Refused, Success};
use super::one::{named, told};
use crate::store::audit::Entry;
use crate::store::config;
use crate::store::widgets::{self, CHAT_TYPES, Widget};
use shared::json::Json;
use shared::model::settings::WidgetSettings;
use shared::text::Name;

/// What a body may say.
const KNOWN: [&str; 5] = ["version", "chatType", "name", "default", "settings"];
/// How often a change is tried that somebody else's overtakes.
const TRIES: usize = 3;

/// What a body says; what is left out is `None`.
#[derive(Default)]
struct Said {
    version: Option<f64>,
    chat_type: Option<String>,
    name: Option<String>,
    default: Option<bool>,
}

/// Reads a body's properties but its settings. All that is wrong is told at once.
fn read(body: &Json, also: &[&str], wrong: &mut Vec<String>) -> Said {
    let Json::Object(members) = body else { return Said::default() };
    for (name, _) in members {
        if !KNOWN.contains(&name.as_str()) && !also.contains(&name.as_str()) {
            wrong.push(format!("property {name} should not exist"));
        }
    }
    let mut said = Said::default();
    match body.known::<f64>("version") {
        Ok(version) => said.version = version,
        Err(_) => wrong.push("version must be a number".into()),
    }
    match body.known::<bool>("default") {
        Ok(default) => said.default = default,
        Err(_) => wrong.push("default must be true or false".into()),
    }
    match body.known::<Name>("name") {
        Ok(Some(name)) if name.as_option().is_none() => wrong.push("name should not be empty".into()),
        Ok(name) => said.name = name.map(|name| name.to_string()),
        Err(_) => wrong.push("name must be a text of 1 to 200 characters".into()),
    }
    match body.get("chatType") {
        Some(Json::Text(text)) if CHAT_TYPES.contains(&text.as_str()) => said.chat_type = Some(text.clone()),
        Some(_) => {
            wrong.push(format!("chatType must be one of the following values: {}", CHAT_TYPES.join(", ")));
        }
        None => {}
    }
    said
}

/// Settings as they are to be kept.
fn settings(settings: &Json, wrong: &mut Vec<String>) -> String {
    match WidgetSettings::written(settings) {
        Ok(text) => text,
        Err(fault) => {
            wrong.push(fault.within("settings").sentence());
            String::new()
        }
    }
}

fn refuse(wrong: Vec<String>) -> Result<(), Refused> {
    if wrong.is_empty() { Ok(()) } else { Err(Refused::Wrong(wrong)) }
}

async fn keep(call: &Call<'_>, widget: &Widget) -> Result<Success, Refused> {
    let entry = Entry::new(&call.key, "widget.created", widget.id);
    call.db.batch(widgets::insert(&call.db, widget, &entry)?).await?;
    let kept = widgets::find(&call.db, call.location, widget.id).await?;
    Ok(Success::created(told(kept.ok_or(Refused::NotFound("chat widget"))?)?))
}

/// `POST /`.
pub async fn create(call: &Call<'_>, body: Json) -> Result<Success, Refused> {
    let mut wrong = Vec::new();
    let said = read(&body, &["locationId", "deleted"], &mut wrong);
    for name in ["version", "chatType", "name"] {
        if body.get(name).is_none() {
            wrong.push(format!("{name} should not be empty"));
        }
    }
    match body.get("deleted") {
        None | Some(Json::Boolean(false)) => {}
        Some(_) => wrong.push("deleted must be false: a widget is deleted by DELETE".into()),
    }
    let none = Json::Object(Vec::new());
    let settings = settings(body.get("settings").unwrap_or(&none), &mut wrong);
    refuse(wrong)?;
    let widget = Widget {
        name: said.name.unwrap_or_default(),
        chat_type: said.chat_type.unwrap_or_default(),
        version: said.version.unwrap_or(1.0),
        is_default: said.default.unwrap_or(false).into(),
        settings,
        ..Widget::new(call.location)?
    };
    keep(call, &widget).await
}

/// `POST clone`.
pub async fn copy(call: &Call<'_>, body: Json) -> Result<Success, Refused> {
    let mut wrong = Vec::new();
    if let Json::Object(members) = &body {
        for (name, _) in members {
            if !["locationId", "chatWidgetId", "name"].contains(&name.as_str()) {
                wrong.push(format!("property {name} should not exist"));
            }
        }
    }
    let name = body.known::<Name>("name").unwrap_or_else(|_| {
        wrong.push("name must be a text of 1 to 200 characters".into());
        None
    });
    let id = body.get("chatWidgetId").and_then(Json::text);
    if id.is_none() {
        wrong.push("chatWidgetId should not be empty".into());
    }
    refuse(wrong)?;
    let origin = named(call, id.unwrap_or_default()).await?;
    let given = name.as_ref().and_then(Name::as_option).map(str::to_owned);
    // The name stays within its limit, whatever is copied how often.
    let usual = || format!("{} (copy)", origin.name.chars().take(193).collect::<String>());
    let widget = Widget {
        name: given.unwrap_or_else(usual),
        chat_type: origin.chat_type,
        version: origin.version,
        settings: origin.settings,
        origin_id: Some(origin.id),
        ..Widget::new(call.location)?
    };
    keep(call, &widget).await
}

/// `PUT data/:locationId/:id`: the settings are replaced, and what else is left out stays.
pub async fn replace(call: &Call<'_>, id: &str, body: Json) -> Result<Success, Refused> {
    let mut wrong = Vec::new();
    let said = read(&body, &[], &mut wrong);
    let none = Json::Object(Vec::new());
    let settings = settings(body.get("settings").unwrap_or(&none), &mut wrong);
    refuse(wrong)?;
    change(call, id, &said, |_| Ok(settings.clone())).await
}

/// `PATCH data/:locationId/:id`: a merge patch (RFC 7396), checked after the merge.
pub async fn patch(call: &Call<'_>, id: &str, body: Json) -> Result<Success, Refused> {
    let mut wrong = Vec::new();
    let said = read(&body, &[], &mut wrong);
    refuse(wrong)?;
    change(call, id, &said, |before| {
        let Some(patch) = body.get("settings") else { return Ok(before.settings.clone()) };
        let merged = Json::parse(&before.settings)?.merged(patch.clone());
        let mut wrong = Vec::new();
        // Nothing is left where all of it was taken away.
        let merged = if merged == Json::Null { Json::Object(Vec::new()) } else { merged };
        let settings = settings(&merged, &mut wrong);
        refuse(wrong).map(|()| settings)
    })
    .await
}

async fn change(
    call: &Call<'_>,
    id: &str,
    said: &Said,
    settings: impl Fn(&Widget) -> Result<String, Refused>,
) -> Result<Success, Refused> {
    for _ in 0..TRIES {
        let before = named(call, id).await?;
        if said.default == Some(false) && before.is_default == 1 {
            return Err(Refused::wrong("default must stay true: make another widget the default instead"));
        }
        let after = Widget {
            name: said.name.clone().unwrap_or_else(|| before.name.clone()),
            chat_type: said.chat_type.clone().unwrap_or_else(|| before.chat_type.clone()),
            version: said.version.unwrap_or(before.version),
            is_default: said.default.map_or(before.is_default, u8::from),
            settings: settings(&before)?,
            ..before.clone()
        };
        let entry =
            Entry::new(&call.key, "widget.changed", after.id).changing(&before.audited()?, &after.audited()?);
        let becomes_default = said.default == Some(true);
        if let Some(after) = widgets::update(&call.db, &before, &after, becomes_default, &entry).await? {
            config::publish(&call.env, &after.token, after.id).await?;
            return Ok(Success::ok(told(after)?));
        }
    }
    Err(Refused::Conflict("somebody else is changing this widget: read it and try again"))
}
