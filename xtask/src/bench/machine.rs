//! The introduction of the page: the machine, and how to read the figures.

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

Written by `cargo xtask bench`, which measures everything on this page in one run. Do not edit.

Measured on {processor}, {cores} cores, {gibibytes:.0} GiB, with {}.
The server runs on one core and the measured program on the other, in separate processes, over loopback. Absolute figures
depend on the machine and its load, so compare the **ratios**: each is taken within a round, in which every program runs
once, and the tables show the median over all rounds. In measured times, differences below ten percent are noise.
Instructions are counted by valgrind, are exact to one percent and do not depend on the load of the machine.

*Hand-written* is reqwest with `serde_json` into owned structs, with the headers the service documents: what a user would
write without this SDK. It only sends and decodes, and does nothing else that a call of the SDK does. *Bare hyper* sends
and receives, and does not parse. *Peak data* is the peak memory of a process without its program pages, which all
measured programs share.
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
