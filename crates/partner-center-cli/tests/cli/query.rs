//! `licenses query`: filters, groups, pages.

use std::fmt::Write as _;

use partner_center_emulator::Emulator;
use serde_json::Value;

use crate::formats::in_every_format;
use crate::support::{beside, embedded, rejections, stable};

const TEST_COMPANY: &str = "customerTenantId eq '0112A436-B14E-4888-967B-CA4BB2CF1234'";

#[test]
fn the_documented_queries_in_every_format() {
    let _guard = stable();
    for query in ["deployment", "usage"] {
        let [table, json] = in_every_format(|format| {
            embedded(&["licenses", "query", query, "--format", format, "--filter", TEST_COMPANY])
        });
        insta::assert_snapshot!(format!("query-{query}-table"), table);
        insta::assert_snapshot!(format!("query-{query}-json"), json);
    }
}

#[test]
fn groups() {
    let _guard = stable();
    let mut tables = String::new();
    for (query, fields) in [
        ("deployment", "customerName"),
        ("deployment", "customerTenantId"),
        ("deployment", "serviceName"),
        ("deployment", "productId"),
        ("usage", "workloadCode"),
        ("usage", "customerName,workloadName"),
    ] {
        let run = embedded(&[
            "-q",
            "licenses",
            "query",
            query,
            "--format",
            "table",
            "--filter",
            "serviceCode eq 'crm'",
            "--group-by",
            fields,
        ]);
        assert!(run.stdout.lines().all(|line| line.chars().count() <= 80), "{run}");
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
        writeln!(tables, "{query} by {fields}\n{}", run.stdout).unwrap();
    }
    insta::assert_snapshot!("query-groups", tables);
}

#[test]
fn invalid_filters_and_groups() {
    let _guard = stable();
    let text = rejections(&[
        &["licenses", "query", "deployment", "--filter", "serviceCode eq o365"],
        &["licenses", "query", "deployment", "--filter", "channel eq 'reseller' and chanel ne 'x'"],
        &["licenses", "query", "deployment", "--filter", "workloadCode eq 'SPO'"],
        &["licenses", "query", "usage", "--filter", "customerName eq '\u{1b}[2J' und"],
        &["licenses", "query", "usage", "--filter", ""],
        &["licenses", "query", "deployment", "--group-by", "customerName,customerName"],
        &["licenses", "query", "deployment", "--top", "10001"],
        &["--emulator", "-q", "licenses", "query", "deployment", "--processed", "yesterday"],
    ]);
    insta::assert_snapshot!("invalid-query", text);
}

#[test]
fn all_pages_are_written() {
    let beside = beside(Emulator::builder().customers(60));
    let whole = beside.run(&["licenses", "query", "usage", "--format", "ndjson"]);
    assert_eq!(whole.code, 0, "{whole}");
    let before = beside.emulator.request_count();
    let paged = beside.run(&["licenses", "query", "usage", "--format", "ndjson", "--top", "100"]);
    assert_eq!(paged.stdout, whole.stdout);
    let requests = beside.emulator.request_count() - before;
    assert_eq!(requests, (whole.stdout.lines().count() as u64).div_ceil(100));
    for line in whole.stdout.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let id = row["customerId"].as_str().unwrap();
        assert_eq!(id, id.to_lowercase(), "rows of all commands can be joined by it");
        assert_eq!(row["source"], "commercial");
    }
}

#[test]
fn rows_before_a_failed_page_are_kept_with_a_note() {
    let beside = beside(
        Emulator::builder()
            .customers(60)
            .faults("#2 400".parse::<partner_center_emulator::FaultScript>().unwrap()),
    );
    for format in ["ndjson", "csv", "json", "table"] {
        beside.emulator.set_faults("#2 400".parse::<partner_center_emulator::FaultScript>().unwrap());
        let run = beside.run(&["licenses", "query", "deployment", "--top", "10", "--format", format]);
        assert_eq!(run.code, 1, "{format}\n{run}");
        assert!(run.stderr.contains("10 rows were written before the error below"), "{format}\n{run}");
        assert!(!run.stdout.contains("summary"), "{format} is not closed like a complete document\n{run}");
    }
}
