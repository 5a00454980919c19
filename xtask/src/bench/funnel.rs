//! Measures the peak memory of `licenses funnel --all-customers`, by the number of customers. The funnel holds rows,
//! because deployment and usage are two queries.

use anyhow::{Context, Result, ensure};

use super::subject::{CLIENT, Subjects};
use super::table::{Table, count, verdict};
use crate::command::{program, succeeds};
use crate::tools;

/// Rows on a page of the query, and customers on a page of the list.
const PAGE: &str = "10000";

const MOST_MEBIBYTES: f64 = 64.0;

pub(super) fn measure(subjects: &Subjects) -> Result<String> {
    if !succeeds(&mut program("time", &["--version"])) {
        tools::from_apt(&["time"])?;
    }
    let mut table = Table::new(&["customers", "rows", "took", "peak memory"]);
    let mut most: f64 = 0.0;
    for customers in [100, 10_000, 100_000] {
        let read = read(subjects, customers)?;
        most = most.max(read.mebibytes);
        table.push([
            count(f64::from(customers)),
            count(read.rows),
            format!("{:.2} s", read.seconds),
            format!("{:.1} MiB", read.mebibytes),
        ]);
    }
    Ok(format!(
        "## The funnel of all customers\n\n`licenses funnel --all-customers --format csv` with the commercial queries. The deployment query runs before the usage \
         query,\nso its rows are held until those of the usage query arrive. The emulator takes most of the time.\n\n{}\n{}",
        table.finish(),
        verdict(most <= MOST_MEBIBYTES, "within 64 MiB"),
    ))
}

struct Read {
    rows: f64,
    seconds: f64,
    mebibytes: f64,
}

fn read(subjects: &Subjects, customers: u32) -> Result<Read> {
    let emulator = subjects.serve(&["customers", &customers.to_string(), "0", PAGE, ""])?;
    let directory = tempfile::tempdir()?;
    let (times, output) = (directory.path().join("times"), directory.path().join("funnel.csv"));
    let mut command = program("taskset", &["--cpu-list", CLIENT, "time", "--format", "%e %M", "--output"]);
    command.arg(&times).arg(subjects.command_line());
    command
        .args(["licenses", "funnel", "--all-customers", "--source", "commercial", "--output"])
        .arg(&output);
    command
        .envs([("PARTNER_CENTER_BASE_URL", emulator.url.as_str()), ("PARTNER_CENTER_ACCESS_TOKEN", "any")]);
    let finished = command.env("PARTNER_CENTER_CONFIG_DIR", subjects.nowhere()).output()?;
    ensure!(
        finished.status.success(),
        "the funnel of {customers} customers failed: {}",
        String::from_utf8_lossy(&finished.stderr)
    );
    let times = std::fs::read_to_string(&times)?;
    let (seconds, kib) = times.trim().split_once(' ').context("unexpected output of `time`")?;
    let rows = std::fs::read_to_string(&output)?.lines().count().saturating_sub(1);
    Ok(Read {
        rows: f64::from(u32::try_from(rows)?),
        seconds: seconds.parse()?,
        mebibytes: kib.parse::<f64>()? / 1024.0,
    })
}
