//! Addresses in what people write, made clickable without trusting any of it.

use alloc::vec::Vec;
/// A piece of a text.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Words.
    Words(&'a str),
    /// An address that begins with `http://` or `https://`.
    Link(&'a str),
}

/// Takes a text apart. The pieces, one after the other, are the text.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut done = 0;
    for (at, c) in text.char_indices() {
        let length = if c == 'h' && at >= done { text.get(at..).map_or(0, address) } else { 0 };
        if length > 0 {
            words(&mut pieces, text.get(done..at));
            done = at + length;
            pieces.extend(text.get(at..done).map(Piece::Link));
        }
    }
    words(&mut pieces, text.get(done..));
    pieces
}

fn words<'a>(pieces: &mut Vec<Piece<'a>>, text: Option<&'a str>) {
    pieces.extend(text.filter(|text| !text.is_empty()).map(Piece::Words));
}

/// How long the address is that this text begins with; 0 when it begins with none.
pub fn address(text: &str) -> usize {
    let Some(host) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else { return 0 };
    let mut length = text.len() - host.len();
    let mut sure = 0;
    for c in host.chars() {
        if ends(c) {
            break;
        }
        length += c.len_utf8();
        // What ends a sentence does not belong to the address in it, unless the address goes on.
        if !matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | ')' | ']' | '\'' | '…') {
            sure = length;
        }
    }
    sure
}

/// Whether no address goes on with this: spaces, and what is not seen but changes what is.
fn ends(c: char) -> bool {
    matches!(
        c,
        '\0'..=' ' | '<' | '>' | '"' | '\u{a0}' | '\u{3000}' | '\u{feff}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
    )
}

#[cfg(test)]
mod tests {
    use super::Piece::{Link, Words};
    use super::*;

    #[test]
    fn addresses_are_found_within_sentences() {
        let text = "See https://a.example/x?y=1, or (http://b.example). Not http://, nor httpx.";
        let expected = [
            Words("See "),
            Link("https://a.example/x?y=1"),
            Words(", or ("),
            Link("http://b.example"),
            Words("). Not http://, nor httpx."),
        ];
        assert_eq!(pieces(text), expected);
    }

    #[test]
    fn an_address_ends_where_nothing_can_be_seen() {
        for c in ['\u{200b}', '\u{200f}', '\u{202a}', '\u{202e}', '\u{2060}', '\u{2069}', '\u{feff}'] {
            let text = ["https://a.example/", "moc.live"].join(c.encode_utf8(&mut [0; 4]));
            assert_eq!(pieces(&text).first(), Some(&Link("https://a.example/")), "{}", c.escape_unicode());
        }
    }

    #[test]
    fn nothing_but_http_becomes_a_link() {
        for text in ["javascript:alert(1)", "data:text/html,x", "HTTPS://x", "http", ""] {
            assert!(pieces(text).iter().all(|piece| matches!(piece, Words(_))), "{text}");
        }
    }
}
