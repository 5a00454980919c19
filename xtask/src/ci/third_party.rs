//! Runs third-party tools: each is a script `tests/third_party/<name>.sh` with a first comment that says what it checks.
//!
//! New scripts are picked up automatically. They install what they need under `target/third_party`.

use std::path::PathBuf;

use anyhow::{Context, Result};

use super::{Step, Verdict};
use crate::command::{program, run, succeeds};
use crate::tools;

const DIRECTORY: &str = "tests/third_party";

/// A step for each script.
pub(super) fn steps() -> Result<Vec<Step>> {
    let directory = crate::root().join(DIRECTORY);
    let mut steps = Vec::new();
    for entry in directory.read_dir().with_context(|| format!("cannot read {DIRECTORY}"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "sh") {
            let text = std::fs::read_to_string(&path)?;
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let holds = purpose(&text);
            let check = Box::new(move || judge(&path, &text));
            steps.push(Step { name, holds, check, accept: None });
        }
    }
    steps.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(steps)
}

/// The first sentence of the first comment after the `#!` line.
fn purpose(script: &str) -> String {
    let comment =
        script.lines().skip_while(|line| line.starts_with("#!")).map_while(|line| line.strip_prefix("# "));
    let comment = comment.collect::<Vec<_>>().join(" ");
    let sentence = comment.split_once(". ").map_or(comment.as_str(), |(sentence, _)| sentence);
    sentence.trim_end_matches('.').to_owned()
}

fn judge(script: &PathBuf, text: &str) -> Result<Verdict> {
    if cfg!(windows) {
        // They use named pipes, and `bash` of Windows is the one of its Linux subsystem, which has no Rust.
        return Ok(Verdict::HoldsBut("this script does not run on Windows".to_owned()));
    }
    if !succeeds(&mut program("python3", &["-c", "import ensurepip, venv"])) {
        tools::from_apt(&["python3-pip", "python3-venv"])?;
    }
    if text.contains("need_node") && !succeeds(&mut program("npm", &["--version"])) {
        tools::from_apt(&["nodejs", "npm"])?;
    }
    if text.contains("need_java") && !succeeds(&mut program("java", &["-version"])) {
        tools::from_apt(&["default-jre-headless"])?;
    }
    run(program("bash", &[]).arg(script))?;
    Ok(Verdict::Holds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_script_says_what_it_checks() {
        let steps = steps().unwrap();
        assert!(steps.iter().any(|step| step.name == "openapi"));
        assert!(steps.iter().all(|step| !step.holds.is_empty()), "a script without a comment");
    }

    #[test]
    fn the_purpose_is_the_first_sentence() {
        let script =
            "#!/usr/bin/env bash\n# Checks one thing: whether it\n# works. More.\n\nset -e\n# Not this.\n";
        assert_eq!(purpose(script), "Checks one thing: whether it works");
        assert_eq!(purpose("#!/bin/sh\n\nset -e\n"), "");
    }
}
