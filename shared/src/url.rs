//! Addresses of the web that people supply.

use core::fmt;

/// An `http` or `https` address of at most 2,000 bytes, of a host that is named, without a user's name or password in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpUrl(String);

/// What is wrong with an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidUrl;

impl fmt::Display for InvalidUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be an address like https://example.com/page")
    }
}

/// The longest address, in bytes.
const LONGEST: usize = 2_000;

impl HttpUrl {
    /// Reads an address.
    pub fn parse(text: &str) -> Result<Self, InvalidUrl> {
        let text = text.trim();
        let lower: String = text.chars().take(8).map(|c| c.to_ascii_lowercase()).collect();
        let scheme = ["https://", "http://"].into_iter().find(|scheme| lower.starts_with(scheme));
        let rest = scheme.and_then(|scheme| text.get(scheme.len()..)).ok_or(InvalidUrl)?;
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let forbidden = |c: char| c.is_whitespace() || c.is_control() || "\"<>\\^`{|}".contains(c);
        if text.len() > LONGEST || host.is_empty() || host.contains('@') || text.chars().any(forbidden) {
            return Err(InvalidUrl);
        }
        Ok(Self(text.into()))
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for HttpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

crate::text_like!(HttpUrl, { "type": "string", "format": "uri", "maxLength": 2000 });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_the_web_and_no_others() {
        for good in [
            "https://example.com",
            "HTTP://example.com/a?b=c#d",
            "https://bücher.example/ü",
            "http://localhost:8080/x",
        ] {
            assert_eq!(HttpUrl::parse(good).unwrap().as_str(), good);
        }
        for bad in [
            "",
            "example.com",
            "javascript:alert(1)",
            "https://",
            "https:///x",
            "https://a b",
            "https://a@b.c/",
            "https://a/\"x",
            "data:text/html,x",
            "//a.b",
            "https://a\n.b",
        ] {
            assert!(HttpUrl::parse(bad).is_err(), "{bad}");
        }
        assert!(HttpUrl::parse(&format!("https://a/{}", "x".repeat(2_000))).is_err());
    }
}
