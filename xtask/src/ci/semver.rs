//! Compares the public interface of every published library with a committed baseline, with cargo-semver-checks.
//!
//! A baseline is rustdoc's JSON output, reduced to what is compared, so that no registry and no history is needed. The
//! format of that output depends on the version of Rust: with another format, nothing can be compared until the
//! baselines are accepted again.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use serde_json::Value;

use super::{Verdict, interface, rust};
use crate::command::{program, run};
use crate::tools;

/// The folder of the baselines.
const BASELINES: &str = "xtask/interfaces";

pub(super) fn check() -> Result<Verdict> {
    let tool = tools::from_crates("cargo-semver-checks", "0.51.0")?;
    let (mut broken, mut skipped) = (Vec::new(), Vec::new());
    for member in rust::libraries()? {
        let library = rust::name(&member).to_owned();
        let current = interface::rustdoc(&library)?;
        let baseline = baseline(&library)?;
        if format(&baseline)? != format(&read(&current)?)? {
            skipped.push(library);
            continue;
        }
        let unpacked = current.with_extension("baseline.json");
        std::fs::write(&unpacked, baseline.to_string())?;
        let mut comparison = program(&tool, &["semver-checks", "--baseline-rustdoc"]);
        if run(comparison.arg(&unpacked).arg("--current-rustdoc").arg(&current)).is_err() {
            broken.push(library);
        }
    }
    if !broken.is_empty() {
        bail!(
            "breaking changes in {}\nTo accept them: `cargo xtask ci semver --accept`, and a line in CHANGELOG.md",
            broken.join(", ")
        );
    }
    if skipped.is_empty() {
        return Ok(Verdict::Holds);
    }
    Ok(Verdict::HoldsBut(format!(
        "{} SKIPPED: another version of Rust wrote the baselines",
        skipped.join(", ")
    )))
}

/// Makes the current interfaces the baselines.
pub(super) fn accept() -> Result<()> {
    for member in rust::libraries()? {
        let library = rust::name(&member);
        let mut documented = read(&interface::rustdoc(library)?)?;
        reduce(&mut documented);
        let mut packed = GzEncoder::new(Vec::new(), Compression::best());
        packed.write_all(documented.to_string().as_bytes())?;
        std::fs::write(path(library), packed.finish()?)?;
    }
    Ok(())
}

fn path(library: &str) -> PathBuf {
    crate::root().join(BASELINES).join(format!("{library}.json.gz"))
}

fn baseline(library: &str) -> Result<Value> {
    let path = path(library);
    let packed = std::fs::read(&path).with_context(|| {
        format!("cannot read {}; `cargo xtask ci semver --accept` creates it", path.display())
    })?;
    Ok(serde_json::from_reader(GzDecoder::new(packed.as_slice()))?)
}

fn read(path: &Path) -> Result<Value> {
    let text = std::fs::read(path).with_context(|| format!("rustdoc wrote no {}", path.display()))?;
    Ok(serde_json::from_slice(&text)?)
}

/// The version of rustdoc's output.
fn format(documented: &Value) -> Result<u64> {
    documented["format_version"].as_u64().context("rustdoc's JSON has no format_version")
}

/// Removes documentation, positions and paths to types that no item names: most of the size, and none of the interface.
fn reduce(documented: &mut Value) {
    let mut named = std::collections::BTreeSet::new();
    ids(&documented["index"], &mut named);
    for (_, item) in documented["index"].as_object_mut().into_iter().flatten() {
        item["docs"] = Value::Null;
        item["span"] = Value::Null;
        item["links"] = serde_json::json!({});
    }
    if let Some(paths) = documented["paths"].as_object_mut() {
        paths.retain(|id, _| named.contains(id));
    }
}

/// The ids of all items in this value, and of those they name.
fn ids(value: &Value, found: &mut std::collections::BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("id").map(ToString::to_string));
            members.values().for_each(|member| ids(member, found));
        }
        Value::Array(values) => values.iter().for_each(|value| ids(value, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_baseline_keeps_items_and_the_paths_that_they_name() {
        let mut documented = json!({
            "format_version": 57,
            "index": {
                "1": { "id": 1, "name": "get", "docs": "Gets.", "span": {}, "links": { "a": 3 },
                    "inner": { "function": { "output": { "resolved_path": { "id": 2, "path": "Row" } } } } },
            },
            "paths": { "1": ["get"], "2": ["Row"], "3": ["Other"] },
        });
        reduce(&mut documented);
        assert_eq!(documented["paths"], json!({ "1": ["get"], "2": ["Row"] }));
        let item = &documented["index"]["1"];
        assert_eq!((&item["name"], &item["docs"], &item["links"]), (&json!("get"), &Value::Null, &json!({})));
        assert_eq!(format(&documented).unwrap(), 57);
        assert!(format(&json!({})).is_err());
    }

    #[test]
    fn every_published_library_has_a_baseline() {
        for member in rust::libraries().unwrap() {
            baseline(rust::name(&member)).unwrap();
        }
    }
}
