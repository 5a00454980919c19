//! What the contract tests stand on: the contract as data, a judge of values and requests, and a server that answers
//! with the contract's own examples.
//!
//! It reads the contract anew and shares nothing with what generates code from it, so that a misreading there shows
//! here. It knows no model and no client: the tests bring them.

mod contract;
mod request;
mod schema;
mod server;

pub use contract::{Contract, Operation, Parameter, Response, openapi};
pub use request::Request;
pub use schema::Schemas;
pub use server::{Server, fetch};

/// The byte-order mark the service puts before success bodies.
pub const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
