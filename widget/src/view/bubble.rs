//! One thing that somebody said: avatar, name, words, time and how far it has come.

use super::file::show_later;
use super::formatted::write_later;
use super::links::{Piece, pieces};
use super::menu::{enter, make_menu_later};
use super::rich;
use super::row::time_of_day;
use crate::dom::{attr, button, flag, icon, join, make, put, replace, say, text, within};
use crate::state::rows::{Bubble, Mark};
use crate::words::Words;
use shared::model::message::AuthorKind;
use web_sys::{Element, HtmlElement};

/// Three dots, for more.
pub const DOTS: &str = "M5 12h.01M12 12h.01M19 12h.01";
const CLOCK: &str = "M12 4a8 8 0 1 0 0 16a8 8 0 1 0 0-16M12 8v4l3 2";
const TICK: &str = "M5 12.5 10 17.5 19.5 7";
const TICKS: &str = "M2 12.5 7 17.5 16.5 7M12 16.5l1 1L22.5 7";
const WARNING: &str = "M12 7v6M12 16.5v.5M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18";
const SPARK: &str = "M12 4l1.8 5.2L19 11l-5.2 1.8L12 18l-1.8-5.2L5 11l5.2-1.8z";

/// A new row for it.
pub fn make_bubble(bubble: &Bubble, words: &'static Words) -> HtmlElement {
    let row = make("div", "");
    attr(&row, "part", "message");
    if bubble.kind != AuthorKind::Visitor {
        put(&row, &avatar(bubble.kind, bubble.name.as_deref()));
    }
    let body = make("div", "body");
    let (class, who) = match (bubble.kind, &bubble.name) {
        (AuthorKind::Visitor, _) => ("who sr", words.you),
        (AuthorKind::Bot, _) => ("who sr", words.bot),
        (_, Some(name)) => ("who", name.as_str()),
        (_, None) => ("who", words.team),
    };
    put(&body, &say("span", class, who));
    let said = make("div", "bubble");
    attr(&said, "dir", "auto");
    write(&said, bubble);
    let around = make("div", "said");
    put(&around, &said);
    flag(&said, "hidden", bubble.text.is_empty());
    if let Some(file) = bubble.file.as_deref() {
        show_later(&around, None, file, words);
    }
    if let Some(open) = bubble.menu {
        menu_later(&around, open, words);
    }
    put(&body, &around);
    put(&body, &meta(bubble, words));
    put(&row, &body);
    describe(&row, bubble);
    if let Some(extra) = bubble.extra.as_deref() {
        rich::show_later(&row, None, Some(extra), words);
    }
    row
}

/// Brings a row up to date; what has not changed stays, so that nothing is read out twice.
pub fn update(row: &HtmlElement, old: &Bubble, new: &Bubble, words: &'static Words) {
    describe(row, new);
    if old.file != new.file
        && let Some(around) = within(row, ".said")
    {
        match new.file.as_deref() {
            Some(file) => show_later(&around, old.file.as_deref(), file, words),
            None => within(&around, ".file").into_iter().for_each(|file| file.remove()),
        }
    }
    if old.text != new.text
        && let Some(said) = within(row, ".bubble")
    {
        flag(&said, "hidden", new.text.is_empty());
        said.set_text_content(None);
        write(&said, new);
    }
    if old.extra != new.extra {
        rich::show_later(row, old.extra.as_deref(), new.extra.as_deref(), words);
    }
    if old.menu != new.menu
        && let Some(around) = within(row, ".said")
    {
        menu_later(&around, new.menu == Some(true), words);
        if new.menu.is_none()
            && let Some(more) = within(&around, ".more")
        {
            more.remove();
        }
    }
    if (&old.mark, old.at, old.edited) != (&new.mark, new.at, new.edited)
        && let Some(old_meta) = within(row, ".meta")
    {
        replace(&old_meta, &meta(new, words));
    }
}

/// The small round picture of an author.
pub fn avatar(kind: AuthorKind, name: Option<&str>) -> HtmlElement {
    let avatar = make("span", "avatar");
    attr(&avatar, "aria-hidden", "true");
    match name.and_then(|name| name.trim().chars().next()) {
        Some(initial) if kind == AuthorKind::Agent => {
            // The style makes it a capital; doing so here would bring all of Unicode along.
            avatar.set_text_content(Some(initial.encode_utf8(&mut [0; 4])));
        }
        _ => put(&avatar, &icon("pen", SPARK)),
    }
    avatar
}

/// The button beside an own message, and the menu that it opens.
#[inline(never)]
fn menu_later(around: &Element, open: bool, words: &Words) {
    let more = within(around, ".more").unwrap_or_else(|| {
        let more = button("more", "more", words.message_menu);
        attr(&more, "aria-haspopup", "menu");
        put(&more, &icon("pen", DOTS));
        put(around, &more);
        more.into()
    });
    attr(&more, "aria-expanded", if open { "true" } else { "false" });
    if let Some(menu) = within(around, ".menu") {
        menu.remove();
    }
    if open {
        let menu = make_menu_later(&[("edit", words.edit), ("remove", words.delete)]);
        put(around, &menu);
        enter(&menu);
    }
}

fn describe(row: &HtmlElement, bubble: &Bubble) {
    let status = match bubble.mark {
        Mark::None => "",
        Mark::Sending => "sending",
        Mark::Sent => "sent",
        Mark::Seen => "seen",
        Mark::Failed(_) => "failed",
    };
    let mine = bubble.kind == AuthorKind::Visitor;
    let class = [
        if mine { "msg mine " } else { "msg theirs " },
        if bubble.first { "first " } else { "" },
        if bubble.last { "last " } else { "" },
        if bubble.live { "live " } else { "" },
        if bubble.gone { "gone " } else { "" },
        if bubble.extra.as_ref().is_some_and(|extra| !extra.rich.cards.is_empty()) { "wide " } else { "" },
        status,
    ];
    row.set_class_name(&join(&class));
    attr(row, "data-id", &bubble.id);
    attr(row, "data-author", bubble.kind.tag());
    attr(row, "data-status", status);
}

fn meta(bubble: &Bubble, words: &Words) -> HtmlElement {
    let meta = make("div", "meta");
    // How far it has come is there to be looked up, not to interrupt.
    attr(&meta, "aria-live", "off");
    let (path, word) = match &bubble.mark {
        Mark::None => ("", ""),
        Mark::Sending => (CLOCK, words.sending),
        Mark::Sent => (TICK, words.sent),
        Mark::Seen => (TICKS, words.seen),
        Mark::Failed(_) => (WARNING, words.failed),
    };
    if let Mark::Failed(reason) = &bubble.mark {
        attr(&meta, "aria-live", "assertive");
        put(&meta, &icon("pen", path));
        put(&meta, &say("span", "why", &join(&[word, ". ", reason])));
        for (action, label) in [("retry", words.retry), ("discard", words.delete)] {
            let button = button("small", action, label);
            button.set_text_content(Some(label));
            put(&meta, &button);
        }
        return meta;
    }
    put(&meta, &say("time", "", &time_of_day(bubble.at)));
    if bubble.edited {
        put(&meta, &say("span", "", &join(&["· ", words.edited])));
    }
    if !path.is_empty() {
        put(&meta, &icon("pen", path));
        put(&meta, &say("span", "sr", word));
    }
    meta
}

fn write(said: &Element, bubble: &Bubble) {
    if bubble.extra.as_ref().is_some_and(|extra| extra.rich.markdown) {
        return write_later(said, &bubble.text);
    }
    for piece in pieces(&bubble.text) {
        match piece {
            Piece::Words(words) => put(said, &text(words)),
            Piece::Link(address) => {
                let link = say("a", "", address);
                attr(&link, "href", address);
                attr(&link, "target", "_blank");
                attr(&link, "rel", "noopener nofollow ugc");
                put(said, &link);
            }
        }
    }
}
