//! `GET /livechat/<widget token>/avatar/:username`: the picture that Rocket.Chat's widget puts beside a message. Nobody has one
//! here, so it is the first letter of their name.

use crate::http::request::Request;
use web_sys::{Headers, Response, ResponseInit};

/// How long anybody may keep one, in seconds: a name's letter does not change.
const KEEP: &str = "public, max-age=86400";

/// The picture that a path asks for; none where it asks for none.
pub fn answer(request: &Request) -> Option<worker::Result<Response>> {
    let (before, name) = request.path.rsplit_once("/avatar/")?;
    let here = before.is_empty() || before.strip_prefix("/livechat/").is_some_and(|it| !it.contains('/'));
    (request.method == "GET" && here && !name.contains('/')).then(|| picture(name))
}

fn picture(name: &str) -> worker::Result<Response> {
    let headers = Headers::new()?;
    headers.set("content-type", "image/svg+xml; charset=utf-8")?;
    headers.set("cache-control", KEEP)?;
    headers.set("x-content-type-options", "nosniff")?;
    headers.set("content-security-policy", "default-src 'none'; sandbox")?;
    let init = ResponseInit::new();
    init.set_headers(&headers);
    Ok(Response::new_with_opt_str_and_init(Some(&drawn(name)), &init)?)
}

/// Colours on which white can be read.
const COLORS: [&str; 6] = ["#2f5d50", "#5b4b8a", "#8a4b5b", "#3b5f8a", "#6b5b2f", "#4b5563"];

/// A letter on a ground of its own colour. Nothing of the name but that letter is in it.
fn drawn(name: &str) -> String {
    let letter = name.chars().find(char::is_ascii_alphanumeric).unwrap_or('?').to_ascii_uppercase();
    let sum = name.bytes().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    let color = COLORS.get(sum % COLORS.len()).copied().unwrap_or_default();
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="{color}"/><text x="32" y="43" font-family="sans-serif" font-size="32" text-anchor="middle" fill="#fff">{letter}</text></svg>"##
    )
}

#[cfg(test)]
mod tests {
    use super::drawn;

    #[test]
    fn nothing_of_a_name_but_a_letter_is_drawn() {
        assert!(drawn("ada.lovelace").contains(">A</text>"));
        assert!(drawn("%3Cscript%3E").contains(">3</text>"));
        assert!(drawn("<script>").contains(">S</text>") && !drawn("<script>").contains("script"));
        assert!(drawn("").contains(">?</text>"));
    }
}
