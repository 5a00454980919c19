//! The output of `cargo metadata`.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::command::cargo;

/// The workspace members only.
pub(crate) fn of_members() -> Result<Value> {
    cargo_metadata("--no-deps")
}

/// The members and all their dependencies, with all features.
pub(crate) fn of_everything() -> Result<Value> {
    cargo_metadata("--all-features")
}

fn cargo_metadata(of: &str) -> Result<Value> {
    let output = cargo(&["metadata", "--format-version", "1", of]).output().context("cannot run cargo")?;
    ensure!(output.status.success(), "cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}
