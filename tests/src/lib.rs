//! Support for the contract tests: the contract as data, checks of values and requests against it, and a server that
//! responds with the contract's examples.
//!
//! It parses the contract independently of the code generator, so that the tests reveal mistakes of the generator. It
//! depends on neither the models nor the client.

mod contract;
mod request;
mod schema;
mod server;

pub use contract::{Contract, Operation, Parameter, Response, openapi};
pub use request::Request;
pub use schema::Schemas;
pub use server::{Server, fetch};

/// The byte order mark that the service puts before success bodies.
pub const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Compiles the Rust examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
