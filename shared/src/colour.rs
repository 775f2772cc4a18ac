//! Colours of a theme, and whether text on them is dark or light.

use alloc::string::String;
use core::fmt;

/// An opaque sRGB colour, written `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HexColor([u8; 3]);

/// What is wrong with a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidColor;

impl fmt::Display for InvalidColor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be a hex colour like #3b5bdb")
    }
}

impl HexColor {
    /// The brand colour of a widget whose owner chose none.
    pub const PORCHLIGHT: Self = Self([0x2f, 0x5d, 0x50]);

    /// Reads `#rgb` or `#rrggbb`.
    pub fn parse(text: &str) -> Result<Self, InvalidColor> {
        let hex = text.strip_prefix('#').ok_or(InvalidColor)?;
        let mut value = 0_u32;
        for c in hex.chars() {
            value = value << 4 | c.to_digit(16).ok_or(InvalidColor)?;
        }
        match hex.len() {
            3 => Ok(Self([8, 4, 0].map(|shift| (value >> shift & 15) as u8 * 17))),
            6 => Ok(Self([16, 8, 0].map(|shift| (value >> shift) as u8))),
            _ => Err(InvalidColor),
        }
    }

    /// The colour as `#rrggbb`, without the formatting machinery, which the widget does not carry.
    pub fn css(self) -> String {
        let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
        let mut text = String::from("#");
        for channel in self.0 {
            text.push(digit(channel >> 4));
            text.push(digit(channel & 15));
        }
        text
    }

    /// Whether dark text reads better on this colour than white text does. The two contrasts of WCAG 2.2
    /// (<https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio>) are equal at a relative luminance of 0.179.
    pub fn wants_dark_text(self) -> bool {
        let [r, g, b] = self.0.map(|channel| {
            let c = f64::from(channel) / 255.0;
            // Close enough to the piecewise curve of sRGB for a choice between two colours, without `powf`'s bytes.
            c * c * (0.305_306_011 * c + 0.682_171_111) + 0.012_522_878 * c
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179
    }
}

impl fmt::Display for HexColor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.css())
    }
}

#[cfg(feature = "serde")]
crate::text_like!(HexColor, { "type": "string", "pattern": "^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$" });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_are_read() {
        assert_eq!(HexColor::parse("#fFf").unwrap().to_string(), "#ffffff");
        assert_eq!(HexColor::parse("#3b5bdb").unwrap().to_string(), "#3b5bdb");
        for wrong in ["", "fff", "#ffff", "#gggggg", "red", "#fff;}"] {
            assert_eq!(HexColor::parse(wrong), Err(InvalidColor), "{wrong}");
        }
    }

    #[test]
    fn text_flips_on_light_colours() {
        let dark_text = |hex| HexColor::parse(hex).unwrap().wants_dark_text();
        assert!(dark_text("#ffffff") && dark_text("#ffd43b") && dark_text("#8ce99a"));
        assert!(!dark_text("#000000") && !dark_text("#3b5bdb") && !dark_text("#c92a2a"));
    }
}
