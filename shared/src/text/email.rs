//! E-mail addresses.

use super::InvalidText;
use alloc::string::String;
use core::fmt;

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

#[cfg(test)]
mod tests {
    use super::*;

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
