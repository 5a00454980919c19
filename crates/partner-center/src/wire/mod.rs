//! What HTTP exchanges with the service and the sign-in service share: text encodings, dates, the depth limit of JSON, and
//! the members by which a page continues.
//!
//! These functions know headers and bytes. They know no errors, tokens or calls.

pub(crate) mod depth_limit;
pub(crate) mod encoding;
pub(crate) mod paging_info;
pub(crate) mod repair;
pub(crate) mod retry_after;

pub(crate) use paging_info::PagingInfo;
pub(crate) use retry_after::service_time;

/// The value of `MS-PartnerCenter-Client` and `User-Agent`.
pub(crate) const CLIENT_NAME: &str = concat!("partner-center-rust/", env!("CARGO_PKG_VERSION"));
