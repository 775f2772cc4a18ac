//! A widget's settings, as its owner writes them.

use crate::colour::HexColor;
#[cfg(feature = "serde")]
use crate::id::FlowId;
#[cfg(feature = "serde")]
use crate::model::media::UploadPolicy;
#[cfg(feature = "serde")]
use crate::rules::{address::AddressRange, hours::OfficeHours, origin::DomainPattern, pre_chat::PreChat};
use crate::wire::source::tags;
#[cfg(feature = "serde")]
use alloc::{string::String, vec::Vec};

tags! {
    /// Which colour scheme the widget wears.
    ColorScheme {
        /// The one the visitor's system asks for.
        Auto = "auto",
        /// Always light.
        Light = "light",
        /// Always dark.
        Dark = "dark",
    }
}

tags! {
    /// The lower corner the launcher sits in.
    Position {
        /// The right one.
        Right = "right",
        /// The left one.
        Left = "left",
    }
}

/// How the widget looks.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, crate::json::Read))]
#[cfg_attr(feature = "serde", serde(default, rename_all = "camelCase"))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Theme {
    /// The brand colour: launcher, header, the visitor's messages.
    pub primary: HexColor,
    /// Light, dark, or as the visitor's system says.
    pub scheme: ColorScheme,
    /// Where the launcher sits.
    pub position: Position,
}

impl Default for Theme {
    fn default() -> Self {
        Self { primary: HexColor::PORCHLIGHT, scheme: ColorScheme::Auto, position: Position::Right }
    }
}

/// What an owner sets of a widget. Anything left out has a default.
#[cfg(feature = "serde")]
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, crate::json::Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, rename_all = "camelCase")]
pub struct WidgetSettings {
    /// The panel's title; the widget's name when empty.
    pub heading: String,
    /// The line below the title.
    pub sub_heading: String,
    /// What stands in an empty composer.
    pub placeholder: String,
    /// How it looks.
    pub theme: Theme,
    /// The language of the widget's own words (BCP 47); the page's when empty.
    pub locale: String,
    /// The flow that answers, served in its published version.
    pub flow_id: Option<FlowId>,
    /// Which files may be sent.
    pub uploads: UploadPolicy,
    /// The sites whose pages may ask; any where there are none.
    pub allowed_domains: Vec<DomainPattern>,
    /// The addresses and networks that may not.
    pub blocked_ips: Vec<AddressRange>,
    /// Whether a visitor's identity has to be proved: then none is taken that is only claimed.
    pub identity_required: bool,
    /// What a visitor is asked before the chat.
    pub pre_chat: PreChat,
    /// When people are there; always where nothing is said.
    pub office_hours: Option<OfficeHours>,
    /// What happens when they are not.
    pub offline: Offline,
}

#[cfg(feature = "serde")]
impl WidgetSettings {
    /// The most bytes of settings, as JSON.
    pub const MOST_BYTES: usize = 64 * 1024;
    /// How deep they may nest.
    pub const DEEPEST: usize = 8;

    /// Settings as they are kept: what is known of them is as it should be, what is not known is kept as it came.
    pub fn written(json: &crate::json::Json) -> Result<String, crate::json::Wrong> {
        crate::json::Read::read(json).map(|_: Self| ())?;
        if let Some(colors) = json.get("theme").and_then(|theme| theme.get("colors")) {
            let read = <alloc::collections::BTreeMap<String, HexColor> as crate::json::Read>::read(colors);
            read.map_err(|wrong| wrong.within("colors").within("theme"))?;
        }
        if json.depth() > Self::DEEPEST {
            return Err(crate::json::Wrong::new(format_args!("must nest at most {} deep", Self::DEEPEST)));
        }
        let text = json.json();
        if text.len() > Self::MOST_BYTES {
            return Err(crate::json::Wrong::new(format_args!(
                "must have at most {} bytes",
                Self::MOST_BYTES
            )));
        }
        Ok(text)
    }
}

/// What happens out of office hours.
#[cfg(feature = "serde")]
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, crate::json::Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, rename_all = "camelCase")]
pub struct Offline {
    /// Whether messages are taken, to be read later.
    pub accept: bool,
    /// What the visitor is told.
    pub message: String,
}

#[cfg(feature = "serde")]
impl Default for Offline {
    fn default() -> Self {
        Self { accept: true, message: String::new() }
    }
}
