//! Runs the tests that generate cases from a seed, with many more cases than `cargo test`.

use anyhow::Result;

use super::Verdict;
use crate::command::{cargo, run};

/// The variable with the number of cases. Without it, the tests run a dozen.
const CASES: &str = "LONG_TEST_CASES";

pub(super) fn check() -> Result<Verdict> {
    let arguments = ["test", "--package", "partner-center-cli", "--test", "long"];
    run(cargo(&arguments).env(CASES, "200"))?;
    Ok(Verdict::Holds)
}
