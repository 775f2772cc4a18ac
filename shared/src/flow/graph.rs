//! A flow whose references are known to lead somewhere.

use super::condition::{MAX_DEPTH, Operator, When};
use super::expression;
use super::step::{Action, Assignment, MAX_DELAY, Step, StepId, Validate};
use super::value::Value;
use crate::rules::pattern;
use core::fmt;
use std::collections::BTreeMap;

/// The most steps a flow may have.
pub const MAX_STEPS: usize = 200;

/// A flow that can be run: it has a first step, no two steps share an id, and every reference resolves.
#[derive(Debug, Clone, PartialEq)]
pub struct Graph {
    steps: Vec<Step>,
    places: BTreeMap<StepId, usize>,
}

/// Why some steps are not a flow that can be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GraphError {
    /// There is no step.
    NoSteps,
    /// There are more than [`MAX_STEPS`].
    TooManySteps,
    /// Two steps have this id.
    DuplicateId(StepId),
    /// The first step leads to the second, which is not there.
    UnknownReference(StepId, StepId),
    /// A step has no `next`, and none can be guessed: a `goto`.
    NoTarget(StepId),
    /// A choice offers nothing, or more than 20 options.
    Options(StepId),
    /// A pattern is missing or is not a regular expression.
    Pattern(StepId),
    /// Conditions nest deeper than [`MAX_DEPTH`].
    TooDeep(StepId),
    /// A `set` has no value, or one that its operation cannot take.
    NoValue(StepId),
    /// A delay is none, or longer than [`MAX_DELAY`].
    Delay(StepId),
    /// A server's address is not `https`, or its host is not known before the flow runs.
    Address(StepId),
    /// There are no tags, or more than 20.
    Tags(StepId),
}

impl fmt::Display for GraphError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSteps => f.write_str("a flow needs at least one step"),
            Self::TooManySteps => write!(f, "a flow has at most {MAX_STEPS} steps"),
            Self::DuplicateId(id) => {
                write!(f, "step {id}: another step has this id; give one of them another")
            }
            Self::UnknownReference(id, target) => {
                write!(f, "step {id}: leads to {target}, which is not a step")
            }
            Self::NoTarget(id) => write!(f, "step {id}: a goto needs next"),
            Self::Options(id) => write!(f, "step {id}: a choice needs 1 to 20 options"),
            Self::Pattern(id) => write!(f, "step {id}: the pattern is not a regular expression"),
            Self::TooDeep(id) => write!(f, "step {id}: conditions nest at most {MAX_DEPTH} deep"),
            Self::NoValue(id) => write!(f, "step {id}: a set needs a value that its op can take"),
            Self::Delay(id) => write!(f, "step {id}: a delay has 1 to {MAX_DELAY} seconds"),
            Self::Address(id) => {
                write!(f, "step {id}: the url must begin with https:// and a host without variables")
            }
            Self::Tags(id) => write!(f, "step {id}: a tag step has 1 to 20 tags"),
        }
    }
}

impl Graph {
    /// Checks steps and makes them a flow; the first is where it begins.
    pub fn new(steps: Vec<Step>) -> Result<Self, GraphError> {
        if steps.is_empty() {
            return Err(GraphError::NoSteps);
        }
        if steps.len() > MAX_STEPS {
            return Err(GraphError::TooManySteps);
        }
        let (graph, faults) = Self::checked(steps);
        faults.into_iter().next().map_or(Ok(graph), Err)
    }

    /// All that keeps steps from being a flow that can be run, at most one thing of each step.
    pub fn faults(steps: Vec<Step>) -> Vec<GraphError> {
        let size = match steps.len() {
            0 => Some(GraphError::NoSteps),
            count if count > MAX_STEPS => Some(GraphError::TooManySteps),
            _ => None,
        };
        size.into_iter().chain(Self::checked(steps).1).collect()
    }

    fn checked(steps: Vec<Step>) -> (Self, Vec<GraphError>) {
        let (mut places, mut faults) = (BTreeMap::new(), Vec::new());
        for (place, step) in steps.iter().enumerate() {
            if places.insert(step.id.clone(), place).is_some() {
                faults.push(GraphError::DuplicateId(step.id.clone()));
            }
        }
        let graph = Self { steps, places };
        faults.extend(graph.steps.iter().filter_map(|step| graph.check(step).err()));
        (graph, faults)
    }

    /// All steps, in the order they were written.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Everywhere a step can lead.
    pub fn ways_out(&self, step: &Step) -> Vec<&Step> {
        let (mut targets, mut on): (Vec<&StepId>, bool) = (Vec::new(), true);
        match &step.action {
            Action::Choice { options, .. } => {
                targets.extend(options.iter().filter_map(|option| option.next.as_ref()));
                on = options.iter().any(|option| option.next.is_none());
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

    fn check(&self, step: &Step) -> Result<(), GraphError> {
        let refer = |target: &StepId| match self.places.contains_key(target) {
            true => Ok(()),
            false => Err(GraphError::UnknownReference(step.id.clone(), target.clone())),
        };
        step.next.iter().try_for_each(refer)?;
        match &step.action {
            Action::Goto {} if step.next.is_none() => Err(GraphError::NoTarget(step.id.clone())),
            Action::Choice { options, .. } if !(1..=20).contains(&options.len()) => {
                Err(GraphError::Options(step.id.clone()))
            }
            Action::Choice { options, .. } => {
                options.iter().filter_map(|o| o.next.as_ref()).try_for_each(refer)
            }
            Action::Question { validate: Validate::Regex, pattern, .. } => match pattern {
                Some(pattern) if pattern::is_one(pattern) => Ok(()),
                _ => Err(GraphError::Pattern(step.id.clone())),
            },
            Action::Condition { cases, otherwise } => {
                cases.iter().map(|case| &case.next).chain(otherwise).try_for_each(refer)?;
                cases.iter().try_for_each(|case| check_condition(&step.id, &case.when))
            }
            Action::Handoff { if_offline, .. } => if_offline.iter().try_for_each(refer),
            Action::Http(http) => {
                http.on_error.iter().try_for_each(refer)?;
                if names_host(&http.url) { Ok(()) } else { Err(GraphError::Address(step.id.clone())) }
            }
            Action::Set { op, value, .. } => {
                let good = match (op, value) {
                    (Assignment::Now | Assignment::Id | Assignment::Increment, None) => true,
                    (Assignment::Expression, Some(Value::Text(text))) => expression::is_one(text),
                    (Assignment::Expression, Some(Value::Number(_))) => true,
                    (Assignment::Value | Assignment::Append | Assignment::Increment, Some(_)) => true,
                    _ => false,
                };
                if good { Ok(()) } else { Err(GraphError::NoValue(step.id.clone())) }
            }
            Action::Delay { seconds } if !(1..=MAX_DELAY).contains(seconds) => {
                Err(GraphError::Delay(step.id.clone()))
            }
            Action::Tag { tags } if !(1..=20).contains(&tags.len()) => Err(GraphError::Tags(step.id.clone())),
            _ => Ok(()),
        }
    }
}

/// Whether an address is `https`, of a host that no variable has a say in.
pub(super) fn names_host(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("https://") else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    !host.is_empty() && !host.contains(['{', '}', '@', '\\']) && !host.contains(char::is_whitespace)
}

fn check_condition(id: &StepId, when: &When) -> Result<(), GraphError> {
    if when.depth() > MAX_DEPTH {
        return Err(GraphError::TooDeep(id.clone()));
    }
    let patterns = when.tests().into_iter().filter(|test| test.op == Operator::Matches);
    for test in patterns {
        if !test.value.as_ref().is_some_and(|value| pattern::is_one(&value.to_string())) {
            return Err(GraphError::Pattern(id.clone()));
        }
    }
    Ok(())
}
