//! Whose types stand in the facade's public interface: those of the crates listed here and no others. A type of another
//! crate would make that crate's next breaking release one of ours, and what sends requests is nobody's business.
//!
//! rustdoc knows, and tells as JSON where unstable options are allowed to it. Only where types are named is read, which
//! has been the same in many versions of that form.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::Verdict;
use crate::command::{cargo, run};

/// The crate that is judged.
const FACADE: &str = "partner-center";

/// Whose types it may show, and why.
const ALLOWED: [(&str, &str); 12] = [
    ("alloc", "the language"),
    ("core", "the language"),
    ("std", "the language"),
    ("partner_center", "itself"),
    ("partner_center_models", "what the service answers with, re-exported as `models`"),
    ("bytes", "the raw body of an error; 1.x for years"),
    ("futures_core", "streams are streams"),
    ("http", "headers of answers; 1.x for years"),
    ("schemars", "a feature of that name"),
    ("secrecy", "what a caller keeps secret goes in as it is kept"),
    ("serde_core", "continuations and checkpoints can be saved; serde's own core"),
    ("uuid", "ids; 1.x for years"),
];

pub(super) fn check() -> Result<Verdict> {
    let library = FACADE.replace('-', "_");
    let arguments = ["rustdoc", "--quiet", "--package", FACADE, "--lib", "--all-features", "--"];
    let json = ["-Z", "unstable-options", "--output-format", "json"];
    // A folder of its own: what unstable options are allowed to is built anew, and the rest would be after it.
    let target = crate::target().join("interface");
    run(cargo(&arguments).args(json).env("RUSTC_BOOTSTRAP", "1").env("CARGO_TARGET_DIR", &target))?;
    let path = target.join("doc").join(format!("{library}.json"));
    let text =
        std::fs::read_to_string(&path).with_context(|| format!("rustdoc left no {}", path.display()))?;
    let findings = findings(&serde_json::from_str(&text)?)?;
    ensure!(
        findings.is_empty(),
        "types of crates that are not listed in ci/interface.rs are public in {FACADE}:\n{}",
        findings.join("\n")
    );
    Ok(Verdict::Holds)
}

/// Each type of a crate that is not allowed, with an item that names it.
fn findings(documented: &Value) -> Result<Vec<String>> {
    let index = documented["index"].as_object().context("rustdoc's JSON has no index")?;
    let mut named = BTreeMap::new();
    for item in index.values().filter(|item| item["crate_id"] == 0) {
        let implementation = &item["inner"]["impl"];
        // What is implemented for every type is no doing of ours.
        if !implementation["blanket_impl"].is_null() || implementation["is_synthetic"] == true {
            continue;
        }
        let place = item["name"].as_str().unwrap_or("an implementation");
        collect(&item["inner"], &mut |id| {
            named.entry(id.to_string()).or_insert_with(|| place.to_owned());
        });
    }
    ensure!(!named.is_empty(), "rustdoc's JSON names no type; its form has changed, and this check with it");
    let mut findings = Vec::new();
    for (id, place) in named {
        let path = &documented["paths"][&id];
        let home = &path["crate_id"];
        let home =
            documented["external_crates"][home.to_string()]["name"].as_str().unwrap_or("partner_center");
        if !path.is_null() && !ALLOWED.iter().any(|(allowed, _)| *allowed == home) {
            let words: Vec<_> =
                path["path"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            findings.push(format!("{}, by {place}", words.join("::")));
        }
    }
    findings.sort();
    Ok(findings)
}

/// Calls for the id of every path to a type or a trait below this.
fn collect(value: &Value, found: &mut impl FnMut(&Value)) {
    match value {
        Value::Object(members) => {
            if let (Some(id), Some(_), Some(_)) =
                (members.get("id"), members.get("path"), members.get("args"))
            {
                found(id);
            }
            members.values().for_each(|member| collect(member, found));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn documented(inner: &Value) -> Value {
        json!({
            "index": { "7": { "crate_id": 0, "name": "send", "inner": inner }, "8": { "crate_id": 3, "inner": {} } },
            "paths": {
                "1": { "crate_id": 5, "path": ["reqwest", "Client"] },
                "2": { "crate_id": 6, "path": ["http", "HeaderMap"] },
            },
            "external_crates": { "5": { "name": "reqwest" }, "6": { "name": "http" } },
        })
    }

    #[test]
    fn a_type_of_a_crate_that_is_not_listed_is_found_wherever_it_stands() {
        let path = |id: u32| json!({ "resolved_path": { "path": "Name", "id": id, "args": null } });
        let function = |id: u32| json!({ "function": { "sig": { "inputs": [["it", path(id)]] } } });
        assert_eq!(findings(&documented(&function(1))).unwrap(), ["reqwest::Client, by send"]);
        assert!(findings(&documented(&function(2))).unwrap().is_empty());
        let nested = json!({ "generic": { "angle_bracketed": { "args": [path(2), { "type": path(1) }] } } });
        assert_eq!(findings(&documented(&nested)).unwrap().len(), 1);
    }

    #[test]
    fn what_is_implemented_for_every_type_does_not_count() {
        let implementation = |blanket: Value| {
            json!({ "impl": {
                "blanket_impl": blanket, "is_synthetic": false,
                "trait": { "path": "Instrument", "id": 1, "args": null },
                "for": { "resolved_path": { "path": "Name", "id": 2, "args": null } },
            } })
        };
        assert_eq!(findings(&documented(&implementation(Value::Null))).unwrap().len(), 1);
        assert!(
            findings(&documented(&implementation(json!({ "generic": "T" })))).is_err(),
            "and nothing else is there"
        );
    }
}
