//! Which addresses may not ask: single ones and networks (CIDR, RFC 4632), in any spelling.

use alloc::string::String;
use core::fmt;
use core::net::IpAddr;

/// An address, or a network of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressRange {
    network: IpAddr,
    prefix: u32,
}

/// What is wrong with an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidAddress;

impl fmt::Display for InvalidAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be an IP address or a network like 203.0.113.0/24 or 2001:db8::/32")
    }
}

impl AddressRange {
    /// Reads an address or a network. An IPv4 address that is written as IPv6 is IPv4 (RFC 4291, section 2.5.5.2).
    pub fn parse(text: &str) -> Result<Self, InvalidAddress> {
        let (address, prefix) = match text.trim().split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text.trim(), None),
        };
        let written: IpAddr = address.parse().map_err(|_| InvalidAddress)?;
        let width = width(written);
        let prefix = match prefix {
            Some(digits) if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => {
                digits.parse().ok().filter(|prefix| *prefix <= width).ok_or(InvalidAddress)?
            }
            Some(_) => return Err(InvalidAddress),
            None => width,
        };
        let canonical = written.to_canonical();
        Ok(match canonical {
            IpAddr::V4(_) if written.is_ipv6() && prefix >= 96 => {
                Self { network: canonical, prefix: prefix - 96 }
            }
            IpAddr::V4(_) if written.is_ipv4() => Self { network: canonical, prefix },
            _ => Self { network: written, prefix },
        })
    }

    /// Whether an address is within.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        let shift = width(self.network) - self.prefix;
        address.is_ipv4() == self.network.is_ipv4()
            && (bits(address) ^ bits(self.network)).checked_shr(shift).unwrap_or(0) == 0
    }
}

/// Whether a list refuses an address, as the platform writes it. What is no address is on no list.
pub fn refuses(list: &[AddressRange], address: &str) -> bool {
    !list.is_empty()
        && address.parse::<IpAddr>().is_ok_and(|address| list.iter().any(|range| range.contains(address)))
}

/// Whom an address stands for: itself, or for IPv6 its network of 64 bits, which one household has (RFC 6177).
pub fn household(address: &str) -> String {
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V6(v6)) => {
            alloc::format!("{:x}/64", v6.to_bits() >> 64)
        }
        Ok(IpAddr::V4(v4)) => alloc::format!("{v4}"),
        Err(_) => address.into(),
    }
}

fn width(address: IpAddr) -> u32 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => v4.to_bits().into(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

impl fmt::Display for AddressRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.network)?;
        if self.prefix == width(self.network) { Ok(()) } else { write!(f, "/{}", self.prefix) }
    }
}

#[cfg(feature = "serde")]
crate::text_like!(AddressRange, { "type": "string", "examples": ["203.0.113.7", "2001:db8::/32"] });

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(entry: &str, address: &str) -> bool {
        refuses(&[AddressRange::parse(entry).unwrap()], address)
    }

    #[test]
    fn an_address_is_the_same_in_every_spelling() {
        for (entry, address) in [
            ("203.0.113.7", "203.0.113.7"),
            ("203.0.113.7", "::ffff:203.0.113.7"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
            ("::FFFF:cb00:7107", "203.0.113.7"),
            ("2001:DB8::1", "2001:0db8:0:0:0:0:0:1"),
        ] {
            assert!(refused(entry, address), "{entry} {address}");
        }
        for (entry, address) in [
            ("203.0.113.7", "203.0.113.8"),
            ("203.0.113.7", "203.0.113.77"),
            ("2001:db8::1", "2001:db8::2"),
            ("203.0.113.7", "x"),
            ("203.0.113.7", ""),
        ] {
            assert!(!refused(entry, address), "{entry} {address}");
        }
    }

    #[test]
    fn a_network_has_all_its_addresses_and_no_other() {
        for (entry, inside, outside) in [
            ("203.0.113.0/24", "203.0.113.255", "203.0.114.0"),
            ("203.0.113.99/25", "203.0.113.0", "203.0.113.128"),
            ("0.0.0.0/0", "255.1.2.3", "::1"),
            ("::/0", "2001:db8::", "1.2.3.4"),
            ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::"),
            ("::ffff:203.0.113.0/120", "203.0.113.9", "203.0.112.9"),
            ("10.0.0.0/8", "::ffff:10.9.8.7", "11.0.0.0"),
        ] {
            assert!(refused(entry, inside) && !refused(entry, outside), "{entry}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_as_an_entry() {
        for wrong in [
            "",
            "x",
            "1.2.3",
            "1.2.3.4/33",
            "1.2.3.4/",
            "1.2.3.4/-1",
            "1.2.3.4/+8",
            "::1/129",
            "010.0.0.1",
            "1.2.3.4/8/8",
            "fe80::1%eth0",
        ] {
            assert_eq!(AddressRange::parse(wrong), Err(InvalidAddress), "{wrong}");
        }
        assert_eq!(AddressRange::parse("::ffff:1.2.3.4").unwrap().to_string(), "1.2.3.4");
    }

    #[test]
    fn an_ipv6_address_stands_for_its_network() {
        assert_eq!(household("203.0.113.7"), household("::ffff:203.0.113.7"));
        assert_eq!(household("2001:db8:1:2::1"), household("2001:db8:1:2:ffff::9"));
        assert_ne!(household("2001:db8:1:2::1"), household("2001:db8:1:3::1"));
    }
}
