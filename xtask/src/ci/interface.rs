//! Checks that the public interfaces of the facade and of the client contain only types of the listed crates. If one had
//! a type of another crate, that crate's next breaking release would break it too. The HTTP library and progenitor are
//! implementation details.
//!
//! The check reads rustdoc's JSON output, which requires unstable options. It uses only the part that names types,
//! which has not changed in many versions of the format.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::Verdict;
use crate::command::{cargo, run};

/// The crates whose types may appear in an interface, and why.
type Allowed = &'static [(&'static str, &'static str)];

/// The crates that are checked.
const CHECKED: [(&str, Allowed); 3] =
    [("partner-center", FACADE), ("partner-center-client", CLIENT), ("partner-center-history", HISTORY)];

const FACADE: Allowed = &[
    ("alloc", "the language"),
    ("core", "the language"),
    ("std", "the language"),
    ("partner_center_models", "models of responses, re-exported as `models`"),
    ("bytes", "the raw body of an error; 1.x for years"),
    ("futures_core", "the `Stream` trait"),
    ("http", "headers of responses; 1.x for years"),
    ("schemars", "only with the feature of that name"),
    ("secrecy", "callers pass secrets in its types"),
    ("serde_core", "continuations and checkpoints can be serialized; the core of serde"),
    ("uuid", "ids; 1.x for years"),
];

const CLIENT: Allowed = &[
    ("alloc", "the language"),
    ("core", "the language"),
    ("std", "the language"),
    ("partner_center_models", "models of responses"),
    ("bytes", "bodies; 1.x for years"),
    ("http", "headers of requests and responses; 1.x for years"),
    ("uuid", "ids; 1.x for years"),
];

const HISTORY: Allowed = &[
    ("alloc", "the language"),
    ("core", "the language"),
    ("std", "the language"),
    ("partner_center", "the rows"),
    ("partner_center_models", "what the rows are made of"),
    ("bytes", "files in memory; 1.x for years"),
    ("rust_decimal", "amounts; 1.x for years"),
    ("schemars", "only with the feature of that name"),
    ("serde_core", "rows and manifests can be serialized; the core of serde"),
];

pub(super) fn check() -> Result<Verdict> {
    for (package, allowed) in CHECKED {
        let path = rustdoc(package)?;
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("rustdoc wrote no {}", path.display()))?;
        let findings = findings(&serde_json::from_str(&text)?, &package.replace('-', "_"), allowed)?;
        ensure!(
            findings.is_empty(),
            "{package} exposes types of crates that are not listed in ci/interface.rs:
{}",
            findings.join(
                "
"
            )
        );
    }
    Ok(Verdict::Holds)
}

/// Writes the JSON of a library with all features, and returns its path.
pub(super) fn rustdoc(package: &str) -> Result<PathBuf> {
    let arguments = ["rustdoc", "--quiet", "--package", package, "--lib", "--all-features", "--"];
    let json = ["-Z", "unstable-options", "--output-format", "json"];
    // A separate folder, because changing unstable options rebuilds everything in it.
    let target = crate::target().join("interface");
    run(cargo(&arguments).args(json).env("RUSTC_BOOTSTRAP", "1").env("CARGO_TARGET_DIR", &target))?;
    Ok(target.join("doc").join(format!("{}.json", package.replace('-', "_"))))
}

/// Each type of a crate that is not listed, with an item that uses it.
fn findings(documented: &Value, library: &str, allowed: Allowed) -> Result<Vec<String>> {
    let index = documented["index"].as_object().context("rustdoc's JSON has no index")?;
    let mut named = BTreeMap::new();
    for item in index.values().filter(|item| item["crate_id"] == 0) {
        let implementation = &item["inner"]["impl"];
        // Blanket and auto trait implementations are not part of the crate's own interface.
        if !implementation["blanket_impl"].is_null() || implementation["is_synthetic"] == true {
            continue;
        }
        let place = item["name"].as_str().unwrap_or("an implementation");
        collect(&item["inner"], &mut |id| {
            named.entry(id.to_string()).or_insert_with(|| place.to_owned());
        });
    }
    ensure!(!named.is_empty(), "rustdoc's JSON names no type; its format has changed, so update this check");
    let mut findings = Vec::new();
    for (id, place) in named {
        let path = &documented["paths"][&id];
        let home = &path["crate_id"];
        // The crate itself is not external.
        let home = documented["external_crates"][home.to_string()]["name"].as_str().unwrap_or(library);
        if !path.is_null() && home != library && !allowed.iter().any(|(allowed, _)| *allowed == home) {
            let words: Vec<_> =
                path["path"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            findings.push(format!("{}, used by {place}", words.join("::")));
        }
    }
    findings.sort();
    Ok(findings)
}

/// Calls `found` with the id of every path to a type or a trait in this value.
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

    fn found(documented: &Value) -> Result<Vec<String>> {
        findings(documented, "partner_center", FACADE)
    }

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
    fn a_type_of_an_unlisted_crate_is_found_at_any_depth() {
        let path = |id: u32| json!({ "resolved_path": { "path": "Name", "id": id, "args": null } });
        let function = |id: u32| json!({ "function": { "sig": { "inputs": [["it", path(id)]] } } });
        assert_eq!(found(&documented(&function(1))).unwrap(), ["reqwest::Client, used by send"]);
        assert!(found(&documented(&function(2))).unwrap().is_empty());
        let nested = json!({ "generic": { "angle_bracketed": { "args": [path(2), { "type": path(1) }] } } });
        assert_eq!(found(&documented(&nested)).unwrap().len(), 1);
    }

    #[test]
    fn blanket_implementations_are_ignored() {
        let implementation = |blanket: Value| {
            json!({ "impl": {
                "blanket_impl": blanket, "is_synthetic": false,
                "trait": { "path": "Instrument", "id": 1, "args": null },
                "for": { "resolved_path": { "path": "Name", "id": 2, "args": null } },
            } })
        };
        assert_eq!(found(&documented(&implementation(Value::Null))).unwrap().len(), 1);
        assert!(
            found(&documented(&implementation(json!({ "generic": "T" })))).is_err(),
            "the only implementation is ignored, so no type is named"
        );
    }
}
