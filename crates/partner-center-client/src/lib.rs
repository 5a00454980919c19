//! Typed HTTP client for the license analytics of Microsoft Partner Center.
//!
#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod body;
mod client;
mod coding;
mod decode;
mod decode_error;
mod decoded;
pub mod encoding;
mod error;
#[rustfmt::skip] // Kept as the generators print it, so that a fresh run can be compared exactly.
#[allow(deprecated, clippy::pedantic, reason = "generated")]
mod generated_operations;
#[rustfmt::skip]
#[allow(
    unreachable_pub, dead_code, unused_imports, unused_qualifications, missing_docs, clippy::all, clippy::pedantic,
    reason = "generated"
)]
mod generated_requests;
mod http_client;
mod http_error;
mod operation;
pub mod operations;
pub mod raw;
mod resolver;
mod response;

pub use body::{BodyError, BodyLimits};
pub use client::{Client, IncomingResponse};
pub use decode::{decode, repair_json};
pub use decode_error::{DecodeError, DecodeErrorKind};
pub use decoded::{Decoded, LinkedPage, PagingInfo};
pub use error::ClientError;
pub use http_client::{HttpClient, HttpSettings, RawResponse, check_proxy, without_user};
pub use http_error::{HttpError, HttpErrorKind};
pub use operation::{CountScope, Operation, OperationDetails, PageExtent};
pub use response::{ReceivedResponse, Response};
