//! Everything that must hold of the workspace beside its tests, as named steps that can be run alone.
//!
//! A step is a function in a file of `ci/` and a line in [`steps`], or a script in `tests/judges`. It installs what it
//! needs by name, below `target/`, and leaves nothing else behind.
//!
//! The steps named in [`GATE`] run before every landing and take a few minutes; `--all` runs the rest as well.

mod deny;
mod interface;
mod judges;
mod long;
mod msrv;
mod package;
mod rust;

/// The steps that run before every landing: what fails most often, at the least cost. The whole gate, the tests
/// included, stays within 15 minutes on a machine of two cores that has built nothing yet.
const GATE: [&str; 6] = ["codegen", "tidy", "fmt", "msrv", "clippy", "docs"];

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// One thing that must hold.
struct Step {
    name: String,
    /// What holds, for the list.
    holds: String,
    check: Box<dyn Fn() -> Result<Verdict>>,
}

/// What a step found.
enum Verdict {
    Holds,
    /// It holds as far as could be seen here; this was left out, and why.
    HoldsBut(String),
}

/// The steps, cheap ones first: who broke something wants to know soon.
fn steps() -> Result<Vec<Step>> {
    let step = |name: &str, holds: &str, check: fn() -> Result<Verdict>| Step {
        name: name.to_owned(),
        holds: holds.to_owned(),
        check: Box::new(check),
    };
    let mut steps = vec![
        step("codegen", "Generated files are what the contract says", rust::codegen),
        step("tidy", "The house is in order", rust::tidy),
        step("fmt", "Hand-written Rust is formatted", rust::fmt),
        step("msrv", "No dependency needs a newer Rust than we promise", msrv::check),
        step("deny", "Licenses, sources and advisories of dependencies are acceptable", deny::check),
        step("clippy", "No lint objects, with all features", rust::clippy),
        step("docs", "Documentation builds without a warning", rust::docs),
        step(
            "interface",
            "The SDK's public interface names no types but those of listed crates",
            interface::check,
        ),
        step("features", "Every feature compiles alone, and none at all", rust::features),
        step("long", "What the tests try a dozen times holds hundreds of times", long::check),
        step("bench", "A call takes no more instructions than it used to", rust::bench),
        step(
            "package",
            "Every published crate builds from its package, and others build on it",
            package::check,
        ),
    ];
    steps.extend(judges::steps()?);
    Ok(steps)
}

/// Runs the named steps, or those of the gate, or all; continues where one fails, and fails at the end.
#[expect(clippy::print_stdout, reason = "this is the report")]
pub(crate) fn run(names: &[String], all: bool, list: bool) -> Result<()> {
    let steps = steps()?;
    if list {
        for step in &steps {
            let when = if is_gate(step) { "gate" } else { "all" };
            println!("{:14} {when:5} {}", step.name, step.holds);
        }
        return Ok(());
    }
    if let Some(unknown) = names.iter().find(|name| steps.iter().all(|step| step.name != **name)) {
        bail!("there is no step {unknown}; `cargo xtask ci --list` lists them");
    }
    let mut report = Vec::new();
    let mut failed = Vec::new();
    let chosen =
        |step: &&Step| if names.is_empty() { all || is_gate(step) } else { names.contains(&step.name) };
    for step in steps.iter().filter(chosen) {
        println!("\n== {}: {}", step.name, step.holds);
        let start = Instant::now();
        let outcome = match (step.check)() {
            Ok(Verdict::Holds) => "holds".to_owned(),
            Ok(Verdict::HoldsBut(left_out)) => format!("holds, but {left_out}"),
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
    bail!("not everything holds; again with `cargo xtask ci {}`", failed.join(" "))
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
    fn every_step_of_the_gate_exists_and_the_gate_is_not_everything() {
        let steps = steps().unwrap();
        for name in GATE {
            assert!(steps.iter().any(|step| step.name == name), "there is no step {name}");
        }
        assert!(steps.iter().any(|step| !is_gate(step)));
    }
}
