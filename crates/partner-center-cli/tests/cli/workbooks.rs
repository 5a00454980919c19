//! `--format xlsx`: every cell and total of a workbook is that of csv, and the last sheet says what was not read.

use std::io::Cursor;
use std::path::Path;

use calamine::{Data, DataType as _, Range, Reader as _, Xlsx, open_workbook_from_rs};
use partner_center_emulator::{CustomerState, Emulator, FaultScript};

use crate::support::{Run, TestEmulator, beside, finish, rejections, stable};

pub(crate) type Book = Xlsx<Cursor<Vec<u8>>>;

pub(crate) fn open(path: &Path) -> Book {
    open_workbook_from_rs(Cursor::new(std::fs::read(path).unwrap())).unwrap()
}

/// Writes the rows of a command as csv and as a workbook.
fn both(beside: &TestEmulator, arguments: &[&str]) -> (Vec<Vec<String>>, Book, Run) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.xlsx");
    let csv = beside.run(&[arguments, &["--format", "csv"]].concat());
    let run = beside.run(&[arguments, &["--output", path.to_str().unwrap()]].concat());
    assert_eq!((run.code, run.stdout.as_str()), (csv.code, ""), "{run}");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(csv.stdout.as_bytes());
    let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect());
    (rows.collect(), open(&path), run)
}

/// Whether a cell has the value of csv, where a text that could be a formula is marked.
fn is_same(column: &str, csv: &str, cell: &Data) -> bool {
    match cell {
        Data::Empty => csv.is_empty(),
        Data::Float(number) => {
            let number = if column.ends_with("Percent") { number * 100.0 } else { *number };
            (csv.parse::<f64>().unwrap() - number).abs() < 1e-9
        }
        Data::DateTime(time) => {
            let of_zone = csv.parse::<jiff::Timestamp>().ok();
            let without_zone =
                || csv.parse::<jiff::civil::DateTime>().unwrap().to_zoned(jiff::tz::TimeZone::UTC);
            let expected = of_zone.unwrap_or_else(|| without_zone().unwrap().timestamp());
            let seconds = (time.as_f64() - 25_569.0) * 86_400.0;
            (expected.as_duration().as_secs_f64() - seconds).abs() < 0.01
        }
        Data::String(text) => {
            csv.strip_prefix('\'').unwrap_or(csv) == text.strip_prefix('\'').unwrap_or(text)
        }
        other => panic!("{column}: {other:?}"),
    }
}

pub(crate) fn compare(csv: &[Vec<String>], sheet: &Range<Data>) {
    let header = &csv[0];
    assert_eq!(&sheet.headers().unwrap(), header);
    assert_eq!(sheet.rows().count(), csv.len());
    for (row, cells) in csv.iter().zip(sheet.rows()).skip(1) {
        for ((column, text), cell) in header.iter().zip(row).zip(cells) {
            assert!(is_same(column, text, cell), "{column}: {cell:?} instead of {text:?}");
        }
    }
}

/// Every cell, with a line per row.
pub(crate) fn text(book: &mut Book) -> String {
    let sheets: Vec<_> = book.worksheets().into_iter().map(|(_, sheet)| sheet).collect();
    let rows = sheets.iter().flat_map(Range::rows);
    let lines = rows.map(|row| row.iter().map(ToString::to_string).collect::<Vec<_>>().join("\t"));
    lines.collect::<Vec<_>>().join("\n")
}

/// The sums of the columns with counts and costs.
fn sums(sheet: &Range<Data>) -> Vec<(String, f64)> {
    let header = sheet.headers().unwrap();
    let sum = |place: usize| sheet.rows().skip(1).filter_map(|row| row[place].get_float()).sum::<f64>();
    let counts = ["licenses", "shelfware", "idle", "unused"];
    let is_count = |name: &str| counts.iter().any(|count| name.starts_with(count));
    let places = header.iter().enumerate().filter(|(_, name)| is_count(name));
    places.map(|(place, name)| (name.clone(), sum(place))).collect()
}

/// The line of the summary below the header that begins with this text, as name and value.
pub(crate) fn line_of_summary(book: &mut Book, header: &str, line: &str) -> Vec<(String, f64)> {
    let summary = book.worksheet_range("Summary").unwrap();
    let below = |text: &str| {
        let text = Data::String(text.to_owned());
        summary
            .rows()
            .position(|row| row[0] == text)
            .unwrap_or_else(|| panic!("{text} is not on the summary"))
    };
    let (names, values) =
        (summary.rows().nth(below(header)).unwrap(), summary.rows().nth(below(line)).unwrap());
    let cells = names.iter().zip(values).skip(1);
    cells.filter_map(|(name, value)| Some((name.get_string()?.to_owned(), value.get_float()?))).collect()
}

const PRICES: &str = "product,price,currency,per\nOFFICE 365*,8.37,EUR,month\nMICROSOFT 365*,240,USD,year\nEXCHANGE*,900,JPY,month\n";

fn prices() -> (tempfile::TempDir, String) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("prices.csv");
    std::fs::write(&path, PRICES).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (directory, path)
}

#[test]
fn a_workbook_has_the_cells_of_csv_and_their_totals() {
    let beside = beside(Emulator::builder().customers(60));
    let (_directory, prices) = prices();
    for source in ["commercial", "classic"] {
        let source = ["-a", "--source", source];
        for (arguments, sheets) in [
            (&["licenses", "funnel", "--prices", &prices][..], 5),
            (&["licenses", "deployment"], 5),
            (&["licenses", "usage"], 5),
            (&["licenses", "funnel", "--by", "product", "--prices", &prices], 3),
            (&["licenses", "deployment", "--by", "service"], 3),
        ] {
            let (csv, mut book, run) = both(&beside, &[arguments, &source].concat());
            assert_eq!(run.code, 0, "{run}");
            let mut expected = vec!["Summary", "Rows", "Not read"];
            if sheets == 5 {
                expected.splice(1..1, ["Customers", "Products"]);
            }
            assert_eq!(book.sheet_names(), expected);
            let rows = book.worksheet_range("Rows").unwrap();
            compare(&csv, &rows);

            let of_rows = sums(&rows);
            // Usage has totals per workload, which a unit test checks.
            if arguments[1] != "usage" {
                let of = format!("{} rows", csv.len() - 1);
                for (name, total) in line_of_summary(&mut book, "Total of", &of) {
                    let sum = of_rows.iter().find(|(column, _)| *column == name);
                    assert!(
                        name.ends_with("Percent") || sum.is_none_or(|(_, sum)| (sum - total).abs() < 0.001),
                        "{name} {total}"
                    );
                }
            }
            for sheet in expected.iter().filter(|sheet| matches!(**sheet, "Customers" | "Products")) {
                for (name, sum) in sums(&book.worksheet_range(sheet).unwrap()) {
                    let of_rows = of_rows.iter().find(|(column, _)| *column == name);
                    assert!(
                        of_rows.is_none_or(|(_, of_rows)| (of_rows - sum).abs() < 0.001),
                        "{sheet} {name} {sum}"
                    );
                }
            }
            if arguments.contains(&"--prices") {
                let sheet = if sheets == 5 { "Products" } else { "Rows" };
                let groups = sums(&book.worksheet_range(sheet).unwrap());
                let of_currency = line_of_summary(&mut book, "Cost per month", "EUR");
                for name in ["shelfwareCost", "idleCost", "unusedCost"] {
                    let total = of_currency.iter().find(|(column, _)| column == name).unwrap().1;
                    let column = format!("{name}_EUR");
                    let sum = groups.iter().find(|(other, _)| *other == column).unwrap().1;
                    assert!(total > 0.0 && (sum - total).abs() < 0.001, "{name} {sum} {total}");
                }
                assert!(groups.iter().any(|(name, _)| name == "unusedCost_JPY"), "{groups:?}");
            }
        }
    }
    for arguments in
        [&["customers", "list"][..], &["licenses", "query", "deployment"], &["licenses", "usage"]]
    {
        let (csv, mut book, _) = both(&beside, arguments);
        compare(&csv, &book.worksheet_range("Rows").unwrap());
    }
}

#[test]
fn what_was_not_read_is_on_the_last_sheet() {
    let beside = beside(Emulator::builder().customers(30));
    let failed = beside.emulator.book().customers().find(|customer| customer.state == CustomerState::Active);
    let failed = failed.unwrap();
    let (failed, name) = (failed.id.to_string(), failed.company_name.clone());
    let fault = format!("/v1/customers/{failed}/* 400");
    beside.emulator.set_faults(fault.parse::<FaultScript>().unwrap());
    let arguments = ["licenses", "deployment", "-a", "--source", "classic", "--max-attempts", "1"];
    let (_, mut book, run) = both(&beside, &arguments);
    assert_eq!(run.code, 3, "{run}");
    let sheet = book.worksheet_range("Not read").unwrap();
    let lines: Vec<Vec<_>> = sheet.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect();
    let of = |outcome: &str| lines.iter().filter(|line| line[0] == outcome).collect::<Vec<_>>();
    assert_eq!(of("failed").len(), 1, "{lines:?}");
    let line = of("failed")[0];
    assert_eq!((&line[1], &line[2], line[4].as_str()), (&failed, &name, "400"));
    assert!(
        !of("skipped").is_empty() && of("Skipped")[0][1].starts_with(&of("skipped").len().to_string()),
        "{lines:?}"
    );
    assert_eq!(of("Failed")[0][1], "1 customer could not be read");
    let empty = of("without rows").len();
    assert!(empty > 0 && of("Without rows")[0][1].starts_with(&format!("{empty} customer")), "{lines:?}");
    let summary = book.worksheet_range("Summary").unwrap();
    assert!(summary.rows().flatten().any(|cell| cell.to_string().contains("not all were read")));
}

#[test]
fn a_run_that_ends_early_writes_nothing() {
    let beside = beside(Emulator::builder().customers(30));
    beside.emulator.set_faults("#20- 401(code=900421)".parse::<FaultScript>().unwrap());
    let arguments = ["licenses", "deployment", "-a", "--source", "classic", "--format", "xlsx"];
    let run = beside.run(&arguments);
    assert_eq!(run.stdout, "", "{run}");
    assert!(run.code != 0 && run.stderr.contains("nothing was written"), "{run}");
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.xlsx");
    let run = beside.run(&[&arguments[..], &["-o", path.to_str().unwrap()]].concat());
    assert!(run.code != 0, "{run}");
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[cfg(unix)]
#[test]
fn a_full_temporary_directory_is_an_error_that_names_it() {
    let beside = beside(Emulator::builder().customers(60));
    let temporary = tempfile::tempdir().unwrap();
    let funnel = ["licenses", "funnel", "-a", "--source", "classic"];
    let size = |arguments: &[&str]| {
        let csv = beside.run(&[arguments, &["--format", "csv"]].concat()).stdout;
        u64::try_from(csv.len()).unwrap()
    };
    let all = size(&funnel);
    let few = ["licenses", "deployment", "-c", crate::support::DOCUMENTED];
    let pack = ["report", "pack", "--format", "xlsx"];
    // The rows before they are written, a long sheet while it is written, and the end of a short sheet.
    for (arguments, output, limit) in [
        (&funnel[..], "x.xlsx", all / 4),
        (&funnel, "x.xlsx", all * 3 / 2),
        (&few, "x.xlsx", size(&few)),
        (&pack, "pack", 512),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let mut command = beside.command();
        command.args(arguments).arg("--output").arg(directory.path().join(output));
        command.env("TMPDIR", temporary.path());
        let run = crate::process::limited(limit.div_ceil(512), &command);
        assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{limit}\n{run}");
        let cause = format!("cannot keep rows in the directory {}: ", temporary.path().display());
        let expected = "error: the output could not be written\n";
        assert!(run.stderr.ends_with(" (os error 27)\n") && run.stderr.contains(&cause), "{limit}\n{run}");
        assert!(run.stderr.contains(expected) && !run.stderr.contains("panic"), "{limit}\n{run}");
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0, "{limit}");
    }
}

#[test]
fn a_workbook_on_stdout_is_the_same() {
    let beside = beside(Emulator::builder().customers(5));
    let output = beside.command().args(["licenses", "funnel", "-a", "--format", "xlsx"]).output().unwrap();
    let mut book: Book = open_workbook_from_rs(Cursor::new(output.stdout)).unwrap();
    let csv = finish(beside.command().args(["licenses", "funnel", "-a", "--format", "csv"]));
    assert_eq!(book.worksheet_range("Rows").unwrap().rows().count(), csv.stdout.lines().count());
}

#[test]
fn where_a_workbook_is_refused() {
    let _guard = stable();
    insta::assert_snapshot!(
        "xlsx-rejections",
        rejections(&[
            &["licenses", "funnel", "-a", "-o", "x.xlsx", "--checkpoint", "x.json"],
            &["--emulator", "doctor", "--format", "xlsx"],
            &["prices", "template", "-o", "x.xlsx"],
            &["licenses", "deployment", "-a", "-o", "x.xlsm"],
        ])
    );
}
