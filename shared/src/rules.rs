//! Rules that both sides keep: the widget, so that nobody is offered what will be refused, and the edge, so that it is.

pub mod address;
pub mod editing;
pub mod hours;
pub mod origin;
pub mod page;
#[cfg(feature = "serde")]
pub mod pattern;
pub mod pre_chat;
pub mod public;
#[cfg(feature = "serde")]
pub mod sniff;
#[cfg(feature = "serde")]
pub mod trigger;
