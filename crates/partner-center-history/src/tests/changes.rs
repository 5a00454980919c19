//! Diff and its groups, as functions over rows.

use partner_center::funnel::{FunnelRow, GroupBy, Totals};
use proptest::prelude::*;

use super::row;
use crate::{Change, Diff, DiffRow, Measure, Pairs, Side, compare, diff, diff_by};

fn side(rows: &[FunnelRow]) -> Side {
    Side::new(rows.to_vec(), [])
}

/// Each change with its product, sold and unused counts.
fn shown(diff: &Diff) -> Vec<String> {
    let count = |count: Option<i64>| count.map_or_else(|| "?".to_owned(), |count| count.to_string());
    let line = |row: &DiffRow| {
        format!(
            "{:?} {} {}: sold {} to {}, unused {} to {}",
            row.change,
            row.customer_id.as_uuid().as_u128(),
            row.product_name.as_deref().unwrap_or("?"),
            count(row.pairs.sold_from),
            count(row.pairs.sold_to),
            count(row.pairs.unused_from),
            count(row.pairs.unused_to)
        )
    };
    diff.rows.iter().map(line).collect()
}

#[test]
fn rows_appear_change_and_are_gone() {
    let before = [
        row(1, "VISIO", [Some(10), Some(5), Some(5)]),
        row(1, "PROJECT", [Some(3), Some(3), Some(3)]),
        row(2, "VISIO", [Some(1), Some(1), Some(1)]),
        row(3, "VISIO", [Some(7), Some(7), Some(7)]),
    ];
    let after = [
        row(1, "VISIO", [Some(12), Some(5), Some(4)]),
        row(1, "TEAMS", [Some(3), None, None]),
        row(3, "VISIO", [Some(7), Some(7), Some(7)]),
        row(4, "VISIO", [Some(2), Some(2), Some(2)]),
    ];
    let changes = diff(&side(&before), &side(&after));
    assert_eq!(
        shown(&changes),
        [
            "Gone 1 PROJECT: sold 3 to ?, unused 0 to ?",
            "Appeared 1 TEAMS: sold ? to 3, unused ? to ?",
            "Changed 1 VISIO: sold 10 to 12, unused 5 to 8",
            "Gone 2 VISIO: sold 1 to ?, unused 0 to ?",
            "Appeared 4 VISIO: sold ? to 2, unused ? to 0",
        ]
    );
    let customers = changes.customers;
    assert_eq!((customers.on_both, customers.appeared, customers.gone, customers.unknown), (2, 1, 1, 0));
    assert_eq!((changes.from.licenses_sold, changes.to.licenses_sold), (Some(21), Some(24)));
}

#[test]
fn a_customer_that_was_not_read_is_unknown_and_in_no_sum() {
    let rows = [row(1, "VISIO", [Some(10), Some(5), Some(5)]), row(2, "VISIO", [Some(4), Some(4), Some(4)])];
    let unread = Side::new(vec![rows[1].clone()], [rows[0].customer_id]);
    for (from, to) in [(&side(&rows), &unread), (&unread, &side(&rows))] {
        let changes = diff(from, to);
        assert_eq!(changes.rows.len(), 1);
        assert_eq!(changes.rows[0].change, Change::Unknown);
        assert_eq!(changes.customers.unknown, 1);
        assert_eq!((changes.from.licenses_sold, changes.to.licenses_sold), (Some(4), Some(4)));
        let by_product = diff_by(GroupBy::Product, from, to);
        assert_eq!(by_product, []);
        let by_customer = diff_by(GroupBy::Customer, from, to);
        assert_eq!(by_customer.len(), 1);
        assert_eq!(by_customer[0].change, Change::Unknown);
    }
}

#[test]
fn a_product_without_id_is_matched_by_name() {
    let mut with_id = row(1, "VISIO", [Some(10), Some(5), Some(5)]);
    with_id.product_id = Some("6fd2c87f-b296-42f0-b197-1e91e994b900".into());
    let without_id = row(1, "Visio ", [Some(10), Some(5), Some(5)]);
    let both = [side(&[with_id.clone()]), side(&[without_id])];
    assert_eq!(diff(&both[0], &both[1]).rows, []);
    assert_eq!(diff(&both[1], &both[0]).rows, []);

    // A name that two products have identifies neither.
    let mut other_id = with_id.clone();
    other_id.product_id = Some("11111111-b296-42f0-b197-1e91e994b900".into());
    let ambiguous = side(&[with_id.clone(), other_id.clone()]);
    assert_eq!(diff(&ambiguous, &both[1]).rows.len(), 3);

    // A product whose name changed is the same.
    let mut renamed = with_id.clone();
    renamed.product_name = Some("VISIO PLAN 2".to_owned());
    assert_eq!(diff(&side(&[with_id]), &side(&[renamed])).rows, []);
}

/// Adds up what unused licenses cost.
#[derive(Clone, Debug, PartialEq)]
struct Price(i64);

impl Measure for Price {
    type Sums = i64;

    fn add(&self, row: &FunnelRow, cost: &mut i64) {
        *cost += self.0 * row.unused.unwrap_or(0);
    }
}

/// Compares two days at prices by the name of the product.
fn priced(by: Option<GroupBy>, from: &Side, to: &Side) -> Diff<Price> {
    compare(by, from, to, |product| match product.product_name {
        Some("VISIO") => Price(10),
        Some("PROJECT") => Price(7),
        _ => Price(0),
    })
}

#[test]
fn a_group_that_changed_only_in_what_the_program_adds_up_is_a_change() {
    let before = side(&[row(1, "VISIO", [Some(5), Some(0), Some(0)])]);
    let after = side(&[row(1, "PROJECT", [Some(5), Some(0), Some(0)])]);
    assert_eq!(diff_by(GroupBy::Customer, &before, &after), []);
    let changes = priced(Some(GroupBy::Customer), &before, &after);
    assert_eq!((changes.groups[0].change, changes.groups[0].sums), (Change::Changed, [50, 35]));
    assert_eq!(changes.sums, [50, 35]);
    let rows: Vec<_> = changes.rows.iter().map(|row| (row.change, row.sums)).collect();
    assert_eq!(rows, [(Change::Appeared, [0, 35]), (Change::Gone, [50, 0])]);
}

fn count() -> impl Strategy<Value = Option<i64>> {
    proptest::option::weighted(0.8, 0..50_i64)
}

fn rows() -> impl Strategy<Value = Vec<FunnelRow>> {
    let one = (1..5_u128, 0..4_usize, [count(), count(), count()]).prop_map(|(customer, product, counts)| {
        row(customer, ["VISIO", "PROJECT", "TEAMS", "POWER BI"][product], counts)
    });
    proptest::collection::vec(one, 0..12)
}

fn mirrored(row: DiffRow) -> DiffRow {
    DiffRow {
        change: match row.change {
            Change::Appeared => Change::Gone,
            Change::Gone => Change::Appeared,
            same => same,
        },
        pairs: Pairs {
            sold_from: row.pairs.sold_to,
            sold_to: row.pairs.sold_from,
            deployed_from: row.pairs.deployed_to,
            deployed_to: row.pairs.deployed_from,
            active_from: row.pairs.active_to,
            active_to: row.pairs.active_from,
            unused_from: row.pairs.unused_to,
            unused_to: row.pairs.unused_from,
        },
        ..row
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_day_does_not_differ_from_itself(rows in rows(), unread in proptest::option::of(1..5_u128)) {
        let unread = unread.map(|customer| uuid::Uuid::from_u128(customer).into());
        let side = Side::new(rows, unread);
        let changes = diff(&side, &side);
        prop_assert!(changes.rows.iter().all(|row| row.change == Change::Unknown));
        prop_assert_eq!(changes.from, changes.to);
        for by in [GroupBy::Customer, GroupBy::Product, GroupBy::Service] {
            prop_assert!(diff_by(by, &side, &side).iter().all(|group| group.change == Change::Unknown));
        }
    }

    #[test]
    fn the_other_direction_is_the_mirror(before in rows(), after in rows()) {
        let (before, after) = (side(&before), side(&after));
        let (there, back) = (diff(&before, &after), diff(&after, &before));
        prop_assert_eq!(there.rows.into_iter().map(mirrored).collect::<Vec<_>>(), back.rows);
        prop_assert_eq!((there.from, there.to), (back.to, back.from));
    }

    #[test]
    fn rows_groups_and_all_change_by_the_same(before in rows(), after in rows(), unread in 1..6_u128) {
        let unread = Some(uuid::Uuid::from_u128(unread).into());
        let (before, after) = (side(&before), Side::new(after, unread));
        let moved = |[from, to]: [i64; 2]| to - from;
        for by in [GroupBy::Customer, GroupBy::Product, GroupBy::Service] {
            let changes = priced(Some(by), &before, &after);
            let all = moved(changes.sums);
            let rows = changes.rows.iter().filter(|row| row.change != Change::Unknown);
            prop_assert_eq!(rows.map(|row| moved(row.sums)).sum::<i64>(), all);
            let groups = changes.groups.iter().filter(|group| group.change != Change::Unknown);
            prop_assert_eq!(groups.map(|group| moved(group.sums)).sum::<i64>(), all);
        }
    }

    #[test]
    fn the_sums_are_those_of_the_rows(before in rows(), after in rows()) {
        let changes = diff(&side(&before), &side(&after));
        for (rows, sums) in [(before, changes.from), (after, changes.to)] {
            let mut totals = Totals::default();
            for row in &rows {
                totals.add(row);
            }
            prop_assert_eq!(totals.counts(), sums);
        }
    }
}
