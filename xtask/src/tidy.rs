//! Checks the house rules for files, links and dependencies. Each check is a function that returns findings and changes
//! nothing.

mod generated;
mod layers;
mod licenses;
mod links;
mod modules;
mod references;
mod release;
mod sources;
mod text;
mod tokens;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::metadata;

/// Runs every check, and fails with everything that was found.
pub(crate) fn run() -> Result<()> {
    let root = crate::root();
    // Files that are not text have no rules.
    let read = |file: String| std::fs::read_to_string(root.join(&file)).ok().map(|text| (file, text));
    let files: BTreeMap<String, String> = files(&root)?.into_iter().filter_map(read).collect();
    let mut findings = Vec::new();
    for (file, text) in &files {
        findings.extend(text::findings(file, text));
        if has_extension(file, "md") {
            findings.extend(links::findings(&root, file, text));
        }
    }
    findings.extend(text::outdated_exceptions(&root));
    let metadata = metadata::of_members()?;
    findings.extend(layers::findings(&metadata));
    findings.extend(licenses::findings(&metadata, Path::exists));
    findings.extend(modules::findings(&files)?);
    findings.extend(sources::findings(&files)?);
    findings.extend(references::findings(&files));
    let workflow = files.get(release::WORKFLOW).map_or("", String::as_str);
    findings.extend(release::findings(&metadata, workflow)?);
    findings.extend(generated::findings(&root)?);
    ensure!(findings.is_empty(), "house rules are violated\n{}", findings.join("\n"));
    Ok(())
}

/// Every file that is or would be committed, without symbolic links.
fn files(root: &Path) -> Result<Vec<String>> {
    let arguments = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
    let output = Command::new("git").args(arguments).current_dir(root).output().context("cannot run git")?;
    ensure!(
        output.status.success(),
        "cannot list the files with git: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let names = String::from_utf8_lossy(&output.stdout);
    Ok(names.split_terminator('\0').map(str::to_owned).filter(|name| is_file(&root.join(name))).collect())
}

fn is_file(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|metadata| metadata.is_file())
}

fn has_extension(file: &str, extension: &str) -> bool {
    Path::new(file).extension().is_some_and(|found| found == extension)
}
