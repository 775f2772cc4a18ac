//! A widget's settings, as its owner writes them.

use crate::colour::HexColor;
#[cfg(feature = "serde")]
use crate::id::FlowId;
use crate::wire::source::tags;
#[cfg(feature = "serde")]
use alloc::string::String;

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
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
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
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
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
}
