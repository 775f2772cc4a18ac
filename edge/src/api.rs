//! The APIs, a folder each. They share the envelope below, and never call each other.

pub mod admin;
pub mod agent;
pub mod attachment;
pub mod creating;
pub mod edit;
pub mod envelope;
pub mod event;
pub mod flows;
pub mod gateway;
pub mod livechat;
pub mod media;
pub mod once;
pub mod page;
pub mod upload;
pub mod visitor;
pub mod widgets;
