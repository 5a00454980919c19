//! A loopback Partner Center and sign-in host, for tests and demonstrations.
//! It writes the wire itself and knows nothing of the SDK, so that it can judge any client.

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
