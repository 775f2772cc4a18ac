//! Which pages an address with `*` for anything means.

use alloc::{string::String, vec::Vec};

/// Whether a page is at an address: `/pricing*` is a path, `https://…` all of it but the fragment. `*` stands for anything.
/// Letters may be written as people write them or as browsers do.
pub fn is_at(pattern: &str, url: &str) -> bool {
    let whole = url.split('#').next().unwrap_or_default();
    let address = if pattern.starts_with('/') { path(whole) } else { whole };
    let (pattern, address) = (readable(pattern), readable(address));
    let Some((first, rest)) = pattern.split_once('*') else { return *pattern == *address };
    let Some(mut left) = address.strip_prefix(first) else { return false };
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    // From left to right, each part at its first place: no address takes long, whoever has written it.
    for part in middle.split('*') {
        match left.find(part).and_then(|at| left.get(at + part.len()..)) {
            Some(after) => left = after,
            None => return false,
        }
    }
    left.ends_with(last)
}

fn path(url: &str) -> &str {
    let after = url.split_once("://").map_or(url, |(_, after)| after);
    let path = after.find('/').and_then(|at| after.get(at..)).unwrap_or("/");
    path.split('?').next().unwrap_or(path)
}

/// Without the codes that browsers put for what people write as it is; those for `/`, `?` and their like stay, for they would
/// mean something else (ECMA-262, `decodeURI`).
fn readable(address: &str) -> String {
    let mut bytes = Vec::with_capacity(address.len());
    let mut left = address.as_bytes();
    while let Some((first, rest)) = left.split_first() {
        let code = rest.get(..2).and_then(|code| core::str::from_utf8(code).ok());
        let code = code.filter(|_| *first == b'%').and_then(|code| u8::from_str_radix(code, 16).ok());
        match code.filter(|byte| !b";/?:@&=+$,#".contains(byte)) {
            Some(byte) => {
                bytes.push(byte);
                left = rest.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                left = rest;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| address.into())
}

#[cfg(test)]
mod tests {
    use super::is_at;

    #[test]
    fn paths_and_whole_addresses_with_anything_between() {
        let pricing = "https://shop.example/pricing/eu?a=b#top";
        for good in [
            "/pricing/eu",
            "/pricing*",
            "/*/eu",
            "*",
            "/*",
            "https://shop.example/*",
            "https://shop.example/pricing/eu?a=b",
            "*a=b",
            "/p*ing/*u",
        ] {
            assert!(is_at(good, pricing), "{good}");
        }
        for bad in [
            "/pricing",
            "pricing*",
            "/eu*",
            "/pricing/eu/*",
            "",
            "https://shop.example/",
            "*#top",
            "/pricing/eu*eu",
        ] {
            assert!(!is_at(bad, pricing), "{bad}");
        }
        assert!(is_at("/", "https://shop.example") && is_at("/caf\u{e9}", "https://x.example/caf%C3%A9"));
        assert!(!is_at("/a/b", "https://x.example/a%2Fb") && is_at("/%zz", "https://x.example/%zz"));
        assert!(is_at(&"*a".repeat(2_000), &format!("https://x/{}", "a".repeat(100_000))));
    }
}
