//! Writes the generated files, or compares them with the existing files.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::contract::{self, Contract};

/// The command that generates the files, as shown in error messages.
const COMMAND: &str = "cargo xtask codegen";

/// The text of a generated file, with its path.
pub(crate) struct File {
    path: PathBuf,
    text: String,
}

impl File {
    /// A file at this path from the root, with a header that names the command and the contract.
    pub(crate) fn new(path: &str, contract: &Contract, body: &str) -> Self {
        Self { path: path.into(), text: format!("{}\n{body}", header(&contract.hash)) }
    }

    /// The text on disk, if it differs.
    fn stale(&self, root: &Path) -> Option<String> {
        let there = std::fs::read_to_string(root.join(&self.path)).unwrap_or_default().replace("\r\n", "\n");
        (there != self.text).then_some(there)
    }
}

/// The header of a file that was generated from the contract with this hash.
pub(crate) fn header(hash: &str) -> String {
    format!(
        "// Made by `{COMMAND}` from {}, sha256 {hash}.\n// Do not edit: edit the contract and run the command.\n",
        contract::PATH
    )
}

/// Writes the files that differ, and returns their paths.
pub(crate) fn write(root: &Path, files: &[File]) -> Result<Vec<PathBuf>> {
    let mut written = Vec::new();
    for file in files.iter().filter(|file| file.stale(root).is_some()) {
        let path = root.join(&file.path);
        std::fs::write(&path, &file.text).with_context(|| format!("cannot write {}", path.display()))?;
        written.push(file.path.clone());
    }
    Ok(written)
}

/// Fails with a diff and the command to run if a file differs.
pub(crate) fn compare(root: &Path, files: &[File]) -> Result<()> {
    let mut diffs = String::new();
    for file in files {
        if let Some(there) = file.stale(root) {
            let path = file.path.display();
            let diff = similar::TextDiff::from_lines(&there, &file.text);
            let (there, made) = (format!("{path} (on disk)"), format!("{path} (from the contract)"));
            diffs += &diff.unified_diff().header(&there, &made).to_string();
        }
    }
    if diffs.is_empty() {
        return Ok(());
    }
    bail!("generated files do not match the contract; run `{COMMAND}` and commit the result\n\n{diffs}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> File {
        File { path: "generated.rs".into(), text: text.into() }
    }

    #[test]
    fn a_written_file_is_not_stale() {
        let root = tempfile::tempdir().unwrap();
        let files = [file("a\nb\n")];
        assert_eq!(write(root.path(), &files).unwrap(), [PathBuf::from("generated.rs")]);
        assert!(write(root.path(), &files).unwrap().is_empty());
        compare(root.path(), &files).unwrap();
    }

    #[test]
    fn line_endings_of_a_checkout_are_ignored() {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join("generated.rs"), "a\r\nb\r\n").unwrap();
        compare(root.path(), &[file("a\nb\n")]).unwrap();
    }

    #[test]
    fn an_edit_by_hand_is_reported_with_a_diff_and_the_command() {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), &[file("a\nedited\nc\n")]).unwrap();
        let error = compare(root.path(), &[file("a\nb\nc\n")]).unwrap_err().to_string();
        insta::assert_snapshot!(error, @r"
        generated files do not match the contract; run `cargo xtask codegen` and commit the result

        --- generated.rs (on disk)
        +++ generated.rs (from the contract)
        @@ -1,3 +1,3 @@
         a
        -edited
        +b
         c
        ");
    }

    #[test]
    fn a_missing_file_differs() {
        let root = tempfile::tempdir().unwrap();
        assert!(compare(root.path(), &[file("a\n")]).is_err());
    }
}
