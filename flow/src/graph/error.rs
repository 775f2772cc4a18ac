//! Why steps are not a flow that can be run.

use super::{MAX_CALLED, MAX_STEPS};
use crate::condition::MAX_DEPTH;
use crate::step::{MAX_DELAY, StepId};
use core::fmt;
use shared::id::FlowId;

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
    /// A message says nothing.
    Nothing(StepId),
    /// A message has more cards or buttons than it may.
    TooMuch(StepId),
    /// A picture, file or link has an address that cannot be one.
    Link(StepId),
    /// A rating has not 2 to 10 as its best.
    Rating(StepId),
    /// A server's answer is not waited for 1 to 10 seconds.
    Patience(StepId),
    /// There are no keywords, or more than 20, or one that is empty.
    Keywords(StepId),
    /// The flow that is called is not there.
    UnknownFlow(StepId, FlowId),
    /// The flow that is called calls, by whichever way, itself.
    Recursion(StepId),
    /// More than [`MAX_CALLED`] flows are called.
    TooManyCalled,
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
            Self::Nothing(id) => write!(f, "step {id}: a message needs text, image, file, cards or buttons"),
            Self::TooMuch(id) => {
                write!(f, "step {id}: a message has at most 10 cards, each with 3 buttons, and 10 buttons")
            }
            Self::Link(id) => write!(
                f,
                "step {id}: pictures and files need an https:// address, links https://, http://, mailto: or tel:"
            ),
            Self::Rating(id) => write!(f, "step {id}: a rating's most is 2 to 10"),
            Self::Patience(id) => write!(f, "step {id}: the timeout of an http step is 1 to 10 seconds"),
            Self::Keywords(id) => write!(f, "step {id}: a jump needs 1 to 20 keywords"),
            Self::UnknownFlow(id, flow) => {
                write!(f, "step {id}: calls the flow {flow}, which is not published")
            }
            Self::Recursion(id) => write!(f, "step {id}: the flow it calls comes back to itself"),
            Self::TooManyCalled => write!(f, "a flow calls at most {MAX_CALLED} others"),
        }
    }
}
