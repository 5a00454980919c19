//! Runs the contract tests, and accepts changed request snapshots.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::command::cargo;

/// The folder of the request snapshots, from the root.
const SNAPSHOTS: &str = "tests/contract/snapshots";

/// Runs the contract tests. With `accept`, shows what changed in the snapshots and accepts it.
pub(crate) fn run(accept: bool) -> Result<()> {
    if accept {
        let snapshots = crate::root().join(SNAPSHOTS);
        // Other failures are reported by the last run below.
        tests().env("INSTA_UPDATE", "new").env("INSTA_FORCE_PASS", "1").output()?;
        show(&pending(&snapshots)?)?;
        tests().env("INSTA_UPDATE", "always").output()?;
        for left in pending(&snapshots)? {
            std::fs::remove_file(left)?;
        }
    }
    let status = tests().env("INSTA_UPDATE", "no").status().context("cannot run cargo")?;
    ensure!(
        status.success(),
        "the contract tests failed; if only snapshots differ, as intended, run `cargo xtask wire --accept`"
    );
    Ok(())
}

fn tests() -> Command {
    cargo(&["test", "--quiet", "--package", "partner-center-tests", "--lib", "--test", "contract"])
}

/// Snapshots that differ from the accepted ones.
fn pending(directory: &Path) -> Result<Vec<PathBuf>> {
    let mut pending = Vec::new();
    for entry in directory.read_dir().with_context(|| format!("cannot read {SNAPSHOTS}"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "new") {
            pending.push(path);
        }
    }
    pending.sort();
    Ok(pending)
}

#[expect(clippy::print_stdout, reason = "shows what is accepted")]
fn show(pending: &[PathBuf]) -> Result<()> {
    for new in pending {
        let accepted = new.with_extension("");
        let name = accepted.file_name().unwrap_or_default().display().to_string();
        let (before, after) = (contents(&accepted).unwrap_or_default(), contents(new)?);
        let diff = similar::TextDiff::from_lines(&before, &after);
        println!("{}", diff.unified_diff().header(&format!("{name} (accepted)"), &format!("{name} (new)")));
    }
    println!("changed snapshots: {}", pending.len());
    Ok(())
}

/// A snapshot without insta's header.
fn contents(path: &Path) -> Result<String> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(text.splitn(3, "---\n").last().unwrap_or_default().to_owned())
}
