//! Parts of a body (RFC 9110, section 14).

/// What a request wants of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// All of it: nothing else was asked for, or not in a way that is served.
    Whole,
    /// From this byte on, so many.
    Part {
        /// The first byte.
        offset: u64,
        /// How many, at least one.
        length: u64,
    },
    /// A part that is not there.
    Nothing,
}

/// Reads a `Range` header for a body of this size. One range is served; several are answered by the whole, as they may be
/// (section 14.2), for a request of many small ones would cost more than it is worth.
pub fn wanted(header: Option<&str>, size: u64) -> Wanted {
    let Some((first, last)) = header.and_then(one) else { return Wanted::Whole };
    let (offset, end) = match (first, last) {
        (Some(first), Some(last)) if first > last => return Wanted::Whole,
        (Some(first), last) => (first, last.map_or(size, |last| last.saturating_add(1)).min(size)),
        (None, Some(suffix)) => (size.saturating_sub(suffix), size),
        (None, None) => return Wanted::Whole,
    };
    match end.checked_sub(offset) {
        Some(length) if length > 0 => Wanted::Part { offset, length },
        _ => Wanted::Nothing,
    }
}

/// The two ends of a single range of bytes.
fn one(header: &str) -> Option<(Option<u64>, Option<u64>)> {
    let (first, last) = header.strip_prefix("bytes=")?.trim().split_once('-')?;
    Some((number(first)?, number(last)?))
}

/// A number without sign, nothing where it is left out; one that is too long for any file is the greatest.
fn number(text: &str) -> Option<Option<u64>> {
    match text {
        "" => Some(None),
        digits if digits.bytes().all(|b| b.is_ascii_digit()) => {
            Some(Some(digits.parse().unwrap_or(u64::MAX)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_served_within_the_body() {
        let part = |offset, length| Wanted::Part { offset, length };
        for (header, expected) in [
            ("bytes=0-0", part(0, 1)),
            ("bytes=0-9", part(0, 10)),
            ("bytes=3-", part(3, 7)),
            ("bytes=-4", part(6, 4)),
            ("bytes=-99", part(0, 10)),
            ("bytes=9-99999999999999999999999", part(9, 1)),
            ("bytes=10-", Wanted::Nothing),
            ("bytes=99999999999999999999999-", Wanted::Nothing),
            ("bytes=-0", Wanted::Nothing),
            ("bytes=5-2", Wanted::Whole),
            ("bytes=-", Wanted::Whole),
            ("bytes=0-1,3-4", Wanted::Whole),
            ("bytes=+1-2", Wanted::Whole),
            ("bytes=1 - 2", Wanted::Whole),
            ("lines=0-1", Wanted::Whole),
            ("", Wanted::Whole),
        ] {
            assert_eq!(wanted(Some(header), 10), expected, "{header}");
        }
        assert_eq!(wanted(None, 10), Wanted::Whole);
        assert_eq!(wanted(Some("bytes=0-"), 0), Wanted::Nothing);
    }
}
