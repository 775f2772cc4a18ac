//! The innermost loops of what reads, writes and cuts texts, a byte at a time. The rest of the edge is built for size, where
//! every push of a byte is a call; this crate is built for speed (`Cargo.toml`), and has nothing in it that need not be.
#![forbid(unsafe_code)]

mod cut;

pub use cut::{Items, Members, items, members, take};

/// Puts a text at the end of JSON, in quotes.
pub fn write_text(text: &str, out: &mut Vec<u8>) {
    out.reserve(text.len() + 2);
    out.push(b'"');
    let mut rest = text.as_bytes();
    // Most texts have nothing to escape, and are copied in one go.
    while let Some(at) = rest.iter().position(|byte| is_escaped(*byte)) {
        let (plain, others) = rest.split_at(at);
        out.extend_from_slice(plain);
        let Some((byte, others)) = others.split_first() else { break };
        escape(*byte, out);
        rest = others;
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

/// What is not ASCII has no bytes among these.
fn is_escaped(byte: u8) -> bool {
    byte < b' ' || byte == b'"' || byte == b'\\'
}

fn escape(byte: u8, out: &mut Vec<u8>) {
    if byte >= b' ' {
        return out.extend_from_slice(&[b'\\', byte]);
    }
    let digit = match byte & 15 {
        digit @ 0..10 => b'0' + digit,
        digit => b'a' + digit - 10,
    };
    out.extend_from_slice(&[b'\\', b'u', b'0', b'0', b'0' + (byte >> 4), digit]);
}

/// The longest part that is looked for place by place.
const SHORT: usize = 16;

/// Whether a text has another in it.
pub fn contains(text: &str, part: &str) -> bool {
    // What the library prepares for its search pays for itself only where the part is long.
    if part.len() > SHORT {
        return text.contains(part);
    }
    let Some((first, others)) = part.as_bytes().split_first() else { return true };
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|byte| byte == first) {
        rest = rest.get(at + 1..).unwrap_or_default();
        if rest.starts_with(others) {
            return true;
        }
    }
    false
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
    let (mut rest, mut digits, mut count) = (number.unsigned_abs(), [0; 20], 0);
    for digit in &mut digits {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
        count += 1;
        if rest == 0 {
            break;
        }
    }
    // The last was found first.
    digits.iter().take(count).rev().for_each(|digit| put(*digit));
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
    fn a_text_has_what_the_library_finds_in_it() {
        let long = "a".repeat(40);
        for text in ["", "a", "ab", "aab", "né", "never", "nevnever", long.as_str()] {
            for part in ["", "a", "ab", "b", "é", "never", "neverr", &long[..30], "aaaaaaaaaaaaaaaaab"] {
                assert_eq!(contains(text, part), text.contains(part), "{text} {part}");
            }
        }
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
