//! What must hold of the flow engine, whatever it is given.

pub mod mutate;

use flow::lint::lint;
use flow::run::FUEL;
use flow::test_run::{Report, Script, try_draft};
use flow::value::Value;
use shared::json::{Json, Read, read};
use shared::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// 2026-05-01, noon.
const NOW: i64 = 1_777_636_800_000;

/// What a turn's trace has beside the steps of its fuel: the step that was waiting, and the one that the fuel did not do for.
const BESIDE_FUEL: usize = 2;

/// Reads an object `{"flow": …, "messages": […], …}`, a draft among the members of its script, and tries the draft out.
/// Panics where the engine does, or where something does not hold.
pub fn flow(bytes: &[u8]) {
    let Ok(text) = core::str::from_utf8(bytes) else { return };
    let Ok(Json::Object(mut members)) = Json::parse(text) else { return };
    let Some(place) = members.iter().position(|(name, _)| name == "flow") else { return };
    let (_, flow) = members.remove(place);
    // A draft is looked at in any case; a script that says nothing will do for it.
    let script = Script::read(&Json::Object(members)).unwrap_or_default();
    let run = || try_draft(&flow, &script, Timestamp::from_millis(NOW), [7; 10]);

    let report = run();
    let written = written(&report);
    assert_eq!(written, self::written(&run()), "the same twice");
    turns_end(&report);
    references_lead_somewhere(&flow, &report);
    variables_outlive_a_turn(&report.final_variables);
}

fn written(report: &Report) -> String {
    serde_json::to_string(report).expect("a report can be written")
}

/// No turn goes on for longer than its fuel.
fn turns_end(report: &Report) {
    for turn in report.steps.split_inclusive(|entry| entry.next.is_none()) {
        assert!(turn.len() <= FUEL + BESIDE_FUEL, "a turn of {} steps", turn.len());
    }
}

/// A run stays within its steps, and one that lint finds nothing wrong with is never told of what is not there.
fn references_lead_somewhere(flow: &Json, report: &Report) {
    let ids = ids(flow);
    for entry in &report.steps {
        assert!(ids.contains(entry.step_id.as_str()), "{} is a step", entry.step_id);
        assert!(entry.next.iter().all(|next| ids.contains(next.as_str())), "{:?} is a step", entry.next);
    }
    if lint(flow).is_ok() {
        assert!(!report.steps.is_empty(), "what may be published can be run");
        let missing =
            |warning: &String| warning.contains("is not a step") || warning.contains("could not be called");
        assert!(!report.warnings.iter().any(missing), "{:?}", report.warnings);
    }
}

/// The ids of all steps of a flow and of those it calls.
fn ids(flow: &Json) -> BTreeSet<&str> {
    let steps = if let Json::List(_) = flow { Some(flow) } else { flow.get("steps") };
    let mut ids: BTreeSet<&str> = match steps {
        Some(Json::List(items)) => items.iter().filter_map(|step| step.get("id")?.text()).collect(),
        _ => BTreeSet::new(),
    };
    if let Some(Json::Object(called)) = flow.get("called") {
        ids.extend(called.iter().flat_map(|(_, called)| self::ids(called)));
    }
    ids
}

/// What a run holds is written to disk between two turns.
fn variables_outlive_a_turn(variables: &BTreeMap<String, Value>) {
    let text = serde_json::to_string(variables).expect("variables can be written");
    let again: BTreeMap<String, Value> = read(&text).unwrap_or_else(|wrong| panic!("{wrong}: {text}"));
    assert_eq!(again.len(), variables.len());
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_was_found_once_holds() {
        let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/flow");
        let inputs: Vec<_> = std::fs::read_dir(corpus).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert!(!inputs.is_empty());
        for input in inputs {
            crate::flow(&std::fs::read(input).unwrap());
        }
    }
}
