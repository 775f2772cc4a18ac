//! What the owner wants read, in small letters below the composer.

use crate::dom::{attr, put, say, within};
use shared::wire::config::WidgetConfig;
use web_sys::HtmlElement;

/// Shows it, once it is known.
pub fn draw(composer: &HtmlElement, config: &WidgetConfig) {
    let Some(panel) = composer.parent_element() else { return };
    let (text, url) = (&config.legal_text, &config.legal_url);
    match within(&panel, ".legal") {
        Some(shown) if shown.text_content().as_deref() == Some(text) => return,
        Some(shown) => shown.remove(),
        None => {}
    }
    if text.is_empty() {
        return;
    }
    let line = say("p", "legal", if url.is_empty() { text } else { "" });
    if !url.is_empty() {
        let link = say("a", "", text);
        for (name, value) in [("href", url.as_str()), ("target", "_blank"), ("rel", "noopener noreferrer")] {
            attr(&link, name, value);
        }
        put(&line, &link);
    }
    put(&panel, &line);
}
