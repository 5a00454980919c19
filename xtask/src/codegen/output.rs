//! The last step: writes the generated files, or compares them with what is there.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::contract::{self, Contract};

/// The command that makes the generated files, as an error tells it.
pub(crate) const COMMAND: &str = "cargo xtask codegen";

/// A generated file.
pub(crate) struct File {
    path: PathBuf,
    text: String,
}

impl File {
    /// A file at this path from the root, its text headed by who made it.
    pub(crate) fn new(path: &str, contract: &Contract, body: &str) -> Self {
        let text = format!(
            "// Made by `{COMMAND}` from {}, sha256 {}.\n// Do not edit: edit the contract and run the command.\n\n{body}",
            contract::PATH,
            contract.hash,
        );
        Self { path: path.into(), text }
    }
}

/// Writes the files, or compares and tells what differs.
pub(crate) fn finish(files: &[File], check: bool) -> Result<()> {
    finish_in(&crate::root(), files, check)
}

#[expect(clippy::print_stdout, reason = "the diff is what the command is run for")]
fn finish_in(root: &Path, files: &[File], check: bool) -> Result<()> {
    let mut stale = Vec::new();
    for file in files {
        let path = root.join(&file.path);
        let there = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
        if there == file.text {
            continue;
        }
        if check {
            println!("{}", diff(&file.path, &there, &file.text));
            stale.push(file.path.display().to_string());
        } else {
            std::fs::write(&path, &file.text).with_context(|| format!("cannot write {}", path.display()))?;
            println!("wrote {}", file.path.display());
        }
    }
    if stale.is_empty() {
        return Ok(());
    }
    bail!("{} not what the contract says; run `{COMMAND}` and commit the result", listed(&stale))
}

fn listed(paths: &[String]) -> String {
    match paths {
        [path] => format!("{path} is"),
        paths => format!("{} are", paths.join(", ")),
    }
}

fn diff(path: &Path, there: &str, made: &str) -> String {
    let path = path.display();
    similar::TextDiff::from_lines(there, made)
        .unified_diff()
        .header(&format!("{path} (committed)"), &format!("{path} (from the contract)"))
        .to_string()
}
