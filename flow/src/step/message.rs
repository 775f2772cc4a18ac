//! What a `message` says.

use serde::Serialize;
use shared::json::{Json, Read, Wrong};

/// A message: words, a picture, a file, cards, buttons; at least one of them. All texts take `{{variables}}`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// The words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Whether the words are formatted: `**strong**`, `*emphasis*`, `[words](https://…)`, lists, quotes. What variables hold
    /// is not.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub markdown: bool,
    /// A picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<PictureAt>,
    /// A film, a recording or another file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<FileAt>,
    /// Cards, at most 10; several stand side by side.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cards: Vec<CardOf>,
    /// Buttons, at most 10. The flow does not wait for them: one without `url` says its label.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<LinkOf>,
}

/// Where a picture lies.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PictureAt {
    /// Its address: `https` alone.
    pub url: String,
    /// What it shows, for those who cannot see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alt: Option<String>,
}

impl Read for PictureAt {
    fn read(json: &Json) -> Result<Self, Wrong> {
        // Its address alone is enough to name a picture.
        if let Json::Text(url) = json {
            return Ok(Self { url: url.clone(), alt: None });
        }
        json.object(Some(&["url", "alt"]))?;
        Ok(Self { url: json.field("url")?, alt: json.field("alt")? })
    }
}

/// Where a file lies.
#[derive(Debug, Clone, PartialEq, Serialize, Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FileAt {
    /// Its address: `https` alone. How its path ends tells films and recordings from other files.
    pub url: String,
    /// Its name; the last part of its address without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A card: at least a title, words or a picture.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CardOf {
    /// Its title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Its words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Where its picture lies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<PictureAt>,
    /// Its buttons, at most 3.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<LinkOf>,
}

/// A button that says its label, or opens an address.
#[derive(Debug, Clone, PartialEq, Serialize, Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LinkOf {
    /// What stands on it.
    pub label: String,
    /// What it opens: `https`, `http`, `mailto` or `tel`; takes `{{variables|url}}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}
