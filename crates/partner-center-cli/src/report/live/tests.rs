//! Tests of how rows and SKUs are matched.

use LiveMatch::{InAnotherRow, Matched, WithoutAnalytics, WithoutProductId, WithoutSku};
use serde_json::from_value;

use super::*;

const E3: &str = "6FD2C87F-B296-42F0-B197-1E91E994B900";
const VISIO: &str = "c5928f49-12ba-48f7-ada3-0d743a3601d5";
const FREE: &str = "f30db892-07e9-47e9-837c-80727f46fd3d";

fn customer(last: u8) -> CustomerId {
    format!("4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f{last:02x}").parse().unwrap()
}

fn row(customer: CustomerId, product: Option<&str>) -> FunnelRow {
    let mut row = FunnelRow::new(customer, Source::Commercial);
    row.customer_name = Some("Contoso".to_owned());
    row.product_id = product.map(Guid::from);
    row.licenses_sold = Some(9);
    row
}

fn skus(skus: &[(Option<&str>, i64, Option<i64>)]) -> Vec<SubscribedSku> {
    let sku = |(id, total, assigned): &(Option<&str>, i64, Option<i64>)| {
        let sku = json!({"totalUnits": total, "consumedUnits": assigned,
            "productSku": {"id": id, "name": "A name", "skuPartNumber": "A_PART"}});
        from_value(sku).unwrap()
    };
    skus.iter().map(sku).collect()
}

/// What is beside each row: its product, sold licenses, live ones, and the match.
type Beside = (Option<String>, Option<i64>, [Option<i64>; 2], LiveMatch);

fn beside(rows: &[AnnotatedRow]) -> Vec<Beside> {
    let beside = |AnnotatedRow { row, live, .. }: &AnnotatedRow| {
        let live = live.as_deref().unwrap();
        let id = row.product_id.as_ref().map(|id| id.to_string().to_lowercase());
        (id, row.licenses_sold, [live.total, live.assigned], live.live_match)
    };
    rows.iter().map(beside).collect()
}

fn of_one(rows: &[Option<&str>], of_tenant: &[(Option<&str>, i64, Option<i64>)]) -> (Vec<Beside>, u64) {
    let mut live = LiveSkus::default();
    let of_tenant = skus(of_tenant).into_iter().map(|sku| live.keep(sku)).collect();
    live.customers.insert(customer(1), Tenant::Read { name: None, skus: of_tenant });
    let rows = rows.iter().map(|id| row(customer(1), *id)).collect();
    (beside(&live.of_customer(customer(1), rows, Source::Commercial)), live.counts.free)
}

#[test]
fn rows_and_skus_of_a_customer() {
    let id = |id: &str| Some(id.to_lowercase());
    let unknown = [None, None];
    // The ids match in any letter case.
    let (rows, _) = of_one(&[Some(E3)], &[(Some(&E3.to_lowercase()), 12, Some(7))]);
    assert_eq!(rows, [(id(E3), Some(9), [Some(12), Some(7)], Matched)]);

    // What one side alone knows.
    let (rows, _) = of_one(&[Some(E3)], &[(Some(VISIO), 5, Some(1))]);
    let visio = (id(VISIO), None, [Some(5), Some(1)], WithoutAnalytics);
    assert_eq!(rows, [(id(E3), Some(9), unknown, WithoutSku), visio.clone()]);
    assert_eq!(of_one(&[], &[(Some(VISIO), 5, Some(1))]).0, [visio]);

    // Two rows of one product, as of two channels: the licenses count once.
    let (rows, _) = of_one(&[Some(E3), Some(E3)], &[(Some(E3), 12, Some(7))]);
    let first = (id(E3), Some(9), [Some(12), Some(7)], Matched);
    assert_eq!(rows, [first, (id(E3), Some(9), unknown, InAnotherRow)]);

    // Two SKUs of one id, one of which does not say how many are assigned.
    let (rows, _) = of_one(&[Some(E3)], &[(Some(E3), 12, Some(7)), (Some(E3), 3, None)]);
    assert_eq!(rows, [(id(E3), Some(9), [Some(15), None], Matched)]);

    // Without an id on one side, nothing says that the other side lacks the product.
    let (rows, _) = of_one(&[None, Some(E3)], &[(Some(E3), 12, Some(7)), (Some(VISIO), 5, Some(1))]);
    assert_eq!(
        rows,
        [
            (None, Some(9), unknown, WithoutProductId),
            (id(E3), Some(9), [Some(12), Some(7)], Matched),
            (id(VISIO), None, [Some(5), Some(1)], WithoutProductId),
        ]
    );
    let (rows, _) = of_one(&[Some(E3)], &[(None, 12, Some(7))]);
    let sku = (None, None, [Some(12), Some(7)], WithoutProductId);
    assert_eq!(rows, [(id(E3), Some(9), unknown, WithoutProductId), sku]);
}

#[test]
fn a_free_sku_is_no_row_of_its_own() {
    let free = (Some(FREE), 10_000, Some(3));
    assert_eq!(of_one(&[], &[free]), (Vec::new(), 1));
    let (rows, left_out) = of_one(&[Some(FREE)], &[free]);
    let live = [Some(10_000), Some(3)];
    assert_eq!((rows, left_out), (vec![(Some(FREE.to_owned()), Some(9), live, Matched)], 0));
}

#[test]
fn customers_without_analytics_come_in_the_order_of_ids() {
    let mut live = LiveSkus::default();
    for number in [1, 2, 4, 5] {
        let skus = skus(&[(Some(E3), i64::from(number), None)]).into_iter().map(|sku| live.keep(sku));
        let skus = skus.collect();
        live.customers.insert(customer(number), Tenant::Read { name: Some("Listed".to_owned()), skus });
    }
    live.customers.insert(customer(3), Tenant::Unread(LiveMatch::Refused));
    let rows = [2, 3, 4].map(|number| row(customer(number), Some(E3)));
    let rows = live.beside(Batch::joined(rows.to_vec()), Source::Commercial).rows;
    let BatchRows::Rows(mut rows) = rows else { panic!("rows") };
    let BatchRows::Rows(rest) = live.rest(Source::Commercial).unwrap().rows else { panic!("rows") };
    rows.extend(rest);
    let found: Vec<_> = rows
        .iter()
        .map(|row| {
            let live = row.live.as_deref().unwrap();
            (row.row.customer_id, row.row.customer_name.as_deref().unwrap(), live.total, live.live_match)
        })
        .collect();
    let expected = [
        (customer(1), "Listed", Some(1), WithoutAnalytics),
        (customer(2), "Contoso", Some(2), Matched),
        (customer(3), "Contoso", None, LiveMatch::Refused),
        (customer(4), "Contoso", Some(4), Matched),
        (customer(5), "Listed", Some(5), WithoutAnalytics),
    ];
    assert_eq!(found, expected);
    assert!(live.rest(Source::Commercial).is_none());
}

/// A failed customer has analytics that are not known, so nothing says that they lack its SKUs.
#[test]
fn a_customer_whose_analytics_failed_has_no_rows() {
    let mut live = LiveSkus::default();
    let skus = skus(&[(Some(E3), 1, None)]).into_iter().map(|sku| live.keep(sku)).collect();
    live.customers.insert(customer(1), Tenant::Read { name: None, skus });
    let batch = Batch { customer: Some(customer(1)), rows: BatchRows::Skipped, ..Batch::joined(Vec::new()) };
    assert!(matches!(live.beside(batch, Source::Classic).rows, BatchRows::Skipped));
    assert!(live.rest(Source::Classic).is_none());
}
