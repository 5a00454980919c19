//! `licenses funnel`: sold, deployed, active; filters and thresholds.

use std::fmt::Write as _;
use std::io::Write as _;

use partner_center_emulator::Emulator;
use serde_json::Value;

use crate::formats::in_every_format;
use crate::reports::records;
use crate::support::{DOCUMENTED, TestEmulator, beside, embedded, rejections, stable};

const ALL: &[&str] = &["licenses", "funnel", "--all-customers", "--source", "classic"];

fn some() -> TestEmulator {
    beside(Emulator::builder().customers(40))
}

fn file(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

#[test]
fn every_format() {
    let _guard = stable();
    let one = |format: &str| embedded(&["licenses", "funnel", "--format", format, "--customer", DOCUMENTED]);
    let [table, json] = in_every_format(one);
    insta::assert_snapshot!("funnel-table", table);
    insta::assert_snapshot!("funnel-json", json);
    // The only rows with lists.
    insta::assert_snapshot!("funnel-csv", one("csv"));
    let run = embedded(&["licenses", "funnel", "--format", "table", "--all-customers", "--limit", "8"]);
    insta::assert_snapshot!("funnel-all-customers-table", run);
    assert!(run.stdout.lines().all(|line| line.chars().count() <= 80), "{run}");
}

// Totals did not add up without an explanation, and the rows determined the headings.
#[test]
fn the_layout_depends_on_the_arguments_and_footnotes_explain_the_totals() {
    let table = |more: &[&str]| {
        let run = embedded(&[&["-q", "licenses", "funnel", "--format", "table"], more].concat());
        assert_eq!(run.code, 0, "{run}");
        run.stdout
    };
    let headings = |table: &str| table.lines().find(|line| line.contains("Sold")).unwrap().to_owned();
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let whole = words(&headings(&table(&["-a"])));
    assert_eq!(whole, ["Customer", "Product", "Sold", "Deployed", "Active", "Shelf", "Idle", "Unused"]);
    for limit in ["1", "2", "3", "7"] {
        // All of one customer, or all without usage: the columns stay.
        let table = table(&["-a", "--limit", limit]);
        assert_eq!(words(&headings(&table)), whole, "{table}");
        assert!(table.starts_with("Customer"), "no heading of one customer\n{table}");
        assert!(table.contains("Of 80 rows, the total of Sold, Deployed and Shelf covers 78"), "{table}");
        assert!(table.contains("In 3 rows Deployed exceeds Sold, and Shelf is 0."), "{table}");
    }
    let one = table(&["-c", DOCUMENTED, "-c", &DOCUMENTED.to_uppercase()]);
    assert!(one.starts_with("DT DEMO CSP CUSTOMER 005"), "{one}");
    assert!(!words(&headings(&one)).contains(&"Customer".to_owned()));
    // Sorted by name, ignoring letter case.
    let table = table(&["-a"]);
    let is_row = |line: &&str| line.split_whitespace().filter(|word| word.parse::<u64>().is_ok()).count() > 1;
    let names: Vec<_> = table
        .lines()
        .skip(2)
        .take_while(|line| !line.starts_with('─'))
        .filter(is_row)
        .filter(|line| !line.starts_with(' '))
        .map(|line| line.split("  ").next().unwrap().to_lowercase())
        .collect();
    assert!(names.is_sorted(), "{names:?}");
    assert!(names.len() > 15);
}

#[test]
fn the_sums_are_correct_from_either_source() {
    let beside = some();
    let book = beside.emulator.book();
    let sold: u64 = book.customers().flat_map(|c| c.deployment()).map(|row| row.licenses_sold).sum();
    let deployed: u64 = book.customers().flat_map(|c| c.deployment()).map(|row| row.licenses_deployed).sum();
    for source in ["classic", "commercial"] {
        let run = beside.run(&["licenses", "funnel", "-a", "--source", source, "--format", "json"]);
        assert_eq!(run.code, 0, "{run}");
        let document: Value = serde_json::from_str(&run.stdout).unwrap();
        let rows = document["rows"].as_array().unwrap();
        let sum = |name: &str| rows.iter().filter_map(|row| row[name].as_u64()).sum::<u64>();
        assert_eq!((sum("licensesSold"), sum("licensesDeployed")), (sold, deployed), "{source}");
        for row in rows {
            let count = |name: &str| row[name].as_u64();
            let difference = |a: &str, b: &str| Some(count(a)?.saturating_sub(count(b)?));
            assert_eq!(count("shelfware"), difference("licensesSold", "licensesDeployed"));
            assert_eq!(count("idle"), difference("licensesDeployed", "licensesActive"));
            assert_eq!(row["source"], source);
        }

        let summary = &document["summary"];
        let total = &summary["totals"][0];
        assert_eq!(total["licensesSold"], sold);
        assert_eq!(total["idle"], sum("idle"));
        let products = summary["products"].as_array().unwrap();
        let of_products: u64 = products.iter().filter_map(|p| p["totals"]["idle"]["sum"].as_u64()).sum();
        assert_eq!(of_products, sum("idle"));
        assert_eq!(summary["join"]["funnelRows"], rows.len());
    }
}

#[test]
fn min_idle_filters_rows() {
    let beside = some();
    let all = beside.run(&[ALL, &["--format", "csv"]].concat()).stdout;
    let run = beside.run(&[ALL, &["--format", "csv", "--min-idle", "20", "--sort", "idle:desc"]].concat());
    let idle = |csv: &str| -> Vec<u64> {
        records(csv).iter().filter_map(|row| row["idle"].parse().ok()).filter(|idle| *idle >= 20).collect()
    };
    let found = idle(&run.stdout);
    assert_eq!(found.len(), records(&run.stdout).len(), "each row has that many");
    assert_eq!(found.len(), idle(&all).len());
    assert!(found.is_sorted_by(|a, b| a >= b) && found.len() > 3, "{found:?}");
}

#[test]
fn rules_leave_rows_out_and_say_how_many() {
    let beside = some();
    let all = records(&beside.run(&[ALL, &["--format", "csv"]].concat()).stdout);
    let rules = file("[[ignore]]\nproduct = '*e3*'\n\n[[ignore]]\nproduct = 'NO SUCH THING'\n");
    let run = beside.run(&[ALL, &["--format", "csv", "--ignore", rules.path().to_str().unwrap()]].concat());
    let rows = records(&run.stdout);
    let taken = all.iter().filter(|row| row["productName"].to_lowercase().contains("e3")).count();
    assert_eq!(all.len() - rows.len(), taken);
    assert!(
        taken > 0 && run.stderr.contains(&format!("note: {taken} rows are left out by --ignore\n")),
        "{run}"
    );
    assert!(run.stderr.contains("no row matched rule 2 of --ignore"), "{run}");
}

#[test]
fn invalid_rules() {
    let _guard = stable();
    let mut text = String::new();
    for content in ["[[ignore]]\nproducts = 'X'\n", "\n[[ignore]]\n", "ignore = ["] {
        let rules = file(content);
        let path = rules.path().to_str().unwrap();
        let run = embedded(&["licenses", "funnel", "-a", "--ignore", path]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run}");
        writeln!(text, "{content:?}\n{}", run.stderr.replace(path, "[file]")).unwrap();
    }
    insta::assert_snapshot!("invalid-ignore-rules", text);
    let missing = embedded(&["licenses", "funnel", "-a", "--ignore", "/no/such/file"]);
    assert_eq!(missing.code, 2, "{missing}");
}

#[test]
fn a_crossed_threshold_sets_the_exit_code_and_all_rows_are_written() {
    let _guard = stable();
    let beside = some();
    let plain = beside.run(&[ALL, &["--format", "csv"]].concat());
    let crossed = beside.run(
        &[
            ALL,
            &["--format", "csv", "--fail-on", "idle > 100", "--fail-on", "TOTAL idle>=1"],
            &["--fail-on", "sold > 1000000"],
        ]
        .concat(),
    );
    assert_eq!((plain.code, crossed.code), (0, 10), "{crossed}");
    assert_eq!(crossed.stdout, plain.stdout);
    let errors: Vec<_> = crossed.stderr.lines().skip_while(|line| !line.starts_with("error")).collect();
    insta::assert_snapshot!("threshold-crossed", errors.join("\n"));

    let fine = beside.run(&[ALL, &["--fail-on", "sold > 1000000"]].concat());
    assert_eq!(fine.code, 0, "{fine}");
    let thresholds = &serde_json::from_str::<Value>(&fine.stdout).unwrap()["summary"]["thresholds"][0];
    assert_eq!(thresholds["crossed"], Value::Null, "some rows have an unknown count");
    assert_eq!((&thresholds["rows"], &thresholds["top"]), (&Value::from(0), &serde_json::json!([])));
    assert!(thresholds["rowsUnknown"].as_u64() > Some(0));
    assert!(fine.stderr.contains("cannot determine whether 'sold > 1000000' is crossed for "), "{fine}");
}

/// Whether a value is beyond a limit.
type Crosses = fn(f64, f64) -> bool;

// An alert did not name the customers.
#[test]
fn the_five_that_cross_a_threshold_furthest_are_named() {
    let beside = some();
    let all = records(&beside.run(&[ALL, &["--format", "csv"]].concat()).stdout);
    let metrics: [(&str, &str, Crosses); 3] = [
        ("idle > 100", "idle", |value, limit| value > limit),
        ("licensesSold >= 300", "licensesSold", |value, limit| value >= limit),
        ("usagePercent < 20", "usagePercent", |value, limit| value < limit),
    ];
    for (threshold, column, crosses) in metrics {
        let limit: f64 = threshold.rsplit(' ').next().unwrap().parse().unwrap();
        let value = |row: &std::collections::BTreeMap<String, String>| row[column].parse::<f64>().ok();
        let mut crossing: Vec<_> =
            all.iter().filter(|row| value(row).is_some_and(|value| crosses(value, limit))).collect();
        let upwards = threshold.contains('<');
        crossing.sort_by(|a, b| {
            let by_value = value(a).unwrap().total_cmp(&value(b).unwrap());
            let by_value = if upwards { by_value } else { by_value.reverse() };
            by_value.then_with(|| a["customerId"].cmp(&b["customerId"]))
        });
        assert!(crossing.len() > 5, "{threshold}: {}", crossing.len());

        for source in ["classic", "commercial"] {
            let run = beside.run(&[
                "licenses",
                "funnel",
                "-a",
                "--source",
                source,
                "--format",
                "json",
                "--fail-on",
                threshold,
            ]);
            assert_eq!(run.code, 10, "{run}");
            let document: Value = serde_json::from_str(&run.stdout).unwrap();
            let found = &document["summary"]["thresholds"][0];
            assert_eq!(
                (&found["metric"], &found["scope"]),
                (&column_or_word(column).into(), &"anyRow".into())
            );
            assert_eq!((&found["rows"], &found["crossed"]), (&crossing.len().into(), &true.into()));
            let top = found["top"].as_array().unwrap();
            assert_eq!(top.len(), 5);
            for (place, (named, expected)) in top.iter().zip(&crossing).enumerate() {
                assert_eq!(named["value"].as_f64(), value(expected), "{threshold}");
                assert_eq!(named["customerId"], expected["customerId"].as_str(), "{threshold}");
                // In csv, formulas are prefixed with an apostrophe.
                let name = expected["customerName"].trim_start_matches('\'');
                assert_eq!(
                    named["customerName"].as_str().map(|name| name.trim_start_matches('\'')),
                    Some(name)
                );
                assert!(named["productName"].is_string());
                let line =
                    run.stderr.lines().find(|line| line.trim_start().starts_with(&format!("{}.", place + 1)));
                let line = line.unwrap_or_else(|| panic!("{run}"));
                assert!(line.contains(named["customerId"].as_str().unwrap()), "{line}");
            }
        }
    }
}

/// The name of the column in a threshold.
fn column_or_word(column: &str) -> &str {
    if column == "licensesSold" { "sold" } else { column }
}

#[test]
fn thresholds_cover_the_rows_after_filtering() {
    let beside = some();
    let rules = file("[[ignore]]\nproduct = '*'\n");
    let ignored = ["--ignore", rules.path().to_str().unwrap(), "--fail-on", "sold > 0"];
    assert_eq!(beside.run(&[ALL, &ignored].concat()).code, 0);
    assert_eq!(
        beside.run(&[ALL, &["--limit", "1", "--sort", "idle", "--fail-on", "idle > 100"]].concat()).code,
        10
    );
}

#[test]
fn invalid_thresholds() {
    let _guard = stable();
    let text = ["idel > 100", "idle > 0.5", ""]
        .map(|threshold| rejections(&[&["--emulator", "licenses", "funnel", "-a", "--fail-on", threshold]]));
    insta::assert_snapshot!("invalid-thresholds", text.concat());
}
