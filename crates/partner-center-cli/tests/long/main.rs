//! What must hold whatever the service does: random fault scripts over both sources, and a book of 10,000 customers with
//! unreadable rows. `cargo test` tries a dozen cases of a small book; `cargo xtask ci long` sets `LONG_TEST_CASES` and tries
//! hundreds.

#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

#[path = "../cli/support.rs"]
#[allow(dead_code, reason = "the other test binary uses the rest")]
mod support;

mod scripts;
mod unreadable;

/// How many cases to try: a dozen, or what the variable says.
fn cases() -> u64 {
    std::env::var("LONG_TEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(12)
}
