//! Tests of the entries that apply to a row.

use super::super::read;
use super::super::sheet::Sheet;
use super::*;
use partner_center::models::Guid;

const E3: &str = "6FD2C87F-B296-42F0-B197-1E91E994B900";

fn list(lines: &str) -> PriceList {
    let text = format!("product,price,currency,per,from\n{lines}");
    PriceList::of(Sheet::parse(&text, &read::COLUMNS).unwrap()).unwrap()
}

fn product(id: Option<&str>, name: &str) -> Product {
    Product { id: id.map(Guid::from), name: Some(name.to_owned()), service: None }
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// What was found: a price, or the lines that do not decide.
fn found(list: &PriceList, product: &Product, on: &str) -> String {
    let lines = |entries: Vec<EntryRef>| {
        entries.iter().map(|entry| entry.line.to_string()).collect::<Vec<_>>().join(",")
    };
    match list.find(product, day(on)) {
        Found::Price(price) => price.unit_price().to_string(),
        Found::Nothing(later) => format!("nothing {}", lines(later)),
        Found::Several(entries) => format!("several {}", lines(entries)),
    }
}

#[test]
fn an_id_wins_over_a_name_and_a_name_over_a_pattern() {
    let list = list(&format!(
        "*,1,EUR,month,\noffice  365 e3,2,EUR,month,\n{E3},3,EUR,month,\npower bi*,4,EUR,month,\n6fd2*,5,EUR,month,\n"
    ));
    for (id, name, expected) in [
        (Some(E3), "OFFICE 365 E3", "3"),
        (Some("6fd2c87f-b296-42f0-b197-1e91e994b900"), "OTHER", "3"),
        (None, " Office 365\u{a0}E3 ", "2"),
        (Some("00000000-0000-0000-0000-000000000000"), "OFFICE 365 E3", "2"),
        (Some(""), "OFFICE 365 E3", "2"),
        (None, "VISIO", "1"),
        (None, "POWER BI PRO", "several 2,5"),
        (Some("6FD20000-0000-0000-0000-000000000000"), "VISIO", "several 2,6"),
        (Some("Office 365 E3"), "VISIO", "2"), // an id that is not a GUID is compared as a text
        (None, "", "nothing "),
    ] {
        assert_eq!(found(&list, &product(id, name), "2026-08-30"), expected, "{id:?} {name:?}");
    }
    assert_eq!(found(&list, &Product::default(), "2026-08-30"), "nothing ");
}

#[test]
fn the_newest_entry_applies_that_is_not_after_the_day() {
    let list = list(&format!(
        "VISIO,3,EUR,month,2026-07-01\nVISIO,1,EUR,month,\nVISIO,2,USD,month,2026-01-01\n\
         {E3},9,EUR,month,2026-06-01\n*E3,8,EUR,month,2026-03-01\n*E?,7,EUR,month,2026-09-01\n"
    ));
    let (visio, e3) = (product(None, "VISIO"), product(Some(E3), "OFFICE 365 E3"));
    for (priced, day, expected) in [
        (&visio, "0001-01-01", "1"),
        (&visio, "2025-12-31", "1"),
        (&visio, "2026-01-01", "2"),
        (&visio, "2026-06-30", "2"),
        (&visio, "2026-07-01", "3"),
        (&visio, "9999-12-31", "3"),
        // What does not apply yet does not take precedence, and does not meet another pattern.
        (&e3, "2026-02-28", "nothing 5,6,7"),
        (&e3, "2026-03-01", "8"),
        (&e3, "2026-05-31", "8"),
        (&e3, "2026-06-01", "9"),
        (&e3, "2026-09-01", "9"),
    ] {
        assert_eq!(found(&list, priced, day), expected, "{priced:?} {day}");
    }
    assert_eq!(found(&list, &product(None, "OFFICE 365 E3"), "2026-09-01"), "several 6,7");
}

#[test]
fn a_row_is_priced_by_its_own_day() {
    let list = list("VISIO,1,EUR,month,\nVISIO,2,EUR,month,2026-07-01\nVISIO,3,EUR,month,2026-09-01\n");
    let mut pricer = Pricer::new(list, day("2026-08-30"));
    for (processed, expected) in [
        (Some("2026-06-30T23:59:59Z"), "1"),
        (Some("2026-07-01T00:00:00"), "2"),
        (Some("2026-07-01"), "2"),
        (Some("2026-07-01T01:00:00+02:00"), "1"), // June 30 in UTC
        (Some("2026-09-01T00:00:00Z"), "3"),
        (Some("0001-01-01T00:00:00"), "2"), // never, and what is not a time: today
        (Some("soon"), "2"),
        (None, "2"),
    ] {
        let stamp = processed.map(Timestamp::from);
        let price = pricer.price(&product(None, "VISIO"), stamp.as_ref()).unwrap();
        assert_eq!(price.unit_price().to_string(), expected, "{processed:?}");
    }
    let cost = pricer.cost(&product(None, "VISIO"), None, Some(3), None).unwrap();
    assert_eq!(cost.unused_cost.unwrap().to_string(), "6.00");
    assert_eq!(pricer.cost(&product(None, "EXCHANGE"), None, Some(3), None), None);
    assert_eq!(pricer.ambiguous().count(), 0);
}

#[test]
fn a_product_on_which_patterns_meet_is_named_once_with_their_lines() {
    let list = list("*PRO,1,EUR,month,\nPOWER*,2,EUR,month,\nVISIO,3,EUR,month,\n");
    assert!(list.text().starts_with("product,price"));
    let mut pricer = Pricer::new(list, day("2026-08-30"));
    for (name, is_priced) in [
        ("POWER BI PRO", false),
        ("POWER BI PRO", false),
        ("POWER BI", true),
        ("VISIO", true),
        ("POWER AUTOMATE PRO", false),
        ("EXCHANGE", false),
    ] {
        assert_eq!(pricer.price(&product(None, name), None).is_some(), is_priced, "{name}");
    }
    let ambiguous: Vec<_> = pricer
        .ambiguous()
        .map(|(product, entries)| {
            (product.to_owned(), entries.iter().map(|entry| entry.line).collect::<Vec<_>>())
        })
        .collect();
    assert_eq!(
        ambiguous,
        [("POWER AUTOMATE PRO".to_owned(), vec![2, 3]), ("POWER BI PRO".to_owned(), vec![2, 3])]
    );
    assert_eq!(pricer.list().find(&product(None, "EXCHANGE"), day("2026-08-30")), Found::Nothing(Vec::new()));
}
