//! Tests of the command line: runs the real binary against the emulator and checks stdout, stderr and exit code.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod bodies;
mod book;
mod completeness;
mod completions;
mod credentials;
mod customers;
mod doctor;
mod doors;
mod emulator;
mod faults;
mod files;
mod funnel;
mod help;
mod input;
mod licenses;
#[cfg(unix)]
mod process;
mod query;
mod readme;
mod resume;
#[cfg(unix)]
mod screen;
mod shell;
mod sources;
mod support;
mod values;
