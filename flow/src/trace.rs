//! What happened in a turn, and why.

use super::step::{Step, StepId};
use super::value::Value;
use serde::{Serialize, Serializer};
use shared::id::FlowId;
use shared::json::{Json, Read, Write, Wrong, write_object};
use std::borrow::Cow;
use std::collections::BTreeMap;

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
        let set = self.variables.0.iter().map(|(name, value)| name.len() + value.bytes() + 16);
        128 + texts.map(|text| text.len() + 4).sum::<usize>() + set.sum::<usize>()
    }
}

impl Write for TraceEntry {
    fn write(&self, out: &mut Vec<u8>) {
        write_object(out, |members| {
            members.add("stepId", self.step_id.as_str());
            members.add("type", &self.kind);
            members.add_some("flow", &self.flow.map(|flow| flow.to_string()));
            members.add_some("input", &self.input);
            members.add_items("output", &self.output);
            members.add_items("decided", &self.decided);
            if !self.variables.is_empty() {
                members.add("variables", &self.variables);
            }
            members.add_items("warnings", &self.warnings);
            // Far from the greatest that an i64 can be: a delay is a day at most.
            members.add_some("ms", &self.ms.map(|ms| ms as i64));
            if let Some(next) = &self.next {
                members.add("next", next.as_str());
            }
        });
    }
}

/// The variables that a step set, first things first: of so few, a list is made and looked through sooner than a map.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Kept(Vec<(String, Value)>);

impl Kept {
    /// Notes a variable; of several values under one name, the last.
    pub fn insert(&mut self, name: &str, value: Value) {
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, held)) => *held = value,
            None => {
                // Most steps set one.
                self.0.reserve_exact(1);
                self.0.push((name.into(), value));
            }
        }
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Kept {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl Write for Kept {
    fn write(&self, out: &mut Vec<u8>) {
        write_object(out, |members| self.0.iter().for_each(|(name, value)| members.add(name, value)));
    }
}

impl Read for Kept {
    fn read(json: &Json) -> Result<Self, Wrong> {
        let read: BTreeMap<String, Value> = Read::read(json)?;
        Ok(Self(read.into_iter().collect()))
    }
}
