//! The tests that draw cases by a seed, with many more cases than `cargo test` gives them.

use anyhow::Result;

use super::Verdict;
use crate::command::{cargo, run};

/// The variable that the tests read. Without it they try a dozen cases.
const CASES: &str = "LONG_TEST_CASES";

pub(super) fn check() -> Result<Verdict> {
    let arguments = ["test", "--release", "--package", "partner-center-cli", "--test", "long"];
    run(cargo(&arguments).env(CASES, "200"))?;
    Ok(Verdict::Holds)
}
