//! Which pages a widget may be asked from. A filter that browsers keep to, never a proof: whoever is not a browser says
//! what they like.

use alloc::string::String;
use core::fmt;

/// One entry of an allow list: `example.com`, or `*.example.com` for all domains below it; with a port where only that
/// one is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainPattern(String);

/// What is wrong with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidDomain;

impl fmt::Display for InvalidDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be a domain like example.com or *.example.com")
    }
}

impl fmt::Display for DomainPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl DomainPattern {
    /// Reads an entry. A domain with letters beyond ASCII is written as browsers write it, with `xn--`.
    pub fn parse(text: &str) -> Result<Self, InvalidDomain> {
        let text = text.trim().to_ascii_lowercase();
        let host = text.strip_prefix("*.").unwrap_or(&text);
        let (host, port) = split_port(host);
        let label = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let good = host.len() <= 253
            && host.split('.').all(label)
            && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|n| n > 0));
        if good { Ok(Self(text)) } else { Err(InvalidDomain) }
    }

    /// Whether a page of this origin may ask, as the `Origin` header writes it (RFC 6454, section 6.2).
    pub fn allows(&self, origin: &str) -> bool {
        let origin = origin.to_ascii_lowercase();
        let Some(rest) = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://")) else {
            return false;
        };
        if rest.contains(['/', '@', '?', '#', '\\']) {
            return false;
        }
        let (host, port) = split_port(rest);
        let (pattern, wanted) = split_port(&self.0);
        let same_host = match pattern.strip_prefix("*.") {
            // What stands before must end with a dot: `notexample.com` is not below `example.com`.
            Some(parent) => {
                host.strip_suffix(parent).is_some_and(|below| below.len() > 1 && below.ends_with('.'))
            }
            None => host == pattern,
        };
        same_host && (wanted.is_none() || wanted == port)
    }
}

/// Whether a list lets an origin ask. An empty list lets any; a request that names no origin comes from no page.
pub fn allows(list: &[DomainPattern], origin: Option<&str>) -> bool {
    list.is_empty() || origin.is_none_or(|origin| list.iter().any(|pattern| pattern.allows(origin)))
}

fn split_port(host: &str) -> (&str, Option<&str>) {
    match host.rsplit_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (host, None),
    }
}

#[cfg(feature = "serde")]
crate::text_like!(DomainPattern, { "type": "string", "examples": ["example.com", "*.example.com"] });

#[cfg(test)]
mod tests {
    use super::*;

    fn list(entries: &[&str]) -> Vec<DomainPattern> {
        entries.iter().map(|entry| DomainPattern::parse(entry).unwrap()).collect()
    }

    #[test]
    fn a_domain_is_matched_label_by_label() {
        let shop = list(&["Example.com", "*.shop.example"]);
        for good in [
            "https://example.com",
            "http://example.com:8080",
            "HTTPS://EXAMPLE.com",
            "https://a.shop.example",
            "https://a.b.shop.example",
        ] {
            assert!(allows(&shop, Some(good)), "{good}");
        }
        for wrong in [
            "https://www.example.com",
            "https://notexample.com",
            "https://example.com.evil.net",
            "https://shop.example",
            "https://evilshop.example",
            "https://.shop.example",
            "null",
            "",
            "example.com",
            "file://",
            "ftp://example.com",
            "https://evil.net/example.com",
            "https://evil.net#.shop.example",
            "https://example.com@evil.net",
            "https://evil.net\\.shop.example",
            "chrome-extension://example.com",
            "https://example.com.",
            "javascript://example.com",
        ] {
            assert!(!allows(&shop, Some(wrong)), "{wrong}");
        }
    }

    #[test]
    fn an_empty_list_lets_any_ask_and_no_origin_is_no_page() {
        assert!(allows(&[], Some("https://any.example")) && allows(&[], Some("null")) && allows(&[], None));
        assert!(allows(&list(&["example.com"]), None));
    }

    #[test]
    fn a_port_that_is_named_is_the_only_one() {
        let local = list(&["localhost:3000", "127.0.0.1"]);
        assert!(allows(&local, Some("http://localhost:3000")) && allows(&local, Some("http://127.0.0.1:9")));
        assert!(!allows(&local, Some("http://localhost:3001")) && !allows(&local, Some("http://localhost")));
    }

    #[test]
    fn an_entry_has_the_form_of_a_domain() {
        for good in ["example.com", "*.example.com", "localhost", "xn--bcher-kva.example", " a.co "] {
            assert!(DomainPattern::parse(good).is_ok(), "{good}");
        }
        for wrong in [
            "",
            "*",
            "*.",
            "*.*.com",
            "a.*.com",
            "https://a.co",
            "a.co/",
            "a..co",
            "-a.co",
            "bücher.example",
            "a.co:0",
            "a.co:x",
            "a b.co",
        ] {
            assert_eq!(DomainPattern::parse(wrong), Err(InvalidDomain), "{wrong}");
        }
    }
}
