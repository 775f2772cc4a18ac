//! Reading requests and answering browsers, the same for every API.

pub mod answer;
pub mod body;
pub mod cors;
pub mod fields;
pub mod multipart;
pub mod query;
pub mod range;
pub mod request;
pub mod upgrade;
