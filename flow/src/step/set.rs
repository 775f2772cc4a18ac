//! How a `set` comes by its value.

use serde::Serialize;
use shared::json::Read;

/// How a value comes about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Assignment {
    /// It is what stands there.
    #[default]
    Value,
    /// It is what the arithmetic comes to: `({{price}} + 2) * count`.
    Expression,
    /// It is put at the end of the list that the variable holds.
    Append,
    /// It is added to the number that the variable holds; 1 where there is none.
    Increment,
    /// It is the present, in RFC 3339.
    Now,
    /// It is a random id.
    Id,
}

impl Assignment {
    pub(crate) fn is_plain(&self) -> bool {
        *self == Self::Value
    }
}
