//! The Thread: one Durable Object a visitor, the only one that gives messages their order.
//!
//! An API turns a request into a [`command::Command`], a [`client::Thread`] carries it, the [`object::Thread`] obeys:
//! `open`, `append`, `status` and `presence` are what it does. What it knows for good stands in its `log`; everything
//! in memory can be lost at any moment.

pub mod client;
pub mod command;
pub mod object;

mod amend;
mod append;
mod detail;
mod files;
mod following;
mod forget;
mod head;
pub mod listeners;
mod live;
mod log;
mod memory;
mod obey;
mod once;
mod open;
mod pending;
mod presence;
mod projection;
mod status;
mod transcript;
mod turn;
mod within;
