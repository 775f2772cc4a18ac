//! How much an owner may set. Every session reads these settings, so that none of them is to take long.

use super::{Deed, Trigger, WidgetSettings};
use crate::json::{Json, Read, Wrong};
use crate::rules::pattern;
use crate::rules::pre_chat::Field;
use alloc::{format, string::String};

/// The most bytes of settings, as JSON.
const BYTES: usize = 64 * 1024;
/// How deep they may nest.
const DEPTH: usize = 8;
/// The most questions before the chat, with those out of hours and the one for consent: a session takes as many answers.
const QUESTIONS: usize = 20;
/// The most openings of a week.
const OPENINGS: usize = 50;
/// The most days of rest.
const RESTS: usize = 400;
/// The most sites, and the most addresses.
const ENTRIES: usize = 500;
/// The most triggers: the tag carries them.
const TRIGGERS: usize = 20;
/// The longest greeting and the longest address of its pages, in characters.
const GREETING: usize = 300;
/// The latest that a trigger comes, in seconds.
const LATEST: u32 = 3_600;

impl WidgetSettings {
    /// Settings as they are kept: what is known of them is as it should be, what is not known is kept as it came.
    pub fn written(json: &Json) -> Result<String, Wrong> {
        let known: Self = Read::read(json)?;
        let hours = known.office_hours.as_ref();
        for (path, count, most) in [
            ("preChat.fields", known.questions(false).fields.len(), QUESTIONS),
            ("triggers", known.triggers.len(), TRIGGERS),
            ("officeHours.days", hours.map_or(0, |hours| hours.days.len()), OPENINGS),
            ("officeHours.closedOn", hours.map_or(0, |hours| hours.closed_on.len()), RESTS),
            ("allowedDomains", known.allowed_domains.len(), ENTRIES),
            ("blockedIps", known.blocked_ips.len(), ENTRIES),
        ] {
            if count > most {
                return Err(Wrong::new(format_args!("must have at most {most} items")).within(path));
            }
        }
        let asked = &known.pre_chat.fields;
        questions("preChat", asked, &[])?;
        questions("offline.form", &known.offline.form.fields, asked)?;
        if known.legal.consent && known.legal.text.trim().is_empty() {
            return Err(Wrong::new("must say what is agreed to").within("text").within("legal"));
        }
        for (index, trigger) in known.triggers.iter().enumerate() {
            spoken(trigger).map_err(|wrong| wrong.within(&format!("triggers[{index}]")))?;
        }
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
fn questions(path: &str, fields: &[Field], others: &[Field]) -> Result<(), Wrong> {
    for (index, field) in fields.iter().enumerate() {
        let within = |wrong: Wrong, name: &str| wrong.within(name).within(&format!("{path}.fields[{index}]"));
        if others.iter().chain(fields.iter().take(index)).any(|other| other.id == field.id) {
            return Err(within(Wrong::new("must be another field's id no more than once"), "id"));
        }
        if field.id == WidgetSettings::CONSENT {
            return Err(within(Wrong::new("must not be consent, which legal.consent asks for"), "id"));
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

/// A trigger says something short, and soon enough that somebody is still there.
fn spoken(trigger: &Trigger) -> Result<(), Wrong> {
    let letters = |text: &str| text.chars().count();
    if trigger.after > LATEST {
        return Err(Wrong::new(format_args!("must be at most {LATEST} seconds")).within("after"));
    }
    if trigger.deed == Deed::Greet && trigger.message.trim().is_empty() {
        return Err(Wrong::new("must say something").within("message"));
    }
    for (name, text) in [("message", &trigger.message), ("url", &trigger.url)] {
        if letters(text) > GREETING {
            return Err(Wrong::new(format_args!("must have at most {GREETING} characters")).within(name));
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
        assert_eq!(refused(&fields(field, 21)), "preChat.fields: must have at most 20 items");
        let consent = fields(field, 20).replacen('{', r#"{"legal":{"text":"I agree","consent":true},"#, 1);
        assert_eq!(refused(&consent), "preChat.fields: must have at most 20 items");
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
        let form = r#"{"preChat":{"fields":[#]},"offline":{"form":{"fields":[#]}}}"#.replace('#', field);
        assert!(refused(&form).starts_with("offline.form.fields[0].id: "));
        assert!(
            refused(&fields(&field.replace("\"a\"", "\"consent\""), 1)).starts_with("preChat.fields[0].id: ")
        );
        assert_eq!(refused(r#"{"legal":{"consent":true}}"#), "legal.text: must say what is agreed to");
        assert_eq!(
            refused(r#"{"legal":{"url":"javascript:1"}}"#),
            "legal.url: must be an address like https://example.com/page"
        );
        for recipient in ["", "nobody", "a@b.co, c@d.co", r"a@b.co\r\nBcc: c@d.co"] {
            let settings = format!(r#"{{"offline":{{"recipient":"{recipient}"}}}}"#);
            assert_eq!(refused(&settings), "offline.recipient: must be an e-mail address");
        }
        assert_eq!(
            refused(r#"{"triggers":[{"do":"open"},{"do":"greet"}]}"#),
            "triggers[1].message: must say something"
        );
        assert_eq!(
            refused(r#"{"triggers":[{"do":"open","after":3601}]}"#),
            "triggers[0].after: must be at most 3600 seconds"
        );
        assert_eq!(refused(r#"{"triggers":[{}]}"#), "triggers[0]: missing field `do`");
        assert!(
            refused(r#"{"identityModes":["anonymous","telepathy"]}"#)
                .starts_with("identityModes[1]: must be one of ")
        );
    }

    #[test]
    fn the_brand_is_primary_by_whichever_name() {
        let brand = |settings: &str| {
            let read: WidgetSettings = Read::read(&Json::parse(settings).unwrap()).unwrap();
            read.theme.theme().primary.to_string()
        };
        assert_eq!(brand(r##"{"theme":{"colors":{"primary":"#112233"}}}"##), "#112233");
        assert_eq!(brand(r##"{"theme":{"primary":"#445566","colors":{"primary":"#112233"}}}"##), "#445566");
        assert_eq!(brand("{}"), crate::model::settings::Theme::default().primary.to_string());
    }

    #[test]
    fn consent_and_what_is_asked_out_of_hours_are_questions() {
        let settings: WidgetSettings = Read::read(&Json::parse(r#"{"preChat":{"fields":[{"id":"a","label":"A","type":"text"}]},
            "offline":{"form":{"fields":[{"id":"b","label":"B","type":"email","required":true}]}},"legal":{"text":"I agree","consent":true}}"#).unwrap()).unwrap();
        let ids = |online| {
            settings.questions(online).fields.iter().map(|field| field.id.clone()).collect::<Vec<_>>()
        };
        assert_eq!(
            (ids(true), ids(false)),
            (["a", "consent"].map(String::from).into(), ["a", "b", "consent"].map(String::from).into())
        );
    }
}
