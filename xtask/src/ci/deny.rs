//! Runs cargo-deny on the dependencies: licenses, sources and bans; advisories only if their database is reachable.

use anyhow::Result;

use super::Verdict;
use crate::command::{program, run, succeeds};
use crate::tools;

/// The advisory database.
const DATABASE: &str = "https://github.com/rustsec/advisory-db";

pub(super) fn check() -> Result<Verdict> {
    let deny = tools::from_crates("cargo-deny", "0.20.2")?;
    run(&mut program(&deny, &["--all-features", "check", "bans", "licenses", "sources"]))?;
    let reachable = succeeds(
        program("git", &["ls-remote", "--exit-code", DATABASE, "HEAD"]).env("GIT_TERMINAL_PROMPT", "0"),
    );
    if !reachable {
        return Ok(Verdict::HoldsBut(format!("advisories were SKIPPED: {DATABASE} is not reachable")));
    }
    run(&mut program(&deny, &["--all-features", "check", "advisories"]))?;
    Ok(Verdict::Holds)
}
