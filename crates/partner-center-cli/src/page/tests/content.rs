//! What the pages say.

use super::super::{Basis, By, Licenses, Of, Ranking, Text, Totals, words};
use super::sample::Sample;
use super::{Parsed, pages, text_of};

fn page(sample: &Sample, name: &str) -> Parsed {
    Parsed::new(&pages(sample).into_iter().find(|(page, _)| *page == name).unwrap().1)
}

#[test]
fn totals_are_exact_for_a_program_and_grouped_for_a_reader() {
    for name in ["report", "customer", "index"] {
        let page = page(&Sample::new("sample"), name);
        for (id, value, shown) in [
            ("total-sold", "20762", "20,762"),
            ("total-deployed", "12075", "12,075"),
            ("total-active", "5788", "5,788"),
            ("total-unused", "13282", "13,282"),
            ("total-cost-EUR", "101633.17", "101,633.17"),
        ] {
            assert_eq!(page.value(&format!("#{id}")), value, "{name}");
            assert_eq!(page.text(&format!("#{id}")), shown, "{name}");
        }
    }
}

#[test]
fn the_funnel_names_and_counts_its_gaps() {
    let page = page(&Sample::new("sample"), "report");
    assert_eq!((page.value("#total-shelfware"), page.value("#total-idle")), ("8750".into(), "4532".into()));
    assert_eq!(page.text("#funnel-deployed-desc"), "12,075; 8,750 shelfware");
    let notes: Vec<_> = page.all("[aria-labelledby=funnel] .note").into_iter().map(text_of).collect();
    assert_eq!(
        notes,
        [
            "Shelfware is known in 78 of 80 rows, idle in 58: unused is at least this.",
            "In 3 rows more is deployed than sold, or more is active than deployed. The gap counts as 0 there, so the \
             gaps do not add up to the difference of the totals.",
            "12 of 80 rows have no price: the cost is at least this.",
        ]
    );
}

#[test]
fn the_headline_says_what_is_known() {
    use words::Reader::{Customer, Partner};
    let totals = |shelfware, idle, incomplete| Totals {
        licenses: Licenses { sold: Some(20_762), shelfware, idle, ..Licenses::default() },
        costs: Vec::new(),
        basis: Basis { incomplete, ..Basis::default() },
        since: None,
    };
    for (totals, reader, sentence) in [
        (
            totals(Some(8750), Some(4532), 22),
            Partner,
            "Of 20,762 licenses sold, at least 13,282 are not used: 8,750 were never assigned, 4,532 are assigned and \
             idle; for 22 rows it is not fully known.",
        ),
        (
            totals(Some(8750), Some(4532), 0),
            Customer,
            "Of your 20,762 licenses, 13,282 are not used: 8,750 were never assigned, 4,532 are assigned and idle.",
        ),
        (
            totals(Some(8750), None, 1),
            Partner,
            "Of 20,762 licenses sold, at least 8,750 are not used: 8,750 were never assigned, how many are assigned \
             and idle is not known; for 1 row it is not fully known.",
        ),
        (totals(None, None, 80), Partner, "Of 20,762 licenses sold, it is not known how many are used."),
    ] {
        assert_eq!(words::headline(&totals, reader), sentence);
    }
}

#[test]
fn unknown_is_not_zero() {
    let page = page(&Sample::new("sample"), "report");
    let row_of = |table: &str, name: &str| {
        let rows = page.all(&format!("[aria-labelledby={table}] tbody tr"));
        rows.into_iter().find(|row| text_of(*row).starts_with(name)).unwrap()
    };
    let usage_unknown = row_of("customers", "Coho Winery");
    assert_eq!(
        text_of(usage_unknown).matches("not known").count(),
        4,
        "active and idle, in words and in the chart"
    );
    assert_eq!(usage_unknown.select(&scraper::Selector::parse(".bar .unknown").unwrap()).count(), 1);
    assert_eq!(
        usage_unknown.select(&scraper::Selector::parse(".bar .active, .bar .idle").unwrap()).count(),
        0
    );
    assert!(text_of(row_of("customers", "Tailspin Toys")).contains("no price"));
}

#[test]
fn no_price_is_not_zero() {
    let mut report = Sample::new("sample").report();
    let groups = std::mem::take(&mut report.rankings[0].groups);
    report.rankings = vec![Ranking::new(Of::Customers, By::Cost(Text::new("USD")), groups)];
    let page = Parsed::new(&super::super::report(&report).unwrap());
    let rows = page.all("[aria-labelledby=customers-cost-USD] tbody tr");
    assert_eq!(rows.len(), 10);
    assert!(rows.into_iter().all(|row| text_of(row).ends_with("no price")), "the prices are in EUR");
}

#[test]
fn a_customer_reads_what_to_do_and_no_other_name() {
    let sample = Sample::new("sample");
    let page = page(&sample, "customer");
    let all = page.0.root_element().text().collect::<String>();
    assert!(all.contains("Northwind Consulting"));
    assert!(!all.contains("--all-customers"), "a command can name other customers");
    let advice: Vec<_> = page.all(".what").into_iter().map(text_of).collect();
    assert_eq!(
        advice[0],
        "Assign the 3,530 that are unassigned, or reduce by as many at the renewal on 2026-12-14.Take back the 4,639 that \
         are not used, and assign them to others."
    );
    assert!(advice[1].contains("at the next renewal."));
    assert!(advice[6].contains("More are assigned than you have"));
}

#[test]
fn the_index_links_to_the_files_beside_it() {
    let page = page(&Sample::new("sample"), "index");
    let links: Vec<_> = page.all("a").iter().map(|link| link.attr("href").unwrap().to_owned()).collect();
    assert_eq!(links.len(), 23 + 12);
    assert_eq!(links[..2], ["./customer-00000000.html", "./customer-00000000.xlsx"]);
}

#[test]
fn sections_without_data_are_left_out() {
    let plain = page(&Sample::plain(), "report");
    for id in ["renewals", "changes", "trend", "total-cost-EUR", "customers-cost-EUR"] {
        assert!(plain.all(&format!("#{id}")).is_empty(), "{id}");
    }
    assert!(!plain.0.root_element().text().collect::<String>().contains("Cost"));
    let full = page(&Sample::of_currencies(&["EUR", "USD"]), "report");
    for id in ["renewals", "changes", "trend", "total-cost-USD", "customers-cost-USD"] {
        assert_eq!(full.all(&format!("#{id}")).len(), 1, "{id}");
    }
}
