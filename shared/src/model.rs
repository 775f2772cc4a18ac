//! The nouns of the product, as they stand in JSON.

pub mod conversation;
pub mod event;
pub mod media;
pub mod message;
pub mod rich;
pub mod settings;
