//! What files are called.

use super::InvalidText;
use alloc::string::String;
use core::fmt;

/// A file's name, for people: its last part, without control characters and those that turn the writing around, at most
/// [`FileName::LIMIT`] characters. It says nothing about what the file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileName(String);

impl FileName {
    /// The most characters a name keeps; its end is kept when it is longer.
    pub const LIMIT: usize = 120;

    /// Reads a name; whatever it is, something can be made of it.
    pub fn parse(given: &str) -> Result<Self, InvalidText> {
        let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
        let kept: String = last.chars().filter(|c| !c.is_control() && !turns_writing(*c)).collect();
        let kept = kept.trim_matches(|c: char| c.is_whitespace() || c == '.');
        let beyond = kept.chars().count().saturating_sub(Self::LIMIT);
        Ok(Self(kept.chars().skip(beyond).collect()))
    }

    /// The name of a file of this type: one that ends otherwise gets the type's own ending, so that a text that is
    /// called a program is not opened as one.
    pub fn of_type(&self, extensions: &[&str]) -> String {
        let usual = extensions.first().copied().unwrap_or("bin");
        let (stem, ending) = self.0.rsplit_once('.').unwrap_or((&self.0, ""));
        let mut name = if self.0.is_empty() { String::from("file") } else { self.0.clone() };
        if stem.is_empty() || !extensions.iter().any(|known| ending.eq_ignore_ascii_case(known)) {
            name.push('.');
            name.push_str(usual);
        }
        name
    }

    /// Whether it ends so.
    pub fn ends(&self, extension: &str) -> bool {
        self.0.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case(extension))
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a character is not seen itself and changes how others are (Unicode Standard Annex 9, section 2).
fn turns_writing(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_is_a_name_and_no_path() {
        let name = |given: &str| FileName::parse(given).unwrap().of_type(&["png"]);
        assert_eq!(name("lamp.png"), "lamp.png");
        assert_eq!(name("LAMP.PNG"), "LAMP.PNG");
        assert_eq!(name("../../etc/passwd"), "passwd.png");
        assert_eq!(name("C:\\Users\\ada\\lamp.png"), "lamp.png");
        assert_eq!(name("a\r\nSet-Cookie: b=c\0.png"), "aSet-Cookie: b=c.png");
        assert_eq!(name("gnp.\u{202e}exe.png\u{200f}"), "gnp.exe.png");
        assert_eq!(name("evil.html"), "evil.html.png");
        for empty in ["", "...", "/", "\u{202e}", " "] {
            assert_eq!(name(empty), "file.png", "{empty:?}");
        }
        assert_eq!(name(".png"), "png.png");
        let long = name(&format!("{}.png", "ä".repeat(496)));
        assert!(long.chars().count() == FileName::LIMIT && long.ends_with("ä.png"));
    }
}
