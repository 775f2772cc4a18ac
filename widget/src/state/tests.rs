//! The panel's rules, told as what happens to a visitor.

mod asking;
mod browser;
mod files;
mod kinds;
mod lost;
mod reading;
mod talking;
