//! Text that people type: cleaned and measured once, then trusted.

use alloc::string::String;
use core::fmt;

/// What is wrong with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidText {
    /// Nothing but white space.
    Empty,
    /// More characters than the limit that stands here.
    TooLong(usize),
    /// Not an e-mail address.
    NotAnEmail,
    /// A control character, where none is taken.
    Control,
}

impl fmt::Display for InvalidText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("must not be empty"),
            Self::TooLong(limit) => write!(f, "must be at most {limit} characters"),
            Self::NotAnEmail => f.write_str("must be an e-mail address"),
            Self::Control => f.write_str("must be without control characters"),
        }
    }
}

/// Words of a message: 1 to `LIMIT` characters (Unicode scalar values), not all white space, without control characters
/// other than line feed and tab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words<const LIMIT: usize>(String);

/// A message's text, as our own APIs take it.
pub type MessageText = Words<4000>;

/// The longest that a message says, by whichever API it comes.
pub type LongText = Words<10_000>;

impl<const LIMIT: usize> Words<LIMIT> {
    /// The most characters they may have.
    pub const LIMIT: usize = LIMIT;

    /// Reads what was typed: line ends become `\n`, control characters go, white space around it goes.
    pub fn parse(typed: &str) -> Result<Self, InvalidText> {
        let clean = clean(typed, |c| c == '\n' || c == '\t');
        check_length(&clean, Self::LIMIT)?;
        Ok(Self(clean))
    }

    /// The same, where more would be taken.
    pub fn widen<const MORE: usize>(self) -> Words<MORE> {
        const { assert!(MORE >= LIMIT, "it may be too long there") }
        Words(self.0)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, given away.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl<const LIMIT: usize> fmt::Display for Words<LIMIT> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One line of at most `LIMIT` characters, such as a name or a title; may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line<const LIMIT: usize>(String);

impl<const LIMIT: usize> Line<LIMIT> {
    /// Reads one line: control characters (line ends too) go, white space around it goes.
    pub fn parse(typed: &str) -> Result<Self, InvalidText> {
        let clean = clean(typed, |_| false);
        match check_length(&clean, LIMIT) {
            Ok(()) | Err(InvalidText::Empty) => Ok(Self(clean)),
            Err(other) => Err(other),
        }
    }

    /// The line, or nothing when it is empty.
    pub fn as_option(&self) -> Option<&str> {
        Some(self.0.as_str()).filter(|line| !line.is_empty())
    }
}

impl<const LIMIT: usize> fmt::Display for Line<LIMIT> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One line of 1 to `LIMIT` characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilledLine<const LIMIT: usize>(Line<LIMIT>);

impl<const LIMIT: usize> FilledLine<LIMIT> {
    /// Reads one line, as [`Line::parse`] does.
    pub fn parse(typed: &str) -> Result<Self, InvalidText> {
        let line = Line::parse(typed)?;
        if line.as_option().is_none() { Err(InvalidText::Empty) } else { Ok(Self(line)) }
    }
}

impl<const LIMIT: usize> fmt::Display for FilledLine<LIMIT> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Lines of at most `LIMIT` characters in all, such as a comment; may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lines<const LIMIT: usize>(String);

impl<const LIMIT: usize> Lines<LIMIT> {
    /// Reads what was typed, as [`MessageText::parse`] does.
    pub fn parse(typed: &str) -> Result<Self, InvalidText> {
        let clean = clean(typed, |c| c == '\n' || c == '\t');
        match check_length(&clean, LIMIT) {
            Ok(()) | Err(InvalidText::Empty) => Ok(Self(clean)),
            Err(other) => Err(other),
        }
    }

    /// The lines, or nothing when they are empty.
    pub fn as_option(&self) -> Option<&str> {
        Some(self.0.as_str()).filter(|lines| !lines.is_empty())
    }
}

impl<const LIMIT: usize> fmt::Display for Lines<LIMIT> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that is compared or signed byte for byte, and so kept as it came: at most `LIMIT` characters, none of them a
/// control character; may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Exact<const LIMIT: usize>(String);

impl<const LIMIT: usize> Exact<LIMIT> {
    /// Reads it.
    pub fn parse(text: &str) -> Result<Self, InvalidText> {
        if text.chars().any(char::is_control) {
            return Err(InvalidText::Control);
        }
        match check_length(text, LIMIT) {
            Ok(()) | Err(InvalidText::Empty) => Ok(Self(text.into())),
            Err(other) => Err(other),
        }
    }

    /// The text, or nothing when it is empty.
    pub fn as_option(&self) -> Option<&str> {
        Some(self.0.as_str()).filter(|text| !text.is_empty())
    }
}

impl<const LIMIT: usize> fmt::Display for Exact<LIMIT> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What stands beside an attachment: at most [`Caption::LIMIT`] characters, cleaned as a message's text is; may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Caption(String);

impl Caption {
    /// The most characters a caption may have.
    pub const LIMIT: usize = 1024;

    /// Reads what was typed.
    pub fn parse(typed: &str) -> Result<Self, InvalidText> {
        let clean = clean(typed, |c| c == '\n' || c == '\t');
        match check_length(&clean, Self::LIMIT) {
            Ok(()) | Err(InvalidText::Empty) => Ok(Self(clean)),
            Err(other) => Err(other),
        }
    }

    /// It as a message's text; nothing when it is empty.
    pub fn into_text(self) -> Option<MessageText> {
        (!self.0.is_empty()).then_some(Words(self.0))
    }
}

impl fmt::Display for Caption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

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

/// A person's name.
pub type Name = Line<200>;

/// An e-mail address, as far as its form can tell: one `@`, a local part of at most 64 bytes, a domain with a dot,
/// no white space, at most 254 bytes (RFC 5321, section 4.5.3.1). Kept as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// Reads an address.
    pub fn parse(text: &str) -> Result<Self, InvalidText> {
        let (local, domain) = text.rsplit_once('@').ok_or(InvalidText::NotAnEmail)?;
        let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"()<>[],;:\\\"@".contains(c);
        let label = |l: &str| {
            (1..=63).contains(&l.len())
                && !l.starts_with('-')
                && !l.ends_with('-')
                && l.chars().all(|c| c.is_alphanumeric() || c == '-')
        };
        let dotted = |part: &str| !part.starts_with('.') && !part.ends_with('.') && !part.contains("..");
        let good = text.len() <= 254
            && (1..=64).contains(&local.len())
            && local.chars().all(plain)
            && dotted(local)
            && domain.contains('.')
            && domain.split('.').all(label);
        if good { Ok(Self(text.into())) } else { Err(InvalidText::NotAnEmail) }
    }
}

impl Email {
    /// The mailbox it names: the domain is the same in any case, what stands before it is its owner's affair (RFC 5321,
    /// section 2.4).
    pub fn mailbox(&self) -> String {
        match self.0.rsplit_once('@') {
            Some((local, domain)) => [local, "@", &domain.to_ascii_lowercase()].concat(),
            None => self.0.clone(),
        }
    }

    /// The address as it may be shown to somebody who has not proved that it is theirs.
    pub fn masked(&self) -> String {
        let first: String = self.0.chars().take(1).collect();
        let domain = self.0.rsplit_once('@').map(|(_, domain)| domain).unwrap_or_default();
        [&first, "***@", domain].concat()
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn clean(typed: &str, keeps: impl Fn(char) -> bool) -> String {
    let mut kept = String::with_capacity(typed.len());
    let mut chars = typed.chars().peekable();
    while let Some(c) = chars.next() {
        // A lone carriage return ends a line; before a line feed it says nothing of its own.
        let c = match c {
            '\r' if chars.peek() == Some(&'\n') => continue,
            '\r' => '\n',
            c => c,
        };
        if keeps(c) || !c.is_control() {
            kept.push(c);
        }
    }
    kept.trim().into()
}

fn check_length(text: &str, limit: usize) -> Result<(), InvalidText> {
    // Counted by hand: the library's fast way is a kilobyte of the widget.
    match text.chars().map(|_| 1_usize).sum() {
        0 => Err(InvalidText::Empty),
        n if n > limit => Err(InvalidText::TooLong(limit)),
        _ => Ok(()),
    }
}

#[cfg(feature = "serde")]
mod json {
    use super::{Caption, Email, Exact, FileName, FilledLine, Line, Lines, LongText, MessageText};

    crate::text_like!(MessageText, { "type": "string", "minLength": 1, "maxLength": 4000 });
    crate::text_like!(LongText, { "type": "string", "minLength": 1, "maxLength": 10000 });
    crate::text_like!(Caption, { "type": "string", "maxLength": 1024 });
    crate::text_like!(FileName, { "type": "string" });
    crate::text_like!(Email, { "type": "string", "format": "email", "maxLength": 254 });
    crate::text_like!(Lines<1000>, { "type": "string", "maxLength": 1000 });
    crate::text_like!(Exact<128>, { "type": "string", "maxLength": 128 });
    crate::text_like!(Exact<200>, { "type": "string", "maxLength": 200 });
    crate::text_like!(Exact<2000>, { "type": "string", "maxLength": 2000 });
    crate::text_like!(Line<20>, { "type": "string", "maxLength": 20 });
    crate::text_like!(Line<40>, { "type": "string", "maxLength": 40 });
    crate::text_like!(Line<200>, { "type": "string", "maxLength": 200 });
    crate::text_like!(Line<500>, { "type": "string", "maxLength": 500 });
    crate::text_like!(FilledLine<200>, { "type": "string", "minLength": 1, "maxLength": 200 });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_1_to_4000_characters() {
        assert_eq!(MessageText::parse(""), Err(InvalidText::Empty));
        assert_eq!(MessageText::parse(" \r\n\t\u{0}"), Err(InvalidText::Empty));
        assert!(MessageText::parse(&"é".repeat(4000)).is_ok());
        assert_eq!(MessageText::parse(&"é".repeat(4001)), Err(InvalidText::TooLong(4000)));
    }

    #[test]
    fn a_message_keeps_its_lines_and_loses_control_characters() {
        assert_eq!(MessageText::parse("  a\r\nb\u{7}\u{0}\tc\r").unwrap().as_str(), "a\nb\tc");
    }

    #[test]
    fn a_caption_may_be_empty_and_has_1024_characters_at_most() {
        assert_eq!(Caption::parse(" \r\n").unwrap().into_text(), None);
        assert_eq!(Caption::parse(" a\r\nb ").unwrap().into_text(), MessageText::parse("a\nb").ok());
        assert!(Caption::parse(&"é".repeat(1024)).is_ok());
        assert_eq!(Caption::parse(&"é".repeat(1025)), Err(InvalidText::TooLong(1024)));
    }

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

    #[test]
    fn a_line_cannot_smuggle_another_line() {
        assert_eq!(
            Name::parse("Ada\r\nBcc: all@example.com").unwrap().to_string(),
            "AdaBcc: all@example.com"
        );
        assert_eq!(Name::parse("  ").unwrap().as_option(), None);
        assert!(Name::parse(&"x".repeat(201)).is_err());
    }

    #[test]
    fn a_filled_line_is_one_and_is_not_empty() {
        assert_eq!(FilledLine::<200>::parse("Ada\r\nBcc: b@c.de").unwrap().to_string(), "AdaBcc: b@c.de");
        for empty in ["", "  ", "\r\n\0"] {
            assert_eq!(FilledLine::<200>::parse(empty), Err(InvalidText::Empty), "{empty:?}");
        }
        assert_eq!(FilledLine::<200>::parse(&"x".repeat(201)), Err(InvalidText::TooLong(200)));
    }

    #[test]
    fn an_email_has_the_form_of_one() {
        for good in ["a@b.co", "first.last+tag@sub.example.com", "ünï@exämple.de"] {
            assert!(Email::parse(good).is_ok(), "{good}");
        }
        for wrong in
            ["", "a", "a@b", "a b@c.de", "a@b..c", "a@-b.de", "@b.de", "a@b@c.de", "a\n@b.de", ".a@b.de"]
        {
            assert!(Email::parse(wrong).is_err(), "{wrong}");
        }
    }
}
