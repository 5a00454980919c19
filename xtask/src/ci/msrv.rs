//! Compares the declared Rust version with the versions that the published crates' dependencies declare. clippy's
//! `incompatible_msrv` checks our own code; neither check needs an older compiler.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, ensure};
use serde_json::Value;

use super::Verdict;
use crate::metadata;

pub(super) fn check() -> Result<Verdict> {
    let too_new = findings(&metadata::of_everything()?);
    ensure!(too_new.is_empty(), "{}", too_new.join("\n"));
    Ok(Verdict::Holds)
}

/// Dependencies of published members that need a newer Rust than the members declare.
fn findings(metadata: &Value) -> Vec<String> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let packages: BTreeMap<_, _> = list(&metadata["packages"])
        .into_iter()
        .map(|package| (package["id"].clone().to_string(), package))
        .collect();
    let nodes: BTreeMap<_, _> =
        list(&metadata["resolve"]["nodes"]).into_iter().map(|node| (node["id"].to_string(), node)).collect();
    let members = list(&metadata["workspace_members"]);
    // `publish` is null where a package may be published anywhere.
    let published: Vec<_> = members
        .iter()
        .map(ToString::to_string)
        .filter(|id| packages.get(id).is_some_and(|package| package["publish"].is_null()))
        .collect();
    let promised = published.iter().filter_map(|id| version(packages.get(id)?)).min();

    let mut reached = BTreeSet::new();
    let mut open = published;
    while let Some(id) = open.pop() {
        let Some(node) = nodes.get(&id).filter(|_| reached.insert(id.clone())) else { continue };
        for dependency in list(&node["deps"]) {
            // Users do not build dependencies of tests and examples.
            if list(&dependency["dep_kinds"]).iter().any(|kind| kind["kind"] != "dev") {
                open.push(dependency["pkg"].to_string());
            }
        }
    }
    let too_new =
        reached.iter().filter_map(|id| packages.get(id)).filter(|package| version(package) > promised);
    too_new
        .map(|package| {
            format!("{} {} needs Rust {}", package["name"], package["version"], package["rust_version"])
        })
        .collect()
}

/// The Rust version that a package needs, as numbers.
fn version(package: &Value) -> Option<(u32, u32)> {
    let mut numbers = package["rust_version"].as_str()?.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_dependencies_that_users_build_count() {
        let package = |id: &str, rust: &str, publish: Value| json!({ "id": id, "name": id, "version": "1.0.0", "rust_version": rust, "publish": publish });
        let on = |id: &str, kind: Value| json!({ "pkg": id, "dep_kinds": [{ "kind": kind }] });
        let metadata = |of_sdk: Value| {
            json!({
                "packages": [
                    package("sdk", "1.89", Value::Null), package("tool", "1.89", json!([])),
                    package("old", "1.60.0", Value::Null), package("new", "1.90", Value::Null),
                ],
                "workspace_members": ["sdk", "tool"],
                "resolve": { "nodes": [
                    { "id": "sdk", "deps": [on("old", Value::Null), of_sdk] },
                    { "id": "tool", "deps": [on("new", Value::Null)] },
                    { "id": "old", "deps": [] }, { "id": "new", "deps": [] },
                ] },
            })
        };
        assert_eq!(findings(&metadata(on("old", Value::Null))), Vec::<String>::new());
        assert_eq!(findings(&metadata(on("new", json!("dev")))), Vec::<String>::new());
        for kind in [Value::Null, json!("build")] {
            assert_eq!(findings(&metadata(on("new", kind))), ["\"new\" \"1.0.0\" needs Rust \"1.90\""]);
        }
    }
}
