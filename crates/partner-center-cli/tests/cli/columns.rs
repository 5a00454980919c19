//! `--columns`: which columns are written, in every format.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::{DOCUMENTED, Run, embedded, rejections, stable};

/// The header and the first row of a csv.
fn head(run: &Run) -> (String, String) {
    assert_eq!(run.code, 0, "{run}");
    let mut lines = run.stdout.lines();
    (lines.next().unwrap().to_owned(), lines.next().unwrap_or_default().to_owned())
}

#[test]
fn every_command_writes_the_chosen_columns_in_their_order() {
    let prices = tempfile::NamedTempFile::with_suffix(".csv").unwrap();
    std::fs::write(prices.path(), "product,price,currency,per\n*,10.10,EUR,month\n").unwrap();
    let prices = prices.path().to_str().unwrap();
    for (arguments, columns, header) in [
        (&["licenses", "deployment"][..], "licensesSold,serviceCode", "licensesSold,serviceCode"),
        (&["licenses", "deployment", "-a"], "productName,customerName", "productName,customerName"),
        (&["licenses", "usage", "-a"], "workloadCode", "workloadCode"),
        // As in the table, in thresholds, and in other letter case.
        (&["licenses", "funnel", "-a"], " Sold , IDLE,customerId", "licensesSold,idle,customerId"),
        (&["licenses", "funnel", "-a", "--by", "product"], "name,unused", "name,unused"),
        (
            &["licenses", "funnel", "-a", "--by", "product", "--prices", prices],
            "unusedCost_EUR,key",
            "unusedCost_EUR,key",
        ),
        (&["licenses", "funnel", "-a", "--prices", prices], "unusedCost,currency", "unusedCost,currency"),
        (&["licenses", "query", "deployment"], "customerName,channel", "customerName,channel"),
        (&["customers", "list"], "domain,customerId", "domain,customerId"),
        (&["subscriptions", "list", "-c", DOCUMENTED], "quantity", "quantity"),
        (&["subscriptions", "query"], "status", "status"),
        (&["skus", "list", "-c", DOCUMENTED], "skuPartNumber,available", "skuPartNumber,available"),
    ] {
        let more = ["--format", "csv", "--columns", columns];
        let (written, row) = head(&embedded(&[arguments, &more].concat()));
        assert_eq!(written, header, "{arguments:?}");
        assert!(!row.is_empty(), "{arguments:?}");
    }
}

#[test]
fn every_format_has_the_same_columns() {
    let directory = tempfile::tempdir().unwrap();
    let run = |file: &str| {
        let path = directory.path().join(file);
        let run = embedded(&[
            "licenses",
            "funnel",
            "-a",
            "--by",
            "product",
            "--sort",
            "licensesSold:desc",
            "--limit",
            "3",
            "--columns",
            "unused,name",
            "-o",
            path.to_str().unwrap(),
        ]);
        assert_eq!(run.code, 0, "{run}");
        path
    };
    let text = |path: &Path| std::fs::read_to_string(path).unwrap();
    let csv = text(&run("rows.csv"));
    let expected: Vec<Value> = csv
        .lines()
        .skip(1)
        .map(|line| {
            let (unused, name) = line.split_once(',').unwrap();
            json!({"unused": unused.parse::<i64>().unwrap(), "name": name})
        })
        .collect();
    assert_eq!(expected.len(), 3, "{csv}");
    let ndjson = text(&run("rows.ndjson"));
    let lines: Vec<Value> = ndjson.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines, expected);
    assert!(ndjson.starts_with("{\"unused\":"), "in the order of the option: {ndjson}");
    let document: Value = serde_json::from_str(&text(&run("rows.json"))).unwrap();
    assert_eq!(document["rows"], json!(expected));
    assert!(document["summary"]["totals"][0]["licensesSold"].is_number(), "totals have all columns");
    let table = text(&run("rows.txt"));
    let header: Vec<_> = table.lines().next().unwrap().split_whitespace().collect();
    assert_eq!(header, ["Unused", "Name"], "{table}");
    // A total is not replaced by its label.
    let total = document["summary"]["totals"][0]["unused"].as_i64().unwrap();
    let last = table.lines().skip_while(|line| !line.starts_with('─')).collect::<Vec<_>>().join("\n");
    assert!(last.replace(',', "").contains(&total.to_string()), "{table}");
    assert_eq!(parquet_columns(&run("rows.parquet")), ["unused", "name"]);
    #[cfg(feature = "xlsx")]
    {
        use calamine::Reader as _;
        let mut book = calamine::open_workbook_auto(run("rows.xlsx")).unwrap();
        let sheet = book.worksheet_range("Rows").unwrap();
        let header: Vec<_> = sheet.rows().next().unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(header, ["unused", "name"]);
    }
}

fn parquet_columns(path: &Path) -> Vec<String> {
    use parquet::file::reader::{FileReader as _, SerializedFileReader};
    let reader = SerializedFileReader::new(std::fs::File::open(path).unwrap()).unwrap();
    let schema = reader.metadata().file_metadata().schema_descr_ptr();
    schema.columns().iter().map(|column| column.name().to_owned()).collect()
}

#[test]
fn chosen_columns_are_shown_even_without_values_and_for_one_customer() {
    let _guard = stable();
    let run = embedded(&[
        "-q",
        "licenses",
        "deployment",
        "-c",
        DOCUMENTED,
        "--format",
        "table",
        "--columns",
        "customerName,productName,productId,licensesSold",
    ]);
    insta::assert_snapshot!("columns-table", run);
}

#[test]
fn invalid_columns() {
    let _guard = stable();
    let text = rejections(&[
        &["--emulator", "licenses", "funnel", "-a", "--columns", "price"],
        &["--emulator", "licenses", "funnel", "-a", "--columns", ""],
        &["--emulator", "licenses", "funnel", "-a", "--columns", "idle,Idle"],
        &[
            "--emulator",
            "licenses",
            "funnel",
            "-a",
            "--by",
            "product",
            "--format",
            "json",
            "--columns",
            "unusedCost_EUR",
        ],
    ]);
    insta::assert_snapshot!("invalid-columns", text);
}

#[test]
fn a_checkpoint_of_other_columns_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    let (rows, checkpoint) = (path("rows.csv"), path("state"));
    let run = |columns: &[&str], fault: &str| {
        let mut arguments = vec![
            "licenses",
            "deployment",
            "-a",
            "--source",
            "classic",
            "-o",
            &rows,
            "--checkpoint",
            &checkpoint,
        ];
        arguments.extend(columns);
        let emulator = partner_center_emulator::Emulator::builder();
        let faults = fault.parse::<partner_center_emulator::FaultScript>().unwrap();
        crate::support::beside(emulator.customers(5).faults(faults)).run(&arguments)
    };
    let first = run(&["--columns", "customerId,licensesSold"], "#3- 401(code=900421)");
    assert_ne!(first.code, 0, "{first}");
    let other = run(&["--columns", "licensesSold,customerId"], "");
    assert_eq!(other.code, 2, "{other}");
    assert!(other.stderr.contains("--columns"), "{other}");
}
