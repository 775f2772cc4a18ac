//! Formatted text as plain text: links as `text (address)`, lists as lines.

use crate::json::Json;

/// How deep formatted text may nest.
const DEPTH: usize = 32;

/// Plain text, and whether something of it was lost on the way.
#[derive(Default)]
pub(super) struct Plain {
    /// The text.
    pub(super) text: String,
    /// Whether some of it was bold or the like.
    pub(super) formatted: bool,
    /// Whether some of it nested too deep to be read.
    pub(super) cut: bool,
}

/// What a text bubble says: its formatted text, or else its HTML, or else its plain text.
pub(super) fn said(content: &Json) -> Plain {
    let mut plain = Plain::default();
    let other = |name: &str| content.get(name).and_then(Json::text).filter(|text| !text.is_empty());
    match content.get("richText") {
        Some(Json::List(nodes)) if !nodes.is_empty() => {
            for (index, node) in nodes.iter().enumerate() {
                if index > 0 {
                    plain.text.push('\n');
                }
                plain.node(node, 0);
            }
        }
        _ => match (other("html"), other("plainText")) {
            (Some(html), _) => plain.text = without_tags(html),
            (None, text) => plain.text = text.unwrap_or_default().into(),
        },
    }
    plain.text.truncate(plain.text.trim_end().len());
    plain
}

impl Plain {
    fn node(&mut self, node: &Json, depth: usize) {
        if depth > DEPTH {
            self.cut = true;
            return;
        }
        if let Some(text) = node.get("text").and_then(Json::text) {
            self.text.push_str(text);
            let is = |mark| node.get(mark) == Some(&Json::Boolean(true));
            self.formatted |= ["bold", "italic", "underline", "strikethrough", "code"].into_iter().any(is);
            return;
        }
        match node.get("type").and_then(Json::text) {
            Some("a") => {
                let start = self.text.len();
                self.children(node, depth);
                let url = node.get("url").and_then(Json::text).unwrap_or_default();
                link(&mut self.text, start, url);
            }
            Some(kind @ ("ul" | "ol")) => self.list(node, kind == "ol", depth),
            _ => self.children(node, depth),
        }
    }

    fn children(&mut self, node: &Json, depth: usize) {
        let Some(Json::List(children)) = node.get("children") else { return };
        for child in children {
            self.node(child, depth + 1);
        }
    }

    fn list(&mut self, list: &Json, numbered: bool, depth: usize) {
        let Some(Json::List(items)) = list.get("children") else { return };
        for (index, item) in items.iter().enumerate() {
            if !self.text.is_empty() && !self.text.ends_with('\n') {
                self.text.push('\n');
            }
            match numbered {
                true => self.text.push_str(&format!("{}. ", index + 1)),
                false => self.text.push_str("- "),
            }
            self.node(item, depth + 1);
        }
    }
}

/// Puts an address behind the words that led to it, unless they are the address.
fn link(text: &mut String, start: usize, url: &str) {
    match text.get(start..) {
        _ if url.is_empty() => {}
        Some(words) if words == url => {}
        Some(words) if !words.is_empty() => text.push_str(&format!(" ({url})")),
        _ => text.push_str(url),
    }
}

/// What HTML says: the exports before version 4 have it.
fn without_tags(html: &str) -> String {
    let (mut out, mut rest) = (String::new(), html);
    let mut open: Option<(usize, &str)> = None;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        let Some((tag, tail)) = after.split_once('>') else {
            rest = "";
            break;
        };
        rest = tail;
        match tag.split_whitespace().next().unwrap_or_default() {
            "a" => {
                let url = tag.split_once("href=\"").and_then(|(_, url)| Some(url.split_once('"')?.0));
                open = Some((out.len(), url.unwrap_or_default()));
            }
            "/a" => {
                if let Some((start, url)) = open.take() {
                    link(&mut out, start, url);
                }
            }
            "li" => out.push_str("- "),
            "br" | "br/" | "/div" | "/p" | "/li" => out.push('\n'),
            _ => {}
        }
    }
    out.push_str(rest);
    // The ampersand last: what it escapes is no entity.
    [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&#39;", "'"),
        ("&nbsp;", " "),
        ("&amp;", "&"),
    ]
    .into_iter()
    .fold(out, |text, (entity, sign)| text.replace(entity, sign))
}
