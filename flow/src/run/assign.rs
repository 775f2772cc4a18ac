//! How a `set` comes by its value.

use super::walk::Walk;
use crate::expression;
use crate::step::Assignment;
use crate::template::fill;
use crate::value::Value;
use shared::id::MessageId;

impl Walk<'_, '_> {
    /// The value; none where there is no number to reckon with.
    pub(super) fn assigned(&self, variable: &str, op: Assignment, value: Option<&Value>) -> Option<Value> {
        let filled = match value {
            Some(Value::Text(template)) => Some(Value::Text(fill(template, self.scope()))),
            other => other.cloned(),
        };
        let before = || self.scope().get(variable);
        Some(match op {
            Assignment::Value => filled?,
            Assignment::Expression => Value::Number(match value? {
                Value::Text(text) => expression::value(text, self.scope())?,
                other => other.as_number()?,
            }),
            Assignment::Append => {
                let mut items = match before() {
                    Some(Value::List(items)) => items.clone(),
                    Some(other) if !other.is_empty() => vec![other.to_string()],
                    _ => Vec::new(),
                };
                items.push(filled?.to_string());
                Value::List(items)
            }
            Assignment::Increment => {
                let by = filled.map_or(Some(1.0), |value| value.as_number())?;
                let held = before().filter(|value| !value.is_empty()).map_or(Some(0.0), Value::as_number)?;
                // An infinite number could not be read again from where a run is kept.
                Value::Number(Some(held + by).filter(|sum| sum.is_finite())?)
            }
            Assignment::Now => Value::Text(self.world.now.to_string()),
            Assignment::Id => {
                let mut random = self.world.random;
                // Two ids of one turn are two.
                for (byte, part) in random.iter_mut().zip((self.trace.len() as u32).to_le_bytes()) {
                    *byte ^= part;
                }
                Value::Text(MessageId::new(self.world.now, random).to_string())
            }
        })
    }
}
