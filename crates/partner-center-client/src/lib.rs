//! HTTP client of the license analytics of Microsoft Partner Center, generated from the contract.
//!
//! What the `partner-center` crate is built on: every operation of the contract as a value ([`operations`]), a
//! [`Client`] that sends one once, and the [`Transport`] underneath. It knows nothing of credentials, retries, paging
//! or the chain; use `partner-center` unless you are building your own of those.
//!
//! # Features
//!
//! * `rustls`, on by default: TLS by rustls with the platform's certificate verifier.
//! * `native-tls`: TLS by the platform's own library.

mod coding;
#[rustfmt::skip] // As the generators print it, so that the comparison with a fresh run is exact.
#[allow(
    deprecated, private_interfaces, unreachable_pub, dead_code, unused_qualifications, missing_docs, clippy::all, clippy::pedantic,
    clippy::unwrap_used,
    reason = "generated"
)]
mod generated;
/// Every operation of the contract, as a value with its arguments.
#[rustfmt::skip]
#[allow(deprecated, clippy::pedantic, reason = "generated")]
pub mod operations;
mod resolver;
mod seam;
mod transport;

pub use seam::{Client, Continuations, Counts, Extent, Operation, OperationDetails, Sent};
pub use transport::{RawAnswer, Transport, TransportError, TransportErrorKind, TransportSettings};
