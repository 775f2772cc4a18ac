//! What would keep a flow from doing what its author means: looked for before it is published.

mod ways;

use super::declared::{self, Declared, Lifetime};
use super::graph::Graph;
use super::names;
use super::step::{Action, Step};
use super::template::secret;
use super::value::Value;
use super::written::Written;
use shared::id::FlowId;
use shared::json::{Json, Read};
use std::collections::BTreeSet;

/// The names that are known without being set.
const KNOWN: [&str; 5] = ["name", "email", "phone", "office.open", "agents.online"];
/// What the names begin with that are.
const KNOWN_FAMILIES: [&str; 2] = ["visitor.", "conversation."];

/// Reads a flow, be it the list of its steps alone, and looks for all that is wrong with it; each sentence names a step and
/// what to do. Gives the flow where there is nothing.
pub fn lint(flow: &Json) -> Result<Graph, Vec<String>> {
    let steps = match flow {
        Json::Object(_) => flow.get("steps").unwrap_or(&Json::Null),
        other => other,
    };
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
    let variables = declared_in(flow).unwrap_or_else(|wrong| {
        faults.extend(wrong);
        Vec::new()
    });
    let called = called_by(flow).unwrap_or_else(|wrong| {
        faults.push(wrong);
        Vec::new()
    });
    // What cannot be read leaves holes that would be told of again.
    if !faults.is_empty() {
        return Err(faults);
    }
    let (graph, wrong) = Graph::checked(Written { steps: read, variables, called, ..Written::default() });
    faults.extend(wrong.iter().map(ToString::to_string));
    if faults.is_empty() {
        faults = meanings(&graph);
    }
    if faults.is_empty() { Ok(graph) } else { Err(faults) }
}

fn declared_in(flow: &Json) -> Result<Vec<Declared>, Vec<String>> {
    flow.get("variables").map_or(Ok(Vec::new()), declared::read)
}

fn called_by(flow: &Json) -> Result<Vec<(FlowId, Written)>, String> {
    let Some(called) = flow.get("called") else { return Ok(Vec::new()) };
    let alone =
        Json::Object(vec![("steps".into(), Json::List(Vec::new())), ("called".into(), called.clone())]);
    Written::read(&alone).map(|written| written.called).map_err(|wrong| wrong.to_string())
}

fn meanings(graph: &Graph) -> Vec<String> {
    let mut faults = Vec::new();
    let (reached, exits) = (ways::reached(graph), ways::leading_out(graph));
    let passed = ways::passed_through(graph);
    for step in graph.steps() {
        let id = &step.id;
        if !reached.contains(id) {
            faults.push(format!("step {id}: no step leads here; lead one here, or remove it"));
            continue;
        }
        if !exits.contains(id) {
            faults.push(format!("step {id}: no way leads from here to an end; add an end or a handoff"));
        }
        if ways::runs_in_a_circle(graph, &passed, step) {
            faults.push(format!(
                "step {id}: runs in a circle that waits for nobody; put a question or a delay into it"
            ));
        }
        for into in graph.ways_out(step).into_iter().filter(|next| next.action.is_handler()) {
            let (kind, next) = (into.action.name(), &into.id);
            faults.push(format!(
                "step {id}: leads into the {kind} step {next}; give {id} a next, or put an end between"
            ));
        }
    }
    faults.extend(handled_twice(graph));
    faults.extend(names_in(graph));
    faults.extend(types_in(graph));
    faults
}

/// What can happen leads one way only.
fn handled_twice(graph: &Graph) -> Vec<String> {
    let mut faults = Vec::new();
    for kind in ["onError", "onTimeout"] {
        for step in graph.steps().iter().filter(|step| step.action.name() == kind).skip(1) {
            faults.push(format!("step {}: there is an {kind} step before it; a flow has one", step.id));
        }
    }
    faults
}

/// Names of variables that nothing sets, and of secrets where there are none.
fn names_in(graph: &Graph) -> Vec<String> {
    let declared = graph.variables().map(|variable| variable.name.clone());
    let steps = graph.all().flat_map(Graph::steps);
    let set: BTreeSet<String> = declared.chain(steps.flat_map(|step| names::sets(&step.action))).collect();
    let mut faults = Vec::new();
    for step in graph.steps() {
        let (id, asks_server) = (&step.id, matches!(step.action, Action::Http(_)));
        let used: BTreeSet<String> = names::uses(&step.action).into_iter().collect();
        for name in used {
            match secret(&name) {
                Some(_) if asks_server => {}
                Some(secret) => faults.push(format!(
                    "step {id}: the secret {secret} is for http steps alone, or visitors would see it"
                )),
                None if set.contains(&name) || is_known(&name) => {}
                None => faults
                    .push(format!("step {id}: nothing sets the variable {name}; set it, or mend its name")),
            }
        }
    }
    faults
}

/// What is declared in two ways, and what is set to what cannot be of its type.
fn types_in(graph: &Graph) -> Vec<String> {
    let mut faults = Vec::new();
    let mut known: Vec<&Declared> = Vec::new();
    for variable in graph.variables() {
        match known.iter().find(|before| before.name == variable.name) {
            Some(before) if (before.kind, before.scope) != (variable.kind, variable.scope) => {
                let scope = if before.scope == Lifetime::Visitor { "visitor" } else { "conversation" };
                faults.push(format!(
                    "variable {}: a flow that is called declares it otherwise; give it one type and the scope {scope} in both",
                    variable.name
                ));
            }
            Some(_) => {}
            None => known.push(variable),
        }
    }
    for step in graph.steps() {
        let Action::Set { variable, op, value: Some(value) } = &step.action else { continue };
        let plain = op.is_plain() && !matches!(value, Value::Text(text) if text.contains("{{"));
        let declared = known.iter().find(|it| *it.name == **variable);
        let fits = declared.is_none_or(|it| it.fitted(value.clone()).is_some());
        if plain && !fits {
            faults.push(format!("step {}: {variable} is declared of another type than this value", step.id));
        }
    }
    faults
}

fn is_known(name: &str) -> bool {
    KNOWN.contains(&name) || KNOWN_FAMILIES.iter().any(|family| name.starts_with(family))
}
