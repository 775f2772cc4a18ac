//! What the widget reads of a widget's settings before a visitor has acted: presentation, and nothing secret.

use crate::colour::HexColor;
use crate::model::media::UploadPolicy;
use crate::model::message::{MessageType, Payload};
use crate::model::settings::{ColorScheme, Position, Theme};
use crate::rules::page::is_at;
use crate::rules::pre_chat::PreChat;
use crate::time::Timestamp;
use crate::wire::source::{Source, Tag};
use alloc::{string::String, vec::Vec};

/// One message of the bot's opening turn. It is shown before any visitor exists, so it has neither id nor time; the
/// session that begins with the visitor's first act brings the real one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, crate::json::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OpeningMessage {
    /// What it is made of.
    #[cfg_attr(feature = "serde", serde(rename = "type"))]
    pub kind: MessageType,
    /// What it says.
    pub payload: Payload,
}

/// What the bot says first on some pages, where another flow answers.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, crate::json::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PageOpening {
    /// The pages, with `*` for anything: see [`is_at`].
    pub urls: Vec<String>,
    /// What it says.
    pub opening: Vec<OpeningMessage>,
}

impl PageOpening {
    /// Reads it as the widget does.
    pub fn decode<S: Source>(source: &S) -> Option<Self> {
        Some(Self {
            urls: source.get("urls")?.items().iter().filter_map(Source::string).collect(),
            opening: source.get("opening")?.items().iter().filter_map(decode_opening).collect(),
        })
    }

    /// Whether a page is one of them.
    pub fn is_at(&self, url: &str) -> bool {
        self.urls.iter().any(|pattern| is_at(pattern, url))
    }
}

/// A widget as its visitors' browsers know it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, crate::json::Read))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WidgetConfig {
    /// The panel's title.
    pub heading: String,
    /// The line below the title; may be empty.
    pub sub_heading: String,
    /// What stands in an empty composer; the widget's own words when empty.
    pub placeholder: String,
    /// The language of the widget's own words (BCP 47); the page's when empty.
    pub locale: String,
    /// How it looks.
    pub theme: Theme,
    /// What the bot will say first.
    pub opening: Vec<OpeningMessage>,
    /// What it says instead on some pages: the first that the page is one of counts. The widget looks at this as it comes.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub pages: Vec<PageOpening>,
    /// What is asked before the chat.
    pub pre_chat: PreChat,
    /// Whether an identity has to be proved: then none is taken that is only claimed.
    pub identity_required: bool,
    /// What is said out of office hours; the widget's own words when empty.
    pub offline_message: String,
    /// Which files may be sent.
    pub uploads: UploadPolicy,
    /// How large the panel is: `small`, `large`, or as usual.
    pub size: String,
    /// What a visitor is to read; nothing when empty.
    pub legal_text: String,
    /// Where more of it stands; nothing when empty.
    pub legal_url: String,
    /// Whether people are there now.
    pub online: bool,
    /// When they are next, if they are not and it is known.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub back_at: Option<Timestamp>,
}

impl WidgetConfig {
    /// Reads a configuration as the widget does. What is missing or unknown takes its default, so that a cached
    /// widget survives a newer edge.
    pub fn decode(source: &impl Source) -> Self {
        let text = |key: &str| source.get(key).and_then(|v| v.string()).unwrap_or_default();
        Self {
            heading: text("heading"),
            sub_heading: text("subHeading"),
            placeholder: text("placeholder"),
            locale: text("locale"),
            theme: source.get("theme").map(|theme| decode_theme(&theme)).unwrap_or_default(),
            opening: source
                .get("opening")
                .map(|list| list.items().iter().filter_map(decode_opening).collect())
                .unwrap_or_default(),
            pages: Vec::new(),
            pre_chat: source.get("preChat").map(|asked| PreChat::decode(&asked)).unwrap_or_default(),
            identity_required: source.get("identityRequired").and_then(|v| v.boolean()).unwrap_or_default(),
            offline_message: text("offlineMessage"),
            uploads: UploadPolicy::decode(source.get("uploads")),
            size: text("size"),
            legal_text: text("legalText"),
            legal_url: text("legalUrl"),
            online: source.get("online").and_then(|v| v.boolean()).unwrap_or(true),
            back_at: source.get("backAt").and_then(|v| v.time()),
        }
    }
}

fn decode_theme(source: &impl Source) -> Theme {
    let text = |key: &str| source.get(key).and_then(|v| v.string()).unwrap_or_default();
    let usual = Theme::default();
    Theme {
        primary: HexColor::parse(&text("primary")).unwrap_or(usual.primary),
        scheme: ColorScheme::from_tag(&text("scheme")).unwrap_or(usual.scheme),
        position: Position::from_tag(&text("position")).unwrap_or(usual.position),
    }
}

fn decode_opening<S: Source>(source: &S) -> Option<OpeningMessage> {
    Some(OpeningMessage {
        kind: MessageType::from_tag(&source.get("type")?.string()?)?,
        payload: Payload::decode(&source.get("payload")?)?,
    })
}
