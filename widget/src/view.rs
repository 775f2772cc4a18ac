//! The model on the screen. Each piece of screen is a file; events go out, nothing is decided here.

mod asked;
mod banner;
mod bubble;
mod cards;
mod composer;
mod file;
mod formatted;
mod header;
mod launcher;
mod legal;
mod linked;
mod links;
mod log;
mod markdown;
mod menu;
mod phone;
mod rich;
mod row;
mod sheet;
mod theme;

use crate::dom::{after, around, attr, class, focus, keep, make, on, put, stop, within};
use crate::host::Host;
use crate::net::http::Send;
use crate::picked::Picked;
use crate::state::Model;
use crate::state::event::Event;
use crate::state::sheet::Kind;
use crate::words::Words;
use alloc::{boxed::Box, string::String};
use asked::answer_later;
use core::cell::Cell;
use shared::id::{ClientId, MessageId};
use shared::wire::config::WidgetConfig;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent, PointerEvent};

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
    sheet: sheet::SheetView,
    send: Send,
    panel: HtmlElement,
    phone: &'static phone::Phone,
    open: bool,
    /// Whether the second part is here.
    grown: Cell<bool>,
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
            sheet: sheet::SheetView::new(&panel, send),
            send,
            phone: phone::Phone::new(host, &panel),
            panel,
            open: false,
            grown: Cell::new(false),
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
        self.banner.draw(model, now);
        if let Some(config) = model.settings.get() {
            self.theme.draw(&self.panel, config);
            let away = if self.grown.get() { self.notices_later(config, model, now) } else { None };
            self.header.set_presence(away.is_none() && !self.banner.is_shown());
            self.header.draw(&self.panel, config, model, away);
            self.composer.set_placeholder(&config.placeholder);
            self.composer.allow(&config.uploads);
        }
        let held = self.grown.get() && self.holds_focus_later();
        self.log.draw(model, now);
        if held && !self.holds_focus_later() {
            self.composer.focus();
        }
        if !self.header.is_settled(model) {
            self.header.draw_menu_later(model);
        }
        if !self.sheet.is_settled(model) {
            self.sheet.draw_later(model, now, &self.header.root, &[&self.log.frame, &self.composer.root]);
        }
        self.composer.draw(model);
    }

    /// Hears what only the second part knows what to do with.
    #[inline(never)]
    pub fn grow_later(&self, picked: &'static Picked) {
        self.grown.set(true);
        picked.listen_later(&self.panel, &self.composer.input);
        press_later(&self.panel, self.send);
    }
}

impl View {
    /// Whether the focus is on a control of the log.
    #[inline(never)]
    fn holds_focus_later(&self) -> bool {
        within(&self.log.list, ":focus").is_some()
    }

    /// What is told of the owner's hours, and what they want read.
    #[inline(never)]
    fn notices_later(&self, config: &WidgetConfig, model: &Model, now: i64) -> Option<String> {
        legal::draw(&self.composer.root, config);
        for size in ["small", "large"] {
            class(&self.panel, size, config.size == size);
        }
        header::away(config, model, now)
    }
}

/// One listener for every button of the panel: what a button does stands in its `data-do`.
fn delegate(panel: &HtmlElement, list: HtmlElement, composer: &'static composer::Composer, send: Send) {
    let clicked = move |event: web_sys::Event| {
        let target = event.target().map(|target| target.unchecked_into::<Element>());
        let Some(button) = target.and_then(|target| around(&target, "[data-do]")) else { return };
        let posted = || MessageId::parse(&around(&button, "[data-id]")?.get_attribute("data-id")?).ok();
        let message = || ClientId::parse(&around(&button, "[data-id]")?.get_attribute("data-id")?).ok();
        let event = match button.get_attribute("data-do").as_deref() {
            Some("close") => Some(Event::Close),
            Some("settings") => Some(Event::AskSettings),
            // Once this click is over: the input's own comes here, too.
            Some("attach") => {
                after(0, Box::new(move |_| composer.input.click()));
                return;
            }
            Some("unpick") => {
                button.get_attribute("data-key").and_then(|key| key.parse().ok()).map(Event::Unpick)
            }
            Some("menu") => Some(Event::Menu),
            Some("elsewhere") => Some(Event::Ask(Kind::Email)),
            Some("forget") => Some(Event::Ask(Kind::Forget)),
            Some("export") => Some(Event::AskExport),
            Some("dismiss") => Some(Event::Dismiss),
            Some("resend") => Some(Event::Resend),
            Some("more") => posted().map(|id| Event::RowMenu(Some(id))),
            Some("edit") => posted().map(Event::Edit),
            Some("remove") => posted().map(|id| Event::Ask(Kind::Remove(id))),
            Some("keep") => Some(Event::StopEditing),
            Some("send") => return composer.submit(),
            Some("choose") => {
                // The button goes away with its answer; who came by keyboard goes on in the composer.
                composer.focus();
                button.text_content().map(Event::Submit)
            }
            Some("answer") => {
                let answer = answer_later(&button);
                composer.focus();
                answer.map(Event::Submit)
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
            send(Event::Escape);
        }
    };
    on(panel, "keydown", Box::new(pressed));
}

/// How long a finger rests on a message until its menu opens, in milliseconds.
const LONG: i32 = 500;

/// A long press on a message opens its menu; a press elsewhere closes every menu.
#[inline(never)]
fn press_later(panel: &HtmlElement, send: Send) {
    let timer = keep(Cell::new(None));
    let target = |event: &web_sys::Event| event.target().map(|target| target.unchecked_into::<Element>());
    let down = move |event: web_sys::Event| {
        let Some(target) = target(&event) else { return };
        if around(&target, ".menu,[aria-haspopup]").is_none() {
            send(Event::CloseMenus);
        }
        let finger = event.unchecked_ref::<PointerEvent>().pointer_type() == "touch";
        let own = around(&target, ".mine .bubble").and_then(|_| around(&target, ".mine"));
        let id = own.and_then(|row| MessageId::parse(&row.get_attribute("data-id")?).ok());
        if let Some(id) = id.filter(|_| finger) {
            timer.set(Some(after(LONG, Box::new(move |_| send(Event::RowMenu(Some(id)))))));
        }
    };
    on(panel, "pointerdown", Box::new(down));
    for name in ["pointerup", "pointermove", "pointercancel"] {
        on(
            panel,
            name,
            Box::new(move |_| {
                if let Some(id) = timer.take() {
                    stop(id);
                }
            }),
        );
    }
}
