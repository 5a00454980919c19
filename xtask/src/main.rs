//! The tools of this workspace, as `cargo xtask <command>`.
//!
//! It depends on none of the crates it generates, so that a broken generated file can always be generated anew.

mod bundle;
mod ci;
mod codegen;
mod metadata;
mod tidy;
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
    /// Runs everything that must hold beside the tests, step by step.
    Ci {
        /// The steps to run; all if none is named.
        steps: Vec<String>,
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
        Command::Ci { steps, list } => ci::run(&steps, list),
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
