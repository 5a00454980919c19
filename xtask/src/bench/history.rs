//! Measures a dataset of a year: how long comparing days takes and how much memory, with DuckDB on the same files beside
//! it; and the memory of recording a large partner.

use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::subject::{CLIENT, Server, Subjects};
use super::table::{Table, verdict};
use crate::command::{program, succeeds};
use crate::tools;

const DAYS: usize = 365;
const CUSTOMERS: &str = "2000";
const MOST_SECONDS: f64 = 2.0;
const MANY_CUSTOMERS: &str = "100000";
const MOST_MEBIBYTES: f64 = 256.0;

pub(super) fn measure(subjects: &Subjects) -> Result<String> {
    if !succeeds(&mut program("time", &["--version"])) {
        tools::from_apt(&["time"])?;
    }
    let folder = tempfile::tempdir()?;
    let year = folder.path().join("year");
    let emulator = subjects.serve(&["customers", CUSTOMERS, "0", "10000", ""])?;
    // The latest day of the emulator, and those before it.
    let mut day: jiff::civil::Date = "2026-08-30".parse()?;
    for _ in 0..DAYS {
        let date = day.to_string();
        run(subjects, &["record", "--date", &date], &year, Some(&emulator), folder.path())?;
        day = day.yesterday()?;
    }
    let mut table = Table::new(&["", "took", "peak memory", "DuckDB"]);
    let mut slowest: f64 = 0.0;
    for (name, arguments, query) in [
        ("`history trend`", &["trend"][..], Some("trend")),
        ("`history trend --by product`", &["trend", "--by", "product"], None),
        ("`history trend --by customer`", &["trend", "--by", "customer"], None),
        ("`history diff`", &["diff"], Some("change")),
    ] {
        let arguments = [arguments, &["--format", "csv"]].concat();
        let once = || run(subjects, &arguments, &year, None, folder.path());
        let mut runs = [once()?, once()?, once()?];
        runs.sort_by(|one, other| one.seconds.total_cmp(&other.seconds));
        let [_, median, _] = runs;
        if query.is_some() {
            slowest = slowest.max(median.seconds);
        }
        let other = query.map(|query| duckdb(&year, query)).transpose()?;
        let other = other.map_or_else(String::new, |seconds| format!("{seconds:.2} s"));
        table.push([
            name.to_owned(),
            format!("{:.2} s", median.seconds),
            format!("{:.0} MiB", median.mebibytes),
            other,
        ]);
    }
    let many = subjects.serve(&["customers", MANY_CUSTOMERS, "0", "10000", ""])?;
    let recorded = run(subjects, &["record"], &folder.path().join("many"), Some(&many), folder.path())?;
    Ok(format!(
        "## A dataset of days\n\n{DAYS} days of {CUSTOMERS} customers, read from the dataset alone; DuckDB runs the queries of `docs/sql` \
         over the\nsame files, without the start of its process.\n\n{}\n{}\n\n`history record` of {MANY_CUSTOMERS} customers took {:.0} s and at most \
         {:.0} MiB.\n{}",
        table.finish(),
        verdict(slowest <= MOST_SECONDS, "`history trend` and `history diff` within 2 s"),
        recorded.seconds,
        recorded.mebibytes,
        verdict(recorded.mebibytes <= MOST_MEBIBYTES, "within 256 MiB"),
    ))
}

struct Run {
    seconds: f64,
    mebibytes: f64,
}

/// Runs a command of `history` on the client's core.
fn run(
    subjects: &Subjects,
    arguments: &[&str],
    dataset: &Path,
    emulator: Option<&Server>,
    folder: &Path,
) -> Result<Run> {
    let times = folder.join("times");
    let mut command = program("taskset", &["--cpu-list", CLIENT, "time", "--format", "%e %M", "--output"]);
    command.arg(&times).arg(subjects.command_line()).arg("history").args(arguments);
    command.arg("--dataset").arg(dataset).env("PARTNER_CENTER_CONFIG_DIR", subjects.nowhere());
    if let Some(emulator) = emulator {
        command.envs([
            ("PARTNER_CENTER_BASE_URL", emulator.url.as_str()),
            ("PARTNER_CENTER_ACCESS_TOKEN", "any"),
            ("PARTNER_CENTER_TENANT_ID", "0112a436-b14e-4888-967b-ca4bb2cf1234"),
        ]);
    }
    let finished = command.output()?;
    ensure!(
        finished.status.success(),
        "history {} failed: {}",
        arguments.join(" "),
        String::from_utf8_lossy(&finished.stderr)
    );
    let times = std::fs::read_to_string(&times)?;
    let (seconds, kib) = times.trim().split_once(' ').context("unexpected output of `time`")?;
    Ok(Run { seconds: seconds.parse()?, mebibytes: kib.parse::<f64>()? / 1024.0 })
}

/// How long DuckDB takes for a query of `docs/sql`, the median of three.
fn duckdb(dataset: &Path, query: &str) -> Result<f64> {
    let script = "source tests/third_party/tools/install.sh && need_python totals >&2 && \
         exec \"$python_bin/python\" tests/third_party/history/time_query.py \"$@\"";
    let mut command = program("bash", &["-c", script, "tests/third_party/history.sh"]);
    let output = command.arg(dataset).arg(query).current_dir(crate::root()).output()?;
    ensure!(output.status.success(), "DuckDB failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8_lossy(&output.stdout).trim().parse()?)
}
