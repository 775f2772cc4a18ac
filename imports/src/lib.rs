//! Flows as others write them, read as steps: drawings of nodes and edges, and what other products export.
#![forbid(unsafe_code)]

pub mod canvas;
pub mod typebot;
