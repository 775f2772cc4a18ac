//! `{{variables}}` in texts.

use super::value::{Scope, Value};
use core::fmt;
use serde::Serialize;
use shared::json::{Json, Read};
use std::borrow::Cow;

/// The most secrets that one text takes.
const MOST_SECRETS: usize = 20;
/// The most bytes of a text that is filled in; what is more is cut off.
pub const MAX_FILLED: usize = 64 * 1024;

/// Fills in `{{name}}`, `{{name|default:'…'}}` and `{{name|url}}`, in one pass: what a variable holds is never read as
/// a template again. A name without a value gives nothing. Braces that hold no name stay as they are.
pub fn fill(template: &str, scope: Scope<'_>) -> String {
    let mut out = String::with_capacity(template.len());
    for piece in pieces(template) {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Value(placeholder) => placeholder.write(scope, &mut out),
        }
        if out.len() > MAX_FILLED || !scope.spend(1) {
            break;
        }
    }
    cut(out)
}

fn cut(mut text: String) -> String {
    if text.len() > MAX_FILLED {
        text.truncate(text.floor_char_boundary(MAX_FILLED));
    }
    text
}

/// Fills in a text that is formatted: what variables hold is not, so its marks are escaped.
pub fn fill_formatted(template: &str, scope: Scope<'_>) -> String {
    let mut out = String::with_capacity(template.len());
    for piece in pieces(template) {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Value(placeholder) => {
                for c in placeholder.value(scope).chars() {
                    if c.is_ascii_punctuation() {
                        out.push('\\');
                    }
                    out.push(c);
                }
            }
        }
        if out.len() > MAX_FILLED || !scope.spend(1) {
            break;
        }
    }
    cut(out)
}

/// A text that is filled in but for its secrets, which `{{secret.NAME}}` names: they are known only where they are used. Texts
/// and names by turns; a text first and last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Read)]
pub struct Filled(Vec<String>);

/// How what variables hold is put into a text for a server, so that it is not taken for more than that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Escaped {
    /// Into an address: percent-encoded.
    Url,
    /// Into JSON: as what stands between quotes.
    Json,
    /// Into one line.
    Line,
    /// As it is.
    Not,
}

impl Filled {
    /// Fills in a template.
    pub fn of(template: &str, scope: Scope<'_>, escaped: Escaped) -> Self {
        let (mut parts, mut text, mut bytes) = (Vec::new(), String::new(), 0);
        for piece in pieces(template) {
            match piece {
                Piece::Text(plain) => text.push_str(plain),
                Piece::Value(placeholder) => match secret(placeholder.name) {
                    // Each may be long.
                    Some(_) if parts.len() >= 2 * MOST_SECRETS => {}
                    Some(name) => {
                        bytes += text.len();
                        parts.extend([core::mem::take(&mut text), name.into()]);
                    }
                    None => text.push_str(&placeholder.for_server(scope, escaped)),
                },
            }
            if bytes + text.len() > MAX_FILLED || !scope.spend(1) {
                break;
            }
        }
        parts.push(cut(text));
        Self(parts)
    }

    /// How many bytes it has without its secrets.
    pub fn bytes(&self) -> usize {
        self.0.iter().map(String::len).sum()
    }

    /// The secrets that it names.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        self.0.iter().skip(1).step_by(2).map(String::as_str)
    }

    /// The text with its secrets; one that is not known gives nothing.
    pub fn with(&self, known: impl Fn(&str) -> Option<String>) -> String {
        let part = |(place, part): (usize, &String)| match place % 2 {
            0 => part.clone(),
            _ => known(part).unwrap_or_default(),
        };
        self.0.iter().enumerate().map(part).collect()
    }
}

impl fmt::Display for Filled {
    /// With the names of secrets in their place.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.with(|name| Some(format!("{{{{secret.{name}}}}}"))))
    }
}

/// The name of the secret that a placeholder asks for.
pub fn secret(name: &str) -> Option<&str> {
    name.strip_prefix("secret.").filter(|name| !name.is_empty())
}

enum Piece<'a> {
    Text(&'a str),
    Value(Placeholder<'a>),
}

fn pieces(template: &str) -> impl Iterator<Item = Piece<'_>> {
    let (mut rest, mut next) = (template, None);
    core::iter::from_fn(move || {
        if let Some(placeholder) = next.take() {
            return Some(Piece::Value(placeholder));
        }
        if rest.is_empty() {
            return None;
        }
        // From one end to the next, and back to where it began: every character is looked at twice at most.
        let mut from = 0;
        while let Some((start, end)) = closed(rest, from) {
            let found = start.and_then(|start| Some((start, placeholder(rest.get(start + 2..end)?)?)));
            if let Some((start, placeholder)) = found {
                let before = rest.get(..start).unwrap_or_default();
                (rest, next) = (rest.get(end + 2..).unwrap_or_default(), Some(placeholder));
                return Some(Piece::Text(before));
            }
            from = end + 2;
        }
        Some(Piece::Text(core::mem::take(&mut rest)))
    })
}

/// Where the next `}}` stands, and the last `{{` before it.
fn closed(text: &str, from: usize) -> Option<(Option<usize>, usize)> {
    let mut start = None;
    // For two bytes, looking at each is less than the library's search prepares.
    for (at, two) in text.as_bytes().windows(2).enumerate().skip(from) {
        match two {
            b"{{" => start = Some(at),
            b"}}" => return Some((start, at)),
            _ => {}
        }
    }
    None
}

/// The names that a template asks for and has no default for.
pub fn names(template: &str) -> Vec<String> {
    let asked = pieces(template).filter_map(|piece| match piece {
        Piece::Value(placeholder) if placeholder.default.is_empty() => Some(placeholder.name.to_owned()),
        _ => None,
    });
    asked.collect()
}

struct Placeholder<'a> {
    name: &'a str,
    default: &'a str,
    url: bool,
}

fn placeholder(inside: &str) -> Option<Placeholder<'_>> {
    let (name, mut filters) = until_bar(inside);
    let name = name.trim();
    let known = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    if name.is_empty() || !name.bytes().all(known) {
        return None;
    }
    let mut found = Placeholder { name, default: "", url: false };
    while let Some(rest) = filters {
        let (filter, others) = until_bar(rest);
        let filter = filter.trim();
        filters = others;
        match filter.strip_prefix("default:") {
            Some(quoted) => found.default = quoted.trim().strip_prefix('\'')?.strip_suffix('\'')?,
            None if filter == "url" => found.url = true,
            None => return None,
        }
    }
    Some(found)
}

/// What stands before the first `|`, and after it, where there is one.
fn until_bar(text: &str) -> (&str, Option<&str>) {
    let bar = text.bytes().position(|byte| byte == b'|');
    match bar.and_then(|at| Some((text.get(..at)?, text.get(at + 1..)?))) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

impl Placeholder<'_> {
    fn write(&self, scope: Scope<'_>, out: &mut String) {
        match scope.get(self.name) {
            Some(value) if !self.url && !value.is_empty() => value.write_out(out),
            _ => out.push_str(&self.value(scope)),
        }
    }

    fn for_server(&self, scope: Scope<'_>, escaped: Escaped) -> String {
        let value = self.value(scope);
        match escaped {
            // It may have been asked for already.
            Escaped::Url if !self.url => percent_encoded(&value),
            Escaped::Json => {
                let quoted = Json::Text(value.into_owned()).json();
                quoted.get(1..quoted.len() - 1).unwrap_or_default().to_owned()
            }
            Escaped::Line => value.replace(char::is_control, " "),
            Escaped::Url | Escaped::Not => value.into_owned(),
        }
    }

    fn value<'b>(&'b self, scope: Scope<'b>) -> Cow<'b, str> {
        let held = scope.get(self.name).filter(|value| !value.is_empty()).map(Value::text);
        let text = held.unwrap_or(Cow::Borrowed(self.default));
        if self.url { Cow::Owned(percent_encoded(&text)) } else { text }
    }
}

/// RFC 3986, section 2.3: everything but the unreserved characters is escaped.
pub fn percent_encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Variables;
    use core::cell::Cell;
    use std::collections::BTreeMap;

    fn filled(template: &str) -> String {
        let mut variables = Variables::default();
        variables.set("name", Value::Text("Ada & {{secret}}".into())).unwrap();
        variables.set("secret", Value::Text("s3cret".into())).unwrap();
        variables.set("n", Value::Number(3.0)).unwrap();
        fill(template, Scope { variables: &variables, known: &BTreeMap::new(), work: &Cell::new(0) })
    }

    #[test]
    fn names_defaults_and_filters() {
        assert_eq!(filled("{{n}} for {{ none|default:'you' }}{{none}}!"), "3 for you!");
        assert_eq!(filled("?q={{name|url}}"), "?q=Ada%20%26%20%7B%7Bsecret%7D%7D");
    }

    #[test]
    fn what_a_variable_holds_is_not_a_template() {
        assert_eq!(filled("Hi {{name}}"), "Hi Ada & {{secret}}");
    }

    #[test]
    fn what_a_variable_holds_is_not_formatted() {
        let mut variables = Variables::default();
        variables.set("x", Value::Text("*a* [b](c) {{x}}".into())).unwrap();
        let scope = Scope { variables: &variables, known: &BTreeMap::new(), work: &Cell::new(0) };
        assert_eq!(fill_formatted("**{{x}}** {{", scope), r"**\*a\* \[b\]\(c\) \{\{x\}\}** {{");
    }

    #[test]
    fn secrets_are_named_and_nothing_that_a_variable_holds_names_one() {
        let mut variables = Variables::default();
        variables.set("said", Value::Text("{{secret.KEY}}".into())).unwrap();
        variables.set("secret.KEY", Value::Text("none".into())).unwrap();
        let scope = Scope { variables: &variables, known: &BTreeMap::new(), work: &Cell::new(0) };
        let filled = Filled::of("a {{said}} {{secret.KEY}}{{secret.B}} b", scope, Escaped::Not);
        assert_eq!(filled.secrets().collect::<Vec<_>>(), ["KEY", "B"]);
        let with = filled.with(|name| (name == "KEY").then(|| "k3y".into()));
        assert_eq!(with, "a {{secret.KEY}} k3y b");
        assert_eq!(filled.to_string(), "a {{secret.KEY}} {{secret.KEY}}{{secret.B}} b");
    }

    #[test]
    fn what_a_visitor_says_is_no_more_than_that_to_a_server() {
        let mut variables = Variables::default();
        variables.set("x", Value::Text("a\",\"b\":\"../?c=\n1".into())).unwrap();
        let scope = Scope { variables: &variables, known: &BTreeMap::new(), work: &Cell::new(0) };
        let filled = |template, escaped| Filled::of(template, scope, escaped).to_string();
        assert_eq!(filled(r#"{"x":"{{x}}"}"#, Escaped::Json), r#"{"x":"a\",\"b\":\"../?c=\n1"}"#);
        let url = "/a%22%2C%22b%22%3A%22..%2F%3Fc%3D%0A1";
        assert_eq!(
            (filled("/{{x}}", Escaped::Url).as_str(), filled("/{{x|url}}", Escaped::Url).as_str()),
            (url, url)
        );
        assert_eq!(filled("{{x}}", Escaped::Line), "a\",\"b\":\"../?c= 1");
    }

    #[test]
    fn a_text_does_not_grow_without_end() {
        let mut variables = Variables::default();
        variables.set("x", Value::Text("é".repeat(2_000))).unwrap();
        let scope = Scope { variables: &variables, known: &BTreeMap::new(), work: &Cell::new(0) };
        let long = "{{x}}".repeat(20_000);
        assert_eq!(fill(&long, scope).len(), MAX_FILLED);
        assert_eq!(fill_formatted(&long, scope).len(), MAX_FILLED);
        assert_eq!(Filled::of(&long, scope, Escaped::Not).to_string().len(), MAX_FILLED);
        assert_eq!(names("{{{x}}} {{y|default:'z'}} {{z"), ["x"]);
    }

    #[test]
    fn other_braces_stay() {
        for text in ["{{", "}}", "{{}}", "{{a b}}", "{{name|shout}}", "{ {name} }", "{{name|default:x}}"] {
            assert_eq!(filled(text), text);
        }
    }
}
