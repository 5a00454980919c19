//! Serde models for the license analytics of Microsoft Partner Center.
//!
//! The structs are generated from the OpenAPI contract. [`Timestamp`], [`Guid`] and the open enums are written by hand,
//! because the service's dates, ids and enumerations are less strict than the types of existing libraries. This crate
//! does not depend on HTTP.
//!
//! Models accept every form that the service has been seen to send, and serialize as the contract specifies. A value of
//! the wrong type, such as `"n/a"` for a count, makes only that field unknown. A row is dropped only if it is not an
//! object or has no id:
//!
//! ```
//! use partner_center_models::CustomerLicensesDeploymentInsights;
//!
//! let row: CustomerLicensesDeploymentInsights = serde_json::from_str(
//!     r#"{"productName":"EXCHANGE ONLINE (PLAN 1)","licensesSold":"5","licensesDeployed":3.0,"new":"kept out"}"#,
//! )?;
//! assert_eq!((row.licenses_sold, row.licenses_deployed), (Some(5), Some(3)));
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! `Debug` of a model prints no customer data: names, domains, addresses and e-mail show as `<customer data>`.
//!
//! # Features
//!
//! * `schemars`, off by default: implements `JsonSchema` for every model, for programs that publish a schema of their
//!   output. Adds the schemars dependency.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[rustfmt::skip] // Kept as the generators print it, so that a fresh run can be compared exactly.
#[allow(missing_docs, unused_qualifications, clippy::pedantic, reason = "generated")]
mod generated;
mod guid;
mod lenient;
mod open_enum;
mod timestamp;

use std::fmt;

pub use generated::*;
pub use guid::Guid;
pub use lenient::{Findings, OddValue, UnreadableReason, UnreadableRow};
#[doc(hidden)] // For code that decodes a whole response.
pub use lenient::{MissingField, Model, Place, read};
pub use timestamp::{Offset, Timestamp};

/// Compiles the example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// Hides a value that names or describes a customer in `Debug` output. Still shows whether it is `Some`.
#[expect(clippy::ref_option, reason = "the generated code passes a reference to its field")]
fn private<T>(value: &Option<T>) -> impl fmt::Debug + '_ {
    struct Private(bool);
    impl fmt::Debug for Private {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(if self.0 { "Some(<customer data>)" } else { "None" })
        }
    }
    Private(value.is_some())
}
