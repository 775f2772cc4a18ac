//! Addresses: those that a button or a link may open, and those where pictures and files may lie.

use super::names::Names;

/// What a button or a link may open.
const OPENS: [&str; 4] = ["https://", "http://", "mailto:", "tel:"];

/// An address with our names in it. A variable that it begins with may hold all of it; what others hold is escaped.
pub(super) fn address(url: &str, names: &Names) -> String {
    let url = with_scheme(url.trim());
    if !url.starts_with("{{") {
        return names.filled(&url, "|url", str::to_owned);
    }
    let (first, rest) = url.split_once("}}").unwrap_or((&url, ""));
    names.text(&format!("{first}}}}}")) + &names.filled(rest, "|url", str::to_owned)
}

/// Typebot takes an address without a scheme for one of the web.
fn with_scheme(url: &str) -> String {
    let host = url.split(['/', '?', '#']).next().unwrap_or_default();
    let is_host =
        host.contains('.') && !host.contains([':', '{', '@']) && !host.contains(char::is_whitespace);
    if is_host { format!("https://{url}") } else { url.to_owned() }
}

/// Whether something may be opened, as far as that is known before variables are filled in.
pub(super) fn may_open(address: &str) -> bool {
    address.starts_with("{{")
        || OPENS.iter().any(|scheme| address.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()))
}

/// Whether a picture or a file may lie there.
pub(super) fn may_lie(address: &str) -> bool {
    address.starts_with("{{") || address.strip_prefix("https://").is_some_and(|rest| !rest.is_empty())
}

/// The host that an address names; none where a variable has a say in it.
pub(super) fn host(address: &str) -> Option<&str> {
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"))?;
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host);
    (!host.is_empty() && !host.contains(['{', '}', '@'])).then_some(host)
}
