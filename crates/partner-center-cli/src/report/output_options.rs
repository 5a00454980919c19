//! Sets up the output from the arguments, before anything is sent.

use std::io::IsTerminal;
use std::path::Path;

use crate::anonymizer::anonymizer;
use crate::args::{Global, Writing};
use crate::console::Console;
use crate::exit::Exit;
use crate::output::columns::Columns;
use crate::output::file::Partial;
use crate::output::paths::{Files, Read};
use crate::output::{CollectedFindings, Format, Layout, Output, Row, RowOrder, Target};
use crate::problem::{Problem, Stop};

/// The requested format, or the default.
pub(crate) fn format(global: &Global, output: Option<&Path>) -> Result<Format, Problem> {
    let to_terminal = output.is_none() && std::io::stdout().is_terminal();
    let refused = |why: &str, advice: &str| Err(Problem::new(Exit::Usage, why).advice(advice));
    let format = match (global.format, output) {
        (Some(format), _) => format,
        (None, Some(path)) => match Format::of_file(path) {
            Some(format) => format,
            // An invalid output file is reported first.
            None => return Err(Files::new(path, &[]).err().unwrap_or_else(|| unknown_format(path))),
        },
        (None, None) if to_terminal => Format::Table,
        (None, None) => Format::Json,
    };
    match format {
        Format::Parquet if to_terminal => {
            refused("parquet cannot be written to a terminal", "Use --output to write it to a file.")
        }
        Format::Xlsx if !cfg!(feature = "xlsx") => Err(no_workbooks()),
        Format::Xlsx if to_terminal => {
            refused("xlsx cannot be written to a terminal", "Use --output to write it to a file.")
        }
        Format::Html => {
            Err(no_html()
                .advice("Use partner-center report for a page, or another format. Nothing was sent."))
        }
        _ => Ok(format),
    }
}

/// This build lacks the feature.
pub(super) fn no_workbooks() -> Problem {
    Problem::new(Exit::Usage, "this build cannot write xlsx")
        .advice("Build with --features xlsx, or use another format. Nothing was sent.")
}

fn no_html() -> Problem {
    Problem::new(Exit::Usage, "this command does not write html")
}

/// An unknown extension is an error: a file named `report.tsv` should not contain json.
fn unknown_format(path: &Path) -> Problem {
    let extension = path.extension().map(|extension| extension.to_string_lossy());
    let what = match extension {
        Some(extension) => format!("unknown output format for the extension .{extension}"),
        None => "the output file has no extension that selects a format".to_owned(),
    };
    if is_html(path) {
        return no_html()
            .fact("--output", path.display().to_string())
            .advice("Use partner-center report for a page, or another extension. Nothing was sent.");
    }
    let known = Format::EXTENSIONS.map(|(extension, _)| format!(".{extension}")).join(", ");
    Problem::new(Exit::Usage, what)
        .fact("--output", path.display().to_string())
        .fact("known", known)
        .advice("Use one of these extensions, or set the format with --format. Nothing was sent.")
}

/// Whether the name of a file is that of a page.
pub(crate) fn is_html(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("html"))
}

/// The arguments, with the order of the rows that `--anonymize` needs: the service's order, or that of the real ids, would
/// say something about the customers. Rows that are written as they arrive keep that order; a table with the layout of
/// customers is sorted by what is written in any case.
pub(crate) fn in_written_order(
    writing: &Writing,
    layout: Layout,
    as_they_come: bool,
    global: &Global,
) -> Result<Writing, Problem> {
    let mut writing = writing.clone();
    if anonymizer().is_some() && writing.sort.is_none() && !as_they_come {
        let is_table = format(global, writing.file())? == Format::Table;
        if !is_table || layout == Layout::AsTheyCome {
            writing.sort = Some("customerId".to_owned());
        }
    }
    Ok(writing)
}

/// An output without a checkpoint.
pub(crate) fn output<R: Row>(global: &Global, writing: &Writing, layout: Layout) -> Result<Output<R>, Stop> {
    output_apart_from(global, writing, layout, Columns::of::<R>(), &[])
}

/// Like [`output`], for a run that also reads files, given with the names of their arguments.
pub(crate) fn output_apart_from<R: Row>(
    global: &Global,
    writing: &Writing,
    layout: Layout,
    columns: Columns,
    read: Read<'_>,
) -> Result<Output<R>, Stop> {
    let format = format(global, writing.file())?;
    let dialect = writing.csv.dialect(format)?;
    let arrangement = arrangement(&columns, writing)?;
    let columns = chosen(columns, writing, format)?;
    let target = match writing.file() {
        Some(path) => Target::File(Partial::create(&Files::new(path, read)?)?),
        None => Target::Stdout,
    };
    Ok(Output::new((format, dialect), target, arrangement, layout, columns, None)?)
}

/// The columns, with the choice of `--columns`.
pub(crate) fn chosen(columns: Columns, writing: &Writing, format: Format) -> Result<Columns, Problem> {
    match &writing.columns {
        Some(names) => columns.choose(names, format.is_nested()),
        None => Ok(columns),
    }
}

pub(crate) fn arrangement<R: Row>(columns: &Columns, writing: &Writing) -> Result<RowOrder<R>, Problem> {
    RowOrder::read(columns, writing.sort.as_deref(), writing.limit)
}

/// Reports unreadable values and missing rows.
pub(crate) fn note_findings(findings: &CollectedFindings, console: Console) {
    if let Some(note) = findings.note() {
        console.note(&note);
    }
    report_missing(findings);
}

/// Reports missing rows.
pub(crate) fn report_missing(findings: &CollectedFindings) {
    if let Some(missing) = findings.missing() {
        let advice = "All other rows were read. Run the command again; if the problem persists, report it to Microsoft.";
        Console::report(&Problem::new(Exit::Partial, missing).advice(advice));
    }
}
