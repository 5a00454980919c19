//! Where a command writes its rows, as the arguments say. Found out before anything is sent.

use std::io::IsTerminal;
use std::path::Path;

use crate::cli::{Global, Writing};
use crate::exit::Exit;
use crate::output::file::Partial;
use crate::output::{Arrangement, Format, Output, Row, Target};
use crate::report::{Problem, Stop};

/// The format that is asked for, or goes without saying.
pub(super) fn format(global: &Global, output: Option<&Path>) -> Result<Format, Problem> {
    let to_terminal = output.is_none() && std::io::stdout().is_terminal();
    let fitting = if to_terminal { Format::Table } else { Format::Json };
    let format = global.format.or_else(|| Format::of_file(output?)).unwrap_or(fitting);
    let refused = |why: &str, advice: &str| Err(Problem::new(Exit::Usage, why).advice(advice));
    match format {
        Format::Parquet if !cfg!(feature = "parquet") => refused(
            "this build cannot write parquet",
            "Build it with --features parquet, or write csv: engines read that as well.",
        ),
        Format::Parquet if to_terminal => {
            refused("parquet is not for a terminal", "Give it a file with --output.")
        }
        _ => Ok(format),
    }
}

/// An output for rows that are written at one go.
pub(super) fn output<R: Row>(global: &Global, writing: &Writing) -> Result<Output<R>, Stop> {
    let format = format(global, writing.output.as_deref())?;
    let arrangement = arrangement(writing)?;
    let target = match &writing.output {
        Some(path) => Target::File(Partial::create(path)?),
        None => Target::Stdout,
    };
    Ok(Output::new(format, target, arrangement, None)?)
}

pub(super) fn arrangement<R: Row>(writing: &Writing) -> Result<Arrangement<R>, Problem> {
    Arrangement::read(writing.sort.as_deref(), writing.limit)
}
