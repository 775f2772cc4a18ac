//! Formatted words on the screen, element by element.

use super::links;
use super::markdown::{Mark, Piece, may_open, parse};
use crate::dom::{attr, make, put, say, text};
use alloc::vec::Vec;
use web_sys::{Element, HtmlElement};

/// Writes formatted words into a bubble.
#[inline(never)]
pub fn write_later(said: &Element, words: &str) {
    let mut within: Vec<HtmlElement> = Vec::new();
    let mut links = 0;
    for piece in parse(words) {
        let here: &Element = within.last().map_or(said, AsRef::as_ref);
        match piece {
            Piece::Open(mark) => {
                links += usize::from(matches!(mark, Mark::Link(_) | Mark::Code | Mark::Fence));
                let element = element(mark);
                put(here, &element);
                within.push(element);
            }
            Piece::Close => {
                let closed = within.pop();
                let verbatim =
                    closed.is_some_and(|it| matches!(it.tag_name().as_str(), "A" | "CODE" | "PRE"));
                links -= usize::from(verbatim);
            }
            // No address becomes a link within another, nor in code.
            Piece::Words(words) if links > 0 => put(here, &text(words)),
            Piece::Words(words) => {
                for piece in links::pieces(words) {
                    match piece {
                        links::Piece::Words(words) => put(here, &text(words)),
                        links::Piece::Link(address) => {
                            let link = say("a", "", address);
                            lead_out(&link, address);
                            put(here, &link);
                        }
                    }
                }
            }
        }
    }
}

fn element(mark: Mark<'_>) -> HtmlElement {
    let tag = match mark {
        Mark::Paragraph => "p",
        Mark::Quote => "blockquote",
        Mark::List => "ul",
        Mark::Numbers(_) => "ol",
        Mark::Item => "li",
        Mark::Fence => "pre",
        Mark::Code => "code",
        Mark::Strong => "strong",
        Mark::Emphasis => "em",
        Mark::Struck => "s",
        Mark::Link(_) => "a",
    };
    let element = make(tag, "");
    match mark {
        Mark::Link(address) => lead_out(&element, address),
        Mark::Numbers(from) => attr(&element, "start", from),
        Mark::Fence => attr(&element, "tabindex", "0"),
        _ => {}
    }
    element
}

/// Has a link open its address: on the web beside this page, and otherwise by what the visitor has for it.
pub fn lead_out(link: &Element, address: &str) {
    if !may_open(address) {
        return;
    }
    attr(link, "href", address);
    attr(link, "rel", "noopener nofollow");
    if address.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("http")) {
        attr(link, "target", "_blank");
    }
}
