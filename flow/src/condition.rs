//! Typed conditions.

use super::value::{Scope, Value};
use serde::Serialize;
use shared::json::{Json, Read, Wrong};
use shared::rules::pattern;
use shared::time::Timestamp;
use std::borrow::Cow;

/// How many bytes of a value are told that was compared.
const LONGEST_TOLD: usize = 200;

/// How deep conditions may nest.
pub const MAX_DEPTH: usize = 8;

/// Something that holds or does not.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum When {
    /// All of them hold.
    All {
        /// The conditions.
        all: Vec<When>,
    },
    /// At least one holds.
    Any {
        /// The conditions.
        any: Vec<When>,
    },
    /// It does not hold.
    Not {
        /// The condition.
        not: Box<When>,
    },
    /// A variable compares to a value.
    Test(Test),
}

/// One comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Test {
    /// The variable's name.
    pub variable: String,
    /// The comparison.
    pub op: Operator,
    /// What it is compared to; `set` and `empty` need nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// As what the two are compared; without it, as what the value is.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
}

/// As what two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// As text, without regard to case.
    Text,
    /// As numbers.
    Number,
    /// As true or false.
    Boolean,
    /// As points in time or calendar dates.
    Date,
    /// As a list of texts.
    List,
}

/// A comparison. One whose operands are not of the kind it compares does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Operator {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Greater.
    Gt,
    /// Greater or equal.
    Gte,
    /// Less.
    Lt,
    /// Less or equal.
    Lte,
    /// The text has the other in it, or the list has it as an item.
    Contains,
    /// It has not.
    NotContains,
    /// The text begins with the other.
    StartsWith,
    /// The text ends with the other.
    EndsWith,
    /// The pattern is found in the text (linear time).
    Matches,
    /// The variable is one of the list.
    In,
    /// The variable holds something.
    Set,
    /// The variable holds nothing.
    Empty,
    /// Earlier than.
    Before,
    /// Later than.
    After,
}

impl Operator {
    /// Its name, as JSON spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Gt => "gt",
            Self::Gte => "gte",
            Self::Lt => "lt",
            Self::Lte => "lte",
            Self::Contains => "contains",
            Self::NotContains => "notContains",
            Self::StartsWith => "startsWith",
            Self::EndsWith => "endsWith",
            Self::Matches => "matches",
            Self::In => "in",
            Self::Set => "set",
            Self::Empty => "empty",
            Self::Before => "before",
            Self::After => "after",
        }
    }
}

impl Read for When {
    fn read(json: &Json) -> Result<Self, Wrong> {
        let has = |name| json.get(name).is_some();
        match (has("all"), has("any"), has("not")) {
            (true, false, false) => {
                json.object(Some(&["all"]))?;
                Ok(Self::All { all: json.field("all")? })
            }
            (false, true, false) => {
                json.object(Some(&["any"]))?;
                Ok(Self::Any { any: json.field("any")? })
            }
            (false, false, true) => {
                json.object(Some(&["not"]))?;
                Ok(Self::Not { not: json.field("not")? })
            }
            _ if has("variable") => Test::read(json).map(Self::Test),
            _ => Err(Wrong::new("a condition has `all`, `any` or `not`, or else `variable` and `op`")),
        }
    }
}

impl When {
    /// Whether it holds; every comparison made on the way is told to `seen`.
    pub fn holds(&self, scope: Scope<'_>, seen: &mut impl FnMut(&Test, bool)) -> bool {
        match self {
            Self::All { all } => all.iter().all(|when| when.holds(scope, seen)),
            Self::Any { any } => any.iter().any(|when| when.holds(scope, seen)),
            Self::Not { not } => !not.holds(scope, seen),
            Self::Test(test) => {
                let held = test.holds(scope);
                seen(test, held);
                held
            }
        }
    }

    /// How deep it nests.
    pub fn depth(&self) -> usize {
        match self {
            Self::All { all: parts } | Self::Any { any: parts } => {
                1 + parts.iter().map(Self::depth).max().unwrap_or(0)
            }
            Self::Not { not } => 1 + not.depth(),
            Self::Test(_) => 1,
        }
    }

    /// Every comparison in it.
    pub fn tests(&self) -> Vec<&Test> {
        match self {
            Self::All { all: parts } | Self::Any { any: parts } => {
                parts.iter().flat_map(Self::tests).collect()
            }
            Self::Not { not } => not.tests(),
            Self::Test(test) => vec![test],
        }
    }
}

impl Test {
    /// Whether it asks no more than whether there is a value.
    pub fn asks_whether_set(&self) -> bool {
        matches!(self.op, Operator::Set | Operator::Empty)
    }

    /// What came of it, in words.
    pub fn told(&self, scope: Scope<'_>, held: bool) -> String {
        // A turn may make thousands: parts put together take a fraction of what formatting does.
        let mut told = String::with_capacity(64);
        told.push_str(&self.variable);
        told.push_str(" (\"");
        if let Some(value) = scope.get(&self.variable) {
            let start = told.len();
            value.write_out(&mut told);
            told.truncate(told.floor_char_boundary(start + LONGEST_TOLD));
        }
        told.push_str("\") ");
        told.push_str(self.op.name());
        if let Some(value) = &self.value {
            told.push(' ');
            value.write_out(&mut told);
        }
        told.push_str(if held { ": true" } else { ": false" });
        told
    }

    fn holds(&self, scope: Scope<'_>) -> bool {
        let empty = Value::Text(String::new());
        let left = scope.get(&self.variable).unwrap_or(&empty);
        let bytes = left.bytes() + self.value.as_ref().map_or(0, Value::bytes);
        let by_pattern = if self.op == Operator::Matches { 16 * left.bytes() } else { 0 };
        // Where too much has been compared already, nothing holds any more; the turn ends at the next step.
        if !scope.spend(1 + bytes / 128 + by_pattern) {
            return false;
        }
        let Some(right) = &self.value else {
            return match self.op {
                Operator::Set => !left.is_empty(),
                Operator::Empty => left.is_empty(),
                _ => false,
            };
        };
        match self.op {
            Operator::Set => !left.is_empty(),
            Operator::Empty => left.is_empty(),
            Operator::Eq => self.equal(left, right),
            Operator::Ne => !self.equal(left, right),
            Operator::Gt => self.order(left, right).is_some_and(|o| o.is_gt()),
            Operator::Gte => self.order(left, right).is_some_and(|o| o.is_ge()),
            Operator::Lt => self.order(left, right).is_some_and(|o| o.is_lt()),
            Operator::Lte => self.order(left, right).is_some_and(|o| o.is_le()),
            Operator::Before => dates(left, right).is_some_and(|(l, r)| l < r),
            Operator::After => dates(left, right).is_some_and(|(l, r)| l > r),
            Operator::Contains => contains(left, right),
            Operator::NotContains => !contains(left, right),
            Operator::StartsWith => folded(left).starts_with(&*folded(right)),
            Operator::EndsWith => folded(left).ends_with(&*folded(right)),
            Operator::Matches => pattern::found(&right.to_string(), &left.to_string()) == Some(true),
            Operator::In => texts(right).iter().any(|item| *item == folded(left)),
        }
    }

    fn kind(&self, right: &Value) -> Kind {
        self.kind.unwrap_or(match right {
            Value::Boolean(_) => Kind::Boolean,
            Value::Number(_) => Kind::Number,
            Value::Text(_) => Kind::Text,
            Value::List(_) => Kind::List,
        })
    }

    fn equal(&self, left: &Value, right: &Value) -> bool {
        match self.kind(right) {
            Kind::Text => folded(left) == folded(right),
            Kind::Number => left.as_number().is_some_and(|l| Some(l) == right.as_number()),
            Kind::Boolean => left.as_boolean().is_some_and(|l| Some(l) == right.as_boolean()),
            Kind::Date => dates(left, right).is_some_and(|(l, r)| l == r),
            Kind::List => texts(left) == texts(right),
        }
    }

    fn order(&self, left: &Value, right: &Value) -> Option<core::cmp::Ordering> {
        match self.kind(right) {
            Kind::Number => left.as_number()?.partial_cmp(&right.as_number()?),
            Kind::Date => dates(left, right).map(|(l, r)| l.cmp(&r)),
            Kind::Text => Some(folded(left).cmp(&folded(right))),
            Kind::Boolean | Kind::List => None,
        }
    }
}

/// The text of a value without regard to case and the white space around it.
fn folded(value: &Value) -> Cow<'_, str> {
    match value.text() {
        // Most texts are that already.
        Cow::Borrowed(text) if !text.bytes().any(|byte| byte.is_ascii_uppercase() || !byte.is_ascii()) => {
            Cow::Borrowed(text.trim())
        }
        text => Cow::Owned(text.trim().to_lowercase()),
    }
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::List(items) => items.iter().map(|item| item.trim().to_lowercase()).collect(),
        other => vec![folded(other).into_owned()],
    }
}

fn contains(left: &Value, right: &Value) -> bool {
    match left {
        Value::List(_) => texts(left).iter().any(|item| *item == folded(right)),
        _ => quick::contains(&folded(left), &folded(right)),
    }
}

fn dates(left: &Value, right: &Value) -> Option<(Timestamp, Timestamp)> {
    Some((date(left)?, date(right)?))
}

/// A point in time out of RFC 3339 or a calendar date, which counts from midnight UTC.
pub(super) fn date(value: &Value) -> Option<Timestamp> {
    let Value::Text(text) = value else { return None };
    let text = text.trim();
    Timestamp::parse(text).or_else(|_| Timestamp::parse(&format!("{text}T00:00:00Z"))).ok()
}
