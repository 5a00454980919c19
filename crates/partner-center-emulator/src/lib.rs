//! A loopback server that emulates Microsoft Partner Center and its sign-in host, for tests, demonstrations and
//! experiments.
//!
//! It serves the license analytics of Partner Center from a [`Book`], a synthetic data set of customers generated from
//! a seed. It issues and validates tokens like Entra and the service, and injects the faults that the service and
//! networks are known to have. It implements the wire format itself and shares no code with the SDK of this workspace,
//! so that it can test a client in any language.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use partner_center_emulator::{Emulator, FaultScript};
//!
//! // A thousand customers; the first response is a 429, and one in twenty of the others is a connection reset.
//! let script: FaultScript = "#1 429(retry-after=2); 5% reset".parse()?;
//! let emulator = Emulator::builder().customers(1_000).seed(7).faults(script).start().await?;
//!
//! // ... point the client under test at `emulator.base_url()` and `emulator.authority()`, then check what it sent:
//! let first = reqwest::get(format!("{}/v1/customers", emulator.base_url())).await?;
//! assert_eq!(first.status(), 429);
//! assert_eq!(emulator.requests()[0].fault(), Some("429(retry-after=2)"));
//!
//! // ... and compare its results with the data set.
//! let sold: u64 = emulator.book().customers().flat_map(|customer| customer.deployment()).map(|row| row.licenses_sold).sum();
//! assert!(sold > 0);
//! # Ok(())
//! # }
//! ```
//!
//! # Endpoints
//!
//! | path | response |
//! |---|---|
//! | `GET /v1/customers/{id}/analytics/licenses/{deployment,usage}` | a customer's licenses |
//! | `GET /v1/analytics/licenses/{deployment,usage}` | the partner's totals: the sums over the book |
//! | `GET /partner/v1/analytics/commercial/{deployment,usage}/license`, also under `/v1` | all rows of the book, with `filter`, `groupby`, `processedDateTime`, `top`, `skip` |
//! | `GET /v1/customers`, with `size` and `filter` | pages of customers, with a continuation token |
//! | `GET /v1/customers/{id}` | one customer |
//! | `POST /{tenant}/oauth2/v2.0/token` and `/{tenant}/oauth2/token` on [`authority`](Emulator::authority) | tokens: see [`Entra`] |
//! | `POST /{tenant}/oauth2/v2.0/devicecode`, `GET /device` on `authority` | device sign-in |
//! | `GET` and `POST /{tenant}/oauth2/v2.0/authorize` on `authority` | a page on which the user accepts or cancels; authorization codes, for loopback redirects |
//!
//! The responses for [`DOCUMENTED_CUSTOMER`] and [`TEST_COMPANY`] are the examples of the public documentation, byte
//! for byte. In a book of one customer, so are the partner's totals. The bodies are in [`documented`].
//!
//! # Accuracy
//!
//! The emulator has not been compared with the live service. Where the documentation is silent or contradicts itself,
//! the emulator makes these choices, most of which can be changed:
//!
//! - Classic responses begin with a byte-order mark; commercial ones and errors do not ([`Fault::Mark`],
//!   [`Fault::NoMark`]).
//! - `@nextLink` is absolute; the link of the customer list has no version prefix ([`LinkForm`]).
//! - HEAD is answered like GET, without a body.
//! - A `size` above 500 and a `top` above 10,000 are rejected.
//! - Plain usage rows have `licenseActive`, as in the documented example; grouped rows have `licensesActive`.
//! - Filter values compare without regard to case.
//! - `processedDateTime` may be any of the 400 days before the latest ([`Book::HISTORY_DAYS`]); other days have no rows.
//! - Throttling uses windows of one minute ([`rate_per_minute`](EmulatorBuilder::rate_per_minute)).
//! - Any opaque token is accepted as a token of an application with a user, unless
//!   [`accept_token`](EmulatorBuilder::accept_token) is used.
//! - Client assertions are validated except for their signature.
//!
//! The emulator serves plain HTTP and only on loopback addresses, because it does not protect its data.

#![cfg_attr(docsrs, feature(doc_cfg))]
#![expect(clippy::unreadable_literal, reason = "error codes are searched for as the service prints them")]

mod book;
mod clock;
pub mod documented;
mod emulator;
mod entra;
mod error_shape;
mod faults;
mod filter;
mod host;
mod links;
mod metrics;
mod queries;
mod recorder;
mod response;
mod rng;
mod routes;
mod server;
mod settings;
mod state;
mod throttle;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub use book::{
    Book, Customer, CustomerState, DOCUMENTED_CUSTOMER, Day, DayError, DeploymentRow, PartnerDeployment,
    PartnerUsage, Processed, Product, Service, Sku, Subscription, TEST_COMPANY, UsageRow, Workload,
};
pub use clock::Clock;
pub use emulator::{Emulator, EmulatorBuilder, StartError};
pub use entra::{Application, Entra, TokenRequests, TokenSpec};
pub use error_shape::ErrorShape;
pub use faults::{DateForm, ErrorResponse, Fault, FaultScript, FaultScriptError, RetryAfter, Rule};
pub use links::LinkForm;
pub use recorder::RecordedRequest;

/// Compiles the example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// Locks a mutex and ignores poisoning: every critical section leaves its data consistent, even if it panics.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
