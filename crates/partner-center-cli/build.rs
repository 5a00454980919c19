//! Determines the commit for `--version`, and the size of the stack on Windows. Without git or a repository the commit is
//! unknown; the build never fails for that.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

fn main() {
    let package = env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let built_from = of_package(Path::new(&package))
        .or_else(|| of_checkout(Path::new(&package)))
        .unwrap_or_else(|| "unknown: not built from a checkout".to_owned());
    println!("cargo:rustc-env=PARTNER_CENTER_COMMIT={built_from}");
    println!("cargo:rerun-if-changed=build.rs");
    // The main thread has 1 MiB on Windows, of which a build without optimization needs more than half. As on Linux.
    if env::var("CARGO_CFG_TARGET_ENV").is_ok_and(|linker| linker == "msvc") {
        println!("cargo:rustc-link-arg-bins=/STACK:{}", 8 * 1024 * 1024);
    }
}

/// Cargo records the commit in a package.
fn of_package(package: &Path) -> Option<String> {
    let info = fs::read_to_string(package.join(".cargo_vcs_info.json")).ok()?;
    let (_, after) = info.split_once("\"sha1\"")?;
    let commit = after.split('"').nth(1).filter(|commit| is_commit(commit))?;
    Some(format!("{}, from a package", short(commit)))
}

fn of_checkout(package: &Path) -> Option<String> {
    let root = package.parent()?.parent()?.canonicalize().ok()?;
    let git = |arguments: &[&str]| {
        let output = Command::new("git").arg("-C").arg(&root).args(arguments).output().ok()?;
        let text = String::from_utf8(output.stdout).ok().filter(|_| output.status.success())?;
        Some(text.trim().to_owned())
    };
    // A package that was unpacked inside another repository does not belong to that repository's commit.
    let top = Path::new(&git(&["rev-parse", "--show-toplevel"])?).canonicalize().ok()?;
    let commit = git(&["rev-parse", "HEAD"]).filter(|commit| top == root && is_commit(commit))?;
    // The log grows with every commit and checkout. A missing file would force a rebuild every time.
    let log = root.join(git(&["rev-parse", "--git-path", "logs/HEAD"])?);
    if log.exists() {
        println!("cargo:rerun-if-changed={}", log.display());
    }
    Some(short(&commit).to_owned())
}

fn is_commit(text: &str) -> bool {
    text.len() >= 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn short(commit: &str) -> &str {
    commit.get(..12).unwrap_or(commit)
}
