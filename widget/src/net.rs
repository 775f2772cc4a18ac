//! Talking with the edge: requests over HTTP, news over a socket.

pub mod http;
pub mod socket;
