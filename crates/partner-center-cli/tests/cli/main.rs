//! Tests of the command line: runs the real binary against the emulator and checks stdout, stderr and exit code.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod anonymize;
mod api;
mod auth;
mod bodies;
mod columns;
mod completeness;
mod completions;
mod config;
mod costs;
mod credentials;
mod customer_names;
mod customers;
mod dialects;
mod doctor;
mod emulator;
mod faults;
mod files;
mod formats;
mod funnel;
mod help;
mod history;
mod history_prices;
mod input;
mod input_forms;
mod licenses;
mod live;
mod log;
mod login_profile;
mod owned;
mod pack;
mod prices;
#[cfg(unix)]
mod process;
mod proxy;
mod query;
mod readme;
mod recorded_pages;
mod renewals;
mod report;
mod reports;
mod resume;
mod roll_up;
mod shell;
mod sign_in;
mod sources;
mod streams;
mod support;
#[cfg(unix)]
mod terminal;
mod values;
#[cfg(feature = "xlsx")]
mod workbooks;
