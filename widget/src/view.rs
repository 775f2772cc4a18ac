//! The model on the screen. Each piece of screen is a file; events go out, nothing is decided here.

mod banner;
mod bubble;
mod composer;
mod header;
mod launcher;
mod links;
mod log;
mod phone;
mod row;
mod theme;

use crate::dom::{around, attr, class, focus, make, on, put};
use crate::host::Host;
use crate::net::http::Send;
use crate::state::Model;
use crate::state::event::Event;
use crate::words::Words;
use alloc::boxed::Box;
use shared::id::ClientId;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

/// The panel on the screen.
pub struct View {
    /// Where the visitor writes.
    pub composer: &'static composer::Composer,
    /// The button that opens the panel.
    pub launcher: launcher::Launcher,
    /// The messages.
    pub log: log::LogView,
    header: header::Header,
    banner: banner::Banner,
    theme: theme::ThemeView,
    panel: HtmlElement,
    phone: &'static phone::Phone,
    open: bool,
}

impl View {
    /// Builds the panel, closed.
    pub fn new(host: &Host, words: &'static Words, send: Send) -> Self {
        let panel = make("section", "panel");
        attr(&panel, "part", "panel");
        attr(&panel, "role", "dialog");
        attr(&panel, "aria-label", words.title);
        let header = header::Header::new(words);
        let banner = banner::Banner::new();
        let log = log::LogView::new(words, send);
        put(&log.frame, &banner.root);
        let composer = composer::Composer::new(words, send);
        put(&panel, &header.root);
        put(&panel, &log.frame);
        put(&panel, &composer.root);
        let theme = theme::ThemeView::new(host);
        put(&host.root(), &panel);
        delegate(&panel, log.list.clone(), composer, send);
        Self {
            composer,
            launcher: launcher::Launcher::new(host.launcher()),
            log,
            header,
            banner,
            theme,
            phone: phone::Phone::new(host, &panel),
            panel,
            open: false,
        }
    }

    /// Shows the model as it is now.
    pub fn draw(&mut self, model: &Model, now: i64) {
        if self.open != model.open {
            self.open = model.open;
            class(&self.panel, "open", self.open);
            self.phone.occupy(self.open);
        }
        self.launcher.draw(model);
        if let Some(config) = model.settings.get() {
            self.theme.draw(&self.panel, config);
            self.header.draw(&self.panel, config, model.words);
            self.composer.set_placeholder(&config.placeholder);
        }
        self.banner.draw(model, now);
        self.header.set_presence(!self.banner.is_shown());
        self.log.draw(model, now);
    }
}

/// One listener for every button of the panel: what a button does stands in its `data-do`.
fn delegate(panel: &HtmlElement, list: HtmlElement, composer: &'static composer::Composer, send: Send) {
    let clicked = move |event: web_sys::Event| {
        let target = event.target().map(|target| target.unchecked_into::<Element>());
        let Some(button) = target.and_then(|target| around(&target, "[data-do]")) else { return };
        let message = || ClientId::parse(&around(&button, "[data-id]")?.get_attribute("data-id")?).ok();
        let event = match button.get_attribute("data-do").as_deref() {
            Some("close") => Some(Event::Close),
            Some("settings") => Some(Event::AskSettings),
            Some("send") => return composer.submit(),
            Some("choose") => {
                // The button goes away with its answer; who came by keyboard goes on in the composer.
                composer.focus();
                button.text_content().map(Event::Submit)
            }
            Some("retry") => message().map(Event::Retry),
            Some("discard") => message().map(Event::Discard),
            Some("latest") => {
                // The button goes away; who pressed it reads on.
                focus(&list);
                return list.set_scroll_top(list.scroll_height());
            }
            _ => None,
        };
        if let Some(event) = event {
            send(event);
        }
    };
    on(panel, "click", Box::new(clicked));
    let pressed = move |event: web_sys::Event| {
        let key: &KeyboardEvent = event.unchecked_ref();
        // An Escape that ends a composition belongs to the input method.
        if key.key() == "Escape" && !key.is_composing() {
            event.stop_propagation();
            send(Event::Close);
        }
    };
    on(panel, "keydown", Box::new(pressed));
}
