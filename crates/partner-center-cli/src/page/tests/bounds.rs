//! A page is bounded, and says what it leaves out.

use rust_decimal::Decimal;

use super::super::data::{HEAT_MAP, INDEX, NAMES, ROWS, TOP};
use super::super::history::CHANGES;
use super::super::{
    By, Change, ChangeKind, Changes, Column, Cost, Entry, Group, HeatMap, Licenses, NotRead, Of, Pages,
    Ranking, Reason, RowTable, Share, Text,
};
use super::Parsed;
use super::sample::Sample;

const MANY: usize = 100_000;

fn names() -> impl Iterator<Item = Text> {
    (0..MANY).map(|place| Text::new(&format!("Customer {place}")))
}

fn groups() -> impl Iterator<Item = Group> {
    names().map(|name| Group {
        name,
        licenses: Licenses { sold: Some(5), shelfware: Some(2), ..Licenses::default() },
        costs: vec![Cost {
            currency: Text::new("EUR"),
            shelfware: Some(Decimal::new(1010, 2)),
            idle: Some(Decimal::ZERO),
            unused: Decimal::new(1010, 2),
        }],
        rows: 1,
        incomplete: 1,
    })
}

#[test]
fn a_hundred_thousand_customers_fit_on_a_page() {
    let mut report = Sample::new("bounds").report();
    report.rankings = vec![
        Ranking::new(Of::Customers, By::Unused, groups()),
        Ranking::new(Of::Customers, By::Cost(Text::new("EUR")), groups()),
    ];
    let share = || vec![Share::Known { unused: 1, sold: 2 }; 40];
    report.heat_map = Some(HeatMap::new(names().take(40), names().map(|name| (name, share()))));
    report.changes = Some(Changes::new(
        Text::new("2026-07-30"),
        names().map(|name| Change {
            customer: Some(name.clone()),
            product: name,
            kind: ChangeKind::New,
            sold: (None, Some(5)),
            active: (None, None),
            unused: Some(2),
            costs: Vec::new(),
        }),
    ));
    report.not_read = vec![NotRead::new(Reason::Failed, names())];
    report.rows = RowTable::new(
        vec![Column { heading: "Customer", is_number: false }],
        names().map(|name| vec![name]),
        100_000,
        Text::sentence("report.xlsx"),
    );
    let html = super::super::report(&report).unwrap();
    assert!(html.len() < 500_000, "{} bytes", html.len());
    let page = Parsed::new(&html);
    let text = page.0.root_element().text().collect::<String>();

    assert_eq!(page.all("[aria-labelledby=customers] tbody tr").len(), TOP + 1);
    assert_eq!(
        page.all("[aria-labelledby=customers] .rest [value='199980']").len(),
        2,
        "shelfware and unused"
    );
    assert_eq!(page.all("[aria-labelledby=customers-cost-EUR] .rest [value='1009899.00']").len(), 2);
    assert!(text.contains("99,990 other customers"));
    assert_eq!(page.all(".heat tbody tr").len(), HEAT_MAP.0);
    assert_eq!(page.all(".heat tbody td").len(), HEAT_MAP.0 * HEAT_MAP.1);
    assert!(text.contains("20 of 100,000 customers by 12 of 40 products"));
    assert_eq!(page.all("[aria-labelledby=changes] tbody tr").len(), CHANGES);
    assert!(text.contains("99,985 more changes are not shown."));
    assert_eq!(page.all(".caveats bdi").len(), NAMES);
    assert!(text.contains("100,000 customers could not be read") && text.contains("and 99,950 others."));
    assert_eq!(page.all(".all-rows tbody tr").len(), ROWS);
    assert!(text.contains("100,000 rows, the first 1,000 shown"));
    assert!(text.contains("99,000 rows are left out here. All rows are in report.xlsx."));
}

#[test]
fn an_index_of_a_hundred_thousand_pages_is_bounded() {
    let mut index = Sample::new("bounds").index();
    index.pages = Pages::new(groups().map(|customer| Entry {
        customer,
        file: Text::new("customer.html"),
        workbook: None,
    }));
    let html = super::super::index(&index).unwrap();
    // Not parsed, because that takes a while.
    assert_eq!(html.matches("<a href=").count(), INDEX);
    assert!(html.contains(">95,000 other customers<"));
}
