//! What the widget and the edge share: the models, the protocol between them and the flow engine.
//!
//! Everything here is pure. There is no clock, no randomness and no I/O: times and random bytes come in as
//! arguments, so every rule can be tested natively and gives the same answer in a browser and at the edge.
#![forbid(unsafe_code)]

pub mod colour;
#[cfg(feature = "serde")]
pub mod flow;
pub mod id;
pub mod model;
pub mod text;
pub mod time;
pub mod wire;

#[cfg(feature = "serde")]
mod parsed;
