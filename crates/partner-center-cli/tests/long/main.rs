//! Long tests: random fault scripts with both sources, and 10,000 customers with unreadable rows. `cargo test` tries a
//! dozen small cases; `cargo xtask ci long` sets `LONG_TEST_CASES` and tries hundreds.

#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

#[path = "../cli/support.rs"]
#[allow(dead_code, reason = "the other test binary uses the rest")]
mod support;

mod scripts;
mod unreadable;

/// How many cases to try: 12, or the value of the variable.
fn cases() -> u64 {
    std::env::var("LONG_TEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(12)
}
