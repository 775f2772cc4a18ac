//! Variables that a flow's author declares: of which type, how long they live, what they hold at first.

use super::condition::{Kind, date};
use super::value::Value;
use serde::Serialize;
use shared::json::{Json, Read};

/// The most that one flow declares.
pub const MAX_DECLARED: usize = 100;

/// How long a variable lives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Lifetime {
    /// As long as the conversation.
    #[default]
    Conversation,
    /// As long as the visitor is known: the next conversation begins with what it held.
    Visitor,
}

/// A variable that is declared. One that is not takes any value and lives as long as the conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Declared {
    /// Its name.
    pub name: String,
    /// Of which type its values are; what cannot be made one is not kept.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// How long it lives.
    #[serde(default)]
    pub scope: Lifetime,
    /// What it holds at first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
}

impl Declared {
    /// A value as one of the variable's type; none where it cannot be made one.
    pub fn fitted(&self, value: Value) -> Option<Value> {
        self.kind.map_or(Some(value.clone()), |kind| fitted(kind, value))
    }
}

fn fitted(kind: Kind, value: Value) -> Option<Value> {
    match kind {
        Kind::Text => Some(Value::Text(value.to_string())),
        Kind::Number => value.as_number().map(Value::Number),
        Kind::Boolean => value.as_boolean().map(Value::Boolean),
        Kind::Date => date(&value).is_some().then_some(value),
        Kind::List => Some(match value {
            list @ Value::List(_) => list,
            other => Value::List(vec![other.to_string()]),
        }),
    }
}

/// What is wrong with declarations: a sentence each.
pub fn faults(declared: &[Declared]) -> Vec<String> {
    let mut faults = Vec::new();
    if declared.len() > MAX_DECLARED {
        faults.push(format!("variables: a flow declares at most {MAX_DECLARED}"));
    }
    for (index, variable) in declared.iter().enumerate() {
        let Declared { name, default, .. } = variable;
        let written = |b: u8| b.is_ascii_alphanumeric() || b"_-".contains(&b);
        if !(1..=64).contains(&name.len()) || !name.bytes().all(written) {
            faults.push(format!("variables[{index}]: a name has 1 to 64 characters of A-Z a-z 0-9 _ -"));
        } else if declared.iter().take(index).any(|before| before.name == *name) {
            faults.push(format!("variable {name}: it is declared twice; remove one of them"));
        }
        if default.as_ref().is_some_and(|value| variable.fitted(value.clone()).is_none()) {
            faults.push(format!("variable {name}: its default is not of its type"));
        }
    }
    faults
}

/// Reads declarations, and tells what is wrong with them.
pub fn read(json: &Json) -> Result<Vec<Declared>, Vec<String>> {
    let declared: Vec<Declared> =
        Read::read(json).map_err(|wrong: shared::json::Wrong| vec![wrong.within("variables").to_string()])?;
    match faults(&declared) {
        faults if faults.is_empty() => Ok(declared),
        faults => Err(faults),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_made_to_fit_or_refused() {
        let fit = |kind, value| fitted(kind, value);
        let text = |text: &str| Value::Text(text.into());
        assert_eq!(fit(Kind::Number, text(" 7 ")), Some(Value::Number(7.0)));
        assert_eq!(fit(Kind::Number, text("seven")), None);
        assert_eq!(fit(Kind::Boolean, text("yes")), Some(Value::Boolean(true)));
        assert_eq!(fit(Kind::Text, Value::Number(7.0)), Some(text("7")));
        assert_eq!(fit(Kind::List, text("a")), Some(Value::List(vec!["a".into()])));
        assert_eq!(
            (fit(Kind::Date, text("2026-02-30")), fit(Kind::Date, text("2026-02-28")).is_some()),
            (None, true)
        );
    }

    #[test]
    fn each_fault_names_the_variable() {
        let read = |text: &str| read(&Json::parse(text).unwrap()).unwrap_err().join("; ");
        assert_eq!(
            read(r#"[{"name":"a","type":"number","default":"x"},{"name":"a"},{"name":"b c"}]"#),
            "variable a: its default is not of its type; variable a: it is declared twice; remove one of them; \
             variables[2]: a name has 1 to 64 characters of A-Z a-z 0-9 _ -"
        );
        assert!(read(r#"{"name":"a"}"#).starts_with("variables"));
    }
}
