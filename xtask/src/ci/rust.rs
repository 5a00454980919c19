//! The checks by cargo and by xtask itself.

use anyhow::{Result, ensure};
use serde_json::Value;

use super::Verdict;
use crate::command::{cargo, program, run, succeeds};
use crate::{bench, codegen, metadata, tidy, tools};

pub(super) fn codegen() -> Result<Verdict> {
    codegen::run(true)?;
    Ok(Verdict::Holds)
}

pub(super) fn tidy() -> Result<Verdict> {
    tidy::run()?;
    Ok(Verdict::Holds)
}

pub(super) fn fmt() -> Result<Verdict> {
    run(&mut cargo(&["fmt", "--all", "--check"]))?;
    Ok(Verdict::Holds)
}

pub(super) fn clippy() -> Result<Verdict> {
    let arguments =
        ["clippy", "--workspace", "--all-targets", "--all-features", "--quiet", "--", "-D", "warnings"];
    native_tls()?;
    run(&mut cargo(&arguments))?;
    Ok(Verdict::Holds)
}

/// With all features, like clippy, so that its build is reused.
pub(super) fn docs() -> Result<Verdict> {
    let arguments = ["doc", "--workspace", "--all-features", "--no-deps", "--quiet"];
    native_tls()?;
    run(cargo(&arguments).env("RUSTDOCFLAGS", "-D warnings"))?;
    Ok(Verdict::Holds)
}

pub(super) fn bench() -> Result<Verdict> {
    bench::check(false)?;
    Ok(Verdict::Holds)
}

/// Every published crate without its default features: with nothing, then with each feature alone.
pub(super) fn features() -> Result<Verdict> {
    native_tls()?;
    for package in published()? {
        let name = name(&package);
        let features = package["features"].as_object().into_iter().flatten().map(|(feature, _)| feature);
        let alone: Vec<_> = features
            .filter(|feature| *feature != "default")
            .map(|feature| vec!["--features", feature])
            .collect();
        if alone.is_empty() {
            // Without features, the tests have already built the only variant.
            continue;
        }
        for chosen in std::iter::once(vec![]).chain(alone) {
            let clippy = ["clippy", "--quiet", "--package", name, "--no-default-features"];
            run(cargo(&clippy).args(chosen).args(["--", "-D", "warnings"]))?;
        }
    }
    Ok(Verdict::Holds)
}

/// The metadata of the published members.
pub(super) fn published() -> Result<Vec<Value>> {
    let metadata = metadata::of_members()?;
    let packages = metadata["packages"].as_array().into_iter().flatten();
    // `publish` is null where a package may be published anywhere.
    Ok(packages.filter(|package| package["publish"].is_null()).cloned().collect())
}

/// The metadata of the published members that are libraries.
pub(super) fn libraries() -> Result<Vec<Value>> {
    let is_library = |member: &Value| {
        member["targets"].as_array().into_iter().flatten().any(|target| target["kind"][0] == "lib")
    };
    Ok(published()?.into_iter().filter(is_library).collect())
}

pub(super) fn name(package: &Value) -> &str {
    package["name"].as_str().unwrap_or_default()
}

/// Installs the system's TLS library, which the feature `native-tls` needs on Linux, if it is missing. Other systems have
/// their own.
fn native_tls() -> Result<()> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    if !succeeds(&mut program("pkg-config", &["--exists", "openssl"])) {
        tools::from_apt(&["pkg-config", "libssl-dev"])?;
    }
    let found = succeeds(&mut program("pkg-config", &["--exists", "openssl"]));
    ensure!(found, "pkg-config does not find openssl, even after installing it with apt");
    Ok(())
}
