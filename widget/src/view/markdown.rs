//! Formatted words, taken apart: paragraphs, lists, quotes and code; strong, emphasised and struck words, and links.
//!
//! One pass over the text, with a short list of what has been opened: nothing nests deeper than that, and nothing is
//! looked at more than a few times. What opens and is never closed is words like any other.

mod inline;

pub use inline::may_open;

use alloc::vec::Vec;
use inline::inline;

/// What words are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark<'a> {
    /// A paragraph.
    Paragraph,
    /// A quote.
    Quote,
    /// A list.
    List,
    /// A list with numbers, which begins with this one.
    Numbers(&'a str),
    /// An item of a list.
    Item,
    /// Lines of code.
    Fence,
    /// Words of code.
    Code,
    /// Strong words.
    Strong,
    /// Emphasised words.
    Emphasis,
    /// Struck words.
    Struck,
    /// A link to this address.
    Link(&'a str),
}

/// A piece of formatted words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// From here on, words are in this.
    Open(Mark<'a>),
    /// What was opened last ends.
    Close,
    /// Words.
    Words(&'a str),
}

/// Takes words apart.
pub fn parse(text: &str) -> Vec<Piece<'_>> {
    let mut blocks = Blocks { pieces: Vec::new(), within: None, paragraph: None, text };
    let mut at = 0;
    let mut fence: Option<(usize, usize)> = None;
    for line in text.split('\n') {
        let (start, end) = (at, at + line.len());
        at = end + 1;
        let fences = line.trim().starts_with("```");
        match fence.take() {
            Some((from, _)) if fences && line.trim().len() == 3 => {
                blocks.fence(from, start.saturating_sub(1));
            }
            Some((from, _)) => fence = Some((from, end)),
            None if fences => {
                blocks.end();
                fence = Some((at.min(text.len()), end));
            }
            None => blocks.line(line, start, end),
        }
    }
    match fence {
        Some((from, to)) => blocks.fence(from, to),
        None => blocks.end(),
    }
    blocks.pieces
}

struct Blocks<'a> {
    pieces: Vec<Piece<'a>>,
    /// The quote or list that lines are in.
    within: Option<Mark<'a>>,
    /// Where the paragraph is that lines are in.
    paragraph: Option<(usize, usize)>,
    text: &'a str,
}

impl<'a> Blocks<'a> {
    fn line(&mut self, line: &'a str, start: usize, end: usize) {
        let words = line.trim_start();
        if words.is_empty() {
            return self.end();
        }
        if let Some(quoted) = words.strip_prefix('>') {
            if self.within == Some(Mark::Quote) {
                self.pieces.push(Piece::Words("\n"));
            } else {
                self.begin(Mark::Quote);
            }
            return inline(&mut self.pieces, quoted.strip_prefix(' ').unwrap_or(quoted));
        }
        if let Some((mark, item)) = item(words) {
            let same = matches!(
                (self.within, mark),
                (Some(Mark::List), Mark::List) | (Some(Mark::Numbers(_)), Mark::Numbers(_))
            );
            if same {
                self.pieces.push(Piece::Close);
            } else {
                self.begin(mark);
            }
            self.pieces.push(Piece::Open(Mark::Item));
            return inline(&mut self.pieces, item);
        }
        // An item goes on where its next line stands further in.
        if matches!(self.within, Some(Mark::List | Mark::Numbers(_))) && words.len() < line.len() {
            self.pieces.push(Piece::Words("\n"));
            return inline(&mut self.pieces, words);
        }
        let from = self.paragraph.map(|(from, _)| from);
        if from.is_none() {
            self.end();
        }
        self.paragraph = Some((from.unwrap_or(start), end));
    }

    fn begin(&mut self, mark: Mark<'a>) {
        self.end();
        self.within = Some(mark);
        self.pieces.push(Piece::Open(mark));
    }

    fn end(&mut self) {
        if let Some(words) = self.paragraph.take().and_then(|(from, to)| self.text.get(from..to)) {
            self.pieces.push(Piece::Open(Mark::Paragraph));
            inline(&mut self.pieces, words);
            self.pieces.push(Piece::Close);
        }
        if let Some(mark) = self.within.take() {
            // A list's last item ends with it.
            let ends = if mark == Mark::Quote { 1 } else { 2 };
            self.pieces.extend([Piece::Close; 2].into_iter().take(ends));
        }
    }

    fn fence(&mut self, from: usize, to: usize) {
        let code = self.text.get(from..to.max(from)).unwrap_or_default();
        self.pieces.extend([Piece::Open(Mark::Fence), Piece::Words(code), Piece::Close]);
    }
}

/// The words of a list's item, and the list they belong to.
fn item(line: &str) -> Option<(Mark<'_>, &str)> {
    if let Some(words) = ["- ", "* ", "+ "].iter().find_map(|sign| line.strip_prefix(sign)) {
        return Some((Mark::List, words));
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = line.split_at_checked(digits).filter(|_| (1..=9).contains(&digits))?;
    let words = rest.strip_prefix(". ").or_else(|| rest.strip_prefix(") "))?;
    Some((Mark::Numbers(number), words))
}

#[cfg(test)]
mod tests;
