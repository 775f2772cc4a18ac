//! One thing that somebody said: avatar, name, words, time and how far it has come.

use super::links::{Piece, pieces};
use super::row::time_of_day;
use crate::dom::{attr, button, icon, join, make, put, replace, say, text, within};
use crate::state::rows::{Bubble, Mark};
use crate::words::Words;
use shared::model::message::AuthorKind;
use web_sys::{Element, HtmlElement};

const CLOCK: &str = "M12 4a8 8 0 1 0 0 16a8 8 0 1 0 0-16M12 8v4l3 2";
const TICK: &str = "M5 12.5 10 17.5 19.5 7";
const TICKS: &str = "M2 12.5 7 17.5 16.5 7M12 16.5l1 1L22.5 7";
const WARNING: &str = "M12 7v6M12 16.5v.5M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18";
const SPARK: &str = "M12 4l1.8 5.2L19 11l-5.2 1.8L12 18l-1.8-5.2L5 11l5.2-1.8z";

/// A new row for it.
pub fn make_bubble(bubble: &Bubble, words: &Words) -> HtmlElement {
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
    write(&said, &bubble.text);
    put(&body, &said);
    put(&body, &meta(bubble, words));
    put(&row, &body);
    describe(&row, bubble);
    row
}

/// Brings a row up to date; what has not changed stays, so that nothing is read out twice.
pub fn update(row: &HtmlElement, old: &Bubble, new: &Bubble, words: &Words) {
    describe(row, new);
    if old.text != new.text
        && let Some(said) = within(row, ".bubble")
    {
        said.set_text_content(None);
        write(&said, &new.text);
    }
    if (&old.mark, old.at) != (&new.mark, new.at)
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
    if !path.is_empty() {
        put(&meta, &icon("pen", path));
        put(&meta, &say("span", "sr", word));
    }
    meta
}

fn write(said: &Element, words: &str) {
    for piece in pieces(words) {
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
