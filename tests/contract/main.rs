//! Contract tests: examples, models, requests of the client and responses of the emulator agree with the contract.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

#[path = "../calls.rs"]
mod calls;
mod emulator;
mod examples;
mod filters;
mod models;
mod values;
mod wire;
