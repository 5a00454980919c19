//! The command line as its users meet it: the real binary against the emulator; stdout, stderr and exit code.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod book;
mod credentials;
mod customers;
mod doctor;
mod emulator;
mod faults;
mod files;
mod funnel;
mod help;
mod input;
mod licenses;
mod query;
mod readme;
mod resume;
mod shell;
mod support;
