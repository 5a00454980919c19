//! What the figures were measured on, and how to read them.

use anyhow::Result;

use crate::command::program;

/// The head of the page.
pub(super) fn introduction() -> Result<String> {
    let rust = String::from_utf8(program("rustc", &["--version"]).output()?.stdout)?;
    let processor = find("/proc/cpuinfo", "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let cores = std::thread::available_parallelism()?;
    let memory = find("/proc/meminfo", "MemTotal").unwrap_or_default();
    let memory: f64 = memory.trim_end_matches(" kB").parse().unwrap_or(0.0);
    let gibibytes = memory / 1024.0 / 1024.0;
    Ok(format!(
        "# Benchmarks

Written by `cargo xtask bench`, which measures everything here in one run, side by side. Do not edit.

Measured on {processor}, {cores} cores, {gibibytes:.0} GiB, with {}.
Servers have one core and what is measured has the other, each in a process of its own, over loopback. Absolute figures
hold for that machine and that hour; **ratios** are what to read: they are taken within a round, in which every subject
runs once, and the table shows their median over all rounds. Differences below a tenth mean nothing where seconds are
counted; instructions, counted by valgrind, are exact to a hundredth and do not care what else the machine does.

*Hand-written* is reqwest with `serde_json` into owned structs, with the headers the service documents: what a user would
write without this SDK, less everything a call of the SDK does beside sending and reading. *Bare hyper* sends and reads,
and parses nothing. *Peak data* is the most memory a process held, less the pages of its program, which all subjects share.
",
        rust.trim()
    ))
}

/// The value of a line such as `name : value`.
fn find(path: &str, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
