//! How much an owner may set. Every session reads these settings, so that none of them is to take long.

use super::WidgetSettings;
use crate::colour::HexColor;
use crate::json::{Json, Read, Wrong};
use crate::rules::pattern;
use crate::rules::pre_chat::Field;
use alloc::{collections::BTreeMap, format, string::String};

/// The most bytes of settings, as JSON.
const BYTES: usize = 64 * 1024;
/// How deep they may nest.
const DEPTH: usize = 8;
/// The most questions before the chat.
const QUESTIONS: usize = 50;
/// The most openings of a week.
const OPENINGS: usize = 50;
/// The most days of rest.
const RESTS: usize = 400;
/// The most sites, and the most addresses.
const ENTRIES: usize = 500;

impl WidgetSettings {
    /// Settings as they are kept: what is known of them is as it should be, what is not known is kept as it came.
    pub fn written(json: &Json) -> Result<String, Wrong> {
        let known: Self = Read::read(json)?;
        if let Some(colors) = json.get("theme").and_then(|theme| theme.get("colors")) {
            let read = <BTreeMap<String, HexColor> as Read>::read(colors);
            read.map_err(|wrong| wrong.within("colors").within("theme"))?;
        }
        let hours = known.office_hours.as_ref();
        for (path, count, most) in [
            ("preChat.fields", known.pre_chat.fields.len(), QUESTIONS),
            ("officeHours.days", hours.map_or(0, |hours| hours.days.len()), OPENINGS),
            ("officeHours.closedOn", hours.map_or(0, |hours| hours.closed_on.len()), RESTS),
            ("allowedDomains", known.allowed_domains.len(), ENTRIES),
            ("blockedIps", known.blocked_ips.len(), ENTRIES),
        ] {
            if count > most {
                return Err(Wrong::new(format_args!("must have at most {most} items")).within(path));
            }
        }
        questions(&known.pre_chat.fields)?;
        if json.depth() > DEPTH {
            return Err(Wrong::new(format_args!("must nest at most {DEPTH} deep")));
        }
        let text = json.json();
        if text.len() > BYTES {
            return Err(Wrong::new(format_args!("must have at most {BYTES} bytes")));
        }
        Ok(text)
    }
}

/// Questions have ids of their own, and patterns that can be matched.
fn questions(fields: &[Field]) -> Result<(), Wrong> {
    for (index, field) in fields.iter().enumerate() {
        let within =
            |wrong: Wrong, name: &str| wrong.within(name).within(&format!("preChat.fields[{index}]"));
        if fields.iter().take(index).any(|other| other.id == field.id) {
            return Err(within(Wrong::new("must be another field's id no more than once"), "id"));
        }
        if field.pattern.as_ref().is_some_and(|pattern| !pattern::is_one(pattern)) {
            return Err(within(
                Wrong::new("must be a regular expression, and not too large a one"),
                "pattern",
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(settings: &str) -> String {
        WidgetSettings::written(&Json::parse(settings).unwrap()).unwrap_err().to_string()
    }

    #[test]
    fn what_is_too_much_is_named() {
        let fields = |field: &str, count: usize| {
            format!(r#"{{"preChat":{{"fields":[{}]}}}}"#, vec![field; count].join(","))
        };
        let field = r#"{"id":"a","label":"A","type":"text"}"#;
        assert_eq!(refused(&fields(field, 51)), "preChat.fields: must have at most 50 items");
        assert!(refused(&fields(field, 2)).starts_with("preChat.fields[1].id: "));
        for pattern in
            ["(", "[", "(?=x)x", r"a)|(?:.*", r"[\\w\\W]{0,1000}[\\w\\W]{0,1000}x", "a{1001}{1001}"]
        {
            let field = format!(r#"{{"id":"a","label":"A","type":"text","pattern":"{pattern}"}}"#);
            assert!(refused(&fields(&field, 1)).starts_with("preChat.fields[0].pattern: "), "{pattern}");
        }
        let domains = format!(r#"{{"allowedDomains":[{}]}}"#, vec![r#""a.example""#; 501].join(","));
        assert_eq!(refused(&domains), "allowedDomains: must have at most 500 items");
        assert_eq!(
            refused(r#"{"theme":{"colors":{"header":"red"}}}"#),
            "theme.colors.header: must be a hex colour like #3b5bdb"
        );
        assert_eq!(refused(r#"{"theme":{"scheme":{"dark":1}}}"#), "theme.scheme: must be a text");
    }
}
