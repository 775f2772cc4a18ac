//! A flow whose references are known to lead somewhere.

use super::condition::{MAX_DEPTH, Operator, When};
use super::step::{Action, Step, StepId, Validate};
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
        let mut places = BTreeMap::new();
        for (place, step) in steps.iter().enumerate() {
            if places.insert(step.id.clone(), place).is_some() {
                return Err(GraphError::DuplicateId(step.id.clone()));
            }
        }
        let graph = Self { steps, places };
        graph.steps.iter().try_for_each(|step| graph.check(step))?;
        Ok(graph)
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
            _ => Ok(()),
        }
    }
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
