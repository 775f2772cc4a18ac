//! What the widget and the edge share: the models and the protocol between them.
//!
//! Everything here is pure. There is no clock, no randomness and no I/O: times and random bytes come in as
//! arguments, so every rule can be tested natively and gives the same answer in a browser and at the edge.
#![forbid(unsafe_code)]
// The widget links no `std`: its panic messages and their formatting would be a fifth of the wasm.
#![cfg_attr(not(any(feature = "serde", test)), no_std)]

extern crate alloc;
// What is derived here names this crate as others do.
#[cfg(feature = "serde")]
extern crate self as shared;

pub mod colour;
pub mod id;
#[cfg(feature = "serde")]
pub mod json;
pub mod model;
pub mod rules;
pub mod text;
pub mod time;
#[cfg(feature = "serde")]
pub mod url;
pub mod wire;

#[cfg(feature = "serde")]
mod parsed;
