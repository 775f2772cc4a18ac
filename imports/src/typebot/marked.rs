//! Formatted text as a message has it: with marks where there are any, plain where there are none.

use super::links::{address, may_open};
use super::names::Names;
use super::rich::{Marks, Part, Said, begin_item};
use core::cell::Cell;

/// What stands around words that are set so, in the order of [`Marks`].
const SIGNS: [&str; 3] = ["**", "*", "~~"];
/// The most buttons of a message.
const BUTTONS: usize = 10;

/// The words of a message, and what belongs to them.
#[derive(Default)]
pub(super) struct Written {
    /// The words, with our names of variables.
    pub(super) text: String,
    /// Whether they have marks.
    pub(super) markdown: bool,
    /// The labels and addresses of links whose address is not known before the flow runs.
    pub(super) buttons: Vec<(String, String)>,
    /// Addresses that no link may open.
    pub(super) closed: Vec<String>,
}

/// Writes a text down.
pub(super) fn written(said: &Said, names: &Names) -> Written {
    let marked = said.parts.iter().enumerate().any(|(place, part)| match part {
        Part::Words(words, marks) => marks.contains(&true) && !words.trim().is_empty(),
        Part::Item(..) => true,
        // An address that leads to itself is a link without any mark.
        Part::LinkEnds(url) => !matches!(
            place.checked_sub(1).and_then(|before| said.parts.get(before)),
            Some(Part::Words(words, _)) if words == url
        ),
        _ => false,
    });
    if !marked {
        return Written { text: names.text(&said.plain()), ..Written::default() };
    }
    let done = Written { markdown: true, ..Written::default() };
    let mut writer =
        Writer { names, done, open: Vec::new(), space: String::new(), label: String::new(), link: 0 };
    said.parts.iter().for_each(|part| writer.part(part));
    writer.close(&Marks::default());
    let mut done = writer.done;
    done.text.truncate(done.text.trim_end().len());
    done
}

struct Writer<'n> {
    names: &'n Names,
    done: Written,
    /// The marks that are open, the outermost first.
    open: Vec<usize>,
    /// Space that no mark may stand beside: it comes before what comes next.
    space: String,
    /// Where the link begins that is open, and its words without marks.
    link: usize,
    label: String,
}

impl Writer<'_> {
    fn part(&mut self, part: &Part) {
        match part {
            Part::Words(words, marks) => {
                for (index, line) in words.split('\n').enumerate() {
                    if index > 0 {
                        self.line();
                    }
                    self.words(line, marks);
                }
            }
            Part::Line => self.line(),
            Part::Item(lists, number) => {
                self.close(&Marks::default());
                self.space.clear();
                begin_item(&mut self.done.text, *lists, *number);
            }
            // A line between, or what follows would belong to the last item.
            Part::ListEnds => self.line(),
            Part::LinkBegins => {
                self.close(&Marks::default());
                self.done.text.push_str(&core::mem::take(&mut self.space));
                self.link = self.done.text.len();
                self.label.clear();
            }
            Part::LinkEnds(url) => self.link_to(url),
        }
    }

    fn words(&mut self, words: &str, marks: &Marks) {
        self.label.push_str(words);
        let inner = words.trim();
        if inner.is_empty() {
            self.space.push_str(words);
            return;
        }
        let start = words.len() - words.trim_start().len();
        self.space.push_str(words.get(..start).unwrap_or_default());
        self.close(marks);
        let text = &mut self.done.text;
        let begins = text.is_empty() || text.ends_with('\n');
        if begins {
            self.space.clear();
        }
        text.push_str(&core::mem::take(&mut self.space));
        for (mark, sign) in SIGNS.iter().enumerate() {
            if marks.get(mark) == Some(&true) && !self.open.contains(&mark) {
                text.push_str(sign);
                self.open.push(mark);
            }
        }
        let begins = Cell::new(begins);
        text.push_str(&self.names.filled(inner, "", |between| escaped(between, begins.replace(false))));
        self.space.push_str(words.get(start + inner.len()..).unwrap_or_default());
    }

    /// Closes the marks that these words do not have, and what stands within them.
    fn close(&mut self, marks: &Marks) {
        let stay = self.open.iter().take_while(|mark| marks.get(**mark) == Some(&true)).count();
        for mark in self.open.drain(stay..).rev() {
            self.done.text.push_str(SIGNS.get(mark).copied().unwrap_or_default());
        }
    }

    fn line(&mut self) {
        self.close(&Marks::default());
        self.space.clear();
        self.done.text.push('\n');
    }

    fn link_to(&mut self, url: &str) {
        self.close(&Marks::default());
        let words = self.done.text.split_off(self.link.min(self.done.text.len()));
        let label = core::mem::take(&mut self.label);
        let (label, target) = (label.trim(), address(url, self.names));
        let text = &mut self.done.text;
        if url.is_empty() {
            text.push_str(&words);
        } else if label == url {
            text.push_str(url);
        } else if !may_open(&target) {
            self.done.closed.push(url.into());
            let apart = if words.is_empty() { "" } else { " " };
            text.push_str(&format!(
                "{words}{apart}({})",
                self.names.filled(url, "", |url| escaped(url, false))
            ));
        } else if target.contains("{{") && self.done.buttons.len() < BUTTONS {
            // What a variable holds is escaped among formatted words, and would be no address any more.
            let shown = if label.is_empty() { "Open".into() } else { self.names.text(label) };
            self.done.buttons.push((shown, target));
            text.push_str(&words);
        } else {
            let shown = if words.is_empty() { escaped(url, false) } else { words };
            text.push_str(&format!("[{shown}]({})", without_brackets(&target)));
        }
    }
}

/// An address that can stand between brackets.
fn without_brackets(address: &str) -> String {
    let strange = |c: char| c.is_whitespace() || c.is_control() || "()<>[]\"\\`".contains(c);
    let mut out = String::with_capacity(address.len());
    for c in address.chars() {
        match c {
            c if strange(c) => {
                c.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| out.push_str(&format!("%{byte:02X}")));
            }
            c => out.push(c),
        }
    }
    out
}

/// Words of which nothing is a mark, where they begin a line or within one. Addresses stay as they are.
fn escaped(words: &str, begins: bool) -> String {
    let mut out = String::with_capacity(words.len());
    let mut rest = words;
    if begins {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, after) = rest.split_at_checked(digits).unwrap_or((rest, ""));
        if after.starts_with(['-', '+', '>']) && digits == 0 || after.starts_with(['.', ')']) && digits > 0 {
            out.push_str(number);
            out.push('\\');
            let sign = after.chars().next().map_or(0, char::len_utf8);
            out.push_str(after.get(..sign).unwrap_or_default());
            rest = after.get(sign..).unwrap_or_default();
        }
    }
    let mut before: Option<char> = out.chars().next_back();
    while let Some(c) = rest.chars().next() {
        let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let web = c == 'h' && !word(before) && (rest.starts_with("https://") || rest.starts_with("http://"));
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        let length = if web { rest.find(char::is_whitespace).unwrap_or(rest.len()) } else { c.len_utf8() };
        let is_mark = match c {
            '\\' | '`' | '*' | '~' | '[' | ']' => true,
            // Within a word it is a letter.
            '_' => !(word(before) && word(after.chars().next())),
            _ => false,
        };
        if is_mark {
            out.push('\\');
        }
        let (taken, left) = rest.split_at_checked(length).unwrap_or((rest, ""));
        out.push_str(taken);
        (before, rest) = (taken.chars().next_back(), left);
    }
    out
}
