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
    for (at, _) in text.match_indices('h') {
        let length = text.get(at..).map_or(0, address);
        if at >= done && length > 0 {
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
fn address(text: &str) -> usize {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    if !host.is_some_and(|host| host.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[' || !c.is_ascii())) {
        return 0;
    }
    let ends = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"');
    let whole = text.split(ends).next().unwrap_or_default();
    // What ends a sentence does not belong to the address in it.
    whole.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '\'', '…']).len()
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
    fn nothing_but_http_becomes_a_link() {
        for text in ["javascript:alert(1)", "data:text/html,x", "HTTPS://x", "http", ""] {
            assert!(pieces(text).iter().all(|piece| matches!(piece, Words(_))), "{text}");
        }
    }
}
