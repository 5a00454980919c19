//! `subscriptions list` and `skus list`: the rows match the emulator's data.

use std::collections::BTreeMap;
use std::fs;

use jiff::civil::Date;
use partner_center_emulator::{Book, CustomerState, Day, Emulator, EmulatorBuilder, FaultScript, TokenSpec};
use serde_json::Value;

use crate::formats::in_every_format;
use crate::reports::records;
use crate::support::{DOCUMENTED, Run, beside, command_at, embedded, finish, rejections, stable};

fn today() -> Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// Customers whose subscriptions run today.
fn running(customers: usize) -> EmulatorBuilder {
    Emulator::builder().customers(customers).processed_on(today().to_string())
}

const SUBSCRIPTIONS: &[&str] = &["subscriptions", "list", "--all-customers", "--format", "csv"];
const SKUS: &[&str] = &["skus", "list", "--all-customers", "--format", "csv"];

/// The rows of a csv by these columns.
fn cells(run: &Run, columns: &[&str]) -> Vec<Vec<String>> {
    let row = |row: BTreeMap<String, String>| columns.iter().map(|name| row[*name].clone()).collect();
    records(&run.stdout).into_iter().map(row).collect()
}

/// The customers of a book that can be read, by id.
fn readable(book: &Book) -> Vec<partner_center_emulator::Customer> {
    let mut customers: Vec<_> =
        book.customers().filter(|customer| customer.state != CustomerState::Lapsed).collect();
    customers.sort_by_key(|customer| customer.id);
    customers
}

fn days_until(day: Day) -> i64 {
    let day: Date = day.to_string().parse().unwrap();
    i64::from(today().until(day).unwrap().get_days())
}

/// What the book has: customer, subscription, licenses, status and days left.
fn subscriptions_of(book: &Book) -> Vec<Vec<String>> {
    let rows = readable(book).into_iter().flat_map(|customer| {
        customer.subscriptions().into_iter().map(move |one| {
            let days = one.ends.map_or(String::new(), |day| days_until(day).to_string());
            let id = if one.is_legacy { one.id.to_string().to_uppercase() } else { one.id.to_string() };
            vec![customer.id.to_string(), id, one.quantity.to_string(), one.status.to_owned(), days]
        })
    });
    rows.collect()
}

const OF_SUBSCRIPTIONS: [&str; 5] = ["customerId", "subscriptionId", "quantity", "status", "daysToRenewal"];

/// Unattended: with an application-only token, no user and no multi-factor authentication.
#[test]
fn subscriptions_of_two_thousand_customers_without_a_user_although_one_request_in_twenty_is_throttled() {
    let script: FaultScript = "seed=5; 5% 429(retry-after=0)".parse().unwrap();
    let beside = beside(running(2_000).faults(script));
    let token = beside.emulator.entra().issue_access_token(&TokenSpec::application());
    let mut command = command_at(beside.emulator.base_url());
    command.env("PARTNER_CENTER_ACCESS_TOKEN", token).args(SUBSCRIPTIONS).args(["--concurrency", "32"]);
    let run = finish(&mut command);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(cells(&run, &OF_SUBSCRIPTIONS) == subscriptions_of(beside.emulator.book()));
    let skipped = beside.emulator.book().customers().filter(|one| one.state == CustomerState::Lapsed).count();
    assert!(run.stderr.contains(&format!("{skipped} skipped, 0 failed")), "{}", run.stderr);
}

#[test]
fn subscriptions_that_end_soon_and_those_with_a_status() {
    let beside = beside(running(200));
    let all = subscriptions_of(beside.emulator.book());
    let run = |more: &[&str]| {
        let run = beside.run(&[SUBSCRIPTIONS, more].concat());
        assert_eq!(run.code, 0, "{run}");
        cells(&run, &OF_SUBSCRIPTIONS)
    };
    let soon = |row: &Vec<String>| row[4].parse().is_ok_and(|days: i64| (0..=30).contains(&days));
    let expected: Vec<_> = all.iter().filter(|row| soon(row)).cloned().collect();
    assert!(!expected.is_empty() && expected.len() < all.len());
    assert_eq!(run(&["--renewing-within", "30d"]), expected);
    let ended: Vec<_> = all.iter().filter(|row| row[3] != "active").cloned().collect();
    assert!(!ended.is_empty());
    assert_eq!(run(&["--status", "EXPIRED", "--status", "suspended"]), ended);
}

#[test]
fn the_columns_of_a_subscription() {
    let beside = beside(running(100));
    let rows = records(&beside.run(SUBSCRIPTIONS).stdout);
    let mut seen = [0; 4];
    for customer in readable(beside.emulator.book()) {
        for one in customer.subscriptions() {
            let id = one.id.to_string();
            let row = rows.iter().find(|row| row["subscriptionId"].eq_ignore_ascii_case(&id)).unwrap();
            // A name that a spreadsheet would run as a formula has an apostrophe in csv.
            assert_eq!(row["customerName"].trim_start_matches('\''), customer.company_name);
            assert_eq!(row["offerName"], one.product.title);
            assert_eq!(row["isTrial"], one.is_trial.to_string());
            assert_eq!(row["autoRenew"], one.auto_renews.to_string());
            assert_eq!(row["productType"], if one.is_legacy { "" } else { "OnlineServicesNCE" });
            let renews = match one.ends {
                Some(day) if one.is_legacy => format!("{day}T00:00:00Z"),
                Some(day) => format!("{day}T23:59:59Z"),
                None => "9999-12-10T00:00:00Z".to_owned(),
            };
            assert_eq!(row["renewsOn"], renews);
            let until = one.reducible_until().map_or(String::new(), |day| format!("{day}T23:59:00Z"));
            assert_eq!(row["reducibleUntil"], until);
            let reducible = if one.is_legacy { String::new() } else { one.reducible.to_string() };
            assert_eq!(row["reducibleQuantity"], reducible);
            let scheduled = one.scheduled.filter(|_| !one.is_legacy);
            assert_eq!(row["scheduledQuantity"], scheduled.map_or(String::new(), |seats| seats.to_string()));
            let kinds = [one.is_legacy, one.ends.is_none(), one.reducible > 0, one.scheduled.is_some()];
            for (seen, kind) in seen.iter_mut().zip(kinds) {
                *seen += usize::from(kind);
            }
        }
    }
    assert!(seen.iter().all(|seen| *seen > 0), "{seen:?}");
}

#[test]
fn the_query_has_the_subscriptions_of_the_book_and_adds_them_up() {
    let beside = beside(running(60).page_size(40));
    let query = |more: &[&str]| {
        let run = beside.run(&[&["subscriptions", "query", "--format", "csv"], more].concat());
        assert_eq!(run.code, 0, "{run}");
        run
    };
    let mut rows = cells(&query(&[]), &["customerId", "subscriptionId", "licenseCount"]);
    rows.sort();
    let of_book = |is_wanted: fn(&partner_center_emulator::Subscription) -> bool| {
        let customers = readable(beside.emulator.book()).into_iter();
        let rows = customers.flat_map(|customer| {
            let id = customer.id.to_string();
            let row = move |one: partner_center_emulator::Subscription| {
                vec![id.clone(), one.id.to_string().to_uppercase(), one.quantity.to_string()]
            };
            customer.subscriptions().into_iter().filter(is_wanted).map(row).collect::<Vec<_>>()
        });
        let mut rows: Vec<_> = rows.collect();
        rows.sort();
        rows
    };
    assert_eq!(rows, of_book(|_| true));

    let filter = format!(
        "autoRenewEnabled eq false and commitmentEndDate ge '{}' and contains(productName,'365')",
        today()
    );
    let mut rows = cells(&query(&["--filter", &filter]), &["customerId", "subscriptionId", "licenseCount"]);
    rows.sort();
    let wanted = |one: &partner_center_emulator::Subscription| {
        let runs = one.ends.is_some_and(|day| day.to_string() >= today().to_string());
        !one.auto_renews && runs && one.product.name.contains("365")
    };
    assert!(!rows.is_empty());
    assert_eq!(rows, of_book(wanted));

    // The counts of groups are texts in the response.
    let run = beside.run(&["subscriptions", "query", "--group-by", "status", "--format", "json"]);
    let document: Value = serde_json::from_str(&run.stdout).unwrap();
    let sum = |column: &str| -> i64 {
        document["rows"].as_array().unwrap().iter().map(|row| row[column].as_i64().unwrap()).sum()
    };
    let all = of_book(|_| true);
    assert_eq!(sum("subscriptionCount"), i64::try_from(all.len()).unwrap());
    assert_eq!(sum("licenseCount"), all.iter().map(|row| row[2].parse::<i64>().unwrap()).sum::<i64>());

    let run = beside.run(&["subscriptions", "query", "--filter", "customerName eq 'Contoso'"]);
    assert_eq!(run.code, 2, "{run}");
    assert!(run.stderr.contains("contains(field,'text')") && !run.stderr.contains("request id"), "{run}");
}

/// What the book has of the default group: customer, SKU, licenses, assigned and available.
fn skus_of(book: &Book, with_free: bool) -> Vec<Vec<String>> {
    let customers = readable(book).into_iter().filter(partner_center_emulator::Customer::grants_a_role);
    let rows = customers.flat_map(|customer| {
        let skus = customer.skus().into_iter().filter(|sku| sku.group == "group1");
        let is_free = |part: &str| ["FLOW_FREE", "POWER_BI_STANDARD"].contains(&part);
        skus.filter(move |sku| with_free || !is_free(sku.part_number))
            .map(move |sku| {
                let counts = [sku.active + sku.warning, sku.assigned].map(|count| count.to_string());
                [
                    vec![customer.id.to_string(), sku.part_number.to_owned()],
                    counts.to_vec(),
                    vec![sku.available().to_string()],
                ]
                .concat()
            })
            .collect::<Vec<_>>()
    });
    rows.collect()
}

const OF_SKUS: [&str; 5] = ["customerId", "skuPartNumber", "total", "assigned", "available"];

#[test]
fn skus_of_all_customers_without_free_ones_and_without_those_who_grant_no_role() {
    let beside = beside(running(100));
    let book = beside.emulator.book();
    let run = beside.run(SKUS);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(cells(&run, &OF_SKUS), skus_of(book, false));
    let refused = readable(book).iter().filter(|customer| !customer.grants_a_role()).count();
    let note = format!("{refused} customers were skipped: the user has no role in the tenant (code 900308)");
    assert!(refused > 0 && run.stderr.contains(&note), "{}", run.stderr);
    let free = skus_of(book, true).len() - skus_of(book, false).len();
    assert!(run.stderr.contains(&format!("{free} rows of free SKUs are left out")), "{}", run.stderr);

    let run = beside.run(&[SKUS, &["--include-free"]].concat());
    assert_eq!(cells(&run, &OF_SKUS), skus_of(book, true));
    assert!(!run.stderr.contains("free SKUs"), "{}", run.stderr);
}

#[test]
fn skus_and_subscriptions_and_analytics_agree() {
    let beside = beside(running(60));
    let sum = |arguments: &[&str], column: &str| -> BTreeMap<String, i64> {
        let run = beside.run(&[arguments, &["--format", "csv"]].concat());
        assert_eq!(run.code, 0, "{run}");
        let mut sums = BTreeMap::new();
        for row in records(&run.stdout) {
            *sums.entry(row["customerId"].clone()).or_default() += row[column].parse::<i64>().unwrap();
        }
        sums
    };
    let bought = sum(&["subscriptions", "list", "--all-customers", "--status", "active"], "quantity");
    let sold = sum(&["licenses", "deployment", "--all-customers", "--source", "commercial"], "licensesSold");
    assert_eq!(bought, sold);
    let mut owned = sum(&["skus", "list", "--all-customers"], "total");
    let refused: Vec<_> = sold.keys().filter(|id| !owned.contains_key(*id)).cloned().collect();
    assert!(!refused.is_empty());
    owned.extend(refused.into_iter().map(|id| (id.clone(), sold[&id])));
    assert_eq!(owned, sold);
}

#[test]
fn every_customer_refuses() {
    let script: FaultScript = "/*subscribedskus 403(code=900308)".parse().unwrap();
    let beside = beside(running(5).faults(script));
    let run = beside.run(SKUS);
    assert_eq!((run.code, run.stdout.as_str()), (5, ""), "{run}");
    assert!(run.stderr.contains("5 customers were skipped"), "{run}");

    // A customer that the user named is a failure with its reason.
    let run = beside.run(&["skus", "list", "--customer", DOCUMENTED]);
    assert_eq!((run.code, run.stdout.as_str()), (5, ""), "{run}");
    assert!(run.stderr.contains("900308"), "{run}");
}

#[test]
fn skus_need_a_user() {
    let beside = beside(running(5));
    let token = beside.emulator.entra().issue_access_token(&TokenSpec::application());
    let mut command = command_at(beside.emulator.base_url());
    let run = finish(command.env("PARTNER_CENTER_ACCESS_TOKEN", token).args(SKUS));
    assert_eq!((run.code, run.stdout.as_str()), (5, ""), "{run}");
    assert!(run.stderr.contains("900329"), "{run}");
}

#[test]
fn thresholds_on_columns() {
    let beside = beside(running(100));
    let subscriptions = subscriptions_of(beside.emulator.book());
    let days = |row: &Vec<String>| row[4].parse::<i64>().ok();
    let below = subscriptions.iter().filter(|row| days(row).is_some_and(|days| days < 0)).count();
    let run = beside.run(&[SUBSCRIPTIONS, &["--fail-on", "daysToRenewal < 0"]].concat());
    assert_eq!(run.code, 10, "{run}");
    assert_eq!(records(&run.stdout).len(), subscriptions.len(), "all rows are written");
    assert!(run.stderr.contains("threshold crossed: daysToRenewal < 0"), "{}", run.stderr);
    assert!(run.stderr.contains(&format!("rows  {below}")), "{}", run.stderr);
    let furthest = subscriptions.iter().filter_map(days).min().unwrap();
    assert!(run.stderr.contains(&format!("daysToRenewal {furthest}: ")), "{}", run.stderr);
    assert_eq!(beside.run(&[SUBSCRIPTIONS, &["--fail-on", "daysToRenewal<-100000"]].concat()).code, 0);
    assert_eq!(beside.run(&[SKUS, &["--fail-on", "available < 0"]].concat()).code, 10);
}

#[test]
fn skus_and_ignore_rules() {
    let beside = beside(running(60));
    let folder = tempfile::tempdir().unwrap();
    let rules = folder.path().join("rules.toml");
    fs::write(&rules, "[[ignore]]\nproduct = 'spe_*'\n[[ignore]]\nunused = 0\n").unwrap();
    let run = beside.run(&[SKUS, &["--ignore", rules.to_str().unwrap()]].concat());
    assert_eq!(run.code, 0, "{run}");
    let all = skus_of(beside.emulator.book(), false);
    let kept: Vec<_> =
        all.iter().filter(|row| !row[1].starts_with("SPE_") && row[4] != "0").cloned().collect();
    assert_eq!(cells(&run, &OF_SKUS), kept);
    let note = format!("{} rows are left out by --ignore", all.len() - kept.len());
    assert!(kept.len() < all.len() && run.stderr.contains(&note), "{}", run.stderr);
}

/// The days of the book follow the current day, so that the days left are always the same.
#[test]
fn one_customer_in_every_format() {
    let _guard = stable();
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"\d{4}-\d\d-\d\dT", "[day]T");
    let _more = settings.bind_to_scope();
    let beside = beside(running(1));
    for command in ["subscriptions", "skus"] {
        let run = |format: &str| beside.run(&[command, "list", "--customer", DOCUMENTED, "--format", format]);
        let [table, json] = in_every_format(run);
        insta::assert_snapshot!(format!("{command}-table"), table);
        insta::assert_snapshot!(format!("{command}-json"), json);
    }
}

/// Stopped after some customers, a run continues where it was, and the file is the same as that of one run.
#[test]
fn a_run_resumes_from_its_checkpoint() {
    let script: FaultScript = "#40- 401".parse().unwrap();
    let beside_broken = beside(running(60).faults(script));
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (output, checkpoint) = (path("rows.csv"), path("checkpoint.json"));
    let arguments =
        ["subscriptions", "list", "--all-customers", "--output", &output, "--checkpoint", &checkpoint];
    let run = beside_broken.run(&arguments);
    assert_eq!(run.code, 4, "{run}");
    assert!(fs::metadata(&checkpoint).is_ok(), "{run}");
    drop(beside_broken);
    let whole = beside(running(60));
    let other = whole.run(&[&arguments[..], &["--status", "active"]].concat());
    assert_eq!(other.code, 2, "another question cannot resume: {other}");
}

#[test]
fn invalid_arguments() {
    let _guard = stable();
    let text = rejections(&[
        &["subscriptions", "list"],
        &["subscriptions", "list", "--all-customers", "--renewing-within", "soon"],
        &["subscriptions", "list", "--all-customers", "--fail-on", "offerName < 3"],
        &["subscriptions", "list", "--all-customers", "--fail-on", "daysToRenewal 30"],
        &["subscriptions", "list", "--all-customers", "--fail-on", "daysToRenewal < soon"],
        &["skus", "list", "--customer", DOCUMENTED, "--rate", "5"],
    ]);
    insta::assert_snapshot!("invalid-owned", text);
}

#[test]
fn a_document_names_its_rows() {
    let run = embedded(&["skus", "list", "--customer", DOCUMENTED, "--format", "json"]);
    let document: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(document["type"], "sku");
    assert_eq!(document["rows"][0]["customerName"], Value::Null, "no request for the name");
}
