//! A Partner Center and a sign-in host of one's own: a loopback server for tests, demonstrations and trying things out.
//!
//! It answers the license analytics of Microsoft Partner Center from a made-up book of customers, issues and judges
//! tokens as Entra and the service do, and breaks in every way the service and the net are known to break. It writes the
//! wire itself and shares no code with the SDK of this workspace, so that it can judge any client in any language.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use partner_center_emulator::{Emulator, FaultScript};
//!
//! // A thousand customers; the first answer is a 429, one in twenty of the others never comes.
//! let script: FaultScript = "#1 429(retry-after=2); 5% reset".parse()?;
//! let emulator = Emulator::builder().customers(1_000).seed(7).faults(script).start().await?;
//!
//! // ... point the client under test at `emulator.base_url()` and `emulator.authority()`, then ask what it did:
//! let first = reqwest::get(format!("{}/v1/customers", emulator.base_url())).await?;
//! assert_eq!(first.status(), 429);
//! assert_eq!(emulator.requests()[0].fault(), Some("429(retry-after=2)"));
//!
//! // ... and compare what it found with the truth.
//! let sold: u64 = emulator.book().customers().flat_map(|customer| customer.deployment()).map(|row| row.licenses_sold).sum();
//! assert!(sold > 0);
//! # Ok(())
//! # }
//! ```
//!
//! # What it answers
//!
//! | path | answer |
//! |---|---|
//! | `GET /v1/customers/{id}/analytics/licenses/{deployment,usage}` | a customer's licenses |
//! | `GET /v1/analytics/licenses/{deployment,usage}` | the partner's totals: sums over the book |
//! | `GET /partner/v1/analytics/commercial/{deployment,usage}/license`, also below `/v1` | the book, with `filter`, `groupby`, `processedDateTime`, `top`, `skip` |
//! | `GET /v1/customers`, with `size` and `filter` | pages of customers, with a continuation token |
//! | `GET /v1/customers/{id}` | one customer |
//! | `POST /{tenant}/oauth2/v2.0/token` and `/{tenant}/oauth2/token` on [`authority`](Emulator::authority) | tokens: see [`Entra`] |
//! | `POST /{tenant}/oauth2/v2.0/devicecode`, `GET /device` there | device sign-in |
//! | `GET /{tenant}/oauth2/v2.0/authorize` there | authorization codes, to loopback addresses |
//!
//! [`DOCUMENTED_CUSTOMER`] and [`TEST_COMPANY`] answer the examples of the public documentation, byte for byte; in a book
//! of one customer the partner's totals do too. The bodies themselves are in [`documented`].
//!
//! # How sure that is
//!
//! Nothing here was held against the live service. Where its documentation is silent or contradicts itself, the
//! emulator chooses, and another choice can usually be had:
//!
//! - Classic answers begin with a byte-order mark, commercial ones and errors do not ([`Fault::Mark`], [`Fault::NoMark`]).
//! - `@nextLink` is absolute, the customer list's link lacks the version ([`LinkForm`]).
//! - A `size` above 500 and a `top` above 10,000 are refused.
//! - Plain usage rows say `licenseActive`, as the documented example does; grouped ones `licensesActive`.
//! - Filter values compare without regard to case. A day without a snapshot has no rows. There are thirteen weekly ones.
//! - Throttling has windows of a minute ([`rate_per_minute`](EmulatorBuilder::rate_per_minute)).
//! - Any opaque token is taken as one of an application with a user, unless
//!   [`accept_token`](EmulatorBuilder::accept_token) says otherwise.
//! - Client assertions are checked in everything but their signature.
//!
//! It serves plain HTTP on loopback addresses and refuses any other: whoever can reach it can read everything in it.

#![expect(clippy::unreadable_literal, reason = "error codes are searched for as the service prints them")]

mod answer;
mod book;
mod builder;
mod clock;
pub mod documented;
mod draw;
mod emulator;
mod entra;
mod faults;
mod filter;
mod links;
mod load;
mod recorder;
mod routes;
mod server;
mod settings;
mod shapes;
mod state;
mod throttle;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub use book::{
    Book, Customer, DOCUMENTED_CUSTOMER, DeploymentRow, PartnerDeployment, PartnerUsage, Processed, Product,
    Service, Standing, TEST_COMPANY, UsageRow, Workload,
};
pub use builder::{EmulatorBuilder, StartError};
pub use clock::Clock;
pub use emulator::Emulator;
pub use entra::{Application, Entra, TokenRequests, TokenSpec};
pub use faults::{DateForm, ErrorAnswer, Fault, FaultScript, FaultScriptError, RetryAfter, Rule};
pub use links::LinkForm;
pub use recorder::RecordedRequest;
pub use shapes::ErrorShape;

/// What is behind these locks is whole between any two statements, so a panicked holder left nothing half-done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
