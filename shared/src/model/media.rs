//! Files that visitors and agents send.

use crate::id::MediaId;
use crate::wire::source::{Source, Tag, tags};
use alloc::{string::String, vec::Vec};

tags! {
    /// What a file is, as far as somebody who reads a conversation cares.
    MediaKind {
        /// A picture.
        Image = "image",
        /// A film.
        Video = "video",
        /// A recording.
        Audio = "audio",
        /// Anything else.
        Document = "document",
    }
}

tags! {
    /// What a file is made of. There are no others: what is none of these is refused. Pictures are made of dots alone,
    /// for SVG can carry scripts; archives are not opened, so nobody knows what is in them.
    MediaType {
        /// A picture (<https://www.w3.org/TR/png-3/>).
        Png = "image/png",
        /// A picture (ITU-T T.81).
        Jpeg = "image/jpeg",
        /// A picture, perhaps a moving one.
        Gif = "image/gif",
        /// A picture (RFC 9649).
        Webp = "image/webp",
        /// A picture (<https://aomediacodec.github.io/av1-avif/>).
        Avif = "image/avif",
        /// A film (ISO/IEC 14496-14).
        Mp4 = "video/mp4",
        /// A film (<https://www.webmproject.org/docs/container/>).
        Webm = "video/webm",
        /// A recording in the same container as a film.
        M4a = "audio/mp4",
        /// A recording in the same container as a film.
        WebmAudio = "audio/webm",
        /// A recording (ISO/IEC 11172-3, layer III).
        Mp3 = "audio/mpeg",
        /// A recording (RFC 5334).
        Ogg = "audio/ogg",
        /// A recording.
        Wav = "audio/wav",
        /// A document (ISO 32000-2).
        Pdf = "application/pdf",
        /// Text in UTF-8.
        Text = "text/plain",
        /// Text in UTF-8, a table (RFC 4180).
        Csv = "text/csv",
    }
}

impl MediaType {
    /// What it is to a reader.
    pub fn kind(self) -> MediaKind {
        match self {
            Self::Png | Self::Jpeg | Self::Gif | Self::Webp | Self::Avif => MediaKind::Image,
            Self::Mp4 | Self::Webm => MediaKind::Video,
            Self::M4a | Self::WebmAudio | Self::Mp3 | Self::Ogg | Self::Wav => MediaKind::Audio,
            Self::Pdf | Self::Text | Self::Csv => MediaKind::Document,
        }
    }

    /// How names of such files end; the first is given to a file whose name ends otherwise.
    pub fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg", "jpe", "jfif"],
            Self::Gif => &["gif"],
            Self::Webp => &["webp"],
            Self::Avif => &["avif"],
            Self::Mp4 => &["mp4", "m4v"],
            Self::Webm | Self::WebmAudio => &["webm"],
            Self::M4a => &["m4a", "mp4"],
            Self::Mp3 => &["mp3"],
            Self::Ogg => &["ogg", "oga", "opus"],
            Self::Wav => &["wav"],
            Self::Pdf => &["pdf"],
            Self::Text => &["txt", "log", "md", "text"],
            Self::Csv => &["csv"],
        }
    }
}

/// Which files may be sent in a widget's conversations.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, crate::json::Read))]
#[cfg_attr(feature = "serde", serde(default, rename_all = "camelCase"))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UploadPolicy {
    /// Whether visitors may send files at all.
    pub enabled: bool,
    /// The most bytes of one file.
    pub max_bytes: u32,
    /// What they may be made of.
    pub types: Vec<MediaType>,
}

impl Default for UploadPolicy {
    fn default() -> Self {
        Self {
            enabled: true,
            max_bytes: 10 * 1024 * 1024,
            types: MediaType::ALL.iter().map(|(kind, _)| *kind).collect(),
        }
    }
}

impl UploadPolicy {
    /// The most bytes that any widget can allow: what a Worker can be sent.
    pub const MOST: u32 = 100 * 1000 * 1000;

    /// Reads a policy as the widget does; where there is none, the edge is older than files.
    pub fn decode<S: Source>(source: Option<S>) -> Self {
        let none = Self { enabled: false, max_bytes: 0, types: Vec::new() };
        let Some(source) = source else { return none };
        let types = source.get("types").map(|list| list.items()).unwrap_or_default();
        Self {
            enabled: source.get("enabled").and_then(|v| v.boolean()).unwrap_or(false),
            max_bytes: source.get("maxBytes").and_then(|v| v.count()).unwrap_or(0),
            types: types.iter().filter_map(|item| MediaType::from_tag(&item.string()?)).collect(),
        }
    }
}

/// A file as a message carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, crate::json::Read))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Attachment {
    /// Where it can be fetched, for an hour at most: reading the message again tells where next. What is stored has
    /// the object's key here. It stands first, so that whoever signs finds it.
    pub url: String,
    /// Its id.
    pub id: MediaId,
    /// What it is to a reader.
    pub kind: MediaKind,
    /// Its name, for people.
    pub filename: String,
    /// What it is made of, found out from its bytes.
    pub mime_type: String,
    /// How many bytes it has.
    pub size: u32,
    /// How wide a picture is, in pixels.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub width: Option<u32>,
    /// How high a picture is, in pixels.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub height: Option<u32>,
}

impl Attachment {
    /// Reads an attachment as the widget does.
    pub fn decode<S: Source>(source: &S) -> Option<Self> {
        let text = |key: &str| source.get(key)?.string();
        let count = |key: &str| source.get(key)?.count();
        let id = MediaId::parse(&text("id")?).ok()?;
        let kind = MediaKind::from_tag(&text("kind")?)?;
        let size = count("size")?;
        Some(Self {
            url: text("url")?,
            id,
            kind,
            filename: text("filename")?,
            mime_type: text("mimeType")?,
            size,
            width: count("width"),
            height: count("height"),
        })
    }
}
