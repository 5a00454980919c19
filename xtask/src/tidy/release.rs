//! Checks that targets and names of the archives agree in the command that packs them, the workflow that runs it, and the
//! settings of cargo-binstall, which downloads them.

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::archive;

/// The workflow of a release.
pub(super) const WORKFLOW: &str = ".github/workflows/release.yml";

/// The differences.
pub(super) fn findings(metadata: &Value, workflow: &str) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    let workflow: Value =
        yaml_serde::from_str(workflow).with_context(|| format!("{WORKFLOW} is not YAML"))?;
    let jobs = workflow["jobs"]["archive"]["strategy"]["matrix"]["include"].as_array();
    let mut targets: Vec<_> = jobs.into_iter().flatten().filter_map(|job| job["target"].as_str()).collect();
    targets.sort_unstable();
    if targets != archive::TARGETS {
        findings.push(format!("{WORKFLOW}: the targets are not those in archive.rs: {}", targets.join(", ")));
    }

    let mut packages = metadata["packages"].as_array().into_iter().flatten();
    let package = packages.find(|package| package["name"] == "partner-center-cli").unwrap_or(&Value::Null);
    for target in archive::TARGETS {
        for (key, found, expected) in of_target(package, target) {
            if found != expected {
                findings.push(format!(
                    "crates/partner-center-cli/Cargo.toml: metadata.binstall: {key} for {target} is {found}, and the archive \
                     needs {expected}"
                ));
            }
        }
    }
    Ok(findings)
}

/// The settings of cargo-binstall for a target: the key, the value that it uses, and the one that it must use.
fn of_target(package: &Value, target: &str) -> [(&'static str, String, String); 3] {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (version, repository) = (text(&package["version"]), text(&package["repository"]));
    let folder = archive::folder(&version, target);
    let (packed, executable) = (archive::extension(target), archive::program_extension(target));

    let all = &package["metadata"]["binstall"];
    let filled = |key: &str| {
        let own = &all["overrides"][target][key];
        text(if own.is_null() { &all[key] } else { own })
            .replace("{ repo }", &repository)
            .replace("{ version }", &version)
            .replace("{ target }", target)
            .replace("{ bin }", archive::PROGRAM)
            .replace("{ binary-ext }", executable)
    };
    let url = format!("{repository}/releases/download/v{version}/{folder}{packed}");
    let format = if packed == ".zip" { "zip" } else { "tgz" };
    [
        ("pkg-url", filled("pkg-url"), url),
        ("pkg-fmt", filled("pkg-fmt"), format.to_owned()),
        ("bin-dir", filled("bin-dir"), format!("{folder}/{}{executable}", archive::PROGRAM)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata;

    fn workflow() -> String {
        std::fs::read_to_string(crate::root().join(WORKFLOW)).unwrap()
    }

    #[test]
    fn the_names_of_archives_agree() {
        let found = findings(&metadata::of_members().unwrap(), &workflow()).unwrap();
        assert_eq!(found, Vec::<String>::new());
    }

    #[test]
    fn a_target_or_a_name_that_differs_is_found() {
        let mut metadata = metadata::of_members().unwrap();
        let other = workflow().replace("x86_64-apple-darwin", "x86_64-apple-ios");
        assert_eq!(findings(&metadata, &other).unwrap().len(), 1);

        let packages = metadata["packages"].as_array_mut().unwrap();
        let package = packages.iter_mut().find(|package| package["name"] == "partner-center-cli").unwrap();
        package["metadata"]["binstall"]["bin-dir"] = "{ bin }{ binary-ext }".into();
        package["metadata"]["binstall"]["overrides"] = Value::Null;
        // The folder for each target, and format and address for Windows.
        assert_eq!(findings(&metadata, &workflow()).unwrap().len(), archive::TARGETS.len() + 2);
    }
}
