//! What happened in a turn, and why.

use super::step::{Step, StepId};
use super::value::Value;
use serde::{Serialize, Serializer};
use shared::id::FlowId;
use shared::json::{Json, Read, Write, Wrong, write_object};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::rc::Rc;

/// One step that a turn went through.
#[derive(Debug, Clone, PartialEq, Serialize, Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TraceEntry {
    /// The step.
    pub step_id: StepId,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: Cow<'static, str>,
    /// The flow that it is of, where that was called by another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow: Option<FlowId>,
    /// What the visitor said to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    /// What it said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub output: Vec<String>,
    /// The comparisons it made, in order, each with what came of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decided: Vec<String>,
    /// The variables it set.
    #[serde(default, skip_serializing_if = "Kept::is_empty")]
    #[cfg_attr(feature = "schema", schemars(with = "std::collections::BTreeMap<String, Value>"))]
    pub variables: Kept,
    /// What was refused or went wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// How long it waits, in milliseconds; told of tries alone, whose clock is frozen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ms: Option<u64>,
    /// The step it led to; none where the turn ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<StepId>,
}

impl TraceEntry {
    /// Of a step that has done nothing yet, in the flow that was called.
    pub fn of(step: &Step, flow: Option<FlowId>) -> Self {
        Self {
            step_id: step.id.clone(),
            kind: Cow::Borrowed(step.action.name()),
            flow,
            input: None,
            output: Vec::new(),
            decided: Vec::new(),
            variables: Kept::default(),
            warnings: Vec::new(),
            ms: None,
            next: None,
        }
    }

    /// About how many bytes it has, written out.
    pub fn bytes(&self) -> usize {
        let texts = self.output.iter().chain(&self.decided).chain(&self.warnings).chain(&self.input);
        let set = self.variables.all().map(|(name, value)| name.len() + value.bytes() + 16);
        128 + texts.map(|text| text.len() + 4).sum::<usize>() + set.sum::<usize>()
    }
}

/// Puts a member's name at the end of an object that has others before: all of it is known when this is compiled.
macro_rules! name {
    ($name:literal, $out:expr) => {
        $out.extend_from_slice(concat!(",\"", $name, "\":").as_bytes())
    };
}

impl Write for TraceEntry {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"stepId\":");
        quick::write_text(self.step_id.as_str(), out);
        name!("type", out);
        quick::write_text(&self.kind, out);
        if let Some(flow) = self.flow {
            name!("flow", out);
            flow.to_string().write(out);
        }
        if let Some(input) = &self.input {
            name!("input", out);
            input.write(out);
        }
        if !self.output.is_empty() {
            name!("output", out);
            self.output.write(out);
        }
        if !self.decided.is_empty() {
            name!("decided", out);
            self.decided.write(out);
        }
        if !self.variables.is_empty() {
            name!("variables", out);
            self.variables.write(out);
        }
        if !self.warnings.is_empty() {
            name!("warnings", out);
            self.warnings.write(out);
        }
        if let Some(ms) = self.ms {
            name!("ms", out);
            // Far from the greatest that an i64 can be: a delay is a day at most.
            quick::write_whole(ms as i64, out);
        }
        if let Some(next) = &self.next {
            name!("next", out);
            quick::write_text(next.as_str(), out);
        }
        out.push(b'}');
    }
}

/// The variables that a step set, first things first. Most steps set one, which takes no list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Kept {
    first: Option<(Rc<str>, Value)>,
    others: Vec<(Rc<str>, Value)>,
}

impl Kept {
    /// Notes a variable; of several values under one name, the last.
    pub fn insert(&mut self, name: &Rc<str>, value: Value) {
        let mut known = self.first.iter_mut().chain(&mut self.others);
        match known.find(|(known, _)| known == name) {
            Some((_, held)) => *held = value,
            None => match &self.first {
                None => self.first = Some((name.clone(), value)),
                Some(_) => self.others.push((name.clone(), value)),
            },
        }
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.all().find(|(known, _)| **known == *name).map(|(_, value)| value)
    }

    fn all(&self) -> impl Iterator<Item = &(Rc<str>, Value)> {
        self.first.iter().chain(&self.others)
    }

    fn is_empty(&self) -> bool {
        self.first.is_none()
    }
}

impl Serialize for Kept {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.all().map(|(name, value)| (&**name, value)))
    }
}

impl Write for Kept {
    fn write(&self, out: &mut Vec<u8>) {
        write_object(out, |members| self.all().for_each(|(name, value)| members.add(name, value)));
    }
}

impl Read for Kept {
    fn read(json: &Json) -> Result<Self, Wrong> {
        let read: BTreeMap<String, Value> = Read::read(json)?;
        let mut read = read.into_iter().map(|(name, value)| (name.into(), value));
        Ok(Self { first: read.next(), others: read.collect() })
    }
}
