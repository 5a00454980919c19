//! What renews when, on the pages of `report` and `report pack`.

use std::collections::BTreeMap;

use jiff::civil::Date;
use partner_center_emulator::Emulator;

use crate::report::{Desk, Page, words};
use crate::reports::records;
use crate::support::{DOCUMENTED, beside};

fn today() -> Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// Customers whose subscriptions run today.
fn running(customers: usize) -> Desk {
    Desk::of(beside(Emulator::builder().customers(customers).processed_on(today().to_string())))
}

/// In use, unused, not known, and all that renew: of each period.
type Periods = Vec<[i64; 4]>;

fn periods(page: &Page) -> Periods {
    let numbers: Vec<i64> = page
        .all("[aria-labelledby=renewals] tbody td.number data")
        .iter()
        .map(|data| data.attr("value").unwrap().parse().unwrap())
        .collect();
    numbers.chunks(4).map(|period| period.try_into().unwrap()).collect()
}

/// What the rows of `subscriptions query` and `licenses funnel` add up to, of one customer or of all.
fn expected(desk: &Desk, only: Option<&str>) -> Periods {
    let is_wanted = |row: &BTreeMap<String, String>| only.is_none_or(|only| row["customerId"] == only);
    let product =
        |row: &BTreeMap<String, String>| (row["customerId"].clone(), row["productName"].to_lowercase());
    // The unused licenses, and whether more may be unused.
    let mut unused = BTreeMap::new();
    for row in desk.funnel(&["-a"]) {
        let (sum, is_lower_bound): &mut (i64, bool) = unused.entry(product(&row)).or_default();
        *sum += row["unused"].parse::<i64>().unwrap_or_default();
        *is_lower_bound |= row["shelfware"].is_empty() || row["idle"].is_empty();
    }
    let run = desk.beside.run(&["subscriptions", "query", "--format", "csv"]);
    let mut rows: Vec<_> = records(&run.stdout)
        .into_iter()
        .filter(|row| row["status"] == "ACTIVE" && is_wanted(row))
        .filter_map(|row| {
            let end: Date = row["commitmentEndDate"].get(..10)?.parse().ok()?;
            let days = i64::from(today().until(end).ok()?.get_days());
            (0..=365).contains(&days).then_some((days, row))
        })
        .collect();
    rows.sort_by_key(|(days, _)| *days);
    let mut periods = vec![[0; 4]; 4];
    for (days, row) in rows {
        let period = &mut periods[[30, 60, 90, 365].iter().position(|last| days <= *last).unwrap()];
        let licenses: i64 = row["licenseCount"].parse().unwrap();
        let parts = match unused.get_mut(&product(&row)) {
            Some((left, is_lower_bound)) => {
                let here = licenses.min(*left);
                *left -= here;
                let others = licenses - here;
                if *is_lower_bound { [0, here, others, licenses] } else { [others, here, 0, licenses] }
            }
            None => [0, 0, licenses, licenses],
        };
        period.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
    }
    periods
}

fn page(desk: &Desk, arguments: &[&str]) -> (i32, Page, String) {
    let run = desk.write(&["report"], "page.html", arguments);
    (run.code, Page::read(&desk.path("page.html")), run.stderr)
}

#[test]
fn what_renews_within_a_year_by_one_query_or_customer_by_customer() {
    let desk = running(100);
    let expected = expected(&desk, None);
    assert!(expected.iter().all(|period| period[3] > 0) && expected.iter().any(|period| period[1] > 0));
    let requests = |path: &str| {
        let requests = desk.beside.emulator.requests();
        requests.iter().filter(|request| request.path().ends_with(path)).count()
    };
    let before = requests("/analytics/subscriptions");
    let (code, found, stderr) = page(&desk, &[]);
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(periods(&found), expected);
    assert_eq!(requests("/subscriptions"), before + 1, "one query, and no customer's subscriptions");

    // The names of offers are the same in the book.
    let (code, found, stderr) = page(&desk, &["--renewals"]);
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(periods(&found), expected);
    assert_eq!(requests("/analytics/subscriptions"), before + 1);

    let (_, found, _) = page(&desk, &["--anonymize"]);
    assert_eq!(periods(&found), expected, "pseudonyms match too");
    let (_, found, _) = page(&desk, &["--customer", DOCUMENTED]);
    assert_eq!(periods(&found), self::expected(&desk, Some(DOCUMENTED)));
}

#[test]
fn each_page_of_a_pack_has_the_renewals_of_its_customer() {
    let desk = running(30);
    let folder = desk.path("pack");
    let run = desk.write(&["report", "pack"], "pack", &[]);
    assert_eq!(run.code, 0, "{run}");
    let (mut sum, mut with_day) = (vec![[0; 4]; 4], 0);
    for name in crate::report::names(&folder) {
        if name == "index.html" {
            continue;
        }
        let page = Page::read(&folder.join(&name));
        let periods = periods(&page);
        for (all, own) in sum.iter_mut().zip(&periods) {
            all.iter_mut().zip(own).for_each(|(all, own)| *all += own);
        }
        with_day += usize::from(page.text().contains("at the renewal on 20"));
    }
    assert!(with_day > 5, "advice names the day");
    // Subscriptions of customers without rows are on no page.
    let rows = desk.funnel(&["-a"]);
    let with_rows: std::collections::BTreeSet<_> = rows.iter().map(|row| row["customerId"].clone()).collect();
    let mut expected = vec![[0; 4]; 4];
    for customer in with_rows {
        for (all, own) in expected.iter_mut().zip(self::expected(&desk, Some(&customer))) {
            all.iter_mut().zip(own).for_each(|(all, own)| *all += own);
        }
    }
    assert_eq!(sum, expected);
}

/// The rest of the page does not depend on renewals.
#[test]
fn without_an_answer_renewals_are_a_caveat() {
    let desk = running(10);
    let unused = page(&desk, &[]).1.value("#total-unused");
    for (script, why) in [
        ("/*analytics/subscriptions* 404", "The query of subscriptions failed"),
        ("/*analytics/subscriptions* 403(code=2000)", "the query of subscriptions failed"),
        ("/*analytics/subscriptions* truncated", "the query of subscriptions failed"),
        ("/*analytics/subscriptions* no-rows", "the query of subscriptions returned no rows"),
    ] {
        desk.set_faults(script);
        let (code, page, stderr) = page(&desk, &[]);
        assert_eq!(code, 0, "{script}: {stderr}");
        assert!(page.all("#renewals").is_empty(), "{script}");
        assert!(page.notes().to_lowercase().contains(&why.to_lowercase()), "{script}: {}", page.notes());
        assert!(stderr.contains("renewals are not known"), "{script}: {stderr}");
        assert_eq!(page.value("#total-unused"), unused, "{script}");
    }
    desk.set_faults("/*analytics/subscriptions* bad-row");
    let (code, page, stderr) = page(&desk, &[]);
    assert_eq!(code, 0, "{stderr}");
    assert!(!page.all("#renewals").is_empty());
    assert!(page.notes().contains("1 subscription could not be read, and"), "{}", page.notes());
}

#[test]
fn a_customer_whose_subscriptions_fail_makes_the_run_partial() {
    let desk = running(10);
    let unused = page(&desk, &[]).1.value("#total-unused");
    desk.set_faults(&format!("/v1/customers/{DOCUMENTED}/subscriptions 400(code=2000)"));
    let (code, page, stderr) = page(&desk, &["--renewals"]);
    assert_eq!(code, 3, "{stderr}");
    assert!(stderr.contains(DOCUMENTED), "{stderr}");
    assert!(page.notes().contains("Renewals of 1 customer are not known"), "{}", page.notes());
    assert!(!page.all("#renewals").is_empty(), "those of the others are known");
    assert_eq!(page.value("#total-unused"), unused);

    // Its own page of a pack does not say that nothing renews.
    let folder = desk.path("pack");
    let run = desk.write(&["report", "pack"], "pack", &["--renewals"]);
    assert_eq!(run.code, 3, "{run}");
    for name in crate::report::names(&folder) {
        let page = Page::read(&folder.join(&name));
        let is_of_customer = name.ends_with(&format!("-{}.html", &DOCUMENTED[..8]));
        if name != "index.html" {
            assert_eq!(page.all("#renewals").is_empty(), is_of_customer, "{name}");
            let says_so = page.text().contains("the subscriptions could not be read");
            assert_eq!(says_so, is_of_customer, "{name}");
        }
    }
}

/// A few customers may have nothing that ends within the year.
#[test]
fn nothing_of_the_selected_customers_renews() {
    let desk = running(10);
    desk.set_faults("/*analytics/subscriptions* no-rows");
    let (code, page, stderr) = page(&desk, &["--customer", DOCUMENTED]);
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(periods(&page), vec![[0; 4]; 4]);
    assert!(page.text().contains("No subscription with a known number of licenses ends"), "{}", page.text());
}

/// A name that is only similar is no match, and the page says so.
#[test]
fn names_that_differ_are_not_matched() {
    let desk = running(10);
    desk.set_faults("/*commercial/deployment* null(productName); /*commercial/usage* null(productName)");
    let (code, page, stderr) = page(&desk, &["--source", "commercial"]);
    assert_eq!(code, 0, "{stderr}");
    for [in_use, unused, not_known, all] in periods(&page) {
        assert_eq!([in_use, unused, not_known], [0, 0, all]);
    }
    let section = page.all("section[aria-labelledby=renewals]");
    assert!(words(section[0]).contains("could not be matched"), "{}", words(section[0]));
}

#[test]
fn a_recorded_day_has_no_renewals() {
    let desk = running(1);
    let run = desk.write(&["report"], "page.html", &["--dataset", "licenses", "--renewals"]);
    assert_eq!(run.code, 2, "{run}");
    assert!(run.stderr.contains("--renewals") && run.stderr.contains("--dataset"), "{run}");
    assert!(desk.beside.emulator.requests().is_empty(), "nothing was sent");
}
