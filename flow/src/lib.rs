//! Bot flows: a pure state machine. A [`graph::Graph`] of steps, a [`run::Run`] through it, and one function,
//! [`run::advance`], that takes an input and answers with effects for others to perform and a trace of why.
#![forbid(unsafe_code)]

pub mod condition;
pub mod declared;
pub mod expression;
pub mod graph;
pub mod lint;
pub mod run;
pub mod saved;
pub mod step;
pub mod template;
pub mod test_run;
pub mod trace;
pub mod value;
pub mod written;

mod answer;
mod names;
