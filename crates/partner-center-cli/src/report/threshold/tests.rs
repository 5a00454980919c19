//! Tests of the grammar of thresholds and of what crosses them.

use std::collections::BTreeSet;

use partner_center::funnel::Funnel;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;

use super::*;

const CUSTOMER: &str = "4D3CF487-70F4-4E1E-9FF1-B2BFCE8D9F04";

#[test]
fn thresholds_are_parsed_in_any_spelling_and_printed_in_canonical_form() {
    for (typed, printed) in [
        ("idle > 100", "idle > 100"),
        ("  IDLE\t>100 ", "idle > 100"),
        ("any idle>=0", "idle >= 0"),
        ("Total ShelfWare <= 007", "total shelfware <= 7"),
        ("sold == 1", "sold = 1"),
        ("deployed != 18446744073709551615", "deployed != 18446744073709551615"),
        ("active<1", "active < 1"),
        ("usagepercent < 50.50 %", "usagePercent < 50.5"),
        // U12: the names of fields and table headings were not accepted.
        ("licensesSold > 5", "sold > 5"),
        ("total LICENSESDEPLOYED > 5", "total deployed > 5"),
        ("any licensesActive > 5", "active > 5"),
        ("Shelf>=5", "shelfware >= 5"),
        ("% depl. < 50", "deploymentPercent < 50"),
        ("% deployed < 50", "deploymentPercent < 50"),
        ("total % used<50", "total usagePercent < 50"),
        ("total deploymentPercent = 0.1%", "total deploymentPercent = 0.1"),
        ("usagePercent > 0", "usagePercent > 0"),
    ] {
        assert_eq!(typed.parse::<Threshold>().unwrap().to_string(), printed);
    }
}

#[test]
fn an_invalid_threshold_reports_the_column() {
    for (typed, column, description) in [
        ("", 1, "expected one of sold, "),
        ("total", 6, "expected one of sold, "),
        ("any total idle > 1", 5, "expected one of sold, "),
        ("ïdle > 1", 1, "expected one of sold, "),
        ("idle100", 1, "expected one of sold, "),
        ("idle", 5, "expected one of >, "),
        ("idle is 1", 6, "expected one of >, "),
        ("idle >> 1", 6, "expected one of >, "),
        ("idle >\u{3000}ett", 8, "expected a number"),
        ("idle > -1", 8, "expected a number"),
        ("idle > 18446744073709551616", 8, "this number is too large"),
        ("idle > 1.5", 9, "a number of licenses must be a whole number"),
        ("idle > 1%", 9, "expected the end of the threshold"),
        ("usagePercent > 1.", 18, "expected a digit"),
        ("usagePercent > 1.5.5", 19, "expected the end of the threshold"),
        ("usagePercent > 1e3", 17, "expected the end of the threshold"),
        ("idle > 1 and sold > 1", 10, "expected the end of the threshold"),
    ] {
        let error = typed.parse::<Threshold>().unwrap_err();
        assert_eq!(error.column, column, "{typed}: {error}");
        assert!(error.description().starts_with(description), "{typed}: {error}");
        assert_eq!(error.caret(typed).lines().last().map(str::len), Some(column), "{typed}");
    }
    let huge = format!("usagePercent > {}", "9".repeat(400));
    assert_eq!(huge.parse::<Threshold>().unwrap_err().description(), "this number is too large");
}

#[test]
fn every_metric_has_a_value_for_rows_and_for_totals() {
    let deployment = serde_json::from_value(json!({
        "productName": "E3", "licensesSold": 100, "licensesDeployed": 80, "customerId": CUSTOMER,
        "source": "commercial"
    }));
    let usage = serde_json::from_value(json!({
        "productName": "E3", "workloadName": "Exchange", "licensesActive": 60, "customerId": CUSTOMER,
        "source": "commercial"
    }));
    let funnel = Funnel::of_customers(&[deployment.unwrap()], &[usage.unwrap()]);
    let row = &funnel.rows[0];
    let mut totals = Totals::default();
    totals.add(row);
    for (metric, value) in Metric::ALL.iter().zip(["100", "80", "60", "20", "20", "40", "80", "75"]) {
        let threshold: Threshold = format!("{} = {value}", metric.name()).parse().unwrap();
        assert_eq!(threshold.is_crossed_by(row), Some(true), "{threshold}");
        assert_eq!(threshold.is_crossed_by_total(&totals), Some(true), "{threshold}");
    }
}

#[test]
fn a_lower_bound_crosses_only_what_every_greater_number_crosses() {
    let deployment = serde_json::from_value(json!({
        "productName": "E3", "licensesSold": 100, "licensesDeployed": 80, "customerId": CUSTOMER,
        "source": "commercial"
    }));
    let row = &Funnel::of_customers(&[deployment.unwrap()], &[]).rows[0];
    for (threshold, crossed) in [
        ("unused > 19", Some(true)),
        ("unused >= 20", Some(true)),
        ("unused > 20", None),
        ("unused < 20", Some(false)),
        ("unused < 21", None),
        ("unused = 19", Some(false)),
        ("shelfware = 20", Some(true)),
        ("idle > 0", None),
    ] {
        assert_eq!(threshold.parse::<Threshold>().unwrap().is_crossed_by(row), crossed, "{threshold}");
    }
}

proptest! {
    #[test]
    fn printed_thresholds_parse_to_the_same_threshold(
        scope in select(vec!["", "any ", "total "]),
        metric in select(Metric::ALL),
        relation in select(vec![">", ">=", "<", "<=", "=", "==", "!="]),
        count in any::<u64>(),
        percent in prop_oneof![0.0..1000.0_f64, (0.0..f64::MAX)],
    ) {
        let is_percent = metric.name().ends_with("Percent");
        let limit = if is_percent { percent.to_string() } else { count.to_string() };
        let typed = format!("{scope}{}{relation}{limit}", metric.name());
        let threshold: Threshold = typed.parse().unwrap();
        prop_assert_eq!(threshold.to_string().parse::<Threshold>().unwrap(), threshold);
        prop_assert_eq!(threshold.scope() == Scope::Total, scope == "total ");
    }

    #[test]
    fn any_text_is_a_threshold_or_an_error_with_a_column_inside_it(
        text in prop_oneof![
            any::<String>(),
            prop::collection::vec("(any|total|idle|usagePercent|[<>=!]{1,2}|[0-9]{1,3}|[.% \t]|\\PC)", 0..6)
                .prop_map(|parts| parts.join(" ")),
        ],
    ) {
        match text.parse::<Threshold>() {
            Ok(threshold) => {
                prop_assert_eq!(threshold.to_string().parse::<Threshold>().unwrap(), threshold);
            }
            Err(error) => {
                prop_assert!((1..=text.chars().count() + 1).contains(&error.column));
                prop_assert_eq!(error.caret(&text).lines().count(), 2);
            }
        }
    }

    #[test]
    fn a_threshold_on_totals_holds_for_every_value_of_the_unknown_counts(
        known in 0..9_u64,
        limit in 0..9_u64,
        relation in select(vec![">", ">=", "<", "<=", "=", "!="]),
    ) {
        let threshold: Threshold = format!("total sold {relation} {limit}").parse().unwrap();
        let totals = |unknown_rows: u64, sum: u64| {
            let mut totals = serde_json::to_value(Totals::default()).unwrap();
            totals["licensesSold"] = json!({ "sum": sum, "unknownRows": unknown_rows });
            serde_json::from_value::<Totals>(totals).unwrap()
        };
        let outcomes: BTreeSet<_> =
            (known..known + 20).map(|sum| threshold.is_crossed_by_total(&totals(0, sum)).unwrap()).collect();
        let expected = if outcomes.len() == 1 { outcomes.first().copied() } else { None };
        prop_assert_eq!(threshold.is_crossed_by_total(&totals(1, known)), expected);
    }
}
