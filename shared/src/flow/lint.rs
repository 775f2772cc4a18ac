//! What would keep a flow from doing what its author means: looked for before it is published.

use super::expression;
use super::graph::Graph;
use super::step::{Action, Assignment, Step};
use super::template;
use super::value::Value;
use crate::json::{Json, Read};
use std::collections::BTreeSet;

/// The names that are known without being set.
const KNOWN: [&str; 5] = ["name", "email", "phone", "office.open", "agents.online"];
/// What the names begin with that are.
const KNOWN_FAMILIES: [&str; 2] = ["visitor.", "conversation."];

/// Reads steps and looks for all that is wrong with them; each sentence names a step and what to do. Gives the flow where
/// there is nothing.
pub fn lint(steps: &Json) -> Result<Graph, Vec<String>> {
    let Json::List(items) = steps else { return Err(vec!["steps must be a list".into()]) };
    let (mut read, mut faults) = (Vec::new(), Vec::new());
    for (index, item) in items.iter().enumerate() {
        match Step::read(item) {
            Ok(step) => read.push(step),
            Err(wrong) => faults.push(match item.get("id").and_then(Json::text) {
                Some(id) => format!("step {id}: {}", wrong.sentence()),
                None => format!("steps[{index}]: {}", wrong.sentence()),
            }),
        }
    }
    // What cannot be read leaves holes that would be told of again.
    if !faults.is_empty() {
        return Err(faults);
    }
    faults.extend(Graph::faults(read.clone()).iter().map(ToString::to_string));
    match Graph::new(read) {
        Ok(graph) => {
            faults.extend(meanings(&graph));
            if faults.is_empty() { Ok(graph) } else { Err(faults) }
        }
        Err(_) => Err(faults),
    }
}

fn meanings(graph: &Graph) -> Vec<String> {
    let reached = reached(graph);
    let mut faults = Vec::new();
    for step in graph.steps() {
        let id = step.id.to_string();
        if !reached.contains(&id) {
            faults.push(format!("step {id}: no step leads here; lead one here, or remove it"));
        }
    }
    let exits = leading_out(graph);
    for step in graph.steps().iter().filter(|step| reached.contains(&step.id.to_string())) {
        if !exits.contains(&step.id.to_string()) {
            let id = &step.id;
            faults.push(format!("step {id}: no way leads from here to an end; add an end or a handoff"));
        }
        if runs_in_a_circle(graph, step) {
            let id = &step.id;
            faults.push(format!(
                "step {id}: runs in a circle that waits for nobody; put a question or a delay into it"
            ));
        }
    }
    let set: BTreeSet<String> = graph.steps().iter().flat_map(|step| sets(&step.action)).collect();
    for step in graph.steps() {
        let unknown: BTreeSet<String> =
            uses(&step.action).into_iter().filter(|name| !set.contains(name) && !is_known(name)).collect();
        for name in unknown {
            let id = &step.id;
            faults.push(format!("step {id}: nothing sets the variable {name}; set it, or mend its name"));
        }
    }
    faults
}

fn is_known(name: &str) -> bool {
    KNOWN.contains(&name) || KNOWN_FAMILIES.iter().any(|family| name.starts_with(family))
}

/// The steps that a run can come to, by their ids.
fn reached(graph: &Graph) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut left: Vec<&Step> = graph.first().into_iter().collect();
    while let Some(step) = left.pop() {
        if reached.insert(step.id.to_string()) {
            left.extend(graph.ways_out(step));
        }
    }
    reached
}

/// The steps from which an end can be reached: a handoff, an end, or the end of the list.
fn leading_out(graph: &Graph) -> BTreeSet<String> {
    let ends = |step: &Step| match &step.action {
        Action::End {} | Action::Handoff { .. } => true,
        Action::Condition { otherwise: Some(_), .. } => false,
        Action::Choice { options, .. } if options.iter().all(|option| option.next.is_some()) => false,
        _ => graph.after(step).is_none(),
    };
    let mut out: BTreeSet<String> =
        graph.steps().iter().filter(|step| ends(step)).map(|step| step.id.to_string()).collect();
    loop {
        let more: Vec<String> = graph
            .steps()
            .iter()
            .filter(|step| !out.contains(&step.id.to_string()))
            .filter(|step| graph.ways_out(step).iter().any(|next| out.contains(&next.id.to_string())))
            .map(|step| step.id.to_string())
            .collect();
        if more.is_empty() {
            return out;
        }
        out.extend(more);
    }
}

/// Whether a step comes back to itself without anything on the way that waits.
fn runs_in_a_circle(graph: &Graph, start: &Step) -> bool {
    let waits = |step: &Step| {
        matches!(step.action, Action::Question { .. } | Action::Choice { .. } | Action::Delay { .. })
    };
    if waits(start) {
        return false;
    }
    let mut seen = BTreeSet::new();
    let mut left = graph.ways_out(start);
    while let Some(step) = left.pop() {
        if step.id == start.id {
            return true;
        }
        if !waits(step) && seen.insert(step.id.to_string()) {
            left.extend(graph.ways_out(step));
        }
    }
    false
}

/// The variables that a step sets.
fn sets(action: &Action) -> Vec<String> {
    match action {
        Action::Choice { save_as, .. } => save_as.iter().cloned().collect(),
        Action::Question { save_as, .. } => vec![save_as.clone()],
        Action::Set { variable, .. } => vec![variable.clone()],
        Action::Http(http) => http.save_as.iter().chain(http.map.keys()).cloned().collect(),
        _ => Vec::new(),
    }
}

/// The variables that a step uses; one that has a default to fall back on needs no setting.
fn uses(action: &Action) -> Vec<String> {
    match action {
        Action::Message { text } | Action::Choice { text, .. } => template::names(text),
        Action::Question { text, error, .. } => [Some(text), error.as_ref()]
            .into_iter()
            .flatten()
            .flat_map(|text| template::names(text))
            .collect(),
        Action::Condition { cases, .. } => cases
            .iter()
            .flat_map(|case| case.when.tests())
            // Whether there is one is what such a test is for.
            .filter(|test| !test.asks_whether_set())
            .map(|test| test.variable.clone())
            .collect(),
        Action::Set { op: Assignment::Expression, value: Some(Value::Text(text)), .. } => {
            expression::names(text)
        }
        Action::Set { value: Some(Value::Text(text)), .. } => template::names(text),
        Action::Http(http) => {
            let texts =
                [Some(&http.url), http.body.as_ref()].into_iter().flatten().chain(http.headers.values());
            texts.flat_map(|text| template::names(text)).collect()
        }
        Action::Tag { tags } => tags.iter().flat_map(|tag| template::names(tag)).collect(),
        _ => Vec::new(),
    }
}
