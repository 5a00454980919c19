//! Measures decoding alone, in process, with criterion.

use anyhow::{Context, Result};
use serde_json::Value;

use super::subject::Subjects;
use super::table::Table;
use crate::command::{cargo, run};

/// The names in `benches/benches/decode.rs`, which are also criterion's folder names; the first is the yardstick.
const DECODERS: [&str; 5] = [
    "serde_json, by hand",
    "sonic-rs, by hand",
    "serde_json, the SDK's models",
    "sonic-rs, the SDK's models",
    "the SDK",
];

pub(super) fn measure(_: &Subjects) -> Result<String> {
    run(&mut cargo(&[
        "bench",
        "--quiet",
        "--package",
        "partner-center-benches",
        "--features",
        "in-process",
        "--bench",
        "decode",
        "--",
        "--noplot",
        "--quiet",
    ]))?;
    let times = DECODERS.map(estimate).into_iter().collect::<Result<Vec<_>>>()?;
    let mut table = Table::new(&["a page of 10,000 rows, in memory", "median", "ratio"]);
    for (name, time) in DECODERS.iter().zip(&times) {
        let ratio = times.first().context("no decoder")? / time;
        table.push([(*name).to_owned(), format!("{:.2} ms", time / 1e6), format!("{ratio:.2}")]);
    }
    Ok(format!(
        "## Decoding\n\nThe time to decode a page. *By hand* means structs with owned strings and chrono dates. The SDK's models accept\n\
         what the service really sends (counts as text, either letter case, dates in any form); the whole SDK also strips the\n\
         byte order mark and limits the depth and size of a response.\n\n{}",
        table.finish()
    ))
}

/// Nanoseconds.
fn estimate(name: &str) -> Result<f64> {
    let path = crate::target().join("criterion/decode").join(name).join("new/estimates.json");
    let text =
        std::fs::read_to_string(&path).with_context(|| format!("criterion wrote no {}", path.display()))?;
    let estimates: Value = serde_json::from_str(&text)?;
    estimates["median"]["point_estimate"].as_f64().context("criterion estimated no median")
}
