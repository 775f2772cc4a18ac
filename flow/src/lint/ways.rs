//! Where a flow's steps lead: which are come to, which lead to an end, and which run in circles.

use crate::graph::Graph;
use crate::step::{Action, Step, StepId};
use shared::id::FlowId;
use std::collections::BTreeSet;

/// Steps, by their ids.
pub(super) type Steps<'a> = BTreeSet<&'a StepId>;

/// The steps that a run can come to, be it by what happens.
pub(super) fn reached(graph: &Graph) -> Steps<'_> {
    let mut reached = Steps::new();
    let handlers = graph.steps().iter().filter(|step| step.action.is_handler());
    let mut left: Vec<&Step> = graph.first().into_iter().chain(handlers).collect();
    while let Some(step) = left.pop() {
        if reached.insert(&step.id) {
            left.extend(graph.ways_out(step));
        }
    }
    reached
}

/// The steps from which an end can be reached: a handoff, an end, or the end of the list.
pub(super) fn leading_out(graph: &Graph) -> Steps<'_> {
    let ends = |step: &Step| match &step.action {
        Action::End {} | Action::Handoff { .. } => true,
        Action::Condition { otherwise: Some(_), .. } => false,
        Action::Choice(choice) if choice.options.iter().all(|option| option.next.is_some()) => false,
        _ => graph.after(step).is_none(),
    };
    let mut out: Steps<'_> = graph.steps().iter().filter(|step| ends(step)).map(|step| &step.id).collect();
    loop {
        let leads = |step: &&Step| graph.ways_out(step).iter().any(|next| out.contains(&next.id));
        let more: Vec<&StepId> = graph
            .steps()
            .iter()
            .filter(|step| !out.contains(&step.id))
            .filter(leads)
            .map(|step| &step.id)
            .collect();
        if more.is_empty() {
            return out;
        }
        out.extend(more);
    }
}

/// The flows that are called which a run can go through without waiting for anybody.
pub(super) fn passed_through(program: &Graph) -> Vec<FlowId> {
    let mut passed = Vec::new();
    loop {
        // What one of them calls may be known only the next time round.
        let known = passed.len();
        for (id, graph) in program.all_called() {
            if !passed.contains(&id) && passes(graph, &passed) {
                passed.push(id);
            }
        }
        if passed.len() == known {
            return passed;
        }
    }
}

fn passes(graph: &Graph, passed: &[FlowId]) -> bool {
    let mut seen = Steps::new();
    let mut left: Vec<&Step> = graph.first().into_iter().collect();
    while let Some(step) = left.pop() {
        if waits(step, passed) || !seen.insert(&step.id) {
            continue;
        }
        let ends = match step.action {
            Action::End {} => true,
            Action::Handoff { .. } => false,
            _ => goes_on(step) && graph.after(step).is_none(),
        };
        if ends {
            return true;
        }
        left.extend(graph.ways_out(step));
    }
    false
}

/// Whether a step may lead to its `next`, or to the step below.
fn goes_on(step: &Step) -> bool {
    !matches!(step.action, Action::Condition { otherwise: Some(_), .. })
}

fn waits(step: &Step, passed: &[FlowId]) -> bool {
    match step.action {
        Action::Call { flow } => !passed.contains(&flow),
        _ => step.action.waits(),
    }
}

/// Whether a step comes back to itself without anything on the way that waits; `passed` are the flows that do not.
pub(super) fn runs_in_a_circle(graph: &Graph, passed: &[FlowId], start: &Step) -> bool {
    if waits(start, passed) {
        return false;
    }
    let mut seen = Steps::new();
    let mut left = graph.ways_out(start);
    while let Some(step) = left.pop() {
        if step.id == start.id {
            return true;
        }
        if !waits(step, passed) && seen.insert(&step.id) {
            left.extend(graph.ways_out(step));
        }
    }
    false
}
