//! What happened in a turn, and why.

use super::step::StepId;
use super::value::Value;
use crate::id::FlowId;
use crate::json::Read;
use serde::Serialize;
use std::collections::BTreeMap;

/// One step that a turn went through.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TraceEntry {
    /// The step.
    pub step_id: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
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
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, Value>,
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
    /// About how many bytes it has, written out.
    pub fn bytes(&self) -> usize {
        let texts = self.output.iter().chain(&self.decided).chain(&self.warnings).chain(&self.input);
        let set = self.variables.iter().map(|(name, value)| name.len() + value.bytes() + 16);
        128 + texts.map(|text| text.len() + 4).sum::<usize>() + set.sum::<usize>()
    }
}
