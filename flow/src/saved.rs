//! Runs that are kept: what came of them, and in what another run of the same script differs.

use super::test_run::{Report, Status};
use super::value::Value;
use serde::Serialize;
use shared::json::Read;
use std::collections::BTreeMap;

/// What is expected of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Read)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Expected {
    /// How it ends.
    pub status: Status,
    /// The steps it goes through, by their ids, in order.
    pub steps: Vec<String>,
    /// What it says, in order.
    pub output: Vec<String>,
    /// What the variables hold at the end.
    pub final_variables: BTreeMap<String, Value>,
}

impl Expected {
    /// What came of a run.
    pub fn of(report: &Report) -> Self {
        Self {
            status: report.status,
            steps: report.steps.iter().map(|entry| entry.step_id.to_string()).collect(),
            output: report.steps.iter().flat_map(|entry| entry.output.iter().cloned()).collect(),
            final_variables: report.final_variables.clone(),
        }
    }

    /// The first thing in which another run differs, as a sentence; none where there is nothing.
    pub fn differs(&self, other: &Self) -> Option<String> {
        let first = |name: &str, one: &[String], other: &[String]| {
            let place = (0..one.len().max(other.len())).find(|place| one.get(*place) != other.get(*place))?;
            let told = |it: Option<&String>| it.map_or_else(|| "nothing".into(), |it| format!("\"{it}\""));
            let (was, is) = (told(one.get(place)), told(other.get(place)));
            Some(format!("{name} {} was {was} and is now {is}", place + 1))
        };
        let ended = || {
            (self.status != other.status)
                .then(|| format!("it ended {} and now ends {}", self.status.name(), other.status.name()))
        };
        let kept = || {
            let names = self.final_variables.keys().chain(other.final_variables.keys());
            let of = |run: &Self, name: &String| {
                // Ids are others every time.
                run.final_variables.get(name).map_or_else(|| "nothing".into(), |value| format!("\"{value}\""))
            };
            let name = names
                .into_iter()
                .find(|name| self.final_variables.get(*name) != other.final_variables.get(*name))?;
            Some(format!(
                "the variable {name} held {} at the end and now holds {}",
                of(self, name),
                of(other, name)
            ))
        };
        first("step", &self.steps, &other.steps)
            .or_else(|| first("what is said", &self.output, &other.output))
            .or_else(kept)
            .or_else(ended)
    }
}
