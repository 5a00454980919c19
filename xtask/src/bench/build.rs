//! Measures builds (crates, seconds, size of the binary) and the check that generated files are up to date.

use std::time::Instant;

use anyhow::{Result, ensure};
use serde_json::Value;

use super::subject::Subjects;
use super::table::{Table, median};
use crate::command::{cargo, program};

/// The builds, each with an empty target directory, as a user would build them.
const BUILDS: [(&str, &[&str]); 6] = [
    ("the SDK, debug", &["--package", "partner-center"]),
    ("the SDK without default features, debug", &["--package", "partner-center", "--no-default-features"]),
    ("the SDK with schemars, debug", &["--package", "partner-center", "--features", "schemars"]),
    ("the SDK with keyring, debug", &["--package", "partner-center", "--features", "keyring"]),
    ("the command line, release", &["--release", "--package", "partner-center-cli"]),
    (
        "the command line without formats for spreadsheets and engines, release",
        &["--release", "--package", "partner-center-cli", "--no-default-features", "--features", "rustls"],
    ),
];

pub(super) fn measure(_: &Subjects) -> Result<String> {
    let mut table = Table::new(&["clean build", "crates", "seconds", "binary"]);
    for (name, arguments) in BUILDS {
        let (target, started) = (tempfile::tempdir()?, Instant::now());
        let mut build = cargo(&["build", "--quiet", "--locked", "--message-format", "json"]);
        let output = build.args(arguments).env("CARGO_TARGET_DIR", target.path()).output()?;
        let seconds = started.elapsed().as_secs_f64();
        ensure!(
            output.status.success(),
            "`{name}` does not build: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let binary = target.path().join("release/partner-center").metadata();
        let size = binary.map(|file| format!("{:.1} MiB", mebibytes(file.len()))).unwrap_or_default();
        table.push([name.to_owned(), crates(&output.stdout).to_string(), format!("{seconds:.0}"), size]);
    }
    let mut checks = Vec::new();
    for _ in 0..5 {
        let started = Instant::now();
        let check = program(std::env::current_exe()?, &["codegen", "--check"]).output()?;
        ensure!(check.status.success(), "the generated files do not match the contract");
        checks.push(started.elapsed().as_secs_f64());
    }
    Ok(format!(
        "## Building\n\n{}\n`cargo xtask codegen --check`, already built: {:.2} s.\n",
        table.finish(),
        median(&checks)
    ))
}

/// The number of packages that cargo built.
fn crates(messages: &[u8]) -> usize {
    let messages = String::from_utf8_lossy(messages);
    let built = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let built = built.filter(|message| message["reason"] == "compiler-artifact");
    let names: std::collections::BTreeSet<_> =
        built.map(|message| message["package_id"].to_string()).collect();
    names.len()
}

#[expect(clippy::cast_precision_loss, reason = "binaries are small")]
fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / 1024.0 / 1024.0
}
