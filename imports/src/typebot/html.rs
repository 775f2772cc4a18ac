//! The HTML of exports before version 4.

use super::rich::{Part, Said};

/// Takes HTML apart; tags that mean nothing to formatted words are left out.
pub(super) fn read(html: &str, said: &mut Said) {
    let mut reader = Reader { said, open: [0; 3], lists: Vec::new(), link: None };
    let (mut rest, mut from) = (html, 0);
    while let Some(place) = rest.get(from..).and_then(|rest| rest.find('<')).map(|place| from + place) {
        let after = rest.get(place + 1..).unwrap_or_default();
        // A sign between numbers begins no tag.
        if !after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') {
            from = place + 1;
            continue;
        }
        reader.words(rest.get(..place).unwrap_or_default());
        let (tag, tail) = after.split_once('>').unwrap_or((after, ""));
        reader.tag(tag);
        (rest, from) = (tail, 0);
    }
    reader.words(rest);
}

struct Reader<'s> {
    said: &'s mut Said,
    /// How many tags are open that set words so.
    open: [u8; 3],
    /// The lists that are open: the number of the last item, where they have numbers.
    lists: Vec<Option<usize>>,
    /// The address of the link that is open.
    link: Option<String>,
}

impl Reader<'_> {
    fn words(&mut self, html: &str) {
        if !html.is_empty() {
            self.said.parts.push(Part::Words(unescaped(html), self.open.map(|open| open > 0)));
        }
    }

    fn tag(&mut self, tag: &str) {
        let name = tag.split([' ', '\t', '\n']).next().unwrap_or_default().to_ascii_lowercase();
        let (name, closes) = name.strip_prefix('/').map_or((name.as_str(), false), |name| (name, true));
        match name.trim_end_matches('/') {
            "b" | "strong" => self.mark(0, closes),
            "i" | "em" => self.mark(1, closes),
            "s" | "del" | "strike" => self.mark(2, closes),
            "u" => self.said.underlined = true,
            "a" if closes => {
                let link = self.link.take().map(Part::LinkEnds);
                self.said.parts.extend(link);
            }
            "a" if self.link.is_none() => {
                let url = tag.split_once("href=\"").and_then(|(_, url)| Some(url.split_once('"')?.0));
                self.link = Some(unescaped(url.unwrap_or_default()).trim().into());
                self.said.parts.push(Part::LinkBegins);
            }
            "ul" | "ol" if closes => self.list_ends(),
            list @ ("ul" | "ol") => self.lists.push((list == "ol").then_some(0)),
            "li" if !closes => {
                let lists = self.lists.len().saturating_sub(1);
                let number = self.lists.last_mut().and_then(Option::as_mut);
                let number = number.map(|number| {
                    *number += 1;
                    *number
                });
                self.said.parts.push(Part::Item(lists, number));
            }
            "br" => self.said.parts.push(Part::Line),
            "div" | "p" if closes => self.said.parts.push(Part::Line),
            _ => {}
        }
    }

    fn list_ends(&mut self) {
        if self.lists.pop().is_some() && self.lists.is_empty() {
            self.said.parts.extend([Part::ListEnds, Part::Line]);
        }
    }

    fn mark(&mut self, mark: usize, closes: bool) {
        if let Some(open) = self.open.get_mut(mark) {
            *open = if closes { open.saturating_sub(1) } else { open.saturating_add(1) };
        }
    }
}

fn unescaped(html: &str) -> String {
    // The ampersand last: what it escapes is no entity.
    let entities = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&#39;", "'"),
        ("&nbsp;", " "),
        ("&amp;", "&"),
    ];
    entities.into_iter().fold(html.to_owned(), |text, (entity, sign)| text.replace(entity, sign))
}
