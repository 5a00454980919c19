//! `--by`: the totals per customer, product or service.

use std::collections::{BTreeMap, BTreeSet};

use partner_center_emulator::Emulator;
use serde_json::Value;

use crate::reports::records;
use crate::support::{TestEmulator, beside, embedded, stable};

const COUNTS: [&str; 6] =
    ["licensesSold", "licensesDeployed", "licensesActive", "shelfware", "idle", "unused"];

fn some() -> TestEmulator {
    beside(Emulator::builder().customers(60))
}

fn csv(beside: &TestEmulator, arguments: &[&str]) -> Vec<BTreeMap<String, String>> {
    let run = beside.run(&[arguments, &["-a", "--format", "csv"]].concat());
    assert_eq!(run.code, 0, "{run}");
    records(&run.stdout)
}

/// The sums of the columns of these names that the rows have.
fn sums(rows: &[BTreeMap<String, String>], names: &[&str]) -> Vec<i64> {
    let sum = |name: &&str| rows.iter().filter_map(|row| row.get(*name)?.parse::<i64>().ok()).sum();
    names.iter().map(sum).collect()
}

#[test]
fn every_grouping_adds_up_to_the_rows_from_either_source() {
    let beside = some();
    for source in ["classic", "commercial"] {
        let funnel = ["licenses", "funnel", "--source", source];
        let rows = csv(&beside, &funnel);
        let expected = sums(&rows, &COUNTS);
        assert!(expected.iter().all(|sum| *sum > 0), "{expected:?}");
        let incomplete = rows.iter().filter(|row| row["shelfware"].is_empty() || row["idle"].is_empty());
        let incomplete = i64::try_from(incomplete.count()).unwrap();
        for (by, column) in
            [("customer", "customerId"), ("product", "productName"), ("service", "serviceCode")]
        {
            let groups = csv(&beside, &[&funnel[..], &["--by", by]].concat());
            assert_eq!(sums(&groups, &COUNTS), expected, "{by} {source}");
            let numbers = sums(&groups, &["rows", "rowsUnknown"]);
            assert_eq!(numbers, [i64::try_from(rows.len()).unwrap(), incomplete], "{by} {source}");
            let distinct: BTreeSet<_> = rows.iter().map(|row| row[column].to_lowercase()).collect();
            assert_eq!(groups.len(), distinct.len(), "{by} {source}");
            let unused: Vec<i64> = groups.iter().filter_map(|group| group["unused"].parse().ok()).collect();
            assert!(unused.is_sorted_by(|a, b| a >= b), "most unused first: {unused:?}");
        }
        // One customer, from its own rows.
        let groups = csv(&beside, &[&funnel[..], &["--by", "customer"]].concat());
        let of_first: Vec<_> =
            rows.iter().filter(|row| row["customerId"] == groups[0]["key"]).cloned().collect();
        assert_eq!(sums(&of_first, &COUNTS), sums(&groups[..1], &COUNTS));
        assert_eq!(groups[0]["name"], of_first[0]["customerName"]);
    }
}

#[test]
fn deployment_and_usage_roll_up_what_they_know() {
    let beside = some();
    for (command, known) in
        [("deployment", &["licensesSold", "licensesDeployed"][..]), ("usage", &["licensesActive"][..])]
    {
        let arguments = ["licenses", command, "--source", "commercial"];
        let expected = sums(&csv(&beside, &arguments), known);
        for by in ["customer", "product", "service"] {
            let groups = csv(&beside, &[&arguments[..], &["--by", by]].concat());
            assert_eq!(sums(&groups, known), expected, "{command} {by}");
            assert!(groups.iter().all(|group| group["idle"].is_empty()), "unknown is not 0");
            let first: Vec<i64> =
                groups.iter().filter_map(|group| group[*known.last().unwrap()].parse().ok()).collect();
            assert!(command == "deployment" || first.is_sorted_by(|a, b| a >= b), "{first:?}");
        }
    }
}

#[test]
fn filters_act_on_rows_and_limit_on_groups() {
    let beside = some();
    let funnel = ["licenses", "funnel", "--source", "classic"];
    let filtered = ["--min-idle", "10"];
    let rows = csv(&beside, &[&funnel[..], &filtered].concat());
    let groups = csv(&beside, &[&funnel[..], &filtered, &["--by", "customer"]].concat());
    assert_eq!(sums(&groups, &COUNTS), sums(&rows, &COUNTS));
    let three = csv(&beside, &[&funnel[..], &filtered, &["--by", "customer", "--limit", "3"]].concat());
    assert_eq!(three, groups[..3]);
    let by_name = csv(&beside, &[&funnel[..], &["--by", "customer", "--sort", "name"]].concat());
    let names: Vec<_> = by_name.iter().map(|group| group["name"].to_lowercase()).collect();
    assert!(names.is_sorted() && names.len() > 3, "{names:?}");

    let run = beside.run(
        &[&funnel[..], &["-a", "--by", "service", "--format", "json", "--fail-on", "total unused > 1"]]
            .concat(),
    );
    assert_eq!(run.code, 10, "{run}");
    let document: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(document["type"], "group");
    assert_eq!(document["summary"]["thresholds"][0]["crossed"], true, "{run}");
}

#[test]
fn a_group_in_a_table_says_which_rows_the_totals_cover() {
    let _guard = stable();
    let arguments =
        ["-q", "licenses", "funnel", "-a", "--format", "table", "--by", "product", "--limit", "5"];
    let run = embedded(&arguments);
    insta::assert_snapshot!("funnel-by-product-table", run);
    assert!(run.stdout.lines().all(|line| line.chars().count() <= 80), "{run}");
    let usage = embedded(&["-q", "licenses", "usage", "-a", "--format", "table", "--by", "service"]).stdout;
    assert!(usage.contains("Active") && !usage.contains("Sold") && !usage.contains("Unused"), "{usage}");
}

#[test]
fn a_group_needs_customers_and_no_checkpoint() {
    let beside = some();
    for (arguments, why) in [
        (&["licenses", "deployment", "--by", "product"][..], "--all-customers"),
        (
            &["licenses", "funnel", "-a", "--by", "product", "--checkpoint", "c", "--output", "o.csv"],
            "--checkpoint",
        ),
        (&["licenses", "funnel", "-a", "--by", "tenant"], "possible values: customer, product, service"),
        (&["licenses", "funnel", "-a", "--by", "customer", "--sort", "channel"], "no such column"),
    ] {
        let run = beside.run(arguments);
        assert_eq!(run.code, 2, "{run}");
        assert!(run.stderr.contains(why), "{run}");
        assert_eq!(beside.emulator.request_count(), 0, "nothing was sent");
    }
}
