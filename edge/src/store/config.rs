//! Published configuration of widgets: what visitors' calls need to know of a widget, in KV, made from D1.

use super::flows::{self, FlowVersion};
use super::widgets::{self, Widget};
use super::{Database, StoreError};
use crate::auth::secret::sha256_hex;
use crate::platform::now;
use serde::Serialize;
use shared::flow::graph::Graph;
use shared::flow::run::{Effect, Input, Run, advance};
use shared::id::{OrganizationId, WidgetId};
use shared::json;
use shared::json::{Json, Read};
use shared::model::media::UploadPolicy;
use shared::model::settings::WidgetSettings;
use shared::time::Timestamp;
use shared::wire::config::{OpeningMessage, WidgetConfig};
use shared::wire::presentation::presentation;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use worker::{Env, console_error};

/// How long an isolate trusts its own copy, in seconds. A widget that is changed or disabled is so everywhere after
/// this and KV's own minute.
const ISOLATE_SECONDS: i64 = 10;
/// How long KV's copy lives before it is made anew from D1, in seconds: the least that KV can.
const KV_SECONDS: u64 = 60;
/// The most widgets an isolate keeps copies of.
const ISOLATE_WIDGETS: usize = 1000;

/// A widget as the visitor's calls know it.
#[derive(Debug, Serialize, Read)]
pub struct Published {
    /// Its id.
    pub widget: WidgetId,
    /// Whose it is.
    pub organization: OrganizationId,
    /// The flow that answers, in the version that began to be served.
    pub flow: Option<FlowVersion>,
    /// What the visitor's browser may know: the JSON of a [`WidgetConfig`], written once.
    pub config: String,
    /// What the site is called, in mail.
    pub site: String,
    /// What its owner set, as the JSON they wrote.
    settings: String,
    /// The same, read.
    #[serde(skip)]
    pub rules: WidgetSettings,
}

type Copies = BTreeMap<String, (Timestamp, Rc<Published>)>;

thread_local! {
    static COPIES: RefCell<Copies> = const { RefCell::new(BTreeMap::new()) };
}

/// The enabled widget with this public token.
pub async fn by_token(env: &Env, token: &str) -> Result<Option<Rc<Published>>, StoreError> {
    let now = now();
    let copy =
        COPIES.with_borrow(|copies| copies.get(token).filter(|(until, _)| *until > now).map(|c| c.1.clone()));
    if copy.is_some() || !is_token(token) {
        return Ok(copy);
    }
    let Some(published) = load(env, token).await? else { return Ok(None) };
    let rules = json::read(&published.settings)?;
    let published = Rc::new(Published { rules, ..published });
    COPIES.with_borrow_mut(|copies| {
        if copies.len() >= ISOLATE_WIDGETS {
            copies.clear();
        }
        copies.insert(token.into(), (now.plus_seconds(ISOLATE_SECONDS), published.clone()));
    });
    Ok(Some(published))
}

/// What everybody may know of a widget, in the words of the widgets API.
#[derive(Debug, Serialize, Read)]
pub struct Public {
    /// A JSON object.
    pub json: String,
    /// What it is known again by.
    pub hash: String,
}

/// What everybody may know of an enabled widget.
pub async fn public(env: &Env, id: WidgetId) -> Result<Option<Public>, StoreError> {
    let kv = env.kv("CONFIG")?;
    let key = public_key(id);
    let stored = kv.get(&key).text().await.map_err(worker::Error::from)?;
    if let Some(public) = stored.and_then(|text| json::read(&text).ok()) {
        return Ok(Some(public));
    }
    let Some(widget) = widgets::by_id(&Database::directory(env)?, id).await? else { return Ok(None) };
    let chat_type = Json::Text(widget.chat_type.clone());
    let settings = Json::parse(&widget.settings)?;
    let published = build(env, widget).await?;
    let json = presentation(&Json::parse(&published.config)?, &settings, chat_type).json();
    let public = Public { hash: sha256_hex(&json), json };
    let text = serde_json::to_string(&public)?;
    let kept = async { kv.put(&key, text)?.expiration_ttl(KV_SECONDS).execute().await };
    if let Err(error) = kept.await {
        console_error!("the configuration of {key} was not kept: {error}");
    }
    Ok(Some(public))
}

fn public_key(id: WidgetId) -> String {
    format!("public:{id}")
}

/// Takes what was published of a widget back, after it was changed or deleted: the next call publishes it anew. Other
/// places may serve what was before for a minute.
pub async fn purge(env: &Env, token: &str, id: WidgetId) -> Result<(), StoreError> {
    COPIES.with_borrow_mut(|copies| copies.remove(token));
    let kv = env.kv("CONFIG")?;
    for key in [key(token), public_key(id)] {
        kv.delete(&key).await.map_err(worker::Error::from)?;
    }
    Ok(())
}

fn key(token: &str) -> String {
    format!("widget:{token}")
}

/// What a widget's token looks like; anything else is not worth asking a store for.
fn is_token(text: &str) -> bool {
    (8..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

async fn load(env: &Env, token: &str) -> Result<Option<Published>, StoreError> {
    let kv = env.kv("CONFIG")?;
    let key = key(token);
    let stored = kv.get(&key).text().await.map_err(worker::Error::from)?;
    if let Some(published) = stored.and_then(|text| json::read(&text).ok()) {
        return Ok(Some(published));
    }
    let directory = Database::directory(env)?;
    let Some(widget) = widgets::by_token(&directory, token).await? else { return Ok(None) };
    let published = build(env, widget).await?;
    let text = serde_json::to_string(&published)?;
    let kept = async { kv.put(&key, text)?.expiration_ttl(KV_SECONDS).execute().await };
    if let Err(error) = kept.await {
        // Many who miss at once write at once, and KV takes one write a second for a key: one of them is enough.
        console_error!("the configuration of {key} was not kept: {error}");
    }
    Ok(Some(published))
}

async fn build(env: &Env, widget: Widget) -> Result<Published, StoreError> {
    let settings: WidgetSettings = json::read(&widget.settings)?;
    let db = Database::of(env, widget.organization_id)?;
    let flow = match settings.flow_id {
        Some(flow) => flows::published(&db, widget.organization_id, flow).await?,
        None => None,
    };
    let steps = match flow {
        Some(version) => flows::steps(&db, widget.organization_id, version).await?,
        None => None,
    };
    let heading = if settings.heading.is_empty() { widget.name } else { settings.heading };
    let site = heading.clone();
    let config = WidgetConfig {
        heading,
        sub_heading: settings.sub_heading,
        placeholder: settings.placeholder,
        locale: settings.locale,
        theme: settings.theme,
        opening: steps
            .and_then(|steps| Graph::new(steps).ok())
            .map(|graph| opening(&graph))
            .unwrap_or_default(),
        pre_chat: settings.pre_chat,
        identity_required: settings.identity_required,
        offline_message: settings.offline.message,
        uploads: UploadPolicy {
            max_bytes: settings.uploads.max_bytes.min(UploadPolicy::MOST),
            ..settings.uploads
        },
    };
    let config = serde_json::to_string(&config)?;
    Ok(Published {
        widget: widget.id,
        organization: widget.organization_id,
        flow,
        config,
        site,
        settings: widget.settings,
        rules: WidgetSettings::default(),
    })
}

/// What the bot will say first to somebody of whom nothing is known.
fn opening(graph: &Graph) -> Vec<OpeningMessage> {
    let turn = advance(graph, &mut Run::default(), Input::Start, &BTreeMap::new());
    let said = turn.effects.into_iter().filter_map(|effect| match effect {
        Effect::Say(kind, payload) => Some(OpeningMessage { kind, payload }),
        Effect::Handoff(_) => None,
    });
    said.collect()
}
