//! Reads a table with a header from a csv file that a person or a spreadsheet wrote.
//!
//! Columns may be in any order and are separated by commas, semicolons or tabs, whichever the header uses. Mistakes are
//! collected with line and column, so that one run names all of them.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use csv::{ReaderBuilder, StringRecord};
use partner_center::settings::input::UnusableText;

use crate::csv_dialect::Dialect;
use crate::exit::Exit;
use crate::input;
use crate::problem::Problem;
use crate::terminal::text::showable;

/// How many mistakes are listed.
const MOST: usize = 20;

/// How many characters of a cell are quoted.
const QUOTED: usize = 60;

/// The columns that a file has.
pub(super) struct Columns {
    pub(super) required: &'static [&'static str],
    pub(super) optional: &'static [&'static str],
    /// Whether other columns are allowed. They are ignored.
    pub(super) others: bool,
}

impl Columns {
    fn all(&self) -> impl Iterator<Item = &'static str> {
        self.required.iter().chain(self.optional).copied()
    }

    /// The column that a cell of the header names. Ignores case and the remains of a byte order mark, which other
    /// programs turn into `???` or `ï»¿`.
    fn named(&self, cell: &str) -> Option<&'static str> {
        let name = cell.trim_start_matches(|c: char| !c.is_ascii_alphanumeric()).trim_end();
        self.all().find(|column| column.eq_ignore_ascii_case(name))
    }
}

/// A mistake in a file, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mistake {
    line: u64,
    /// The number of the column, from 1, and its name.
    column: Option<(usize, &'static str)>,
    text: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some((number, name)) = self.column {
            write!(f, ", column {number}")?;
            if !name.is_empty() {
                write!(f, " ({name})")?;
            }
        }
        write!(f, ": {}", self.text)
    }
}

/// Why a file cannot be used: the file as a whole, or parts of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unusable {
    /// Completes "it ...".
    File(String),
    Parts(Vec<Mistake>),
}

impl Unusable {
    /// The report. `what` is what the file contains, such as "the prices".
    pub(super) fn problem(self, what: &str, path: &Path, advice: &str) -> Problem {
        let problem = Problem::new(Exit::Usage, format!("{what} in {} cannot be used", path.display()));
        match self {
            Self::File(why) => problem.because(format!("it {why}")),
            Self::Parts(mistakes) => {
                let mut lines: Vec<_> =
                    mistakes.iter().take(MOST).map(|mistake| showable(&mistake.to_string())).collect();
                if let more @ 1.. = mistakes.len().saturating_sub(MOST) {
                    lines.push(format!("and {more} more"));
                }
                problem.picture(lines.join("\n"))
            }
        }
        .advice(advice)
    }
}

/// The rows of a file, with the places of its columns.
#[derive(Debug)]
pub(super) struct Sheet {
    text: String,
    delimiter: u8,
    /// For each place, the column that the header names there.
    header: Vec<Option<&'static str>>,
    rows: Vec<SheetRow>,
    mistakes: Vec<Mistake>,
}

/// A row that is not empty.
#[derive(Debug)]
pub(super) struct SheetRow {
    line: u64,
    cells: StringRecord,
}

impl Sheet {
    /// Reads a file, whose bytes `decode` turns into text.
    pub(super) fn read(
        path: &Path,
        at_most: Duration,
        decode: fn(&[u8]) -> Result<String, UnusableText>,
        columns: &Columns,
    ) -> Result<Self, Unusable> {
        let bytes =
            input::read(path, at_most).map_err(|error| Unusable::File(format!("was not read: {error}")))?;
        // An xlsx file is a zip archive; an xls file begins with the mark of a compound file.
        if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
            return Err(Unusable::File("is a workbook or an archive; save the sheet as csv".to_owned()));
        }
        let text =
            decode(&bytes).map_err(|reason| Unusable::File(format!("{}; save it as csv", reason.why)))?;
        Self::parse(&text, columns)
    }

    /// Reads a text. Only a header that cannot be used is an error; [`finish`](Self::finish) returns other mistakes.
    pub(super) fn parse(text: &str, columns: &Columns) -> Result<Self, Unusable> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n").replace('\r', "\n");
        let (delimiter, mut records) = delimiter(&text, columns)?;
        let mut lines = Lines { text: &text, byte: 0, line: 1 };
        let Some(header) = records.next() else { return Err(no_header(columns)) };
        let line = lines.at(&header);
        let header = Self::header(line, &header, columns)?;
        let rows = records.filter(|cells| !is_empty(cells));
        let mut rows: Vec<_> = rows.map(|cells| SheetRow { line: lines.at(&cells), cells }).collect();
        let mut mistakes = Vec::new();
        if !columns.others {
            rows.retain(|row| {
                let mistake = irregularity(&header, delimiter, row);
                let is_regular = mistake.is_none();
                mistakes.extend(mistake);
                is_regular
            });
        }
        Ok(Self { text, delimiter, header, rows, mistakes })
    }

    /// The columns that a header names.
    fn header(
        line: u64,
        cells: &StringRecord,
        columns: &Columns,
    ) -> Result<Vec<Option<&'static str>>, Unusable> {
        let mut header: Vec<Option<&'static str>> = Vec::new();
        let mut mistakes = Vec::new();
        for (number, cell) in (1..).zip(cells) {
            let column = columns.named(cell);
            let mut refuse = |text| mistakes.push(Mistake { line, column: Some((number, "")), text });
            if let Some(name) = column.filter(|_| header.contains(&column)) {
                refuse(format!("a second column `{name}`"));
            } else if column.is_none() && !columns.others && !cell.trim().is_empty() {
                let names: Vec<_> = columns.all().collect();
                refuse(format!("{} is not a column; the columns are {}", quoted(cell), names.join(", ")));
            }
            header.push(column);
        }
        for name in columns.required.iter().filter(|name| !header.contains(&Some(*name))) {
            mistakes.push(Mistake {
                line,
                column: None,
                text: format!("no column `{name}`; the first line must name {}", columns.required.join(", ")),
            });
        }
        if mistakes.is_empty() { Ok(header) } else { Err(Unusable::Parts(mistakes)) }
    }

    /// The rows that are not empty.
    pub(super) fn rows(&self) -> &[SheetRow] {
        &self.rows
    }

    /// The text of the file.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether columns are separated by commas, so that a price cannot have a decimal comma.
    pub(super) fn is_separated_by_commas(&self) -> bool {
        self.delimiter == b','
    }

    /// The cell of a row in a column, without surrounding white space. Empty if there is none.
    pub(super) fn cell<'r>(&self, row: &'r SheetRow, column: &'static str) -> &'r str {
        self.place(column).and_then(|place| row.cells.get(place)).unwrap_or_default().trim()
    }

    fn place(&self, column: &'static str) -> Option<usize> {
        self.header.iter().position(|name| *name == Some(column))
    }

    /// Converts every row with `convert`, which returns the mistakes in its columns. A row with mistakes is left out.
    pub(super) fn convert<T>(
        &mut self,
        mut convert: impl FnMut(&Self, &SheetRow) -> Result<T, Vec<(&'static str, String)>>,
    ) -> Vec<T> {
        let mut converted = Vec::new();
        let mut mistakes = std::mem::take(&mut self.mistakes);
        for row in &self.rows {
            match convert(self, row) {
                Ok(value) => converted.push(value),
                Err(found) => mistakes.extend(found.into_iter().map(|(column, text)| Mistake {
                    line: row.line,
                    column: self.place(column).map(|place| (place + 1, column)),
                    text,
                })),
            }
        }
        self.mistakes = mistakes;
        converted
    }

    /// The mistakes, in the order of the file, if there are any.
    pub(super) fn finish(mut self) -> Result<(), Unusable> {
        self.mistakes.sort_by_key(|mistake| (mistake.line, mistake.column));
        if self.mistakes.is_empty() { Ok(()) } else { Err(Unusable::Parts(self.mistakes)) }
    }
}

impl SheetRow {
    /// The line of the file, from 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }
}

/// A cell of a row that cannot be meant as it is.
fn irregularity(header: &[Option<&'static str>], delimiter: u8, row: &SheetRow) -> Option<Mistake> {
    let columns = header.iter().copied().chain(std::iter::repeat(None));
    let fault = (1..).zip(columns.zip(&row.cells)).find_map(|(number, (column, cell))| {
        let text = if cell.contains('\n') {
            "a line break in a cell; a closing quote may be missing".to_owned()
        } else if column.is_none() && !cell.trim().is_empty() {
            let delimiter =
                if delimiter == b'\t' { "a tab".to_owned() } else { format!("`{}`", char::from(delimiter)) };
            format!("the header names no such column: a text with {delimiter} in it must be in quotes")
        } else {
            return None;
        };
        Some((number, column.unwrap_or_default(), text))
    });
    let (number, column, text) = fault?;
    Some(Mistake { line: row.line, column: Some((number, column)), text })
}

/// A cell as messages quote it.
pub(super) fn quoted(cell: &str) -> String {
    let cell = cell.trim();
    match cell.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("`{}…`", cell.get(..end).unwrap_or_default()),
        None => format!("`{cell}`"),
    }
}

fn no_header(columns: &Columns) -> Unusable {
    Unusable::File(format!("has no header: the first line must name {}", columns.required.join(", ")))
}

/// The delimiter with which the header names the most columns, and the records that it gives.
fn delimiter<'t>(
    text: &'t str,
    columns: &Columns,
) -> Result<(u8, impl Iterator<Item = StringRecord> + use<'t>), Unusable> {
    let mut best = (0, b',');
    for delimiter in Dialect::DELIMITERS {
        let header = records(text, delimiter).next().unwrap_or_default();
        let named = header.iter().filter(|cell| columns.named(cell).is_some()).count();
        if named > best.0 {
            best = (named, delimiter);
        }
    }
    match best {
        (0, _) => Err(no_header(columns)),
        (_, delimiter) => Ok((delimiter, records(text, delimiter).skip_while(is_empty))),
    }
}

/// The records of a text. It is valid UTF-8, and records may have any length, so that none is an error.
fn records(text: &str, delimiter: u8) -> impl Iterator<Item = StringRecord> + use<'_> {
    let mut reader = ReaderBuilder::new();
    reader.has_headers(false).flexible(true).delimiter(delimiter);
    reader.from_reader(text.as_bytes()).into_records().map_while(Result::ok)
}

fn is_empty(cells: &StringRecord) -> bool {
    cells.iter().all(|cell| cell.trim().is_empty())
}

/// Finds the lines of records, whose own numbers count empty lines before them as theirs.
struct Lines<'t> {
    text: &'t str,
    byte: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line in which the next record begins.
    fn at(&mut self, record: &StringRecord) -> u64 {
        let start = record.position().and_then(|position| usize::try_from(position.byte()).ok());
        let start = start.unwrap_or(self.byte).max(self.byte);
        let blank = self.text.get(start..).map_or(0, |rest| rest.len() - rest.trim_start_matches('\n').len());
        let passed = self.text.get(self.byte..start + blank).unwrap_or_default();
        self.line = passed.bytes().filter(|byte| *byte == b'\n').fold(self.line, |line, _| line + 1);
        self.byte = start + blank;
        self.line
    }
}
