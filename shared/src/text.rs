//! Text that people type: cleaned and measured once, then trusted.

mod email;
mod file_name;

pub use email::Email;
pub use file_name::FileName;

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

/// A person's name.
pub type Name = Line<200>;

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
}
