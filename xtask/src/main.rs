//! The developer tools of this workspace, run as `cargo xtask <command>`.
//!
//! It depends on none of the crates it generates, so that it can always regenerate a broken file.

mod archive;
mod bench;
mod bundle;
mod ci;
mod codegen;
mod command;
mod metadata;
mod tidy;
mod tools;
mod wire;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Generates code, runs checks and measures speed.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Builds the command line for release and packs it for a target, with its manual pages and completions.
    Archive {
        /// The directory to write the archive and its SHA-256 sum to.
        directory: PathBuf,
        /// The target, which must be of this machine's kind; by default, this machine's.
        #[arg(long)]
        target: Option<String>,
    },
    /// Compares the speed of the SDK with other clients, and writes docs/benchmarks.md.
    Bench {
        /// The sections to measure and print; without any, measure all and write the page.
        sections: Vec<String>,
        /// Only compare the instructions per call with the committed baseline; exit 1 if there are more.
        #[arg(long, conflicts_with = "sections")]
        check: bool,
        /// Store the current instructions per call as the baseline.
        #[arg(long, conflicts_with_all = ["sections", "check"])]
        accept: bool,
    },
    /// Runs the checks other than the tests, step by step: the default steps before every merge, all before a release.
    Ci {
        /// The steps to run; without any, run the default steps.
        #[arg(conflicts_with = "all")]
        steps: Vec<String>,
        /// Run all steps: the default ones and the slower ones.
        #[arg(long)]
        all: bool,
        /// List the steps instead.
        #[arg(long)]
        list: bool,
        /// Make the current state the baseline of the named steps instead: `contract`, `semver` or `bench`.
        #[arg(long, requires = "steps", conflicts_with_all = ["all", "list"])]
        accept: bool,
    },
    /// Generates the models and the client from openapi/partner-center.yaml.
    Codegen {
        /// Compare with the existing files instead of writing; print a diff and exit 1 if they differ.
        #[arg(long)]
        check: bool,
    },
    /// Checks the rules that every file of the workspace must follow.
    Tidy,
    /// Runs the contract tests: examples, models, requests of the SDK, responses of the emulator.
    Wire {
        /// Show how the requests have changed, and accept them as the new snapshots.
        #[arg(long)]
        accept: bool,
    },
    /// Writes the contract as a single JSON file with embedded examples, for tools that need one.
    Bundle {
        /// The file to write.
        path: PathBuf,
    },
}

#[expect(clippy::print_stderr, reason = "this is where errors reach the person who ran the command")]
fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Archive { directory, target } => archive::write(target.as_deref(), &directory),
        Command::Bench { check: true, .. } => bench::check(false),
        Command::Bench { accept: true, .. } => bench::check(true),
        Command::Bench { sections, .. } => bench::run(&sections),
        Command::Ci { steps, accept: true, .. } => ci::accept(&steps),
        Command::Ci { steps, all, list, .. } => ci::run(&steps, all, list),
        Command::Codegen { check } => codegen::run(check),
        Command::Bundle { path } => bundle::run(&path),
        Command::Tidy => tidy::run(),
        Command::Wire { accept } => wire::run(accept),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The root of the workspace.
fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_owned()
}

/// Cargo's target directory, as an absolute path: programs run in other directories.
fn target() -> PathBuf {
    target_of(std::env::var_os("CARGO_TARGET_DIR"))
}

/// Cargo resolves a relative path against its current directory, which is the root (see `command`).
fn target_of(variable: Option<OsString>) -> PathBuf {
    root().join(variable.unwrap_or_else(|| "target".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_directory_is_absolute() {
        let elsewhere = std::env::temp_dir();
        for (variable, expected) in [
            (None, root().join("target")),
            (Some("build".into()), root().join("build")),
            (Some(elsewhere.clone().into_os_string()), elsewhere),
        ] {
            assert_eq!(target_of(variable), expected);
            assert!(expected.is_absolute());
        }
    }
}
