//! Tests of costs.

use proptest::prelude::*;

use super::*;

fn price(amount: &str, per: Per, currency: &str) -> Price {
    Price { amount: amount.parse().unwrap(), per, currency: Currency::of_code(currency).unwrap() }
}

fn text(cost: Option<Decimal>) -> Option<String> {
    cost.map(|cost| cost.to_string())
}

#[test]
fn a_cost_is_rounded_once_to_the_minor_unit() {
    use Per::{Month, Year};
    for (amount, per, currency, licenses, cost) in [
        ("33.10", Month, "EUR", 3, Some("99.30")),
        ("33.10", Month, "EUR", 0, Some("0.00")),
        ("0", Month, "EUR", 7, Some("0.00")),
        ("0.005", Month, "EUR", 1, Some("0.01")), // half away from zero, not to even
        ("0.015", Month, "EUR", 1, Some("0.02")),
        ("0.025", Month, "EUR", 1, Some("0.03")),
        ("0.0049999999999999999999999999", Month, "EUR", 1, Some("0.00")),
        ("0.5", Month, "JPY", 1, Some("1")),
        ("1.4999", Month, "JPY", 1, Some("1")),
        ("1.2345", Month, "KWD", 1, Some("1.235")),
        ("2", Month, "CLF", 1, Some("2.0000")),
        ("100", Year, "EUR", 1, Some("8.33")),
        ("100", Year, "EUR", 3, Some("25.00")), // 3 times a rounded 8.33 would be 24.99
        ("115.2", Year, "USD", 10, Some("96.00")),
        ("0.06", Year, "EUR", 1, Some("0.01")),
        ("0.0599999999999999999999999999", Year, "EUR", 1, Some("0.00")),
        ("79228162514264337593543950335", Year, "JPY", 12, Some("79228162514264337593543950335")),
        // Too many digits, and not a count.
        ("79228162514264337593543950335", Month, "JPY", 2, None),
        ("79228162514264337593543950335", Month, "EUR", 1, None),
        ("79228162514264337593543950335", Month, "JPY", i64::MAX, None),
        ("0.0000000000000000000000000001", Month, "EUR", i64::MAX, Some("0.00")),
        ("1", Month, "EUR", i64::MAX, Some("9223372036854775807.00")),
        ("1", Month, "EUR", -1, None),
        ("1", Month, "EUR", i64::MIN, None),
    ] {
        let cost_of = price(amount, per, currency).cost(licenses);
        assert_eq!(text(cost_of).as_deref(), cost, "{licenses} times {amount} {currency} {per:?}");
    }
}

#[test]
fn the_unit_price_is_per_month() {
    for (amount, per, unit_price) in [
        ("33.10", Per::Month, "33.10"),
        ("120", Per::Year, "10"),
        ("115.2", Per::Year, "9.6"),
        ("100", Per::Year, "8.3333333333"),
        ("200", Per::Year, "16.6666666667"),
        ("0", Per::Year, "0"),
    ] {
        let price = price(amount, per, "EUR");
        assert_eq!((price.unit_price().to_string().as_str(), price.currency().code()), (unit_price, "EUR"));
    }
}

#[test]
fn an_unknown_count_is_an_unknown_cost() {
    let price = price("0.005", Per::Month, "EUR");
    for (shelfware, idle, costs) in [
        (Some(1), Some(3), [Some("0.01"), Some("0.02"), Some("0.03")]),
        (Some(1), None, [Some("0.01"), None, Some("0.01")]),
        (None, Some(3), [None, Some("0.02"), Some("0.02")]),
        (None, None, [None, None, None]),
        (Some(-1), Some(0), [None, Some("0.00"), Some("0.00")]),
    ] {
        let row = price.costs_of(shelfware, idle);
        let found = [row.shelfware_cost, row.idle_cost, row.unused_cost].map(text);
        assert_eq!(found, costs.map(|cost| cost.map(str::to_owned)), "{shelfware:?} {idle:?}");
        assert_eq!((row.currency.code(), row.unit_price), ("EUR", price.unit_price()));
    }
}

#[test]
fn totals_are_kept_per_currency_and_say_what_they_cover() {
    let (euros, yen) = (price("1.10", Per::Month, "EUR"), price("100", Per::Month, "JPY"));
    let mut costs = Costs::default();
    for row in [
        Some(euros.costs_of(Some(2), Some(1))),
        Some(euros.costs_of(Some(1), None)),
        Some(yen.costs_of(Some(3), None)),
        None,
        Some(yen.costs_of(None, None)),
        None,
    ] {
        costs.add(row.as_ref());
    }
    let found: Vec<_> = costs
        .currencies()
        .map(|(currency, costs)| {
            let sums = [costs.shelfware_cost(), costs.idle_cost(), costs.unused_cost()];
            (currency.code(), costs.rows(), sums.map(|sum| (text(sum.total()), sum.known_rows())))
        })
        .collect();
    let known = |total: &str, rows| (Some(total.to_owned()), rows);
    assert_eq!(
        found,
        [
            ("EUR", 2, [known("3.30", 2), known("1.10", 1), known("4.40", 2)]),
            ("JPY", 2, [known("300", 1), (None, 0), known("300", 1)]),
        ]
    );
    assert_eq!(costs.rows_unpriced(), 2);
    let saved = serde_json::to_value(&costs).unwrap();
    assert_eq!(saved["byCurrency"]["EUR"]["unusedCost"]["total"], "4.40");
    assert_eq!(serde_json::from_value::<Costs>(saved).unwrap(), costs);
}

#[test]
fn a_sum_with_too_many_digits_is_unknown() {
    let price = price("79228162514264337593543950335", Per::Month, "JPY");
    let row = price.costs_of(Some(1), Some(1));
    assert!(row.shelfware_cost.is_some() && row.idle_cost.is_some() && row.unused_cost.is_none());
    let mut costs = Costs::default();
    costs.add(Some(&row));
    costs.add(Some(&row));
    costs.add(Some(&price.costs_of(Some(0), None)));
    let (_, yen) = costs.currencies().next().unwrap();
    assert_eq!((yen.shelfware_cost().total(), yen.shelfware_cost().known_rows()), (None, 3));
    let mut twice = costs.clone();
    twice.merge(&costs);
    assert_eq!(twice.currencies().next().unwrap().1.shelfware_cost().total(), None);
}

/// A price with up to 12 digits before and after the decimal point.
fn any_price() -> impl Strategy<Value = Price> {
    let currency = prop::sample::select(vec!["EUR", "JPY", "KWD", "CLF"]);
    (0_i64..1_000_000_000_000, 0_u32..13, any::<bool>(), currency).prop_map(
        |(mantissa, scale, is_yearly, code)| Price {
            amount: Decimal::new(mantissa, scale),
            per: if is_yearly { Per::Year } else { Per::Month },
            currency: Currency::of_code(code).unwrap(),
        },
    )
}

proptest! {
    #[test]
    fn a_cost_is_the_nearest_amount_and_of_two_the_larger(price in any_price(), licenses in 0_i64..1_000_000) {
        let cost = price.cost(licenses).unwrap();
        let (digits, months) = (price.currency.digits(), price.per.months());
        prop_assert_eq!(cost.scale(), digits);
        // cost / 10^digits - amount * licenses / (months * 10^scale), times both denominators.
        let (units, scale) = (10_i128.pow(digits), 10_i128.pow(price.amount.scale()));
        let exact = price.amount.mantissa() * i128::from(licenses) * units;
        let difference = cost.mantissa() * months * scale - exact;
        let unit = months * scale;
        prop_assert!(-unit < 2 * difference && 2 * difference <= unit, "{cost} for {licenses} at {price:?}");
    }

    #[test]
    fn sums_over_any_grouping_agree(
        rows in prop::collection::vec(
            (prop::option::weighted(0.8, any_price()), prop::option::of(-1_i64..100_000), prop::option::of(0_i64..100_000), 0_usize..4),
            0..40,
        ),
    ) {
        let mut whole = Costs::default();
        let mut groups = vec![Costs::default(); 4];
        for (price, shelfware, idle, group) in rows {
            let cost = price.map(|price| price.costs_of(shelfware, idle));
            whole.add(cost.as_ref());
            groups[group].add(cost.as_ref());
        }
        let mut total = Costs::default();
        groups.iter().rev().for_each(|group| total.merge(group));
        prop_assert_eq!(&total, &whole);
        for (_, costs) in whole.currencies() {
            let [shelfware, idle, unused] = [costs.shelfware_cost(), costs.idle_cost(), costs.unused_cost()]
                .map(|sum| sum.total().unwrap_or_default());
            prop_assert_eq!(shelfware + idle, unused);
        }
    }
}
