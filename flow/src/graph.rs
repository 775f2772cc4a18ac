//! A flow whose references are known to lead somewhere.

mod check;
mod error;

pub use check::names_host;
pub use error::GraphError;

use super::declared::{self, Declared};
use super::names;
use super::step::{Action, Step, StepId};
use super::written::Written;
use shared::id::{AgentId, FlowId};
use shared::json::Wrong;
use std::collections::BTreeMap;

/// The most steps a flow may have.
pub const MAX_STEPS: usize = 200;
/// The name of what tells how many agents are there.
pub const AGENTS_ONLINE: &str = "agents.online";
/// The most flows that one calls, by whichever way.
pub const MAX_CALLED: usize = 20;

/// A flow that can be run: it has a first step, no two steps share an id, and every reference resolves.
#[derive(Debug, Clone, PartialEq)]
pub struct Graph {
    steps: Vec<Step>,
    places: BTreeMap<StepId, usize>,
    variables: Vec<Declared>,
    called: Vec<(FlowId, Self)>,
    agents: Vec<(AgentId, String)>,
    asks_for_agents: bool,
}

impl Graph {
    /// Checks steps and makes them a flow; the first is where it begins.
    pub fn new(steps: Vec<Step>) -> Result<Self, GraphError> {
        Self::of(Written { steps, ..Written::default() })
    }

    /// Checks a flow and all it calls.
    pub fn of(written: Written) -> Result<Self, GraphError> {
        let (graph, faults) = Self::checked(written);
        faults.into_iter().next().map_or(Ok(graph), Err)
    }

    /// Reads a flow, and checks it; one that was published can be run.
    pub fn read(json: &str) -> Result<Self, Wrong> {
        let written: Written = shared::json::read(json)?;
        if let Some(fault) = declared::faults(&written.variables).first() {
            return Err(Wrong::new(fault));
        }
        Self::of(written).map_err(Wrong::new)
    }

    /// The flow, and all that keeps it from being one that can be run: at most one thing of each step.
    pub fn checked(written: Written) -> (Self, Vec<GraphError>) {
        let mut faults = Vec::new();
        match written.steps.len() {
            0 => faults.push(GraphError::NoSteps),
            count if count > MAX_STEPS => faults.push(GraphError::TooManySteps),
            _ => {}
        }
        if written.called.len() > MAX_CALLED {
            faults.push(GraphError::TooManyCalled);
        }
        let mut called = Vec::new();
        for (id, flow) in written.called {
            let (graph, of_called) = Self::checked(Written { called: Vec::new(), ..flow });
            // What it calls is looked for below, in all that is called.
            faults
                .extend(of_called.into_iter().filter(|fault| !matches!(fault, GraphError::UnknownFlow(..))));
            called.push((id, graph));
        }
        let mut places = BTreeMap::new();
        for (place, step) in written.steps.iter().enumerate() {
            if places.insert(step.id.clone(), place).is_some() {
                faults.push(GraphError::DuplicateId(step.id.clone()));
            }
        }
        let Written { steps, variables, agents, .. } = written;
        let asks = |step: &Step| names::uses(&step.action).iter().any(|name| name == AGENTS_ONLINE);
        let asks_for_agents =
            steps.iter().any(asks) || called.iter().any(|(_, called): &(_, Self)| called.asks_for_agents);
        let graph = Self { steps, places, variables, called, agents, asks_for_agents };
        faults.extend(graph.steps.iter().filter_map(|step| graph.check(step).err()));
        faults.extend(graph.check_calls());
        (graph, faults)
    }

    /// All steps, in the order they were written; without those of the flows that are called.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The variables that are declared, here and in the flows that are called.
    pub fn variables(&self) -> impl Iterator<Item = &Declared> {
        self.variables.iter().chain(self.called.iter().flat_map(|(_, called)| &called.variables))
    }

    /// The flow, and those that it calls.
    pub fn all(&self) -> impl Iterator<Item = &Self> {
        core::iter::once(self).chain(self.called.iter().map(|(_, called)| called))
    }

    /// Whether it wants to know how many agents are there.
    pub fn asks_for_agents(&self) -> bool {
        self.asks_for_agents
    }

    /// The name of an agent whom it assigns conversations to.
    pub fn agent(&self, id: AgentId) -> Option<&str> {
        self.agents.iter().find(|(agent, _)| *agent == id).map(|(_, name)| name.as_str())
    }

    /// The flows that are called.
    pub fn all_called(&self) -> impl Iterator<Item = (FlowId, &Self)> {
        self.called.iter().map(|(id, called)| (*id, called))
    }

    /// A flow that is called.
    pub fn called(&self, flow: FlowId) -> Option<&Self> {
        self.called.iter().find(|(id, _)| *id == flow).map(|(_, called)| called)
    }

    /// Everywhere a step can lead.
    pub fn ways_out(&self, step: &Step) -> Vec<&Step> {
        let (mut targets, mut on): (Vec<&StepId>, bool) = (Vec::new(), true);
        match &step.action {
            Action::Choice(choice) => {
                targets.extend(choice.options.iter().filter_map(|option| option.next.as_ref()));
                targets.extend(choice.timeout.as_ref().map(|timeout| &timeout.next));
                on = choice.options.iter().any(|option| option.next.is_none());
                // Where no option's condition holds, it goes on as well.
                on |= choice.options.iter().all(|option| option.when.is_some());
            }
            Action::Question(question) => {
                targets.extend(question.options.iter().filter_map(|option| option.next.as_ref()));
                targets.extend(question.timeout.as_ref().map(|timeout| &timeout.next));
            }
            Action::Condition { cases, otherwise } => {
                targets.extend(cases.iter().map(|case| &case.next).chain(otherwise));
                on = otherwise.is_none();
            }
            Action::Http(http) => targets.extend(&http.on_error),
            Action::Handoff { if_offline, .. } => {
                targets.extend(if_offline);
                on = false;
            }
            Action::End {} => on = false,
            _ => {}
        }
        let named = targets.into_iter().filter_map(|id| self.step(id));
        named.chain(self.after(step).filter(|_| on)).collect()
    }

    /// Where the flow begins.
    pub fn first(&self) -> Option<&Step> {
        self.steps.first()
    }

    /// The step with this id.
    pub fn step(&self, id: &StepId) -> Option<&Step> {
        self.steps.get(*self.places.get(id)?)
    }

    /// Where a step leads when nothing else decides: its `next`, or the step below it.
    pub fn after(&self, step: &Step) -> Option<&Step> {
        match &step.next {
            Some(next) => self.step(next),
            None => self.steps.get(self.places.get(&step.id)? + 1),
        }
    }
}
