//! Wire models of the license analytics of Microsoft Partner Center.
//!
//! The structs are generated from the contract; [`Timestamp`], [`Guid`] and the open enums are written by hand,
//! because the service's dates, ids and enumerations are looser than any library's types. Models know nothing of HTTP.
//!
//! Every model reads what the service has been seen to send, and writes what the contract says. A value that a field
//! cannot take, such as `"n/a"` for a count, leaves the field unknown and nothing else; a row is lost only if it is no
//! object or lacks its id:
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
//! * `schemars`, off by default: `JsonSchema` for every model. Costs the schemars crate; of use to programs that
//!   publish what they write.

#[rustfmt::skip] // As the generators print it, so that the comparison with a fresh run is exact.
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
#[doc(hidden)] // For whoever decodes a whole answer.
pub use lenient::{Lacking, Model, Place, read};
pub use timestamp::{Offset, Timestamp};

/// Stands for a value that names or describes a customer, in `Debug`. Whether there is one still shows.
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
