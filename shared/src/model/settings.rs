//! A widget's settings, as its owner writes them.

#[cfg(feature = "serde")]
mod limits;

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
