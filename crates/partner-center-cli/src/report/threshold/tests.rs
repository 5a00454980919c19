//! Tests of the grammar of thresholds and of what crosses them.

use std::collections::BTreeSet;

use partner_center::funnel::{Funnel, FunnelRow, Totals};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;

use super::*;
use crate::output::Row as _;
use crate::output::rows::AnnotatedRow;
use crate::prices::{Costs, PriceList, Priced, Pricer, Product};

const CUSTOMER: &str = "4D3CF487-70F4-4E1E-9FF1-B2BFCE8D9F04";

/// The row at a price of EUR 1.50 a month.
fn priced(row: &FunnelRow) -> AnnotatedRow {
    let list = PriceList::of_text("product,price,currency,per\nE3,1.5,EUR,month\nE5,1,USD,month\n");
    let product = Product { name: row.product_name.clone(), ..Product::default() };
    let mut pricer = Pricer::new(list, jiff::civil::date(2026, 11, 27));
    let cost = pricer.cost(&product, None, row.shelfware, row.idle);
    let cost = cost.map_or(Priced::Unpriced, |cost| Priced::At(Box::new(cost)));
    AnnotatedRow { cost, ..AnnotatedRow::from(row.clone()) }
}

fn threshold(text: &str) -> Threshold {
    let currencies = ["EUR", "USD"].map(|code| Currency::of_code(code).unwrap());
    text.parse::<Threshold>().unwrap().in_currency(Some(&currencies)).unwrap()
}

fn total(totals: &Totals) -> Overall<'_> {
    Overall { totals, costs: None }
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
        // Names of fields and table headings are accepted, too.
        ("licensesSold > 5", "sold > 5"),
        ("total LICENSESDEPLOYED > 5", "total deployed > 5"),
        ("any licensesActive > 5", "active > 5"),
        ("Shelf>=5", "shelfware >= 5"),
        ("% depl. < 50", "deploymentPercent < 50"),
        ("% deployed < 50", "deploymentPercent < 50"),
        ("total % used<50", "total usagePercent < 50"),
        ("total deploymentPercent = 0.1%", "total deploymentPercent = 0.1"),
        ("usagePercent > 0", "usagePercent > 0"),
        ("total unusedcost_eur >= 1000.50", "total unusedCost_EUR >= 1000.50"),
        ("Cost/month > 5", "unusedCost > 5"),
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
        ("unusedCost_XYZ > 1", 12, "XYZ is not an ISO 4217 code"),
        ("unusedCost > 1%", 15, "expected the end of the threshold"),
        ("idle_EUR > 1", 1, "expected one of sold, "),
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
    let row = priced(&funnel.rows[0]);
    let (mut totals, mut costs) = (Totals::default(), Costs::default());
    totals.add(&row.row);
    row.add_costs(&mut costs);
    let overall = Overall { totals: &totals, costs: Some(&costs) };
    let values = ["100", "80", "60", "20", "20", "40", "30", "30", "60", "80", "75"];
    for (metric, value) in Metric::ALL.iter().zip(values) {
        let currency = if metric.is_cost() { "_EUR" } else { "" };
        let threshold = threshold(&format!("{}{currency} = {value}", metric.name()));
        assert_eq!(threshold.is_crossed_by(&row), Some(true), "{threshold}");
        assert_eq!(threshold.is_crossed_by(&overall), Some(true), "{threshold}");
    }
}

#[test]
fn a_lower_bound_crosses_only_what_every_greater_number_crosses() {
    let deployment = serde_json::from_value(json!({
        "productName": "E3", "licensesSold": 100, "licensesDeployed": 80, "customerId": CUSTOMER,
        "source": "commercial"
    }));
    let row = priced(&Funnel::of_customers(&[deployment.unwrap()], &[]).rows[0]);
    let mut costs = Costs::of(&["EUR", "USD"].map(|code| Currency::of_code(code).unwrap()));
    row.add_costs(&mut costs);
    let totals = Totals::default();
    for (text, crossed) in [
        ("unusedCost_EUR > 29.99", Some(true)),
        ("unusedCost_EUR > 30", None),
        ("unusedCost_EUR < 30", Some(false)),
        ("shelfwareCost_EUR = 30", Some(true)),
        ("idleCost_EUR > 0", None),
        // The row has no cost in USD.
        ("unusedCost_USD >= 0", Some(false)),
    ] {
        assert_eq!(threshold(text).is_crossed_by(&row), crossed, "{text}");
        let of_total = threshold(text).is_crossed_by(&Overall { totals: &totals, costs: Some(&costs) });
        // Unknown costs add a lower bound of 0.
        assert_eq!(of_total, crossed, "total {text}");
    }
    // A row without a price could cost anything.
    costs.add(None);
    for (text, crossed) in [
        ("shelfwareCost_EUR > 29", Some(true)),
        ("shelfwareCost_EUR > 30", None),
        ("unusedCost_USD > 0", None),
        ("unusedCost_USD >= 0", Some(true)),
    ] {
        assert_eq!(
            threshold(text).is_crossed_by(&Overall { totals: &totals, costs: Some(&costs) }),
            crossed,
            "{text}"
        );
    }
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
        assert_eq!(threshold.parse::<Threshold>().unwrap().is_crossed_by(&row), crossed, "{threshold}");
    }
}

#[test]
fn a_cost_is_compared_in_one_currency_of_the_prices() {
    let [eur, usd] = ["EUR", "USD"].map(|code| Currency::of_code(code).unwrap());
    for (text, currencies, expected) in [
        ("unusedCost > 1", Some(&[eur][..]), Ok("unusedCost_EUR > 1")),
        ("unusedCost_USD > 1", Some(&[eur, usd]), Ok("unusedCost_USD > 1")),
        ("unusedCost > 1", Some(&[eur, usd]), Err("several currencies; name one, such as unusedCost_EUR")),
        ("unusedCost_USD > 1", Some(&[eur]), Err("no price is in USD")),
        ("unusedCost > 1", Some(&[]), Err("no price")),
        ("unusedCost > 1", None, Err("unusedCost requires --prices")),
        ("idle > 1", None, Ok("idle > 1")),
    ] {
        let result = text.parse::<Threshold>().unwrap().in_currency(currencies);
        match (result, expected) {
            (Ok(threshold), Ok(expected)) => assert_eq!(threshold.to_string(), expected),
            (Err(why), Err(expected)) => assert!(why.contains(expected), "{why}"),
            (result, _) => panic!("{text}: {result:?}"),
        }
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
            (known..known + 20).map(|sum| threshold.is_crossed_by(&total(&totals(0, sum))).unwrap()).collect();
        let expected = if outcomes.len() == 1 { outcomes.first().copied() } else { None };
        prop_assert_eq!(threshold.is_crossed_by(&total(&totals(1, known))), expected);
    }
}
