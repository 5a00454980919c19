//! Checks the dependencies between members: models, client, facade and command line may depend only on those before
//! them; the emulator, xtask and the support of tests on none of them; only the client on HTTP libraries; and the models
//! on a few crates. The tests of any member may use the support of tests.

use serde_json::Value;

/// The support of tests. Any member may use it, but only in its tests.
const SUPPORT: &str = "partner-center-test-support";

/// The members that are checked: those that each may depend on, then those that only its tests may use.
const LAYERS: [(&str, &[&str], &[&str]); 8] = [
    ("partner-center-models", &[], &[]),
    ("partner-center-client", &["partner-center-models"], &[]),
    ("partner-center", &["partner-center-client", "partner-center-models"], &["partner-center-emulator"]),
    ("partner-center-history", &["partner-center"], &["partner-center-emulator"]),
    ("partner-center-cli", &["partner-center", "partner-center-emulator", "partner-center-history"], &[]),
    // The emulator tests the SDK, so it shares no code with it.
    ("partner-center-emulator", &[], &[]),
    // A broken generated file must not keep the generator from being built.
    ("xtask", &[], &[]),
    // Unit tests of the other members use it: if it depended on them, they would see two copies of their own types.
    (SUPPORT, &[], &[]),
];

/// The HTTP libraries, and the only member that may depend on them.
const TRANSPORT: ([&str; 2], &str) = (["reqwest", "progenitor-client"], "partner-center-client");

/// What the models may depend on: every program that reads a response depends on it too.
const MODELS: (&str, [&str; 4]) = ("partner-center-models", ["jiff", "schemars", "serde", "uuid"]);

/// Dependencies that are not allowed.
pub(super) fn findings(metadata: &Value) -> Vec<String> {
    let mut findings = Vec::new();
    let packages = || metadata["packages"].as_array().into_iter().flatten();
    let members: Vec<_> = packages().filter_map(|package| package["name"].as_str()).collect();
    for package in packages() {
        let name = package["name"].as_str().unwrap_or_default();
        let Some((_, normal, for_tests)) = LAYERS.iter().find(|(layer, ..)| *layer == name) else {
            // Members that are never published may depend on anything.
            if package["publish"].is_null() {
                findings.push(format!("{name}: add it to LAYERS in tidy/layers.rs"));
            }
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let on = dependency["name"].as_str().unwrap_or_default();
            let is_for_tests = dependency["kind"] == "dev";
            let allowed = normal.contains(&on) || is_for_tests && (for_tests.contains(&on) || on == SUPPORT);
            if members.contains(&on) && !allowed {
                findings.push(format!("{name}: it must not depend on {on}"));
            }
            if !is_for_tests && name == MODELS.0 && !MODELS.1.contains(&on) {
                findings.push(format!(
                    "{name}: it must not depend on {on}; its dependencies are in tidy/layers.rs"
                ));
            }
            if !is_for_tests && TRANSPORT.0.contains(&on) && name != TRANSPORT.1 {
                findings
                    .push(format!("{name}: it must not depend on {on}; only {} sends requests", TRANSPORT.1));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::metadata;

    #[test]
    fn dependencies_go_one_way() {
        assert_eq!(findings(&metadata::of_members().unwrap()), Vec::<String>::new());
    }

    #[test]
    fn a_dependency_in_the_wrong_direction_is_found() {
        let package = |name: &str, on: &str, kind: Value| json!({ "name": name, "dependencies": [{ "name": on, "kind": kind }] });
        let found = |package: Value| {
            let member = |name: &str| json!({ "name": name, "dependencies": [] });
            let others = ["partner-center", "partner-center-emulator", SUPPORT].map(member);
            let packages = [&[package], others.as_slice()].concat();
            findings(&json!({ "packages": packages }))
        };
        let null = Value::Null;
        assert_eq!(found(package("partner-center-models", "partner-center", null.clone())).len(), 2);
        assert_eq!(found(package("partner-center-models", "http", null.clone())).len(), 1);
        assert_eq!(found(package("partner-center-emulator", "partner-center", json!("dev"))).len(), 1);
        assert_eq!(found(package("xtask", "partner-center", json!("dev"))).len(), 1);
        assert_eq!(found(package("partner-center-cli", "reqwest", null.clone())).len(), 1);
        assert_eq!(found(package(SUPPORT, "partner-center", null.clone())).len(), 1);
        assert_eq!(found(package("partner-center", SUPPORT, null.clone())).len(), 1);
        assert!(found(package("partner-center-emulator", SUPPORT, json!("dev"))).is_empty());
        assert_eq!(found(package("newcomer", "serde", null.clone())).len(), 1);
        assert!(found(package("partner-center-cli", "partner-center", null.clone())).is_empty());
        assert!(found(package("partner-center-models", "serde", null.clone())).is_empty());
        assert!(found(package("partner-center-emulator", "reqwest", json!("dev"))).is_empty());
        assert!(found(package("partner-center-client", "reqwest", null)).is_empty());
    }
}
