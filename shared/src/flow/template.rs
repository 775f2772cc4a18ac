//! `{{variables}}` in texts.

use super::value::{Scope, Value};
use std::borrow::Cow;

/// Fills in `{{name}}`, `{{name|default:'…'}}` and `{{name|url}}`, in one pass: what a variable holds is never read as
/// a template again. A name without a value gives nothing. Braces that hold no name stay as they are.
pub fn fill(template: &str, scope: Scope<'_>) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        match after.split_once("}}").and_then(|(inside, tail)| Some((placeholder(inside)?, tail))) {
            Some((placeholder, tail)) => {
                out.push_str(&placeholder.value(scope));
                rest = tail;
            }
            None => {
                out.push_str("{{");
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// The names that a template asks for and has no default for.
pub fn names(template: &str) -> Vec<String> {
    let inside = template.split("{{").skip(1).filter_map(|rest| Some(rest.split_once("}}")?.0));
    let asked = inside.filter_map(placeholder).filter(|placeholder| placeholder.default.is_empty());
    asked.map(|placeholder| placeholder.name.to_owned()).collect()
}

struct Placeholder<'a> {
    name: &'a str,
    default: &'a str,
    url: bool,
}

fn placeholder(inside: &str) -> Option<Placeholder<'_>> {
    let mut parts = inside.split('|').map(str::trim);
    let name = parts.next()?;
    let known = |b: u8| b.is_ascii_alphanumeric() || b"_-.".contains(&b);
    if name.is_empty() || !name.bytes().all(known) {
        return None;
    }
    let mut found = Placeholder { name, default: "", url: false };
    for filter in parts {
        match filter.strip_prefix("default:") {
            Some(quoted) => found.default = quoted.trim().strip_prefix('\'')?.strip_suffix('\'')?,
            None if filter == "url" => found.url = true,
            None => return None,
        }
    }
    Some(found)
}

impl Placeholder<'_> {
    fn value<'b>(&'b self, scope: Scope<'b>) -> Cow<'b, str> {
        let held = scope.get(self.name).filter(|value| !value.is_empty()).map(Value::text);
        let text = held.unwrap_or(Cow::Borrowed(self.default));
        if self.url { Cow::Owned(percent_encoded(&text)) } else { text }
    }
}

/// RFC 3986, section 2.3: everything but the unreserved characters is escaped.
pub(super) fn percent_encoded(text: &str) -> String {
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
    use crate::flow::value::Variables;
    use std::collections::BTreeMap;

    fn filled(template: &str) -> String {
        let mut variables = Variables::default();
        variables.set("name", Value::Text("Ada & {{secret}}".into())).unwrap();
        variables.set("secret", Value::Text("s3cret".into())).unwrap();
        variables.set("n", Value::Number(3.0)).unwrap();
        fill(template, Scope { variables: &variables, known: &BTreeMap::new() })
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
    fn other_braces_stay() {
        for text in ["{{", "}}", "{{}}", "{{a b}}", "{{name|shout}}", "{ {name} }", "{{name|default:x}}"] {
            assert_eq!(filled(text), text);
        }
    }
}
