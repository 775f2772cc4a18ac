//! Styles: our own, and what the snippet and the settings say about colour, scheme and corner.

use crate::dom::{class, join};
use crate::host::Host;
use shared::model::settings::{ColorScheme, Position, Theme};
use shared::wire::config::WidgetConfig;
use shared::wire::source::Tag;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlElement;

/// Ours, and the dark colours twice: where the system asks for them, and where the settings do.
const CSS: &str = concat!(
    include_str!(concat!(env!("OUT_DIR"), "/panel.css")),
    include_str!(concat!(env!("OUT_DIR"), "/log.css")),
    include_str!(concat!(env!("OUT_DIR"), "/composer.css")),
    "@media(prefers-color-scheme:dark){.panel:not(.light){",
    include_str!(concat!(env!("OUT_DIR"), "/dark.css")),
    "}}.panel.dark{",
    include_str!(concat!(env!("OUT_DIR"), "/dark.css")),
    "}",
);

/// The loader's slots for styles: it keeps 0 to 2 for itself, and 1 is its guess at the brand colour.
const SLOT_BRAND: u32 = 1;
const SLOT_OURS: u32 = 3;
const SLOT_SIDE: u32 = 4;

/// How the panel is dressed.
pub struct ThemeView {
    host: Host,
    shown: Option<Theme>,
}

impl ThemeView {
    /// Lays our styles.
    pub fn new(host: &Host) -> Self {
        host.adopt(SLOT_OURS, CSS);
        let host: Host = AsRef::<JsValue>::as_ref(host).clone().unchecked_into();
        if host.side() == Position::Left.tag() {
            host.adopt(SLOT_SIDE, LEFT);
        }
        Self { host, shown: None }
    }

    /// Follows the settings, where the snippet does not say otherwise.
    pub fn draw(&mut self, panel: &HtmlElement, config: &WidgetConfig) {
        if self.shown.as_ref() == Some(&config.theme) {
            return;
        }
        let theme = &config.theme;
        if self.host.brand().is_empty() {
            let on = if theme.primary.wants_dark_text() { "#16191d" } else { "#fff" };
            let css = join(&[":host{--brand:", &theme.primary.css(), ";--on:", on, "}"]);
            self.host.adopt(SLOT_BRAND, &css);
        }
        let scheme = ColorScheme::from_tag(&self.host.scheme()).unwrap_or(theme.scheme);
        class(panel, "light", scheme == ColorScheme::Light);
        class(panel, "dark", scheme == ColorScheme::Dark);
        if Position::from_tag(&self.host.side()).unwrap_or(theme.position) == Position::Left {
            self.host.adopt(SLOT_SIDE, LEFT);
        }
        self.shown = Some(config.theme.clone());
    }
}

const LEFT: &str = ".launcher,.card,.panel{right:auto;left:20px;transform-origin:0 100%}";
