//! HTTP client for the license analytics of Microsoft Partner Center, generated from the OpenAPI contract.
//!
//! The `partner-center` crate is built on this one. It provides every operation of the contract as a value
//! ([`operations`]), a [`Client`] that sends an operation once, and the [`HttpClient`] underneath. It does not handle
//! credentials, retries or paging; use `partner-center` unless you implement those yourself.
//!
//! # Features
//!
//! * `rustls`, on by default: TLS through rustls, with the platform's certificate verifier.
//! * `native-tls`: TLS through the platform's own library.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod attempt;
mod coding;
#[rustfmt::skip] // Kept as the generators print it, so that a fresh run can be compared exactly.
#[allow(
    deprecated, private_interfaces, unreachable_pub, dead_code, unused_qualifications, missing_docs, clippy::all, clippy::pedantic,
    clippy::unwrap_used,
    reason = "generated"
)]
mod generated;
/// Every operation of the contract, as a struct with its arguments.
#[rustfmt::skip]
#[allow(deprecated, clippy::pedantic, reason = "generated")]
pub mod operations;
mod http_client;
mod http_error;
mod operation;
mod resolver;

pub use http_client::{HttpClient, HttpSettings, RawResponse};
pub use http_error::{HttpError, HttpErrorKind};
pub use operation::{Client, CountScope, NextPageKeys, Operation, OperationDetails, PageExtent, SendResult};

/// Compiles the example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
