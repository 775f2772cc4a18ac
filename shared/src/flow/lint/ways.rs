//! Where a flow's steps lead: which are come to, which lead to an end, and which run in circles.

use crate::flow::graph::Graph;
use crate::flow::step::{Action, Step, StepId};
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

/// Whether a step comes back to itself without anything on the way that waits.
pub(super) fn runs_in_a_circle(graph: &Graph, start: &Step) -> bool {
    // A flow that is called waits where any of its steps does: which way it goes, nobody can tell before.
    let waits = |step: &Step| match step.action {
        Action::Call { flow } => {
            graph.called(flow).is_some_and(|called| called.steps().iter().any(|step| step.action.waits()))
        }
        _ => step.action.waits(),
    };
    if waits(start) {
        return false;
    }
    let mut seen = Steps::new();
    let mut left = graph.ways_out(start);
    while let Some(step) = left.pop() {
        if step.id == start.id {
            return true;
        }
        if !waits(step) && seen.insert(&step.id) {
            left.extend(graph.ways_out(step));
        }
    }
    false
}
