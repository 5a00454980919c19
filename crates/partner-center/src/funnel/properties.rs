//! Property tests: the order of rows does not matter, no row is lost, and sums over any grouping agree.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use super::product_key::fold;
use super::tests::total;
use super::*;
use crate::licenses::{DeploymentRow, UsageRow};
use crate::models::{CommercialLicensesDeploymentInsights, CommercialLicensesUsageInsights};

/// Few values, so that rows match, repeat and contradict each other.
const CUSTOMERS: [&str; 3] = [
    "4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04",
    "4D3CF487-70F4-4E1E-9FF1-B2BFCE8D9F04",
    "0112a436-b14e-4888-967b-ca4bb2cf1234",
];
const IDS: [&str; 4] =
    ["6FD2C87F-B296-42F0-B197-1E91E994B900", "6fd2c87f-b296-42f0-b197-1e91e994b900", "CFQ7TTC0LH18:0001", ""];
const NAMES: [&str; 4] = ["OFFICE 365 E3", " office 365 e3", "VISIO", ""];
const STAMPS: [&str; 5] =
    ["2018-10-14T00:00:00", "2018-10-14T00:00:00Z", "2018-10-14T09:30:00", "2018-10-07", "soon"];

fn field(name: &'static str, values: &'static [&'static str]) -> impl Strategy<Value = (String, Value)> {
    prop::option::weighted(0.9, select(values)).prop_map(move |value| (name.into(), json!(value)))
}

fn count(name: &'static str) -> impl Strategy<Value = (String, Value)> {
    prop_oneof![9 => (0..9_i64).prop_map(Some), 1 => Just(None), 1 => Just(Some(-1))]
        .prop_map(move |count| (name.into(), json!(count)))
}

fn described() -> impl Strategy<Value = Map<String, Value>> {
    (
        field("customerTenantId", &CUSTOMERS),
        field("customerName", &["Contoso", "CONTOSO"]),
        field("productId", &IDS),
        field("productName", &NAMES),
        field("serviceCode", &["o365", "O365", "crm"]),
        field("channel", &["reseller", "Reseller", "direct"]),
        field("processedDateTime", &STAMPS),
    )
        .prop_map(|(a, b, c, d, e, f, g)| [a, b, c, d, e, f, g].into_iter().collect())
}

type Rows = (Vec<DeploymentRow>, Vec<UsageRow>);

fn deployment_row(row: Value) -> DeploymentRow {
    serde_json::from_value::<CommercialLicensesDeploymentInsights>(row).unwrap().into()
}

fn usage_row(row: Value) -> UsageRow {
    serde_json::from_value::<CommercialLicensesUsageInsights>(row).unwrap().into()
}

fn rows() -> impl Strategy<Value = Rows> {
    let read = |(mut row, numbers): (Map<String, Value>, Vec<(String, Value)>)| {
        row.extend(numbers);
        Value::Object(row)
    };
    let deployment =
        (described(), (count("licensesSold"), count("licensesDeployed")).prop_map(|(a, b)| vec![a, b]))
            .prop_map(move |row| deployment_row(read(row)));
    let numbers = (
        field("workloadCode", &["EXO", "exo", "SPO", ""]),
        field("workloadName", &["Exchange", "SharePoint"]),
        count("licensesActive"),
        count("licensesQualified"),
    );
    let usage = (described(), numbers.prop_map(|(a, b, c, d)| vec![a, b, c, d]))
        .prop_map(move |row| usage_row(read(row)));
    (prop::collection::vec(deployment, 0..8), prop::collection::vec(usage, 0..12))
}

fn join((deployment, usage): &Rows) -> Funnel {
    Funnel::of_customers(deployment, usage)
}

/// Serialized text, in which spellings that compare as equal still differ.
fn text(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

fn shuffled() -> impl Strategy<Value = (Rows, Rows)> {
    rows().prop_flat_map(|rows| {
        let (deployment, usage) = rows.clone();
        (Just(rows), (Just(deployment).prop_shuffle(), Just(usage).prop_shuffle()))
    })
}

/// The true numbers by customer and product: sold, deployed, and active in each workload.
type Truth = BTreeMap<(u8, u8), (i64, i64, BTreeMap<u8, i64>)>;

fn truth() -> impl Strategy<Value = Truth> {
    let workloads = prop::collection::btree_map(0..4_u8, 0..99_i64, 0..4);
    prop::collection::btree_map((0..4_u8, 0..4_u8), (0..99_i64, 0..99_i64, workloads), 0..10)
}

/// The rows for these numbers, with products named by `name`.
fn rows_of(truth: &Truth, name: impl Fn(u8) -> Value) -> Rows {
    let row = |customer: u8, product: u8, numbers: Value| {
        let mut row =
            json!({ "customerTenantId": format!("0112a436-b14e-4888-967b-ca4bb2cf12{customer:02}") });
        for part in [name(product), numbers] {
            row.as_object_mut().unwrap().extend(part.as_object().unwrap().clone());
        }
        row
    };
    let (mut deployment, mut usage) = (Vec::new(), Vec::new());
    for ((customer, product), (sold, deployed, workloads)) in truth {
        let numbers = json!({ "licensesSold": sold, "licensesDeployed": deployed });
        deployment.push(deployment_row(row(*customer, *product, numbers)));
        for (workload, active) in workloads {
            let numbers = json!({ "workloadCode": format!("W{workload}"), "licensesActive": active });
            usage.push(usage_row(row(*customer, *product, numbers)));
        }
    }
    (deployment, usage)
}

proptest! {
    #[test]
    fn numbers_split_into_rows_are_joined_again(truth in truth()) {
        // By id, all with the same name; by name; and by name with services or channels to distinguish products.
        let namings: [fn(u8) -> Value; 4] = [
            |product| json!({ "productId": format!("6fd2c87f-b296-42f0-b197-1e91e994b9{product:02}"), "productName": "X" }),
            |product| json!({ "productName": format!("PRODUCT {product}") }),
            |product| json!({ "productName": "X", "serviceCode": format!("s{product}") }),
            |product| json!({ "productName": "X", "channel": format!("c{product}") }),
        ];
        for naming in namings {
            let funnel = join(&rows_of(&truth, naming));
            let (mut put_together, mut expected) = (Vec::new(), Vec::new());
            for row in &funnel.rows {
                let workloads: Vec<_> = row.workloads.iter().map(|w| w.licenses_active.unwrap()).collect();
                put_together.push((row.customer_id.to_string(), row.licenses_sold, row.licenses_deployed, workloads));
            }
            for ((customer, _), (sold, deployed, workloads)) in &truth {
                let customer = format!("0112a436-b14e-4888-967b-ca4bb2cf12{customer:02}");
                expected.push((customer, Some(*sold), Some(*deployed), workloads.values().copied().collect()));
            }
            prop_assert_eq!(put_together, expected);
        }
    }

    #[test]
    fn the_order_of_rows_does_not_matter((rows, shuffled) in shuffled()) {
        let (funnel, other) = (join(&rows), join(&shuffled));
        prop_assert_eq!(text(&funnel.rows), text(&other.rows));
        prop_assert_eq!(&funnel.report, &other.report);
        let reversed = total(other.rows.iter().rev());
        prop_assert_eq!(text(&total(&funnel.rows)), text(&reversed));
    }

    #[test]
    fn the_totals_are_the_sum_over_customers(rows in rows()) {
        let whole = join(&rows);
        let (mut pieces, mut report) = (Vec::new(), JoinReport::default());
        let (deployment, usage) = rows;
        let ids: BTreeSet<_> = deployment
            .iter()
            .map(|row| row.customer_id)
            .chain(usage.iter().map(|row| row.customer_id))
            .collect();
        for id in ids {
            let piece = join(&(
                deployment.iter().filter(|row| row.customer_id == id).cloned().collect(),
                usage.iter().filter(|row| row.customer_id == id).cloned().collect(),
            ));
            pieces.extend(piece.rows);
            report.merge(&piece.report);
        }
        prop_assert_eq!(text(&pieces), text(&whole.rows));
        prop_assert_eq!(report, whole.report);
    }

    #[test]
    fn no_row_is_lost(rows in rows()) {
        let Funnel { rows: out, report, .. } = join(&rows);
        prop_assert_eq!(report.deployment_rows, rows.0.len() as u64);
        prop_assert_eq!(report.usage_rows, rows.1.len() as u64);
        let present: u64 = out
            .iter()
            .map(|row| row.workloads.len() as u64 + u64::from(!row.has(Flag::WithoutDeployment)))
            .sum();
        let accounted = report.left_out() + report.repeated + report.superseded + report.summed + present;
        prop_assert_eq!(accounted, report.deployment_rows + report.usage_rows);
        prop_assert_eq!(report.funnel_rows, out.len() as u64);
        for (flag, count) in &report.flags {
            prop_assert_eq!(*count, out.iter().filter(|row| row.has(*flag)).count() as u64);
        }
        let flagged: usize = out.iter().map(|row| row.flags.len()).sum();
        prop_assert_eq!(report.flags.values().sum::<u64>(), flagged as u64);
    }

    #[test]
    fn the_numbers_of_a_row_agree(rows in rows()) {
        let mut keys = BTreeSet::new();
        for row in join(&rows).rows {
            // With an id, the id and the channel identify the row, and name and service may have any spelling.
            let key = match &row.product_id {
                Some(id) => vec![fold(&id.to_string())],
                None => vec![row.product_name.as_deref().and_then(fold), row.service_code.as_deref().and_then(fold)],
            };
            let channel = row.channel.as_ref().map(ToString::to_string);
            prop_assert!(keys.insert((row.customer_id, key, channel)), "duplicate row: {:?}", row);

            let (sold, deployed, active) = (row.licenses_sold, row.licenses_deployed, row.licenses_active);
            if let (Some(sold), Some(deployed)) = (sold, deployed) {
                prop_assert_eq!(row.has(Flag::DeployedExceedsSold), deployed > sold);
                prop_assert_eq!(row.shelfware.unwrap() + deployed, sold.max(deployed));
            } else {
                prop_assert_eq!((row.shelfware, row.deployment_percent), (None, None));
            }
            if let (Some(deployed), Some(active)) = (deployed, active) {
                prop_assert_eq!(row.has(Flag::ActiveExceedsDeployed), active > deployed);
                prop_assert_eq!(row.idle.unwrap() + active, deployed.max(active));
            } else {
                prop_assert_eq!((row.idle, row.usage_percent), (None, None));
            }
            if let Some(active) = active {
                let counts: Vec<_> = row.workloads.iter().map(|w| w.licenses_active.unwrap()).collect();
                prop_assert!(counts.contains(&active) && counts.iter().all(|count| *count <= active));
            }
            let parts = [row.shelfware, row.idle];
            let known: Vec<i64> = parts.into_iter().flatten().collect();
            prop_assert_eq!(row.unused, (!known.is_empty()).then(|| known.iter().sum()));
            prop_assert_eq!(row.has(Flag::UnusedIsLowerBound), known.len() == 1);
            prop_assert_eq!(row.has(Flag::WithoutUsage), row.workloads.is_empty());
            prop_assert!(row.flags.is_sorted_by(|a, b| a < b));
        }
    }

    #[test]
    fn sums_over_any_grouping_agree(
        rows in rows(),
        parts in prop::collection::vec(0..4_usize, 32),
        backwards in any::<bool>(),
    ) {
        let rows = join(&rows).rows;
        let whole = total(&rows);

        // In four parts, which are merged from either end.
        let mut increments = vec![FunnelTotals::default(); 4];
        rows.iter().zip(&parts).for_each(|(row, part)| increments[*part].add(row));
        if backwards {
            increments.reverse();
        }
        let mut merged = FunnelTotals::default();
        for increment in &increments {
            merged.merge(increment);
        }
        prop_assert_eq!(text(&merged), text(&whole));

        // By product, and by customer.
        let mut by_product = Totals::default();
        whole.products().iter().for_each(|product| by_product.merge(&product.totals));
        prop_assert_eq!(&by_product, whole.overall());
        let mut by_customer = Totals::default();
        for of_customer in rows.chunk_by(|a, b| a.customer_id == b.customer_id) {
            by_customer.merge(total(of_customer).overall());
        }
        prop_assert_eq!(&by_customer, whole.overall());

        // By every kind of group.
        for by in [GroupBy::Customer, GroupBy::Product, GroupBy::Service] {
            let groups = Groups::<()>::of(by, &rows);
            let mut sum = Totals::default();
            groups.iter().for_each(|group| sum.merge(&group.totals));
            prop_assert_eq!(&sum, whole.overall());
            let keys: BTreeSet<_> = groups.iter().map(|group| group.key.as_deref().and_then(fold)).collect();
            prop_assert_eq!(keys.len(), groups.len());
            let reversed = Groups::of(by, rows.iter().rev());
            prop_assert_eq!(reversed, groups);
        }

        // As plain sums over the rows.
        let sum = |number: fn(&FunnelRow) -> Option<i64>| rows.iter().filter_map(number).sum::<i64>();
        let overall = whole.overall();
        prop_assert_eq!(overall.licenses_sold.sum, sum(|row| row.licenses_sold));
        prop_assert_eq!(overall.licenses_active.sum, sum(|row| row.licenses_active));
        prop_assert_eq!(overall.idle.sum, sum(|row| row.idle));
        prop_assert_eq!(overall.unused.sum, overall.shelfware.sum + overall.idle.sum);
        prop_assert_eq!(overall.idle.unknown_rows, rows.iter().filter(|row| row.idle.is_none()).count() as u64);

        // The stages of the funnel add up.
        prop_assert_eq!(
            overall.deployment.whole + overall.deployed_beyond_sold,
            overall.deployment.part + overall.shelfware.sum
        );
        prop_assert_eq!(overall.usage.whole + overall.active_beyond_deployed, overall.usage.part + overall.idle.sum);

        // Serialized and read again.
        prop_assert_eq!(text(&serde_json::from_str::<FunnelTotals>(&text(&whole)).unwrap()), text(&whole));
    }
}
