//! The panel's rules, told as what happens to a visitor.

mod browser;
mod lost;
mod reading;
mod talking;
