//! What calls are made with, from a JSON body or a query string, refused as Rocket.Chat's own schemas refuse it.

use super::envelope::Refusal;
use crate::auth::livechat::LivechatToken;
use crate::http::body::{self, BodyError};
use crate::http::request::Request;
use shared::id::ConversationId;
use shared::json::Json;
use shared::text::Email;
use shared::time::Timestamp;

/// The parameters of a call.
#[derive(Debug)]
pub struct Params(Vec<(String, Json)>);

impl Params {
    /// Those of a JSON body, of these names and no others.
    pub async fn of_body(request: &Request, known: &[&str]) -> Result<Self, Refusal> {
        let text = body::json_text(request).await.map_err(refused)?;
        Self::of(body::parsed(&text).map_err(refused)?, known)
    }

    /// Those of a query string, of these names and no others; of several of one name, the first.
    pub fn of_query(request: &Request, known: &[&str]) -> Result<Self, Refusal> {
        let pairs = form_urlencoded::parse(request.query.as_bytes()).into_owned();
        Self::of(Json::Object(pairs.map(|(name, value)| (name, Json::Text(value))).collect()), known)
    }

    /// Those of an object, of these names and no others.
    pub fn of(object: Json, known: &[&str]) -> Result<Self, Refusal> {
        let Json::Object(members) = object else { return Err(fault("must be object")) };
        match members.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            Some((name, _)) => Err(fault(&format!("must NOT have additional properties: '{}'", shown(name)))),
            None => Ok(Self(members)),
        }
    }

    /// A value; `null` is none.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)
            .filter(|value| **value != Json::Null)
    }

    /// A text that may be missing.
    pub fn text(&self, name: &str) -> Result<Option<&str>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(Json::Text(text)) => Ok(Some(text)),
            Some(_) => Err(fault(&format!("{name} must be string"))),
        }
    }

    /// A text that must be there.
    pub fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.text(name)?.ok_or_else(|| missing(name))
    }

    /// A text of some form that may be missing; an empty one is.
    pub fn parsed<T, E: core::fmt::Display>(
        &self,
        name: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Option<T>, Refusal> {
        match self.text(name)?.filter(|text| !text.is_empty()) {
            None => Ok(None),
            Some(text) => parse(text).map(Some).map_err(|error| fault(&format!("{name} {error}"))),
        }
    }

    /// A truth value that may be missing.
    pub fn boolean(&self, name: &str) -> Result<Option<bool>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(Json::Boolean(value)) => Ok(Some(*value)),
            Some(_) => Err(fault(&format!("{name} must be boolean"))),
        }
    }

    /// A visitor's token. One that cannot be anybody's is as unknown as any other.
    pub fn token(&self) -> Result<LivechatToken, Refusal> {
        LivechatToken::parse(self.required("token")?).ok_or(Refusal::Named("invalid-token"))
    }

    /// A token and a room. That the room cannot be is told only to whom the token is known: see [`Room`].
    pub fn room(&self) -> Result<(LivechatToken, Room), Refusal> {
        let room = Room::parse(self.required("rid")?);
        Ok((self.token()?, room))
    }

    /// An address of mail.
    pub fn email(&self, name: &str) -> Result<Email, Refusal> {
        self.required(name)?;
        self.parsed(name, Email::parse)?.ok_or_else(|| fault(&format!("{name} must be an e-mail address")))
    }

    /// A time, in ISO 8601 or in milliseconds since 1970.
    pub fn time(&self, name: &str) -> Result<Option<Timestamp>, Refusal> {
        let Some(text) = self.text(name)?.filter(|text| !text.is_empty()) else { return Ok(None) };
        // What a client writes of an object is JSON.
        let text = text.trim_matches('"');
        let millis = text.parse::<i64>().ok().filter(|ms| (0..=MOST_MILLIS).contains(ms));
        match (millis, Timestamp::parse(text)) {
            (Some(millis), _) => Ok(Some(Timestamp::from_millis(millis))),
            (None, Ok(time)) => Ok(Some(time)),
            _ => Err(fault(&format!("{name} must be a date-time, or milliseconds since 1970"))),
        }
    }

    /// A whole number within bounds.
    pub fn number(&self, name: &str, bounds: core::ops::RangeInclusive<u32>) -> Result<Option<u32>, Refusal> {
        let Some(text) = self.text(name)?.filter(|text| !text.is_empty()) else { return Ok(None) };
        let number = text.parse().ok().filter(|number| bounds.contains(number));
        let wrong = || fault(&format!("{name} must be integer from {} to {}", bounds.start(), bounds.end()));
        number.map(Some).ok_or_else(wrong)
    }
}

/// The last millisecond of the year 9999.
const MOST_MILLIS: i64 = 253_402_300_799_999;

/// A room that a call names. One that cannot be has an id that is nobody's, so that it is refused as and when others are.
#[derive(Debug, Clone, Copy)]
pub struct Room(pub ConversationId);

impl Room {
    /// Reads an id.
    pub fn parse(text: &str) -> Self {
        Self(
            ConversationId::parse(text)
                .unwrap_or_else(|_| ConversationId::new(Timestamp::from_millis(0), [0; 10])),
        )
    }
}

/// A refusal of what is not as its schema says.
pub fn fault(sentence: &str) -> Refusal {
    Refusal::Params(sentence.into())
}

/// A refusal of what lacks this.
pub fn missing(name: &str) -> Refusal {
    fault(&format!("must have required property '{name}'"))
}

fn refused(error: BodyError) -> Refusal {
    match error {
        BodyError::NotJson => Refusal::NotJson,
        BodyError::TooLarge(_) => Refusal::TooLarge,
        BodyError::Invalid(sentences) => fault(&sentences.join("; ")),
        BodyError::Broken(error) => fault(&format!("the body broke off: {error}")),
    }
}

/// A name as it can be told: what is long is cut.
fn shown(name: &str) -> String {
    name.chars().take(64).collect()
}
