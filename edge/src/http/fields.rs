//! Bodies read field by field, where every field that is wrong is told of, not only the first.

use super::body::{BodyError, parsed};
use shared::json::Json;

/// An object's values by their keys, in the order they came.
#[derive(Debug, Default)]
pub struct Object(pub Vec<(String, Json)>);

impl Object {
    /// The object as JSON again.
    pub fn json(&self) -> String {
        let member = |(key, value): &(String, Json)| format!("{}:{}", quoted(key), value.json());
        format!("{{{}}}", self.0.iter().map(member).collect::<Vec<_>>().join(","))
    }

    /// A value; the last of several, as JSON's readers do.
    pub fn get(&self, key: &str) -> Option<&Json> {
        self.0.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value)
    }
}

/// A text as JSON.
pub fn quoted(text: &str) -> String {
    Json::Text(text.into()).json()
}

/// The most fields of a body: more than any has.
const MOST: usize = 100;

/// A body of which one field after the other is taken.
#[derive(Debug)]
pub struct Fields {
    left: Object,
    wrong: Vec<String>,
}

impl Fields {
    /// Reads a JSON object.
    pub fn read(text: &str) -> Result<Self, BodyError> {
        match parsed(text)? {
            Json::Object(members) if members.len() > MOST => {
                Err(BodyError::Invalid(vec![format!("the body must have at most {MOST} fields")]))
            }
            Json::Object(members) => Ok(Self::of(Object(members))),
            _ => Err(BodyError::Invalid(vec!["the body must be a JSON object".into()])),
        }
    }

    /// Takes the members of an object that is a field itself.
    pub fn of(object: Object) -> Self {
        Self { left: object, wrong: Vec::new() }
    }

    /// Takes a field; `null` is none.
    pub fn take(&mut self, key: &str) -> Option<Json> {
        let mut found = None;
        while let Some(at) = self.left.0.iter().position(|(name, _)| name == key) {
            found = Some(self.left.0.remove(at).1);
        }
        found.filter(|value| *value != Json::Null)
    }

    /// Takes a text.
    pub fn string(&mut self, key: &str) -> Option<String> {
        match self.take(key)? {
            Json::Text(text) => Some(text),
            _ => self.refuse(key, "must be a text"),
        }
    }

    /// Takes a text of some form.
    pub fn text<T, E: core::fmt::Display>(&mut self, key: &str, read: fn(&str) -> Result<T, E>) -> Option<T> {
        let text = self.string(key)?;
        match read(&text) {
            Ok(value) => Some(value),
            Err(error) => self.refuse(key, &error.to_string()),
        }
    }

    /// Takes a truth value.
    pub fn boolean(&mut self, key: &str) -> Option<bool> {
        match self.take(key)? {
            Json::Boolean(value) => Some(value),
            _ => self.refuse(key, "must be true or false"),
        }
    }

    /// Takes an object.
    pub fn object(&mut self, key: &str) -> Option<Object> {
        match self.take(key)? {
            Json::Object(members) => Some(Object(members)),
            _ => self.refuse(key, "must be an object"),
        }
    }

    /// Notes what is wrong with a field.
    pub fn refuse<T>(&mut self, key: &str, why: &str) -> Option<T> {
        self.wrong.push(format!("{key}: {why}"));
        None
    }

    /// Notes a field that must be there and is not, unless it was there and is wrong.
    pub fn demand<T>(&mut self, key: &str, value: Option<T>) -> Option<T> {
        let told = format!("{key}: ");
        if value.is_none() && !self.wrong.iter().any(|sentence| sentence.starts_with(&told)) {
            self.wrong.push(format!("missing field `{key}`"));
        }
        value
    }

    /// Everything that is wrong, once all that is known was taken: what is left is not known.
    pub fn finish(&mut self) -> Vec<String> {
        let unknown = self.left.0.drain(..).map(|(key, _)| format!("unknown field `{key}`"));
        self.wrong.extend(unknown);
        core::mem::take(&mut self.wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::text::Email;

    #[test]
    fn fields_are_taken_and_what_is_wrong_is_told_of_each() {
        let text = r#"{"a":"x","b":7,"c":null,"d":{"e":[1,"}"]},"email":"x","f":true,"a":"y","g":"true"}"#;
        let mut fields = Fields::read(text).unwrap();
        assert_eq!(fields.string("a").as_deref(), Some("y"));
        assert_eq!((fields.string("b"), fields.string("c"), fields.string("z")), (None, None, None));
        assert_eq!(fields.object("d").unwrap().json(), r#"{"e":[1,"}"]}"#);
        assert_eq!(fields.text("email", Email::parse), None);
        assert_eq!((fields.boolean("f"), fields.boolean("nothing")), (Some(true), None));
        let wanted: [Option<()>; 2] = [fields.demand("b", None), fields.demand("c", None)];
        assert_eq!(wanted, [None, None]);
        assert_eq!(
            fields.finish(),
            [
                "b: must be a text",
                "email: must be an e-mail address",
                "missing field `c`",
                "unknown field `g`"
            ]
        );
    }
}
