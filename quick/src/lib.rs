//! The innermost loops of what writes and cuts texts, a byte at a time. The rest of the edge is built for size, where every push
//! of a byte is a call; this crate is built for speed (`Cargo.toml`), and has nothing in it that need not be.
#![forbid(unsafe_code)]

mod cut;

pub use cut::{Items, Members, items, members};

/// Puts a text at the end of JSON, in quotes.
pub fn write_text(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for byte in text.as_bytes() {
        match *byte {
            byte @ (b'"' | b'\\') => {
                out.push(b'\\');
                out.push(byte);
            }
            // What is not ASCII has no bytes among these.
            byte @ 0..b' ' => {
                for part in *b"\\u00" {
                    out.push(part);
                }
                out.push(b'0' + (byte >> 4));
                out.push(match byte & 15 {
                    digit @ 0..10 => b'0' + digit,
                    digit => b'a' + digit - 10,
                });
            }
            byte => out.push(byte),
        }
    }
    out.push(b'"');
}

/// Puts a whole number at the end of JSON.
pub fn write_whole(number: i64, out: &mut Vec<u8>) {
    digits(number, |byte| out.push(byte));
}

/// Puts a whole number at the end of a text.
pub fn push_whole(number: i64, out: &mut String) {
    digits(number, |byte| out.push(char::from(byte)));
}

fn digits(number: i64, mut put: impl FnMut(u8)) {
    if number < 0 {
        put(b'-');
    }
    let (mut rest, mut place) = (number.unsigned_abs(), 1);
    while rest / place >= 10 {
        place *= 10;
    }
    while place > 0 {
        put(b'0' + (rest / place) as u8);
        rest %= place;
        place /= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_quoted_and_escaped() {
        let written = |text: &str| {
            let mut out = Vec::new();
            write_text(text, &mut out);
            String::from_utf8(out).unwrap_or_default()
        };
        assert_eq!(written("a \"b\" \\ é 🙂"), r#""a \"b\" \\ é 🙂""#);
        assert_eq!(written("\u{0}\t\n\u{1f}\u{7f}"), "\"\\u0000\\u0009\\u000a\\u001f\u{7f}\"");
    }

    #[test]
    fn whole_numbers_are_written() {
        for number in [0, 1, 9, 10, -10, 1_002_003, i64::MAX, i64::MIN] {
            let mut out = Vec::new();
            write_whole(number, &mut out);
            assert_eq!(String::from_utf8(out).ok(), Some(number.to_string()));
        }
    }
}
