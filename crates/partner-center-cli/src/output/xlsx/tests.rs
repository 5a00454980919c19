//! Workbooks are read back with another library.

use std::io::Cursor;
use std::sync::Arc;

use calamine::{Data, Range, Reader as _, Xlsx as Book, open_workbook_from_rs};
use partner_center::funnel::FunnelRow;
use partner_center::licenses::{DeploymentRow, UsageRow};
use serde::de::DeserializeOwned;
use serde_json::json;

use super::super::summary::Tally;
use super::super::{About, End, Kind};
use super::*;
use crate::output::rows::AnnotatedRow;
use crate::prices::Priced;

/// A workbook in memory.
struct Written(Book<Cursor<Vec<u8>>>);

impl Written {
    fn of<R: Row>(rows: &[R], columns: &Columns, rows_per_sheet: usize, end: End) -> Self {
        let mut tally = Tally::default().with_costs_if::<R>(columns);
        for row in rows {
            tally.add(row, columns);
        }
        let summary = tally.summary::<R>(columns, end);
        let mut bytes = Vec::new();
        let mut xlsx = Xlsx::new(&mut bytes, columns).unwrap();
        xlsx.rows_per_sheet = rows_per_sheet;
        xlsx.rows(rows).unwrap();
        Sink::<R>::finish(&mut xlsx, &summary, &[]).unwrap();
        drop(xlsx);
        Self(open_workbook_from_rs(Cursor::new(bytes)).unwrap())
    }

    fn sheet(&mut self, name: &str) -> Range<Data> {
        assert!(self.0.worksheet_formula(name).unwrap().is_empty(), "{name} has a formula");
        self.0.worksheet_range(name).unwrap()
    }

    /// The values of a column below the header.
    fn column(&mut self, sheet: &str, name: &str) -> Vec<Data> {
        let range = self.sheet(sheet);
        let header = range.headers().unwrap();
        let place = header.iter().position(|header| header == name).unwrap();
        range.rows().skip(1).map(|row| row[place].clone()).collect()
    }
}

fn read<R: DeserializeOwned>(row: serde_json::Value) -> R {
    serde_json::from_value(row).unwrap()
}

fn product(name: &str) -> DeploymentRow {
    read(json!({"productName": name, "licensesSold": 3, "licensesDeployed": 1, "source": "classic",
        "customerId": "4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04", "customerName": name}))
}

#[test]
fn hostile_texts_are_texts() {
    let long = "x".repeat(40_000);
    let same = [
        "=cmd|' /C calc'!A0",
        "+1",
        "-1",
        "@SUM(A1)",
        "'x",
        "<script>alert(1)</script>",
        "\"onload=\"",
        "]]>&amp;&#0;",
        "two\nlines",
        " spaces\t",
        "\u{202e}right to left\u{2066}",
        "_x0041_ and _x005F_x0041_",
        "1.5",
        "2026-11-27",
        "TRUE",
        "http://example.com/",
        "{=1+1}",
        "𝄞 東雲商事",
    ];
    let changed = [
        ("nul\0bell\u{7}escape\u{1b}", "nul\u{fffd}bell\u{fffd}escape\u{fffd}".to_owned()),
        ("carriage\r\nreturn\r", "carriage\nreturn\n".to_owned()),
        (long.as_str(), format!("{}…", "x".repeat(32_766))),
    ];
    let texts = same.map(|text| (text, text.to_owned())).into_iter().chain(changed);
    let (given, expected): (Vec<_>, Vec<_>) = texts.unzip();
    let rows: Vec<_> = given.iter().map(|text| product(text)).collect();
    let about = About { command: "partner-center '=1+1'".to_owned(), ..About::default() };
    let end = End { notes: vec!["=note".to_owned()], about, ..End::default() };
    let mut book = Written::of(&rows, &Columns::of::<DeploymentRow>(), 1000, end);
    let expected: Vec<_> = expected.into_iter().map(Data::String).collect();
    for column in ["productName", "customerName"] {
        assert_eq!(book.column("Rows", column), expected, "{column}");
    }
    // Names of groups are trimmed.
    let products = book.column("Products", "name");
    for text in same {
        assert!(products.contains(&Data::String(text.trim().to_owned())), "{text}: {products:?}");
    }
    let summary = book.sheet("Summary");
    for text in ["=note", "partner-center '=1+1'"] {
        assert!(summary.rows().flatten().any(|cell| *cell == Data::String(text.to_owned())), "{text}");
    }
}

#[test]
fn rows_beyond_a_sheet_are_on_the_next() {
    let columns = Columns::of::<DeploymentRow>();
    for (count, sheets) in [(0, 1), (1, 1), (3, 1), (4, 2), (6, 2), (7, 3)] {
        let names: Vec<_> = (0..count).map(|number| format!("product {number}")).collect();
        let rows: Vec<_> = names.iter().map(|name| product(name)).collect();
        let mut book = Written::of(&rows, &columns, 3, End::default());
        let sheets_of = |name: &str| {
            let names = ["", " 2", " 3"].map(|number| format!("{name}{number}"));
            names.into_iter().take(sheets).collect::<Vec<_>>()
        };
        let rows = sheets_of("Rows");
        // One customer, and as many products as rows.
        let mut expected = vec!["Summary".to_owned(), "Customers".to_owned()];
        expected.extend(sheets_of("Products"));
        expected.extend(rows.clone());
        expected.push("Not read".to_owned());
        assert_eq!(book.0.sheet_names(), expected);
        let found: Vec<_> = rows.iter().flat_map(|sheet| book.column(sheet, "productName")).collect();
        assert_eq!(found, names.into_iter().map(Data::String).collect::<Vec<_>>());
        // Each is a table of its own, as long as its rows; an empty table has one row.
        book.0.load_tables().unwrap();
        for sheet in &rows {
            assert_eq!(book.0.table_names_in_sheet(sheet), [&sheet.replace(' ', "_")]);
        }
    }
}

#[test]
fn a_long_sheet_has_no_table() {
    for (rows, tables) in [(table::MOST_TABLE_ROWS, 1), (table::MOST_TABLE_ROWS + 1, 0)] {
        let mut workbook = Workbook::new();
        let heads = [Head::new("unused", Kind::Count, 0)];
        Table::begin(&mut workbook, &Formats::default(), "Rows", &heads, &[], rows).unwrap();
        let mut book =
            Written(open_workbook_from_rs(Cursor::new(workbook.save_to_buffer().unwrap())).unwrap());
        assert_eq!(book.sheet("Rows").headers().unwrap(), ["unused"]);
        book.0.load_tables().unwrap();
        assert_eq!(book.0.table_names().len(), tables, "{rows}");
    }
}

#[test]
fn values_have_the_types_of_the_facts() {
    let row = |at: &str, sold: i64, percent: f64| -> DeploymentRow {
        read(json!({"productName": "VISIO", "licensesSold": sold, "deploymentPercent": percent,
            "processedDateTime": at, "source": "classic"}))
    };
    let rows = [
        row("2017-03-14T12:00:00+00:00", 10, 56.09),
        row("yesterday", i64::MAX, 0.0),
        row("1899-12-31T00:00:00Z", -1, 108.33),
    ];
    let mut book = Written::of(&rows, &Columns::of::<DeploymentRow>(), 1000, End::default());
    let numbers = |numbers: [f64; 3]| numbers.map(Data::Float).to_vec();
    assert_eq!(book.column("Rows", "deploymentPercent"), numbers([0.5609, 0.0, 1.0833]));
    let sold = book.column("Rows", "licensesSold");
    assert_eq!((&sold[0], &sold[2]), (&Data::Float(10.0), &Data::Float(-1.0)));
    // A number would be rounded.
    assert_eq!(sold[1], Data::String(i64::MAX.to_string()));
    let times = book.column("Rows", "processedDateTime");
    let Data::DateTime(time) = &times[0] else { panic!("{times:?}") };
    assert!((time.as_f64() - 42_808.5).abs() < 1e-9);
    assert_eq!(times[1..], ["yesterday", "1899-12-31T00:00:00Z"].map(|text| Data::String(text.to_owned())));
}

#[test]
fn groups_have_the_display_names_of_products() {
    let row = |id: &str, unused: i64, display_name: Option<&str>| AnnotatedRow {
        row: read::<FunnelRow>(
            json!({"customerId": "4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04", "source": "commercial",
            "productId": id, "productName": "NAME", "licensesSold": unused, "licensesDeployed": 0,
            "shelfware": unused, "unused": unused, "flags": [], "workloads": []}),
        ),
        display_name: display_name.map(Arc::from),
        cost: Priced::No,
        live: None,
    };
    let rows = [
        row("11111111-1111-4111-8111-111111111111", 1, Some("Visio Plan 2")),
        row("22222222-2222-4222-8222-222222222222", 2, None),
        row("11111111-1111-4111-8111-111111111111", 3, Some("Visio Plan 2")),
    ];
    let mut book = Written::of(&rows, &AnnotatedRow::columns(true, false), 1000, End::default());
    let texts =
        |texts: &[&str]| texts.iter().map(|text| Data::String((*text).to_owned())).collect::<Vec<_>>();
    assert_eq!(book.column("Products", "name"), texts(&["Visio Plan 2", "NAME"]));
    assert_eq!(book.column("Products", "unused"), [4.0, 2.0].map(Data::Float));
    // The chart of one customer has its products.
    let summary = book.sheet("Summary");
    let title = Data::String("Products with most unused licenses".to_owned());
    let first = summary.rows().skip_while(|row| row[0] != title).nth(1).unwrap();
    assert_eq!(first[..2], [Data::String("Visio Plan 2".to_owned()), Data::Float(4.0)]);
}

#[test]
fn totals_of_usage_are_per_workload() {
    let row = |workload: &str, active: i64| -> UsageRow {
        read(
            json!({"workloadName": workload, "licensesActive": active, "licensesQualified": 10, "source": "classic"}),
        )
    };
    let rows = [row("Exchange", 1), row("Teams", 5), row("Exchange", 2)];
    let mut book = Written::of(&rows, &Columns::of::<UsageRow>(), 1000, End::default());
    let summary = book.sheet("Summary");
    let lines: Vec<Vec<_>> =
        summary.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect();
    let cells = |line: &[&str]| {
        lines.iter().any(|cells| line.iter().all(|text| cells.iter().any(|cell| cell == text)))
    };
    assert!(cells(&["Exchange", "3", "20", "0.15"]), "{lines:?}");
    assert!(cells(&["Teams", "5", "10", "0.5"]), "{lines:?}");
}

#[test]
fn an_error_in_writing_keeps_its_kind() {
    struct Closed;
    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let columns = Columns::of::<DeploymentRow>();
    let summary = Tally::default().summary::<DeploymentRow>(&columns, End::default());
    let mut xlsx = Xlsx::<DeploymentRow, _>::new(Closed, &columns).unwrap();
    let error = Sink::<DeploymentRow>::finish(&mut xlsx, &summary, &[]).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
}
