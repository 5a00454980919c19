//! Tests of numbers at their maximum.

use serde_json::{Value, json};

use super::super::*;
use super::{E3, commercial, one, read, total};

/// A copy with every number at its maximum.
fn at_its_largest<T: serde::Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
    fn enlarge(value: &mut Value, name: &str) {
        let is_license_count =
            matches!(name, "sum" | "part" | "whole" | "deployedBeyondSold" | "activeBeyondDeployed");
        match value {
            Value::Number(number) if is_license_count => *number = i64::MAX.into(),
            Value::Number(number) => *number = u64::MAX.into(),
            Value::Array(values) => values.iter_mut().for_each(|value| enlarge(value, name)),
            Value::Object(values) => values.iter_mut().for_each(|(name, value)| enlarge(value, name)),
            _ => {}
        }
    }
    let mut written = serde_json::to_value(value).unwrap();
    enlarge(&mut written, "");
    read(&written)
}

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
    assert_eq!(totals.overall().rows, u64::MAX);
    assert_eq!(totals.overall().licenses_sold.sum, i64::MAX);
    // Two products, so that reading already has to add them up.
    let mut written = serde_json::to_value(&totals).unwrap();
    let product = written["products"][0].clone();
    written["products"].as_array_mut().unwrap().push(product);
    assert_eq!(read::<FunnelTotals>(&written).overall().rows, u64::MAX);
}
