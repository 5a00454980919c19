//! Counts the instructions of a call with valgrind, which a busy machine does not affect.
//!
//! The committed baseline is the ratio of the SDK's count to the hand-written client's in the same run, so that another
//! processor, compiler or C library, which changes both, is not reported as a regression.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail, ensure};

use super::subject::{PAGE, SMALL, Subjects};
use crate::command::{program, succeeds};
use crate::tools;

/// The ratios of the accepted baseline.
const BASELINE: &str = "benches/instructions.json";

/// The ratio to the baseline above which there is a regression. Counts vary by one percent between runs, because of
/// wake-ups and partial reads.
const TOLERANCE: f64 = 1.04;

/// Instructions per call.
pub(super) struct Cost {
    pub(super) facade: f64,
    pub(super) by_hand: f64,
}

impl Cost {
    pub(super) fn ratio(&self) -> f64 {
        self.facade / self.by_hand
    }

    pub(super) fn of(&self, client: &str) -> Option<f64> {
        match client {
            "facade" => Some(self.facade),
            "reqwest" => Some(self.by_hand),
            _ => None,
        }
    }
}

pub(super) fn small(subjects: &Subjects) -> Result<Cost> {
    cost(subjects, SMALL, 200)
}

pub(super) fn page(subjects: &Subjects) -> Result<Cost> {
    cost(subjects, PAGE, 2)
}

/// Fails if the SDK takes more instructions than the baseline; with `accept`, replaces the baseline.
#[expect(clippy::print_stdout, reason = "this is the report")]
pub(super) fn check(subjects: &Subjects, accept: bool) -> Result<()> {
    let found = BTreeMap::from([("page", page(subjects)?.ratio()), ("small call", small(subjects)?.ratio())]);
    for (what, ratio) in &found {
        println!("{what}: {ratio:.3} times the hand-written client's instructions");
    }
    let path = crate::root().join(BASELINE);
    if accept {
        let text = serde_json::to_string_pretty(&found)? + "\n";
        return std::fs::write(&path, text).with_context(|| format!("cannot write {BASELINE}"));
    }
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {BASELINE}"))?;
    let findings = regressions(&found, &serde_json::from_str(&text)?)?;
    ensure!(
        findings.is_empty(),
        "{}\nIf the cost is justified, run `cargo xtask bench --accept` and say why in the commit.",
        findings.join("\n")
    );
    Ok(())
}

fn regressions(found: &BTreeMap<&str, f64>, baseline: &BTreeMap<String, f64>) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    for (what, ratio) in found {
        let Some(before) = baseline.get(*what) else { bail!("{BASELINE} has no entry for {what}") };
        if ratio / before > TOLERANCE {
            findings.push(format!(
                "{what}: {ratio:.3} times the hand-written client's instructions; the baseline is {before:.3}"
            ));
        }
    }
    Ok(findings)
}

/// The instructions per call, without those at startup: the difference between a run and one with three times the calls.
fn cost(subjects: &Subjects, path: &str, calls: u32) -> Result<Cost> {
    if !succeeds(&mut program("valgrind", &["--version"])) {
        tools::from_apt(&["valgrind"])?;
    }
    let server = subjects.serve(&["serve"])?;
    let url = format!("{}{path}", server.url);
    let per_call = |client: &str| {
        let few = count(subjects, client, &url, calls)?;
        let many = count(subjects, client, &url, calls * 3)?;
        // Each run also makes a tenth as many calls to warm up.
        let more = f64::from(calls * 2 + calls * 3 / 10 - calls / 10);
        Ok::<_, anyhow::Error>((many - few) / more)
    };
    Ok(Cost { facade: per_call("facade")?, by_hand: per_call("reqwest")? })
}

fn count(subjects: &Subjects, client: &str, url: &str, calls: u32) -> Result<f64> {
    let mut valgrind = program("valgrind", &["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    let calls = calls.to_string();
    let output = valgrind.arg(subjects.subject()).args(["calls", client, "1", url, &calls]).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "valgrind failed: {said}");
    let collected = said.lines().find_map(|line| line.split_once("Collected : "));
    let (_, number) = collected.context("valgrind counted nothing")?;
    Ok(number.trim().parse()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_more_than_the_baseline_is_a_regression() {
        let baseline = BTreeMap::from([("page".to_owned(), 0.6), ("small call".to_owned(), 1.1)]);
        let found =
            |page, small| regressions(&BTreeMap::from([("page", page), ("small call", small)]), &baseline);
        assert!(found(0.61, 1.13).unwrap().is_empty());
        assert!(found(0.3, 1.0).unwrap().is_empty());
        assert_eq!(found(0.65, 1.1).unwrap().len(), 1);
        assert!(regressions(&BTreeMap::from([("other", 1.0)]), &baseline).is_err());
    }
}
