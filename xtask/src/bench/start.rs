//! Measures a whole process from start to exit: the command line, curl, and minimal programs that make the same call.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::subject::{CLIENT, SMALL, Subjects};
use super::table::{Table, verdict};
use crate::command::{program, succeeds};
use crate::tools;

const CUSTOMER: &str = "4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04";

pub(super) fn measure(subjects: &Subjects) -> Result<String> {
    for tool in ["hyperfine", "curl"] {
        if !succeeds(&mut program(tool, &["--version"])) {
            tools::from_apt(&[tool])?;
        }
    }
    let server = subjects.serve(&["serve"])?;
    let url = format!("{}{SMALL}", server.url);
    let command_line = subjects.command_line().display().to_string();
    let subject = subjects.subject().display().to_string();
    let commands = [
        (
            "this command line, one json document",
            format!("{command_line} licenses deployment --customer {CUSTOMER} --format json"),
        ),
        (
            "curl",
            format!("curl --silent --header Authorization:Bearer-any --header Accept:application/json {url}"),
        ),
        ("a program of this SDK", format!("{subject} calls facade 1 {url} 1")),
        ("a hand-written program", format!("{subject} calls reqwest 1 {url} 1")),
        ("a bare hyper program", format!("{subject} calls hyper 1 {url} 1")),
    ];
    let results = tempfile::NamedTempFile::new()?;
    let export = results.path().display().to_string();
    let mut hyperfine =
        program("taskset", &["--cpu-list", CLIENT, "hyperfine", "--shell=none", "--style=none"]);
    hyperfine
        .args(["--warmup", "10", "--runs", "100", "--export-json", &export])
        .args(commands.iter().map(|(_, command)| command))
        .envs([("PARTNER_CENTER_BASE_URL", server.url.as_str()), ("PARTNER_CENTER_ACCESS_TOKEN", "any")])
        .env("PARTNER_CENTER_CONFIG_DIR", subjects.nowhere());
    let output = hyperfine.output().context("cannot run hyperfine")?;
    ensure!(output.status.success(), "hyperfine failed: {}", String::from_utf8_lossy(&output.stderr));

    let results: Value = serde_json::from_slice(&std::fs::read(results.path())?)?;
    let milliseconds = |place: usize, what: &str| {
        let seconds = results["results"][place][what].as_f64();
        seconds.map(|seconds| seconds * 1000.0).context("hyperfine reported no time")
    };
    let curl = milliseconds(1, "median")?;
    let mut table = Table::new(&["from start to exit", "median", "min to max", "ratio to curl"]);
    for (place, (name, _)) in commands.iter().enumerate() {
        let median = milliseconds(place, "median")?;
        table.push([
            (*name).to_owned(),
            format!("{median:.1} ms"),
            format!("{:.1} to {:.1} ms", milliseconds(place, "min")?, milliseconds(place, "max")?),
            format!("{:.2}", median / curl),
        ]);
    }
    Ok(format!(
        "## Starting\n\nA process that requests the small response once; a hundred runs, measured by hyperfine.\n\n{}\n{}",
        table.finish(),
        verdict(milliseconds(0, "median")? <= curl, "the command line is no slower than curl"),
    ))
}
