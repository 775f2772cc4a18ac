//! Reading parsed JSON, whoever parsed it.

use crate::time::Timestamp;
use alloc::{string::String, vec::Vec};

/// A parsed JSON value: a `JsValue` in the widget, a `serde_json::Value` in tests.
pub trait Source: Sized {
    /// The member of an object; `None` when it is absent or null.
    fn get(&self, key: &str) -> Option<Self>;
    /// The string, if it is one.
    fn string(&self) -> Option<String>;
    /// The number, if it is one.
    fn number(&self) -> Option<f64>;
    /// The boolean, if it is one.
    fn boolean(&self) -> Option<bool>;
    /// The point in time, if it is an RFC 3339 string.
    fn time(&self) -> Option<Timestamp>;
    /// The items of an array; none when it is not one.
    fn items(&self) -> Vec<Self>;

    /// The whole number from 0 up to 2^32 − 1, if it is one.
    fn count(&self) -> Option<u32> {
        let number = self.number()?;
        let whole = number as u32;
        (f64::from(whole) == number).then_some(whole)
    }
}

/// A value out of a closed list, with its spelling in JSON.
pub trait Tag: Sized + Copy + 'static {
    /// Every value with its spelling.
    const ALL: &'static [(Self, &'static str)];

    /// Reads a spelling.
    fn from_tag(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, tag)| *tag == text).map(|(value, _)| *value)
    }
}

/// Declares an enum whose values have one spelling each, for the widget, for serde, for SQL and for the schema alike.
macro_rules! tags {
    ($(#[$doc:meta])* $name:ident { $($(#[$value_doc:meta])* $value:ident = $tag:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, crate::json::Read))]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum $name {
            $($(#[$value_doc])* #[cfg_attr(feature = "serde", serde(rename = $tag))] $value),+
        }

        impl $crate::wire::source::Tag for $name {
            const ALL: &'static [(Self, &'static str)] = &[$((Self::$value, $tag)),+];
        }

        impl $name {
            /// Its spelling in JSON and SQL.
            pub fn tag(self) -> &'static str {
                match self { $(Self::$value => $tag),+ }
            }
        }
    };
}

pub(crate) use tags;
