//! What formatted text is made of, be it written as a tree of nodes or, before version 4, as HTML.

use super::html;
use shared::json::Json;

/// How deep formatted text may nest.
const DEPTH: usize = 32;

/// How words are set: strong, emphasised, struck.
pub(super) type Marks = [bool; 3];

/// A part of a formatted text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// Words.
    Words(String, Marks),
    /// What comes stands on a line of its own.
    Line,
    /// What comes is an item of a list: within how many others that stands, and the item's number where it has one.
    Item(usize, Option<usize>),
    /// The list ends that no other is around.
    ListEnds,
    /// What comes leads somewhere.
    LinkBegins,
    /// What came since it began leads to this address.
    LinkEnds(String),
}

/// A formatted text, taken apart.
#[derive(Default)]
pub(super) struct Said {
    /// What it is made of.
    pub(super) parts: Vec<Part>,
    /// Whether some of it was underlined.
    pub(super) underlined: bool,
    /// Whether some of it nested too deep to be read.
    pub(super) cut: bool,
}

/// What a text bubble says: its formatted text, or else its HTML, or else its plain text.
pub(super) fn said(content: &Json) -> Said {
    let mut said = Said::default();
    let other = |name: &str| content.get(name).and_then(Json::text).filter(|text| !text.is_empty());
    match content.get("richText") {
        Some(Json::List(nodes)) if !nodes.is_empty() => {
            for (index, node) in nodes.iter().enumerate() {
                if index > 0 {
                    said.parts.push(Part::Line);
                }
                said.node(node, 0, 0);
            }
        }
        _ => match (other("html"), other("plainText")) {
            (Some(html), _) => html::read(html, &mut said),
            (None, text) => said.parts.extend(text.map(|text| Part::Words(text.into(), Marks::default()))),
        },
    }
    said
}

impl Said {
    fn node(&mut self, node: &Json, depth: usize, lists: usize) {
        if depth > DEPTH {
            self.cut = true;
            return;
        }
        if let Some(text) = node.get("text").and_then(Json::text) {
            let is = |mark| node.get(mark) == Some(&Json::Boolean(true));
            self.underlined |= is("underline");
            self.parts.push(Part::Words(text.into(), ["bold", "italic", "strikethrough"].map(is)));
            return;
        }
        match node.get("type").and_then(Json::text) {
            Some("a") => {
                self.parts.push(Part::LinkBegins);
                self.children(node, depth, lists);
                let url = node.get("url").and_then(Json::text).unwrap_or_default();
                self.parts.push(Part::LinkEnds(url.trim().into()));
            }
            Some(kind @ ("ul" | "ol")) => self.list(node, kind == "ol", depth, lists),
            _ => self.children(node, depth, lists),
        }
    }

    fn children(&mut self, node: &Json, depth: usize, lists: usize) {
        let Some(Json::List(children)) = node.get("children") else { return };
        for child in children {
            self.node(child, depth + 1, lists);
        }
    }

    fn list(&mut self, list: &Json, numbered: bool, depth: usize, lists: usize) {
        let Some(Json::List(items)) = list.get("children") else { return };
        for (index, item) in items.iter().enumerate() {
            self.parts.push(Part::Item(lists, numbered.then_some(index + 1)));
            self.node(item, depth + 1, lists + 1);
        }
        if lists == 0 {
            self.parts.push(Part::ListEnds);
        }
    }

    /// What it says without any marks: links as `text (address)`, lists as lines.
    pub(super) fn plain(&self) -> String {
        let (mut out, mut link) = (String::new(), 0);
        for part in &self.parts {
            match part {
                Part::Words(words, _) => out.push_str(words),
                Part::Line => out.push('\n'),
                Part::Item(lists, number) => begin_item(&mut out, *lists, *number),
                Part::ListEnds => {}
                Part::LinkBegins => link = out.len(),
                Part::LinkEnds(url) => match out.get(link..) {
                    _ if url.is_empty() => {}
                    Some(words) if words == url => {}
                    Some(words) if !words.is_empty() => out.push_str(&format!(" ({url})")),
                    _ => out.push_str(url),
                },
            }
        }
        out.truncate(out.trim_end().len());
        out
    }
}

/// Begins a line with what begins an item.
pub(super) fn begin_item(out: &mut String, lists: usize, number: Option<usize>) {
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
    out.extend(core::iter::repeat_n("  ", lists));
    match number {
        Some(number) => out.push_str(&format!("{number}. ")),
        None => out.push_str("- "),
    }
}
