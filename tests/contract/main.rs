//! The contract holds: its examples, the models, what the client sends and what the emulator answers agree with it.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod emulator;
mod examples;
mod models;
mod values;
mod wire;
