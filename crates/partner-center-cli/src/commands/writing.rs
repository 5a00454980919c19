//! Where a command writes its rows, as the arguments say. Found out before anything is sent.

use std::io::IsTerminal;
use std::path::Path;

use crate::cli::{Global, Writing};
use crate::console::Console;
use crate::exit::Exit;
use crate::output::file::Partial;
use crate::output::paths::{Files, Read};
use crate::output::{Arrangement, Format, Layout, Oddities, Output, Row, Target};
use crate::report::{Problem, Stop};

/// The format that is asked for, or goes without saying.
pub(super) fn format(global: &Global, output: Option<&Path>) -> Result<Format, Problem> {
    let to_terminal = output.is_none() && std::io::stdout().is_terminal();
    let refused = |why: &str, advice: &str| Err(Problem::new(Exit::Usage, why).advice(advice));
    let format = match (global.format, output) {
        (Some(format), _) => format,
        (None, Some(path)) => match Format::of_file(path) {
            Some(format) => format,
            // What can be no output at all is told first.
            None => return Err(Files::new(path, &[]).err().unwrap_or_else(|| unknown_format(path))),
        },
        (None, None) if to_terminal => Format::Table,
        (None, None) => Format::Json,
    };
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

/// Nobody who names a file `report.tsv` wants json in it.
fn unknown_format(path: &Path) -> Problem {
    let extension = path.extension().map(|extension| extension.to_string_lossy());
    let what = match extension {
        Some(extension) => format!("no format is known by the extension .{extension}"),
        None => "the file has no extension that says its format".to_owned(),
    };
    let known = Format::EXTENSIONS.map(|(extension, _)| format!(".{extension}")).join(", ");
    Problem::new(Exit::Usage, what)
        .fact("--output", path.display().to_string())
        .fact("known", known)
        .advice("Name the file so, or say the format with --format. Nothing was sent.")
}

/// An output for rows that are written at one go.
pub(super) fn output<R: Row>(global: &Global, writing: &Writing, layout: Layout) -> Result<Output<R>, Stop> {
    output_apart_from(global, writing, layout, &[])
}

/// The same, where the run reads files too, here by the names of their arguments.
pub(super) fn output_apart_from<R: Row>(
    global: &Global,
    writing: &Writing,
    layout: Layout,
    read: Read<'_>,
) -> Result<Output<R>, Stop> {
    let format = format(global, writing.file())?;
    let arrangement = arrangement(writing)?;
    let target = match writing.file() {
        Some(path) => Target::File(Partial::create(&Files::new(path, read)?)?),
        None => Target::Stdout,
    };
    Ok(Output::new(format, target, arrangement, layout, None)?)
}

pub(super) fn arrangement<R: Row>(writing: &Writing) -> Result<Arrangement<R>, Problem> {
    Arrangement::read(writing.sort.as_deref(), writing.limit)
}

/// Says which values are unknown, and that rows are missing.
pub(super) fn tell_oddities(oddities: &Oddities, console: Console) {
    if let Some(note) = oddities.note() {
        console.note(&note);
    }
    if let Some(missing) = oddities.missing() {
        let advice = "All other rows are there. Ask again; if it stays so, report it to Microsoft.";
        Console::report(&Problem::new(Exit::SomeFailed, missing).advice(advice));
    }
}
