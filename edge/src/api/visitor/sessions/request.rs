//! What a session is begun with, and how much of it is taken.

use crate::http::body::BodyError;
use crate::http::fields::{Fields, Object, quoted};
use crate::thread::command::Profile;
use shared::id::VisitorId;
use shared::json::Json;
use shared::model::settings::Mode;
use shared::rules::pre_chat::PreChat;
use shared::text::{Email, Exact, Line, Name};
use shared::wire::source::Tag;

/// The most keys of attributes, and of answers.
const MOST_KEYS: usize = 20;
/// The longest key, in characters.
const LONGEST_KEY: usize = 64;
/// The longest value, in characters.
const LONGEST_VALUE: usize = 500;
/// The most bytes of attributes and answers together, as JSON.
const MOST_BYTES: usize = 8 * 1024;

/// What a session is begun with.
#[derive(Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename_all = "camelCase", deny_unknown_fields))]
pub struct SessionRequest {
    /// A hint; it is honoured for the bearer of that visitor's own token, which may have ended up to 30 days ago.
    pub visitor_id: Option<VisitorId>,
    /// How the visitor identifies.
    pub mode: Mode,
    /// A name they claim; not taken from an anonymous visitor.
    pub name: Option<Name>,
    /// An e-mail they claim; not taken from an anonymous visitor. With `verify-otp` it is where the code is sent, with
    /// `host-identified` and no `userId` it is what the host has signed.
    pub email: Option<Email>,
    /// A phone they claim; not taken from an anonymous visitor.
    pub phone: Option<Line<40>>,
    /// With `verify-otp`, the code from the mail.
    pub otp: Option<Line<20>>,
    /// With `host-identified`, the host's own id of its user.
    pub user_id: Option<Exact<200>>,
    /// With `host-identified`, the HMAC-SHA256 of `userId`, or else of `email`, under the widget's identity secret, in hex.
    pub hash: Option<Exact<128>>,
    /// What the host knows of its user: at most 20 scalars. Trusted with `host-identified` alone.
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Option<std::collections::BTreeMap<String, serde_json::Value>>")
    )]
    pub attributes: Option<Object>,
    /// The department they want to speak to.
    pub department_id: Option<Line<40>>,
    /// Their answers to what is asked before the chat, by the fields' ids.
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Option<std::collections::BTreeMap<String, serde_json::Value>>")
    )]
    pub prechat: Option<Object>,
    /// The page they are on.
    pub url: Option<Line<500>>,
    /// The page they came from.
    pub referer: Option<Line<500>>,
    /// The page's title.
    pub title: Option<Line<500>>,
    /// Their language (BCP 47).
    pub lang: Option<Line<20>>,
    /// The campaign that led them here.
    pub utm: Option<Utm>,
    /// Whether they know that nobody is there now and want to leave a message anyway.
    pub accept_offline: Option<bool>,
}

/// The campaign that led a visitor here.
#[derive(Debug, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
pub struct Utm {
    /// Who led them.
    pub source: Option<Line<500>>,
    /// By what means.
    pub medium: Option<Line<500>>,
    /// In which campaign.
    pub campaign: Option<Line<500>>,
    /// By which words.
    pub term: Option<Line<500>>,
    /// By which of several notices.
    pub content: Option<Line<500>>,
}

impl Utm {
    fn read(object: Object) -> Result<Self, Vec<String>> {
        let mut fields = Fields::of(object);
        let read = Self {
            source: fields.text("source", Line::parse),
            medium: fields.text("medium", Line::parse),
            campaign: fields.text("campaign", Line::parse),
            term: fields.text("term", Line::parse),
            content: fields.text("content", Line::parse),
        };
        let wrong = fields.finish();
        if wrong.is_empty() { Ok(read) } else { Err(wrong) }
    }

    fn json(&self) -> String {
        object([
            ("source", &self.source),
            ("medium", &self.medium),
            ("campaign", &self.campaign),
            ("term", &self.term),
            ("content", &self.content),
        ])
    }
}

/// Lines by their names, as JSON, without those that are empty.
fn object<const COUNT: usize>(lines: [(&str, &Option<Line<500>>); COUNT]) -> String {
    let member = |(key, line): (&str, &Option<Line<500>>)| {
        Some(format!("\"{key}\":{}", quoted(line.as_ref()?.as_option()?)))
    };
    format!("{{{}}}", lines.into_iter().filter_map(member).collect::<Vec<_>>().join(","))
}

impl SessionRequest {
    /// Reads a body.
    pub fn read(text: &str) -> Result<Self, BodyError> {
        let mut fields = Fields::read(text)?;
        let mode = fields.text("mode", mode);
        let mode = fields.demand("mode", mode);
        let utm = fields.object("utm").map(Utm::read);
        let request = Self {
            visitor_id: fields.text("visitorId", VisitorId::parse),
            mode: mode.unwrap_or(Mode::Anonymous),
            name: fields.text("name", Name::parse),
            email: fields.text("email", Email::parse),
            phone: fields.text("phone", Line::parse),
            otp: fields.text("otp", Line::parse),
            user_id: fields.text("userId", Exact::parse),
            hash: fields.text("hash", Exact::parse),
            attributes: fields.object("attributes"),
            department_id: fields.text("departmentId", Line::parse),
            prechat: fields.object("prechat"),
            url: fields.text("url", Line::parse),
            referer: fields.text("referer", Line::parse),
            title: fields.text("title", Line::parse),
            lang: fields.text("lang", Line::parse),
            utm: utm.and_then(|utm| match utm {
                Ok(utm) => Some(utm),
                Err(wrong) => fields.refuse("utm", &wrong.join("; ")),
            }),
            accept_offline: fields.boolean("acceptOffline"),
        };
        match fields.finish() {
            wrong if wrong.is_empty() => Ok(request),
            wrong => Err(BodyError::Invalid(wrong)),
        }
    }

    /// What is wrong with attributes and answers. Somebody new has to answer what is asked before the chat; whoever comes
    /// back has answered it.
    pub fn check(&self, asked: &PreChat, is_new: bool) -> Result<(), Vec<String>> {
        let mut wrong = Vec::new();
        let mut bytes = 0;
        for (name, values) in [("attributes", &self.attributes), ("prechat", &self.prechat)] {
            let Some(values) = values else { continue };
            if values.0.len() > MOST_KEYS {
                wrong.push(format!("{name}: must have at most {MOST_KEYS} keys"));
            }
            bytes += values.json().len();
            for (key, value) in &values.0 {
                if !(1..=LONGEST_KEY).contains(&key.chars().count()) || key.chars().any(char::is_control) {
                    wrong.push(format!("{name}: a key must have 1 to {LONGEST_KEY} characters"));
                } else if !is_short_scalar(value) {
                    wrong.push(format!(
                        "{name}.{key}: must be a text of at most {LONGEST_VALUE} characters, a number, true, false or null"
                    ));
                }
            }
        }
        if bytes > MOST_BYTES {
            wrong.push(format!("attributes and prechat: must have at most {MOST_BYTES} bytes together"));
        }
        if wrong.is_empty() && (is_new || self.prechat.is_some()) {
            let answer = |id: &str| self.prechat.as_ref()?.get(id).and_then(as_answer);
            for (field, fault) in asked.faults(&answer, &matches) {
                wrong.push(format!("prechat.{}: {}", field.id, fault.words()));
            }
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }

    /// What is taken from everybody: where they come from, what they have answered, whom they want to speak to.
    pub fn context(&self) -> Profile {
        let lang = self.lang.as_ref().and_then(|lang| Line::parse(&lang.to_string()).ok());
        let page = [("url", &self.url), ("referer", &self.referer), ("title", &self.title), ("lang", &lang)];
        Profile {
            context: Some(object(page)).filter(|json| json != "{}"),
            prechat: self.prechat.as_ref().map(Object::json),
            utm: self.utm.as_ref().map(Utm::json),
            accept_offline: self.accept_offline,
            department: self.department_id.as_ref().and_then(Line::as_option).map(Into::into),
            ..Profile::default()
        }
    }

    /// The same with what they claim of themselves.
    pub fn claims(&self) -> Profile {
        Profile {
            name: self.name.as_ref().and_then(Line::as_option).map(Into::into),
            email: self.email.as_ref().map(ToString::to_string),
            phone: self.phone.as_ref().and_then(Line::as_option).map(Into::into),
            claimed: self.attributes.as_ref().map(Object::json),
            ..self.context()
        }
    }

    /// The same of somebody for whom the host has signed: what it says of them besides is trusted, and stands apart.
    pub fn vouched(&self) -> Profile {
        let profile = self.claims();
        Profile { host: profile.claimed, claimed: None, ..profile }
    }
}

fn mode(text: &str) -> Result<Mode, String> {
    let names = || Mode::ALL.iter().map(|(_, tag)| *tag).collect::<Vec<_>>().join(", ");
    Mode::from_tag(text).ok_or_else(|| format!("must be one of {}", names()))
}

fn is_short_scalar(value: &Json) -> bool {
    match value {
        Json::Text(text) => text.chars().count() <= LONGEST_VALUE,
        Json::List(_) | Json::Object(_) => false,
        _ => true,
    }
}

/// An answer as text; `null` is none.
fn as_answer(value: &Json) -> Option<String> {
    match value {
        Json::Null => None,
        Json::Text(text) => Some(text.clone()),
        other => Some(other.json()),
    }
}

/// Whether a pattern matches a whole text. One that cannot be read asks for nothing: it is the owner's fault.
fn matches(pattern: &str, text: &str) -> bool {
    shared::rules::pattern::whole(pattern, text).unwrap_or(true)
}
