//! Files that visitors and agents send: how they come in, and where they can be fetched. Their bytes are in R2 (see
//! `store::objects`), a row of each is in D1 (`store::media`), and whether one was sent, and by whom, its Thread knows.

pub mod address;
pub mod disposition;
mod incoming;
pub mod receive;
