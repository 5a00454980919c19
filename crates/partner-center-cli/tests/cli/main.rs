//! The command line as its users meet it: the real binary against the emulator; stdout, stderr and exit code.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod credentials;
mod customers;
mod doctor;
mod emulator;
mod faults;
mod help;
mod input;
mod licenses;
mod query;
mod readme;
mod shell;
mod support;
