//! The checks of the workspace other than its tests, as named steps that can be run separately.
//!
//! A step is a function in a file of `ci/` and a line in [`steps`], or a script in `tests/third_party`. It installs the
//! tools it needs under `target/` and leaves nothing else behind.
//!
//! The steps in [`GATE`] run by default, before every merge, and take a few minutes; `--all` runs the others as well.

mod contract;
mod deny;
mod interface;
mod long;
mod msrv;
mod package;
mod rust;
mod semver;
mod third_party;

/// The default steps: those that fail most often and cost least. Together with the tests they take at most 15 minutes
/// on a machine with two cores and an empty build cache.
const GATE: [&str; 9] = ["codegen", "contract", "tidy", "fmt", "msrv", "clippy", "docs", "history", "totals"];

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::bench;

/// A named check.
struct Step {
    name: String,
    /// A sentence that is true if the step succeeds, for the list.
    holds: String,
    check: Box<dyn Fn() -> Result<Verdict>>,
    /// Makes the current state the step's baseline, if it has one.
    accept: Option<fn() -> Result<()>>,
}

impl Step {
    fn accepted_by(self, accept: fn() -> Result<()>) -> Self {
        Self { accept: Some(accept), ..self }
    }
}

/// The result of a successful step.
enum Verdict {
    Holds,
    /// The step succeeded, but part of it was skipped, for this reason.
    HoldsBut(String),
}

/// The steps, cheap ones first, so that failures are reported early.
fn steps() -> Result<Vec<Step>> {
    let step = |name: &str, holds: &str, check: fn() -> Result<Verdict>| Step {
        name: name.to_owned(),
        holds: holds.to_owned(),
        check: Box::new(check),
        accept: None,
    };
    let mut steps = vec![
        step("codegen", "Generated files match the contract", rust::codegen),
        step("contract", "The contract has no breaking change since its baseline", contract::check)
            .accepted_by(contract::accept),
        step("tidy", "Files, links and dependencies follow the house rules", rust::tidy),
        step("fmt", "Hand-written Rust is formatted", rust::fmt),
        step("msrv", "No dependency needs a newer Rust than the published crates declare", msrv::check),
        step("deny", "Licenses, sources and advisories of dependencies are acceptable", deny::check),
        step("clippy", "Clippy reports no warning with all features", rust::clippy),
        step("docs", "Documentation builds without warnings", rust::docs),
        step(
            "interface",
            "The public interfaces of SDK and client contain only types of listed crates",
            interface::check,
        ),
        step("semver", "No published library has a breaking change since its baseline", semver::check)
            .accepted_by(semver::accept),
        step("features", "Every crate compiles with each feature alone and with none", rust::features),
        step("long", "Generated test cases pass with hundreds of cases instead of a dozen", long::check),
        step("bench", "A call takes no more instructions than the baseline", rust::bench)
            .accepted_by(|| bench::check(true)),
        step(
            "package",
            "Every published crate builds from its package, and a program can depend on it",
            package::check,
        ),
    ];
    steps.extend(third_party::steps()?);
    Ok(steps)
}

/// Runs the named steps, the default steps, or all. Continues after a failed step, and fails at the end.
#[expect(clippy::print_stdout, reason = "this is the report")]
pub(crate) fn run(names: &[String], all: bool, list: bool) -> Result<()> {
    let steps = steps()?;
    if list {
        for step in &steps {
            let when = if is_gate(step) { "default" } else { "--all" };
            println!("{:14} {when:7} {}", step.name, step.holds);
        }
        return Ok(());
    }
    check_names(&steps, names)?;
    let mut report = Vec::new();
    let mut failed = Vec::new();
    let chosen =
        |step: &&Step| if names.is_empty() { all || is_gate(step) } else { names.contains(&step.name) };
    for step in steps.iter().filter(chosen) {
        println!("\n== {}: {}", step.name, step.holds);
        let start = Instant::now();
        let outcome = match (step.check)() {
            Ok(Verdict::Holds) => "ok".to_owned(),
            Ok(Verdict::HoldsBut(left_out)) => format!("ok, but {left_out}"),
            Err(error) => {
                println!("{error:#}");
                failed.push(step.name.as_str());
                "FAILED".to_owned()
            }
        };
        report.push(line(&step.name, start.elapsed(), &outcome));
    }
    println!("\n{}", report.join("\n"));
    if failed.is_empty() {
        return Ok(());
    }
    bail!("{} failed; to run only these steps again: `cargo xtask ci {0}`", failed.join(" "))
}

/// Makes the current state the baseline of the named steps.
pub(crate) fn accept(names: &[String]) -> Result<()> {
    let steps = steps()?;
    check_names(&steps, names)?;
    for step in steps.iter().filter(|step| names.contains(&step.name)) {
        let accept = step.accept.with_context(|| format!("the step {} has no baseline", step.name))?;
        accept()?;
    }
    Ok(())
}

fn check_names(steps: &[Step], names: &[String]) -> Result<()> {
    if let Some(unknown) = names.iter().find(|name| steps.iter().all(|step| step.name != **name)) {
        bail!("unknown step {unknown}; `cargo xtask ci --list` lists all steps");
    }
    Ok(())
}

fn is_gate(step: &Step) -> bool {
    GATE.contains(&step.name.as_str())
}

fn line(name: &str, took: Duration, outcome: &str) -> String {
    format!("{name:14} {:7.1} s  {outcome}", took.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_step_exists_and_some_steps_are_not_default() {
        let steps = steps().unwrap();
        for name in GATE {
            assert!(steps.iter().any(|step| step.name == name), "unknown step {name}");
        }
        assert!(steps.iter().any(|step| !is_gate(step)));
    }
}
