//! What a browser does with a file (RFC 6266), and the name it keeps it under.

use shared::model::media::{MediaKind, MediaType};

/// The header for a file of this type and name: pictures may be looked at where they are, all else is kept.
pub fn header(kind: MediaType, filename: &str) -> String {
    let what = if kind.kind() == MediaKind::Image { "inline" } else { "attachment" };
    let plain: String = filename.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    let mut encoded = String::new();
    for byte in filename.bytes() {
        match byte {
            // What RFC 5987, section 3.2.1, lets stand for itself.
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => {
                encoded.push('%');
                for digit in [byte >> 4, byte & 15] {
                    encoded.extend(char::from_digit(digit.into(), 16).map(|c| c.to_ascii_uppercase()));
                }
            }
        }
    }
    format!("{what}; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

/// Whether a character stands for itself within quotes, to browsers old and new.
fn is_plain(c: char) -> bool {
    matches!(c, ' '..='~') && !matches!(c, '"' | '\\' | '%' | '/' | ';')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_end_its_quotes_or_its_line() {
        assert_eq!(
            header(MediaType::Png, "lamp.png"),
            "inline; filename=\"lamp.png\"; filename*=UTF-8''lamp.png"
        );
        assert_eq!(
            header(MediaType::Pdf, "a\"; b=\r\n%0d\\ü.pdf"),
            "attachment; filename=\"a__ b=___0d__.pdf\"; filename*=UTF-8''a%22%3B%20b%3D%0D%0A%250d%5C%C3%BC.pdf"
        );
        for kind in [MediaType::Mp4, MediaType::Mp3, MediaType::Text] {
            assert!(header(kind, "x").starts_with("attachment;"));
        }
    }
}
