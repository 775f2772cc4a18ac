//! Marks within a line of formatted words.

use super::{Mark, Piece};
use crate::view::links::address;
use alloc::vec::Vec;

/// How deep marks may stand in each other; what is deeper is words.
const DEEPEST: usize = 8;
/// What a link may open.
const OPENS: [&str; 4] = ["https://", "http://", "mailto:", "tel:"];

/// A mark that has been opened: by what, and where that stands among the pieces.
struct Opened<'a> {
    sign: &'a str,
    place: usize,
}

struct Inline<'p, 'a> {
    pieces: &'p mut Vec<Piece<'a>>,
    text: &'a str,
    opened: Vec<Opened<'a>>,
    /// Words from here on are not among the pieces yet.
    done: usize,
}

/// Takes the words of one paragraph, item or line of a quote apart.
pub fn inline<'a>(pieces: &mut Vec<Piece<'a>>, text: &'a str) {
    let mut inline = Inline { pieces, text, opened: Vec::new(), done: 0 };
    // The next character that is looked at; and how many backticks nothing closes, where that is known.
    let (mut at, mut unclosed) = (0, [false; 3]);
    while let Some(c) = inline.rest(at).chars().next() {
        let rest = inline.rest(at);
        let run = if matches!(c, '`' | '*' | '_' | '~') { length_of_run(rest) } else { 1 };
        at = match c {
            '\\' if rest.as_bytes().get(1).is_some_and(u8::is_ascii_punctuation) => {
                inline.words(at);
                inline.done = at + 1;
                at + 2
            }
            '`' if run < unclosed.len() => {
                match code(rest, run).filter(|_| unclosed.get(run) == Some(&false)) {
                    Some(length) => {
                        inline.words(at);
                        let words = rest.get(run..length - run).unwrap_or_default();
                        inline.pieces.extend([Piece::Open(Mark::Code), Piece::Words(words), Piece::Close]);
                        inline.done = at + length;
                        at + length
                    }
                    None => {
                        if let Some(known) = unclosed.get_mut(run) {
                            *known = true;
                        }
                        at + run
                    }
                }
            }
            'h' if !inline.after_word(at) && address(rest) > 0 => at + address(rest),
            '[' => inline.open("[", at, Mark::Link("")),
            ']' => inline.link(at),
            '*' | '_' => inline.emphasis(at, run),
            '~' if run == 2 => inline.toggle("~~", at, Mark::Struck, inline.sides(at, run)),
            '`' | '~' => at + run,
            _ => at + c.len_utf8(),
        };
    }
    inline.words(text.len());
    inline.give_up(0);
}

impl<'a> Inline<'_, 'a> {
    fn rest(&self, at: usize) -> &'a str {
        self.text.get(at..).unwrap_or_default()
    }

    /// Puts the words up to here among the pieces.
    fn words(&mut self, to: usize) {
        let words = self.text.get(self.done..to).filter(|words| !words.is_empty());
        self.pieces.extend(words.map(Piece::Words));
        self.done = self.done.max(to);
    }

    fn after_word(&self, at: usize) -> bool {
        self.text.get(..at).and_then(|before| before.chars().next_back()).is_some_and(char::is_alphanumeric)
    }

    /// Whether a sign of this length can open something here, and whether it can close something.
    fn sides(&self, at: usize, length: usize) -> (bool, bool) {
        let before = self.text.get(..at).and_then(|before| before.chars().next_back());
        let after = self.rest(at + length).chars().next();
        let (opens, closes) =
            (after.is_some_and(|c| !c.is_whitespace()), before.is_some_and(|c| !c.is_whitespace()));
        // An underscore within a word is a letter of it.
        if self.rest(at).starts_with('_') {
            let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            return (opens && !letter(before), closes && !letter(after));
        }
        (opens, closes)
    }

    /// One or two stars or underscores: emphasis or strength, and of three at an end whatever was opened last.
    fn emphasis(&mut self, at: usize, run: usize) -> usize {
        let (one, two) = if self.rest(at).starts_with('*') { ("*", "**") } else { ("_", "__") };
        let (opens, closes) = self.sides(at, run);
        let last = self.opened.last().map(|opened| opened.sign).filter(|sign| *sign == one || *sign == two);
        let sign = match (run, last) {
            (4.., _) => return at + run,
            (3, Some(last)) if closes => last,
            (2, _) if closes && !opens && !self.is_open(two) && self.is_open(one) => one,
            (2.., _) => two,
            _ => one,
        };
        let mark = if sign == two { Mark::Strong } else { Mark::Emphasis };
        self.toggle(sign, at, mark, (opens, closes))
    }

    /// Closes what this sign opened, or else opens it.
    fn toggle(&mut self, sign: &'a str, at: usize, mark: Mark<'a>, (opens, closes): (bool, bool)) -> usize {
        if closes && self.is_open(sign) {
            self.close(sign, at)
        } else if opens {
            self.open(sign, at, mark)
        } else {
            at + sign.len()
        }
    }

    fn is_open(&self, sign: &str) -> bool {
        self.opened.iter().any(|opened| opened.sign == sign)
    }

    fn open(&mut self, sign: &'a str, at: usize, mark: Mark<'a>) -> usize {
        let after = at + sign.len();
        if self.opened.len() < DEEPEST {
            self.words(at);
            self.opened.push(Opened { sign, place: self.pieces.len() });
            self.pieces.push(Piece::Open(mark));
            self.done = after;
        }
        after
    }

    /// Closes what this sign opened; what was opened since is words.
    fn close(&mut self, sign: &str, at: usize) -> usize {
        self.words(at);
        if let Some(place) = self.opened.iter().rposition(|opened| opened.sign == sign) {
            self.give_up(place + 1);
            self.opened.truncate(place);
        }
        self.pieces.push(Piece::Close);
        self.done = at + sign.len();
        self.done
    }

    /// What was opened from this place on is never closed: it is words.
    fn give_up(&mut self, from: usize) {
        while self.opened.len() > from {
            if let Some(opened) = self.opened.pop() {
                self.is_words(&opened);
            }
        }
    }

    /// A bracket closes: with an address behind it, that was a link.
    fn link(&mut self, at: usize) -> usize {
        let Some(place) = self.opened.iter().rposition(|opened| opened.sign == "[") else { return at + 1 };
        let Some(target) = target(self.rest(at + 1)) else {
            let opened = self.opened.remove(place);
            self.is_words(&opened);
            return at + 1;
        };
        let piece = self.opened.get(place).map_or(0, |opened| opened.place);
        self.close("[", at);
        if let Some(open) = self.pieces.get_mut(piece) {
            *open = Piece::Open(Mark::Link(target));
        }
        // There are no links in links.
        while let Some(outer) = self.opened.iter().position(|opened| opened.sign == "[") {
            let opened = self.opened.remove(outer);
            self.is_words(&opened);
        }
        self.done = at + 3 + target.len();
        self.done
    }

    fn is_words(&mut self, opened: &Opened<'a>) {
        if let Some(piece) = self.pieces.get_mut(opened.place) {
            *piece = Piece::Words(opened.sign);
        }
    }
}

/// The address in round brackets that a text begins with, if it may be opened.
fn target(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('(')?;
    let mut depth = 0_usize;
    let strange = |c: char| {
        c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '[' | ']' | '\\' | '`')
    };
    for (at, c) in inner.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return inner.get(..at).filter(|address| may_open(address)),
            ')' => depth -= 1,
            c if strange(c) => return None,
            _ => {}
        }
    }
    None
}

/// Whether an address is one that a link may open.
pub fn may_open(address: &str) -> bool {
    OPENS.iter().any(|scheme| {
        address.len() > scheme.len()
            && address.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    })
}

/// How long the words of code are that a text begins with, with the backticks around them.
fn code(text: &str, run: usize) -> Option<usize> {
    let mut at = run;
    loop {
        at += text.get(at..)?.find('`')?;
        let length = text.get(at..)?.bytes().take_while(|byte| *byte == b'`').count();
        at += length;
        if length == run {
            return Some(at);
        }
    }
}

fn length_of_run(text: &str) -> usize {
    let bytes = text.as_bytes();
    bytes.iter().take_while(|byte| Some(*byte) == bytes.first()).count()
}
