//! Published configuration of widgets: what visitors' calls need to know of a widget, in KV, made from D1.

use super::served::{self, AtPages, FlowVersion, Listening};
use super::widgets::{self, Widget};
use super::{Database, StoreError};
use crate::auth::secret::sha256_hex;
use crate::clock;
use crate::platform::now;
use crate::thread::command::attendance::Attendance;
use flow::graph::Graph;
use flow::run::{Effect, Input, Run, World, advance};
use futures_util::future::LocalBoxFuture;
use serde::Serialize;
use shared::id::{OrganizationId, WidgetId};
use shared::json;
use shared::json::{Json, Read};
use shared::model::media::UploadPolicy;
use shared::model::message::{MessageType, Payload};
use shared::model::settings::{Legal, WidgetSettings};
use shared::time::Timestamp;
use shared::wire::config::{OpeningMessage, PageOpening, WidgetConfig};
use shared::wire::presentation::presentation;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use worker::kv::KvStore;
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
    /// The flows that answer on some pages only.
    #[serde(default)]
    pub at_pages: Vec<AtPages>,
    /// The flows that begin in the middle of a conversation.
    pub listening: Vec<Listening>,
    /// What the visitor's browser may know while people are there: the JSON of a [`WidgetConfig`], written once.
    pub config: String,
    /// The same for when they are not; nothing where they always are.
    pub away: Option<String>,
    /// What both are known again by.
    pub hash: String,
    /// What the site is called, in mail.
    pub site: String,
    /// What its owner set, as the JSON they wrote.
    settings: String,
    /// The same, read.
    #[serde(skip)]
    pub rules: WidgetSettings,
}

impl Published {
    /// What the visitor's browser may know now, and what that is known again by.
    pub fn now(&self, now: Timestamp) -> (String, String) {
        let presence = clock::presence(self.rules.office_hours.as_ref(), now);
        match &self.away {
            Some(away) if !presence.online => {
                let back_at = presence.back_at.map_or_else(String::new, |at| format!(r#","backAt":"{at}""#));
                let open = away.strip_suffix('}').unwrap_or(away);
                let at = presence.back_at.map_or(0, |at| at.seconds());
                (format!("{open}{back_at}}}"), format!("\"{}-{at}\"", self.hash))
            }
            _ => (self.config.clone(), format!("\"{}\"", self.hash)),
        }
    }

    /// Who is there now to read what a visitor writes.
    pub fn attendance(&self) -> Attendance {
        let there = clock::presence(self.rules.office_hours.as_ref(), now()).online;
        match (there, self.rules.offline.accept) {
            (true, _) => Attendance::People,
            (false, true) => Attendance::Later,
            (false, false) => Attendance::Nobody,
        }
    }

    /// The flow that answers somebody on a page.
    pub fn flow_on(&self, url: Option<&str>) -> Option<FlowVersion> {
        url.and_then(|url| AtPages::on(&self.at_pages, url)).map(|it| it.flow).or(self.flow)
    }

    /// The flow that begins with what a visitor says, if one does: the one that is met best, of several the first.
    pub fn begun_by(&self, said: &str) -> Option<FlowVersion> {
        let scored = self.listening.iter().filter_map(|it| Some((it.listener.score(said)?, it.flow)));
        scored.reduce(|best, other| if other.0 > best.0 { other } else { best }).map(|(_, flow)| flow)
    }

    /// Something that the owner has the widget say, where no flow speaks and they have.
    pub fn spoken(&self, which: impl Fn(&WidgetSettings) -> &String) -> Option<String> {
        let text = which(&self.rules);
        (self.flow.is_none() && !text.trim().is_empty()).then(|| text.clone())
    }
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
    let (_, public) = build_later(env, widget).await?;
    keep(&kv, &key, &public).await;
    Ok(Some(public))
}

fn public_key(id: WidgetId) -> String {
    format!("public:{id}")
}

/// Publishes a widget as it now is, after it was changed; takes back what was published of one that is served no more.
/// Other places may serve what was before for a minute. Where it fails, what was before ends within that minute, too.
pub async fn publish(env: &Env, token: &str, id: WidgetId) -> Result<(), StoreError> {
    COPIES.with_borrow_mut(|copies| copies.remove(token));
    let kv = env.kv("CONFIG")?;
    let Some(widget) = widgets::by_token(&Database::directory(env)?, token).await? else {
        for key in [key(token), public_key(id)] {
            kv.delete(&key).await.map_err(worker::Error::from)?;
        }
        return Ok(());
    };
    let (published, public) = build_later(env, widget).await?;
    keep(&kv, &key(token), &published).await;
    keep(&kv, &public_key(id), &public).await;
    Ok(())
}

/// KV takes one write a second for a key: of several that come at once, one is enough.
async fn keep(kv: &KvStore, key: &str, what: &impl Serialize) {
    let kept = async {
        let text = serde_json::to_string(what)?;
        kv.put(key, text)?.expiration_ttl(KV_SECONDS).execute().await
    };
    if let Err(error) = kept.await {
        console_error!("the configuration of {key} was not kept: {error}");
    }
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
    let (published, _) = build_later(env, widget).await?;
    keep(&kv, &key, &published).await;
    Ok(Some(published))
}

/// All that is published of a widget: made when it changes and where KV has forgotten it, by the program's second part.
#[inline(never)]
fn build_later(env: &Env, widget: Widget) -> LocalBoxFuture<'_, Result<(Published, Public), StoreError>> {
    Box::pin(async move { build(env, widget).await })
}

async fn build(env: &Env, widget: Widget) -> Result<(Published, Public), StoreError> {
    let written = Json::parse(&widget.settings)?;
    let settings = WidgetSettings::read(&written)?;
    let chat_type = Json::Text(widget.chat_type);
    let db = Database::of(env, widget.organization_id)?;
    let flow = match settings.flow_id {
        Some(flow) => served::published(&db, widget.organization_id, flow).await?,
        None => served::answering(&db, widget.organization_id, widget.id).await?,
    };
    let json = match flow {
        Some(version) => served::version_json(&db, widget.organization_id, version).await?,
        None => None,
    };
    let heading = if settings.heading.is_empty() { widget.name } else { settings.heading.clone() };
    let said_first = match json.and_then(|json| opening(&json)) {
        Some(opening) => opening,
        None if settings.welcome.is_empty() || flow.is_some() => Vec::new(),
        None => vec![OpeningMessage {
            kind: MessageType::Text,
            payload: Payload { text: settings.welcome.clone(), ..Payload::default() },
        }],
    };
    let (mut at_pages, mut pages) = (Vec::new(), Vec::new());
    for (flow, json) in served::at_pages(&db, widget.organization_id, widget.id).await? {
        pages.extend(opening(&json).map(|opening| PageOpening { urls: flow.urls.clone(), opening }));
        at_pages.push(flow);
    }
    let site = heading.clone();
    let mut config = WidgetConfig {
        heading,
        sub_heading: settings.sub_heading.clone(),
        placeholder: settings.placeholder.clone(),
        locale: settings.locale.clone(),
        theme: settings.theme.theme(),
        opening: said_first,
        pages,
        pre_chat: settings.questions(true),
        identity_required: settings.identity_required,
        offline_message: settings.offline.message.clone(),
        uploads: UploadPolicy {
            max_bytes: settings.uploads.max_bytes.min(UploadPolicy::MOST),
            ..settings.uploads.clone()
        },
        size: settings.theme.size.map_or_else(String::new, |size| size.tag().into()),
        // What is a question already needs to be read once.
        legal_text: match &settings.legal {
            Legal { consent: true, url: None, .. } => String::new(),
            legal => legal.text.clone(),
        },
        legal_url: settings.legal.url.as_ref().map(ToString::to_string).unwrap_or_default(),
        online: true,
        back_at: None,
    };
    let there = serde_json::to_string(&config)?;
    let away = match settings.office_hours {
        None => None,
        Some(_) => {
            (config.online, config.pre_chat) = (false, settings.questions(false));
            Some(serde_json::to_string(&config)?)
        }
    };
    let shown = presentation(&Json::parse(&there)?, &written, chat_type).json();
    let public = Public { hash: sha256_hex(&shown), json: shown };
    let published = Published {
        listening: served::listening(&db, widget.organization_id, widget.id).await?,
        at_pages,
        widget: widget.id,
        organization: widget.organization_id,
        flow,
        hash: sha256_hex(&format!("{there}{}", away.as_deref().unwrap_or_default())),
        config: there,
        away,
        site,
        settings: widget.settings,
        rules: WidgetSettings::default(),
    };
    Ok((published, public))
}

/// What the bot will say first to somebody of whom nothing is known; none where its flow cannot be run.
fn opening(flow: &str) -> Option<Vec<OpeningMessage>> {
    let graph = Graph::read(flow).ok()?;
    let world = World { known: &BTreeMap::new(), now: now(), random: [0; 10] };
    let turn = advance(&graph, &mut Run::default(), Input::Start, world);
    let said = turn.effects.into_iter().filter_map(|effect| match effect {
        Effect::Say(kind, payload) => Some(OpeningMessage { kind, payload }),
        _ => None,
    });
    Some(said.collect())
}
