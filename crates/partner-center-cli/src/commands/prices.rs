//! `prices template` and `prices check`: price files for the products of all customers.

use std::cell::Cell;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::rc::Rc;

use jiff::civil::Date;
use serde::Serialize;

use crate::args::{self, Global, PricesCommand, Requests};
use crate::console::Console;
use crate::csv_dialect::Dialect;
use crate::days::today;
use crate::exit::Exit;
use crate::output::file::Partial;
use crate::output::paths::Files;
use crate::output::rows::AnnotatedRow;
use crate::output::{Failure, Format, Output, SCHEMA_VERSION, Sink, Summary, Target, write_json_to};
use crate::prices::{EntryRef, Finding, FindingKind, PriceList, Products, check, write_template};
use crate::problem::{Problem, Stop};
use crate::report::{output_options, write_from_all};
use crate::terminal::text::{counted, printable};

pub(crate) async fn run(command: &PricesCommand, global: &Global, console: Console) -> Result<Exit, Stop> {
    match command {
        PricesCommand::Template { requests, output, csv } => {
            let dialect = csv.dialect(Format::Csv)?;
            template(requests, args::file(output.as_deref()), dialect, global, console).await
        }
        PricesCommand::Check { prices, requests } => compare(prices, requests, global, console).await,
    }
}

/// How many products there are, and how many findings; `None` until they are written.
type Counts = Rc<Cell<Option<(usize, usize)>>>;

async fn template(
    requests: &Requests,
    file: Option<&Path>,
    dialect: Dialect,
    global: &Global,
    console: Console,
) -> Result<Exit, Stop> {
    refuse_other_formats(global, file)?;
    let target = match file {
        Some(path) => {
            let files = Files::new(path, &[])?;
            refuse_existing(path)?;
            Target::File(Partial::create(&files)?)
        }
        None => Target::Stdout,
    };
    let written = Counts::default();
    let output = Output::of_sink(target, |out| Template {
        products: Products::default(),
        dialect,
        out,
        written: Rc::clone(&written),
    })?;
    let exit = write_from_all(output, Format::Csv, requests, global, console).await?;
    if let Some((products, _)) = written.get() {
        let products = counted(products, "product", "products");
        console.note(&format!("{products} without prices; complete price, currency and per of each line"));
    }
    Ok(exit)
}

/// A template is csv, and a file of another name should not contain csv.
fn refuse_other_formats(global: &Global, file: Option<&Path>) -> Result<(), Problem> {
    let is_csv = match (global.format, file) {
        (Some(format), _) => format == Format::Csv,
        (None, Some(path)) => Format::of_file(path) == Some(Format::Csv),
        (None, None) => true,
    };
    if is_csv {
        return Ok(());
    }
    Err(Problem::new(Exit::Usage, "prices template writes csv only")
        .advice("Use a file name that ends in .csv, or --format csv. Nothing was sent."))
}

/// Prices are typed by hand, so that a template must not replace them.
fn refuse_existing(path: &Path) -> Result<(), Problem> {
    if fs::metadata(path).is_ok_and(|found| found.len() > 0) {
        return Err(Problem::new(Exit::Usage, format!("{} exists", path.display())).advice(
            "A template would replace its prices: use another name, or delete it. Nothing was sent.",
        ));
    }
    Ok(())
}

/// `prices check`.
async fn compare(path: &Path, requests: &Requests, global: &Global, console: Console) -> Result<Exit, Stop> {
    let format = output_options::format(global, None)?;
    if !matches!(format, Format::Table | Format::Json) {
        return Err(Problem::new(Exit::Usage, "prices check writes text or json only")
            .advice("Use --format table or json. Nothing was sent.")
            .into());
    }
    let (as_json, day, written) = (format == Format::Json, today(), Counts::default());
    let prices = PriceList::read(path, global.patience())?;
    let output = Output::of_sink(Target::Stdout, |out| Check {
        prices,
        day,
        products: Products::default(),
        as_json,
        out,
        written: Rc::clone(&written),
    })?;
    let exit = write_from_all(output, format, requests, global, console).await?;
    let Some((products, findings)) = written.get() else { return Ok(exit) };
    let (products, found) =
        (counted(products, "product", "products"), counted(findings, "finding", "findings"));
    console.note(&format!("{found} about {products} on {day}"));
    if findings > 0 && exit == Exit::Partial {
        console
            .note("customers or rows are missing: an entry that matches no product may match one of theirs");
    }
    Ok(match exit {
        Exit::Done | Exit::Partial if findings > 0 => Exit::CheckFailed,
        other => other,
    })
}

/// Writes a price file with the products of all rows.
struct Template {
    products: Products,
    dialect: Dialect,
    out: Box<dyn Write + Send>,
    written: Counts,
}

impl Sink<AnnotatedRow> for Template {
    fn rows(&mut self, rows: &[AnnotatedRow]) -> io::Result<()> {
        for row in rows {
            self.products.add((&row.row).into());
        }
        Ok(())
    }

    fn finish(&mut self, _: &Summary, _: &[Failure]) -> io::Result<()> {
        let products = self.products.sorted();
        write_template(&mut self.out, products.iter().copied(), self.dialect)?;
        self.written.set(Some((products.len(), 0)));
        Ok(())
    }
}

/// Writes what is wrong between prices and the products of all rows.
struct Check {
    prices: PriceList,
    day: Date,
    products: Products,
    as_json: bool,
    out: Box<dyn Write + Send>,
    written: Counts,
}

impl Sink<AnnotatedRow> for Check {
    fn rows(&mut self, rows: &[AnnotatedRow]) -> io::Result<()> {
        for row in rows {
            self.products.add((&row.row).into());
        }
        Ok(())
    }

    fn finish(&mut self, summary: &Summary, failures: &[Failure]) -> io::Result<()> {
        let products = self.products.sorted();
        let findings = check(&self.prices, &products, self.day);
        if self.as_json {
            let report = Report {
                schema_version: SCHEMA_VERSION,
                r#type: "price-check",
                day: self.day.to_string(),
                products: products.len(),
                findings: findings.iter().map(FindingLine::from).collect(),
                failures,
                summary,
            };
            write_json_to(&mut self.out, &report)?;
        } else {
            for finding in &findings {
                writeln!(self.out, "{}", printable(&finding.to_string()))?;
            }
            self.out.flush()?;
        }
        self.written.set(Some((products.len(), findings.len())));
        Ok(())
    }
}

/// The JSON document of `prices check`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    schema_version: u32,
    r#type: &'static str,
    /// The day whose prices are compared.
    day: String,
    /// The number of products.
    products: usize,
    findings: Vec<FindingLine<'a>>,
    failures: &'a [Failure],
    summary: &'a Summary,
}

/// A finding in the JSON document.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FindingLine<'a> {
    kind: &'static str,
    sentence: String,
    product_id: Option<String>,
    product_name: Option<&'a str>,
    /// The lines of the price file concerned.
    entries: Vec<EntryLine<'a>>,
}

#[derive(Serialize)]
struct EntryLine<'a> {
    line: u64,
    product: &'a str,
    from: Option<String>,
}

impl<'a> From<&'a Finding> for FindingLine<'a> {
    fn from(finding: &'a Finding) -> Self {
        let product = finding.product.as_ref();
        Self {
            kind: match finding.kind {
                FindingKind::NoPrice => "noPrice",
                FindingKind::NotYet => "notYet",
                FindingKind::MatchedTwice => "matchedTwice",
                FindingKind::MatchesNothing => "matchesNothing",
            },
            sentence: finding.to_string(),
            product_id: product.and_then(|product| product.id.as_ref()).map(ToString::to_string),
            product_name: product.and_then(|product| product.name.as_deref()),
            entries: finding.entries.iter().map(EntryLine::from).collect(),
        }
    }
}

impl<'a> From<&'a EntryRef> for EntryLine<'a> {
    fn from(entry: &'a EntryRef) -> Self {
        let from = entry.from.map(|day| day.to_string());
        Self { line: entry.line, product: &entry.product, from }
    }
}
