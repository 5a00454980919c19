//! Tests of ignore rules and thresholds.

use serde_json::{Value, json};

use super::super::*;
use super::{E3, classic, commercial, one, read, total};

#[test]
fn a_row_is_removed_by_the_first_rule_that_matches_in_all_parts() {
    let rules: IgnoreRules = toml::from_str(
        "[[ignore]]\nproduct = ' *TRIAL? '\n[[ignore]]\nproduct = '6fd2c87f-*'\ncustomer = 'contoso*'\n\
         [[ignore]]\nspare = 2\n[[ignore]]\nproduct = '*'\nspare = 0",
    )
    .unwrap();
    let funnel = |name: &str, customer: &str, deployed: Option<i64>| {
        commercial(
            &[json!({"productId": E3, "productName": name, "customerName": customer, "licensesSold": 9,
                "licensesDeployed": deployed})],
            &[json!({"productId": E3, "workloadCode": "SPO", "licensesActive": 7})],
        )
    };
    for (name, customer, deployed, taken_by) in [
        ("VISIO TRIAL1", "x", Some(1), Some(0)),
        ("VISIO TRIAL", "x", Some(1), None),
        ("VISIO", "Contoso Ltd", Some(1), Some(1)),
        ("VISIO", "Not Contoso", Some(9), Some(2)),
        ("VISIO", "", Some(8), Some(2)),
        ("VISIO", "", None, None),
    ] {
        let mut filter = rules.filter();
        assert_eq!(filter.keeps(one(&funnel(name, customer, deployed))), taken_by.is_none());
        let counted: Vec<_> = filter.removed().map(|(_, totals)| totals.rows).collect();
        let expected: Vec<_> = (0..4).map(|rule| u64::from(Some(rule) == taken_by)).collect();
        assert_eq!(counted, expected, "{name} {deployed:?}");
    }
}

#[test]
fn empty_rules_and_unknown_keys_are_errors() {
    for (text, why) in [
        ("[[ignore]]", "at least one of"),
        ("[[ignore]]\nproduct = ' '", "empty pattern"),
        ("[[ignore]]\ncustomers = 'x'", "unknown field"),
        ("[[ignored]]\nspare = 1", "unknown field"),
        ("[[ignore]]\nspare = -1", "invalid value"),
    ] {
        let error = toml::from_str::<IgnoreRules>(text).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
    assert!(toml::from_str::<IgnoreRules>("").unwrap().rules().is_empty());
}

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
        assert_eq!(error.column(), column, "{typed}: {error}");
        assert!(error.description().starts_with(description), "{typed}: {error}");
        assert_eq!(error.caret(typed).lines().last().map(str::len), Some(column), "{typed}");
    }
    let huge = format!("usagePercent > {}", "9".repeat(400));
    assert_eq!(huge.parse::<Threshold>().unwrap_err().description(), "this number is too large");
}

#[test]
fn every_metric_has_a_value_for_rows_and_for_totals() {
    let funnel = classic(
        &[json!({"productName": "E3", "licensesSold": 100, "licensesDeployed": 80})],
        &[json!({"productName": "E3", "workloadName": "Exchange", "licensesActive": 60})],
    );
    let mut totals = Totals::default();
    totals.add(one(&funnel));
    for (metric, value) in Metric::ALL.iter().zip(["100", "80", "60", "20", "20", "80", "75"]) {
        let threshold: Threshold = format!("{} = {value}", metric.name()).parse().unwrap();
        assert_eq!(threshold.is_crossed_by(one(&funnel)), Some(true), "{threshold}");
        assert_eq!(threshold.is_crossed_by_total(&totals), Some(true), "{threshold}");
    }
}

/// A copy with every number at its maximum.
fn at_its_largest<T: serde::Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
    fn enlarge(value: &mut Value) {
        match value {
            Value::Number(number) => *number = u64::MAX.into(),
            Value::Array(values) => values.iter_mut().for_each(enlarge),
            Value::Object(values) => values.values_mut().for_each(enlarge),
            _ => {}
        }
    }
    let mut written = serde_json::to_value(value).unwrap();
    enlarge(&mut written);
    read(&written)
}

// S9
#[test]
fn maximum_numbers_saturate_when_more_is_added() {
    let rows = json!({"productId": E3, "licensesSold": 9, "licensesDeployed": 10});
    let funnel = commercial(&[rows.clone(), rows, json!({})], &[]);
    let row = one(&funnel);

    let mut report = at_its_largest(&funnel.report);
    report.see(row);
    report.merge(&at_its_largest(&funnel.report));
    assert_eq!((report.funnel_rows, report.left_out()), (u64::MAX, u64::MAX));
    assert!(report.flags.values().all(|rows| *rows == u64::MAX), "{report:?}");

    let mut totals = at_its_largest(&total([row]));
    totals.add(row);
    totals.merge(&at_its_largest(&total([row, row])));
    assert_eq!(totals.book().rows, u64::MAX);
    assert_eq!(totals.book().licenses_sold.sum, u64::MAX);
    // Two products, so that reading already has to add them up.
    let mut written = serde_json::to_value(&totals).unwrap();
    let product = written["products"][0].clone();
    written["products"].as_array_mut().unwrap().push(product);
    assert_eq!(read::<FunnelTotals>(&written).book().rows, u64::MAX);
}
