//! Builds the command line for release and packs it, with its manual pages and completions, as an archive for a target.
//!
//! The workflow `release.yml` runs this on a machine of each target, because the manual pages and the completions are
//! written by the program itself, and because a program should run once before its release.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use sha2::{Digest as _, Sha256};

use crate::command::{cargo, program, run};

/// The targets with an archive, as in the workflow.
pub(crate) const TARGETS: [&str; 5] = [
    "aarch64-apple-darwin",
    "aarch64-unknown-linux-gnu",
    "x86_64-apple-darwin",
    "x86_64-pc-windows-msvc",
    "x86_64-unknown-linux-gnu",
];

/// The name of the program without extension.
pub(crate) const PROGRAM: &str = "partner-center";

/// The shells with completions, and the file names that they expect.
const COMPLETIONS: [(&str, &str); 5] = [
    ("bash", "partner-center.bash"),
    ("elvish", "partner-center.elv"),
    ("fish", "partner-center.fish"),
    ("powershell", "_partner-center.ps1"),
    ("zsh", "_partner-center"),
];

/// Files of the repository that are part of an archive.
const FILES: [&str; 4] =
    ["CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT", "crates/partner-center-cli/README.md"];

/// The folder in an archive, which is also the name of the archive without extension.
pub(crate) fn folder(version: &str, target: &str) -> String {
    format!("{PROGRAM}-{version}-{target}")
}

/// The extension of the archive: what people on the target can open without installing anything.
pub(crate) fn extension(target: &str) -> &'static str {
    if target.contains("windows") { ".zip" } else { ".tar.gz" }
}

/// The extension of a program.
pub(crate) fn program_extension(target: &str) -> &'static str {
    if target.contains("windows") { ".exe" } else { "" }
}

/// Writes the archive and its SHA-256 sum into a directory.
#[expect(clippy::print_stdout, reason = "the archive is the result of the command")]
pub(crate) fn write(target: Option<&str>, directory: &Path) -> Result<()> {
    let target = target.map_or_else(host, |target| Ok(target.to_owned()))?;
    let folder = folder(env!("CARGO_PKG_VERSION"), &target);
    // The programs run in other directories.
    let directory = &std::path::absolute(directory)?;
    let contents = directory.join(&folder);
    if contents.exists() {
        std::fs::remove_dir_all(&contents)?;
    }
    std::fs::create_dir_all(&contents)?;
    fill(&contents, &build(&target)?, &target)?;

    let archive = directory.join(format!("{folder}{}", extension(&target)));
    if extension(&target) == ".zip" {
        zip(directory, &folder, &archive)?;
    } else {
        tar(directory, &folder, &archive)?;
    }
    std::fs::remove_dir_all(&contents)?;
    println!("{}\n{}", archive.display(), write_sum(&archive)?.display());
    Ok(())
}

/// The target of this machine.
fn host() -> Result<String> {
    let output = program("rustc", &["--version", "--verbose"]).output().context("cannot run rustc")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc does not name its target")?.to_owned())
}

/// Builds the program, and returns its path.
fn build(target: &str) -> Result<PathBuf> {
    let arguments = ["build", "--release", "--locked", "--package", "partner-center-cli", "--target", target];
    let mut build = cargo(&arguments);
    // Without it, the program needs a runtime that a new Windows does not have.
    build.env("CARGO_TARGET_X86_64_PC_WINDOWS_MSVC_RUSTFLAGS", "-C target-feature=+crt-static");
    run(&mut build)?;
    Ok(crate::target().join(target).join("release").join(format!("{PROGRAM}{}", program_extension(target))))
}

/// Fills the folder of an archive. Runs the program, which shows that it works on this machine.
fn fill(contents: &Path, binary: &Path, target: &str) -> Result<()> {
    run(program(binary, &["--emulator", "--quiet", "licenses", "deployment", "--format", "table"])
        .current_dir(contents))?;
    std::fs::copy(binary, contents.join(format!("{PROGRAM}{}", program_extension(target))))?;
    for file in FILES {
        let name = Path::new(file).file_name().unwrap_or_default();
        std::fs::copy(crate::root().join(file), contents.join(name)).with_context(|| format!("no {file}"))?;
    }
    run(program(binary, &["man"]).arg(contents.join("man")))?;
    let completions = contents.join("completions");
    std::fs::create_dir(&completions)?;
    for (shell, file) in COMPLETIONS {
        let output = program(binary, &["completions", shell]).output()?;
        ensure!(output.status.success(), "no completions for {shell}");
        std::fs::write(completions.join(file), output.stdout)?;
    }
    Ok(())
}

fn tar(directory: &Path, folder: &str, archive: &Path) -> Result<()> {
    // The user of the build does not exist elsewhere. GNU tar and the tar of macOS have different options for this.
    let owner: &[&str] =
        if cfg!(target_os = "linux") { &["--owner=0", "--group=0"] } else { &["--uid=0", "--gid=0"] };
    run(program("tar", &["--create", "--gzip"])
        .args(owner)
        .arg("--file")
        .arg(archive)
        .arg("--directory")
        .arg(directory)
        .arg(folder))
}

/// Writes a zip archive with a library, because the program for it on Windows depends on the shell.
fn zip(directory: &Path, folder: &str, archive: &Path) -> Result<()> {
    let mut zip = zip::ZipWriter::new(std::fs::File::create(archive)?);
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .unix_permissions(0o755);
    for file in files(&directory.join(folder))? {
        // Names in an archive have `/` on every system.
        let parts: Vec<_> = file.strip_prefix(directory)?.iter().map(|part| part.to_string_lossy()).collect();
        zip.start_file(parts.join("/"), options)?;
        zip.write_all(&std::fs::read(&file)?)?;
    }
    zip.finish()?;
    Ok(())
}

/// All files of a folder, in the order of their names.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { all.extend(files(&path)?) } else { all.push(path) }
    }
    all.sort();
    Ok(all)
}

/// Writes the sum beside the archive, as `sha256sum --check` reads it.
fn write_sum(archive: &Path) -> Result<PathBuf> {
    let name = archive.file_name().unwrap_or_default().to_string_lossy();
    let sum = Sha256::digest(std::fs::read(archive)?);
    let path = archive.with_file_name(format!("{name}.sha256"));
    std::fs::write(&path, format!("{sum:x}  {name}\n"))?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_archives_hold_the_folder() {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        std::fs::create_dir_all(at("folder/man")).unwrap();
        std::fs::write(at("folder/man/page.1"), "page").unwrap();
        std::fs::write(at("folder/program"), "program").unwrap();

        zip(directory.path(), "folder", &at("x.zip")).unwrap();
        let archive = zip::ZipArchive::new(std::fs::File::open(at("x.zip")).unwrap()).unwrap();
        let names: Vec<_> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
        assert_eq!(names, ["folder/man/page.1", "folder/program"]);

        if cfg!(unix) {
            tar(directory.path(), "folder", &at("x.tar.gz")).unwrap();
            std::fs::create_dir(at("out")).unwrap();
            let unpack = program("tar", &["--extract", "--gzip", "--file"])
                .arg(at("x.tar.gz"))
                .arg("--directory")
                .arg(at("out"))
                .status();
            assert!(unpack.unwrap().success());
            assert_eq!(std::fs::read_to_string(at("out/folder/man/page.1")).unwrap(), "page");
        }
    }

    #[test]
    fn the_sum_is_that_of_sha256sum() {
        let directory = tempfile::tempdir().unwrap();
        let archive = directory.path().join("x.zip");
        std::fs::write(&archive, "abc").unwrap();
        let sum = std::fs::read_to_string(write_sum(&archive).unwrap()).unwrap();
        assert_eq!(sum, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  x.zip\n");
    }
}
