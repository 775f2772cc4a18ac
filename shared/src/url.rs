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

/// Endings of names that are no one's in public (RFC 6761, RFC 8375, RFC 9476).
const PRIVATE: [&str; 8] = ["localhost", "local", "internal", "home.arpa", "invalid", "test", "onion", "alt"];

/// The longest name of a host (RFC 1035, section 2.3.4), written without a dot at its end.
const LONGEST_NAME: usize = 253;

/// An address that we may ask on somebody's behalf: `https`, of a host that is named in public, at the usual port. What the
/// name leads to is another question ([`crate::rules::public`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallbackUrl {
    url: String,
    host: String,
}

/// What is wrong with a [`CallbackUrl`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidCallbackUrl;

impl fmt::Display for InvalidCallbackUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "must be an address like https://example.com/hook, of a host with a public name, without a port",
        )
    }
}

impl CallbackUrl {
    /// Reads an address. Any spelling of a number is no name, and what the platform would take for something else than it
    /// looks like is refused.
    pub fn parse(text: &str) -> Result<Self, InvalidCallbackUrl> {
        let rest = text.strip_prefix("https://").ok_or(InvalidCallbackUrl)?;
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default().to_lowercase();
        let host = host.strip_suffix(":443").unwrap_or(&host);
        let host = host.strip_suffix('.').unwrap_or(host);
        let named = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        let ending = host.rsplit('.').next().unwrap_or_default();
        let is_public = host.contains('.')
            && host.len() <= LONGEST_NAME
            && host.split('.').all(|part| (1..=63).contains(&part.len()) && part.bytes().all(named))
            // The last part of an address in numbers, however it is written, begins with a digit; no name's does.
            && ending.starts_with(|c: char| c.is_ascii_alphabetic())
            && !PRIVATE.iter().any(|private| host == *private || host.ends_with(&format!(".{private}")));
        if is_public { Ok(Self { url: text.into(), host: host.into() }) } else { Err(InvalidCallbackUrl) }
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.url
    }

    /// The name of its host, in lower case and without a dot at its end.
    pub fn host(&self) -> &str {
        &self.host
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_names_are_asked() {
        for (good, host) in [
            ("https://api.shop.example/x?y=https://z", "api.shop.example"),
            ("https://SHOP.example", "shop.example"),
            ("https://shop.example:443/", "shop.example"),
            ("https://shop.example.", "shop.example"),
            ("https://shop.example?x#y", "shop.example"),
        ] {
            let url = CallbackUrl::parse(good).unwrap();
            assert_eq!((url.as_str(), url.host()), (good, host));
        }
        for bad in [
            "http://shop.example/",
            "HTTPS://shop.example/",
            " https://shop.example/",
            "https://localhost/",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://127.1/",
            "https://a@shop.example/",
            "https://shop.example:8443/",
            "https://metadata.google.internal/",
            "https://nas.local/",
            "https://x.localhost/",
            "https://shop/",
            "https://shop.example\\@127.0.0.1/",
            "https://shop.ex\tample/",
            "https://",
            "https://ⓛocalhost.example/",
            "https://hook.test/",
            "https://shop..example/",
            "https://.shop.example/",
        ] {
            assert!(CallbackUrl::parse(bad).is_err(), "{bad}");
        }
        // As long as names are, and longer.
        let named = |parts: usize, last: usize| {
            format!("https://{}{}.example/", "a.".repeat(parts), "b".repeat(last))
        };
        assert!(CallbackUrl::parse(&named(91, 63)).is_ok());
        assert!(CallbackUrl::parse(&named(92, 63)).is_err());
        assert!(CallbackUrl::parse(&named(1, 64)).is_err());
    }

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
