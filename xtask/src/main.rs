//! The tools of this workspace, as `cargo xtask <command>`.
//!
//! It depends on none of the crates it generates, so that a broken generated file can always be generated anew.

mod bench;
mod bundle;
mod ci;
mod codegen;
mod command;
mod metadata;
mod tidy;
mod tools;
mod wire;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Generates code from the contract, and checks the house.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measures the SDK beside what else could do its work, and writes docs/benchmarks.md.
    Bench {
        /// The sections to measure and print; all, and the page, if none is named.
        sections: Vec<String>,
        /// Only compare how many instructions a call takes with the committed baseline; exit 1 where it is more.
        #[arg(long, conflicts_with = "sections")]
        check: bool,
        /// Make what a call takes now the baseline.
        #[arg(long, conflicts_with_all = ["sections", "check"])]
        accept: bool,
    },
    /// Checks what must hold beside the tests, step by step: before every landing the gate, before a release everything.
    Ci {
        /// The steps to run; those of the gate if none is named.
        #[arg(conflicts_with = "all")]
        steps: Vec<String>,
        /// Run all steps: the gate and what takes longer.
        #[arg(long)]
        all: bool,
        /// List the steps instead.
        #[arg(long)]
        list: bool,
    },
    /// Generates the models and the client from openapi/partner-center.yaml.
    Codegen {
        /// Compare with what is committed instead of writing; print a diff and exit 1 where they differ.
        #[arg(long)]
        check: bool,
    },
    /// Checks what every file of the workspace keeps to.
    Tidy,
    /// Runs the contract tests: examples, models, what the chains send, what the emulator answers.
    Wire {
        /// Show how what the chains send has changed, and accept it as the new snapshots.
        #[arg(long)]
        accept: bool,
    },
    /// Writes the contract as one JSON file, with its examples in it, for tools that want it so.
    Bundle {
        /// Where to.
        path: PathBuf,
    },
}

#[expect(clippy::print_stderr, reason = "this is where errors reach the person who ran the command")]
fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Bench { check: true, .. } => bench::check(false),
        Command::Bench { accept: true, .. } => bench::check(true),
        Command::Bench { sections, .. } => bench::run(&sections),
        Command::Ci { steps, all, list } => ci::run(&steps, all, list),
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

/// Where cargo puts what it builds.
fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}
