//! Installs programs that steps need: those of crates under `target/tools`, once per version; system packages with apt.

use std::path::PathBuf;

use anyhow::Result;

use crate::command::{cargo, program, run, succeeds};

/// Installs a crate's program at this version, if needed, and returns its path.
pub(crate) fn from_crates(name: &str, version: &str) -> Result<PathBuf> {
    let home = crate::target().join("tools").join(format!("{name}-{version}"));
    let binary = home.join("bin").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    if !binary.exists() {
        let root = home.to_string_lossy();
        // Not optimized and without debug information: it runs for a second or two, and building more takes minutes.
        let install = ["install", "--debug", name, "--version", version, "--locked", "--root", &root];
        run(cargo(&install).env("CARGO_PROFILE_DEV_DEBUG", "false"))?;
    }
    Ok(binary)
}

/// Installs system packages.
pub(crate) fn from_apt(packages: &[&str]) -> Result<()> {
    let is_root = succeeds(&mut program("sh", &["-c", "test $(id -u) = 0"]));
    let apt = |arguments: &[&str]| {
        if is_root {
            program("apt-get", arguments)
        } else {
            program("sudo", &[&["apt-get"], arguments].concat())
        }
    };
    run(&mut apt(&["update", "--quiet"]))?;
    run(apt(&["install", "--yes", "--quiet", "--no-install-recommends"]).args(packages))
}
