//! SDK for the license analytics of Microsoft Partner Center.
//!
#![doc = include_str!("../README.md")]
//!
//! ## Modules
//!
//! - [`chain`]: the handles from [`PartnerCenter`] to each operation, with its arguments and errors
//! - [`credential`]: where access tokens come from, and how to implement your own source
//! - [`licenses`]: reports on the rows of all customers
//! - [`sweep`]: one operation for every customer, with outages and checkpoints
//! - [`funnel`]: how deployment and usage are joined, and what the numbers mean
//! - [`filter`]: filters and groupings of the commercial queries
//! - [`paging`]: pages and streams, and how they are resumed
//! - [`raw`]: GET and HEAD requests to any other endpoint
//! - `settings`, with the feature of that name: environment variables and profiles
//! - [`models`]: the rows that the service returns

#![cfg_attr(docsrs, feature(doc_cfg))]

mod base_url;
mod call;
pub mod chain;
mod client;
pub mod clock;
mod cloud;
mod collection;
mod continuation;
pub mod credential;
mod customer_filter;
mod error;
pub mod filter;
pub mod funnel;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzz;
mod ids;
pub mod licenses;
mod limits;
pub mod paging;
mod proxy;
pub mod raw;
mod redact;
mod request_context;
mod response;
mod retry_after;
pub mod service;
#[cfg(feature = "settings")]
pub mod settings;
mod suggestion;
pub mod sweep;
mod versioned;

pub use client::{PartnerCenter, PartnerCenterBuilder};
pub use cloud::Cloud;
pub use collection::Collection;
pub use continuation::Continuation;
pub use customer_filter::CustomerFilter;
pub use error::{Error, ErrorKind, ErrorReason, Result};
pub use ids::{CustomerId, SubscriptionId};
/// The models of the service's responses, generated from the OpenAPI contract.
pub use partner_center_models as models;
pub use request_context::RequestContext;
pub use response::Response;
