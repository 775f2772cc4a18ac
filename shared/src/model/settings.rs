//! A widget's settings, as its owner writes them.

#[cfg(feature = "serde")]
mod limits;

use crate::colour::HexColor;
#[cfg(feature = "serde")]
use crate::id::FlowId;
#[cfg(feature = "serde")]
use crate::model::media::UploadPolicy;
#[cfg(feature = "serde")]
use crate::rules::address::AddressRange;
#[cfg(feature = "serde")]
use crate::rules::hours::OfficeHours;
#[cfg(feature = "serde")]
use crate::rules::origin::DomainPattern;
#[cfg(feature = "serde")]
use crate::rules::pre_chat::{Field, FieldType, PreChat};
#[cfg(feature = "serde")]
use crate::text::Email;
#[cfg(feature = "serde")]
use crate::url::HttpUrl;
use crate::wire::source::tags;
#[cfg(feature = "serde")]
use alloc::{collections::BTreeMap, string::String, vec::Vec};

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

tags! {
    /// How large the panel is.
    Size {
        /// 340 by 520 pixels.
        Small = "small",
        /// 392 by 640 pixels.
        Medium = "medium",
        /// 460 by 760 pixels.
        Large = "large",
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

tags! {
    /// How a visitor comes by a session.
    Mode {
        /// Without any identity.
        Anonymous = "anonymous",
        /// With a name, e-mail or phone they claim.
        Identified = "identified",
        /// With an e-mail address whose mail they can read.
        VerifyOtp = "verify-otp",
        /// With an identity that the host has signed.
        HostIdentified = "host-identified",
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
    /// What is said first where no flow answers; nothing when empty.
    pub welcome: String,
    /// What is said to a conversation's first message where no flow answers; nothing when empty.
    pub acknowledgement: String,
    /// How it looks.
    pub theme: Look,
    /// What opens it.
    pub launcher: Launcher,
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
    /// The ways to come by a session that are open; all where none is named.
    pub identity_modes: Vec<Mode>,
    /// What a visitor is asked before the chat.
    pub pre_chat: PreChat,
    /// When people are there; always where nothing is said.
    pub office_hours: Option<OfficeHours>,
    /// What happens when they are not.
    pub offline: Offline,
    /// What the law, or the owner, wants a visitor to read.
    pub legal: Legal,
    /// When the widget speaks first. The tag carries them, for nothing is fetched before somebody acts.
    pub triggers: Vec<Trigger>,
}

/// How a widget looks, as its owner writes it.
#[cfg(feature = "serde")]
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, crate::json::Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, rename_all = "camelCase")]
pub struct Look {
    /// The brand colour: launcher, header, the visitor's messages.
    pub primary: Option<HexColor>,
    /// Light, dark, or as the visitor's system says.
    pub scheme: Option<ColorScheme>,
    /// Where the launcher sits.
    pub position: Option<Position>,
    /// How large the panel is; on a phone it fills the screen.
    pub size: Option<Size>,
    /// Colours by their names; `primary` is the brand colour where none stands beside them. Others are the owner's own.
    pub colors: BTreeMap<String, HexColor>,
}

#[cfg(feature = "serde")]
impl Look {
    /// The same with what is left out.
    pub fn theme(&self) -> Theme {
        let usual = Theme::default();
        Theme {
            primary: self.brand().unwrap_or(usual.primary),
            scheme: self.scheme.unwrap_or(usual.scheme),
            position: self.position.unwrap_or(usual.position),
        }
    }

    /// The brand colour, if one is set.
    pub fn brand(&self) -> Option<HexColor> {
        self.primary.or_else(|| self.colors.get("primary").copied())
    }
}

/// What opens the widget.
#[cfg(feature = "serde")]
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, crate::json::Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, rename_all = "camelCase")]
pub struct Launcher {
    /// Its name for screen readers; the widget's own words when empty. The tag carries it.
    pub label: String,
}

/// What a visitor is to read before they write.
#[cfg(feature = "serde")]
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, crate::json::Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, rename_all = "camelCase")]
pub struct Legal {
    /// The words; nothing is shown when empty.
    pub text: String,
    /// Where more of it stands: an `http` or `https` address.
    pub url: Option<HttpUrl>,
    /// Whether they have to agree, by a box they tick, before the first message. Whoever proves who they are is asked no
    /// questions, and not this one: the site that vouches for them, or wrote to them, has asked.
    pub consent: bool,
}

tags! {
    /// What a trigger does.
    Deed {
        /// Opens the panel.
        Open = "open",
        /// Shows a message beside the launcher.
        Greet = "greet",
    }
}

/// When the widget speaks first: on pages of an address, after so many seconds.
#[cfg(feature = "serde")]
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, crate::json::Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Trigger {
    /// The pages' address, with `*` for anything: `/pricing*` is compared with the path, `https://…` with all of it.
    /// Every page where it is empty.
    #[serde(default)]
    pub url: String,
    /// After how many seconds on the page.
    #[serde(default)]
    pub after: u32,
    /// What it does.
    #[serde(rename = "do")]
    pub deed: Deed,
    /// What it says, if it greets.
    #[serde(default)]
    pub message: String,
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
    /// What a visitor is asked then, besides what is asked before every chat.
    pub form: PreChat,
    /// Where messages that are left by themselves, without a chat, are mailed to; they are kept in any case. No visitor
    /// learns of it.
    pub recipient: Option<Email>,
}

#[cfg(feature = "serde")]
impl Default for Offline {
    fn default() -> Self {
        Self { accept: true, message: String::new(), form: PreChat::default(), recipient: None }
    }
}

#[cfg(feature = "serde")]
impl WidgetSettings {
    /// The question whose answer is the visitor's consent.
    pub const CONSENT: &str = "consent";

    /// All that a visitor is asked before the chat, while people are there or while they are not.
    pub fn questions(&self, online: bool) -> PreChat {
        let mut fields = self.pre_chat.fields.clone();
        if !online {
            fields.extend(self.offline.form.fields.iter().cloned());
        }
        if self.legal.consent {
            fields.push(Field {
                id: Self::CONSENT.into(),
                label: self.legal.text.clone(),
                kind: FieldType::Checkbox,
                required: true,
                options: Vec::new(),
                pattern: None,
                show_if: None,
            });
        }
        PreChat { fields }
    }
}
