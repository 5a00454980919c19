//! `history diff --prices` and the pages of recorded days: what a change costs.

use std::collections::BTreeMap;
use std::fs;

use partner_center_emulator::{Emulator, FaultScript};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::history::{Archive, rows};
use crate::recorded_pages::{record_days, report, table};
use crate::report::words;
use crate::reports::records;
use crate::support::{Run, command, finish};

const A: &str = "aaaaaaaa-0000-4000-8000-000000000000";
const B: &str = "bbbbbbbb-0000-4000-8000-000000000000";

/// A file of the funnel: customer, product, and sold, deployed, active licenses.
fn file(archive: &Archive, name: &str, day: &str, rows: &[(&str, &str, [Option<i64>; 3])]) -> String {
    let row = |(customer, product, [sold, deployed, active]): &(&str, &str, [Option<i64>; 3])| {
        let (shelfware, idle) = (sold.zip(*deployed), deployed.zip(*active));
        let [shelfware, idle] = [shelfware, idle].map(|counts| counts.map(|(whole, part)| whole - part));
        let unused = shelfware.map_or(idle, |shelfware| Some(shelfware + idle.unwrap_or(0)));
        json!({
            "customerId": customer, "customerName": if *customer == A { "Contoso" } else { "Fabrikam" },
            "productName": product, "licensesSold": sold, "licensesDeployed": deployed, "licensesActive": active,
            "shelfware": shelfware, "idle": idle, "unused": unused, "workloads": [], "source": "classic",
            "deploymentProcessedDateTime": format!("{day}T00:00:00+00:00"), "flags": [],
        })
    };
    let rows: Vec<_> = rows.iter().map(row).collect();
    let path = archive.path(name);
    fs::write(&path, json!({ "type": "funnel", "rows": rows }).to_string()).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Prices in two currencies. That of Visio is new on the later day; Teams has none.
fn prices(archive: &Archive) -> String {
    let path = archive.path("prices.csv");
    let text = "product,price,currency,per,from\nVISIO,10,EUR,month,\nVISIO,19.995,EUR,month,2026-08-01\n\
                VISIO,500,EUR,month,2026-09-01\nPROJECT,1234,JPY,year,\n";
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Two files, compared at these prices.
struct Compared {
    archive: Archive,
    files: [String; 3],
}

impl Compared {
    fn new() -> Self {
        let archive = Archive::new(Emulator::builder().customers(1));
        let counts = |counts: [i64; 3]| counts.map(Some);
        let before = [
            (A, "VISIO", counts([10, 7, 4])),
            (A, "PROJECT", counts([5, 5, 3])),
            (A, "TEAMS", counts([4, 1, 1])),
            (B, "VISIO", counts([2, 2, 1])),
        ];
        let after = [
            (A, "VISIO", counts([12, 7, 5])),
            (A, "TEAMS", counts([6, 1, 1])),
            (B, "VISIO", counts([2, 2, 1])),
            (B, "PROJECT", [Some(3), Some(1), None]),
        ];
        let before = file(&archive, "july.json", "2026-07-05", &before);
        let after = file(&archive, "august.json", "2026-08-30", &after);
        let prices = prices(&archive);
        Self { archive, files: [before, after, prices] }
    }

    fn diff(&self, arguments: &[&str]) -> Run {
        let [before, after, prices] = &self.files;
        let mut command = command();
        command.env("PARTNER_CENTER_CONFIG_DIR", self.archive.path("config"));
        finish(command.args(["history", "diff", before, after, "--prices", prices]).args(arguments))
    }

    fn document(&self, arguments: &[&str]) -> Value {
        let run = self.diff(&[arguments, &["--format", "json"]].concat());
        assert_eq!(run.code, 0, "{run}");
        serde_json::from_str(&run.stdout).unwrap()
    }
}

/// The cells of some columns of a csv.
fn cells(csv: &str, columns: &[&str]) -> Vec<String> {
    let line = |row: &BTreeMap<String, String>| {
        columns.iter().map(|column| row[*column].as_str()).collect::<Vec<_>>().join(" ")
    };
    records(csv).iter().map(line).collect()
}

#[test]
fn both_days_cost_what_they_cost_on_the_later_one() {
    let compared = Compared::new();
    let columns = [
        "change",
        "customerName",
        "productName",
        "unitPrice",
        "unusedCostFrom",
        "unusedCostTo",
        "unusedCostChange",
        "currency",
    ];
    let csv = compared.diff(&["--format", "csv"]);
    // Visio: 3 x 19.995 is 59.99 for shelfware and for idle licenses, then 5 x 19.995 is 99.98 and 2 x 19.995 is 39.99.
    // Project: 2 x 1234 / 12 is 206.
    assert_eq!(
        cells(&csv.stdout, &columns),
        [
            "gone Contoso PROJECT 102.8333333333 206  -206 JPY",
            "changed Contoso TEAMS     ",
            "changed Contoso VISIO 19.995 119.98 139.97 19.99 EUR",
            "appeared Fabrikam PROJECT 102.8333333333  206 206 JPY",
        ]
    );
    let sorted = compared.diff(&["--format", "csv", "--sort", "unusedCostChange:desc"]);
    assert_eq!(cells(&sorted.stdout, &["unusedCostChange"]), ["206", "19.99", "-206", ""]);
    let sorted = compared.diff(&["--format", "table", "--sort", "unusedCostChange:desc"]);
    let place = |text: &str| sorted.stdout.find(text).unwrap_or_else(|| panic!("{text}: {sorted}"));
    assert!(place("+206 JPY") < place("+19.99 EUR") && place("+19.99 EUR") < place("-206 JPY"), "{sorted}");

    let document = compared.document(&[]);
    let visio = rows(&document).iter().find(|row| row["productName"] == "VISIO").unwrap();
    assert_eq!(
        ["unitPrice", "unusedCostFrom", "unusedCostTo", "unusedCostChange"]
            .map(|name| visio[name].to_string()),
        ["19.995", "119.98", "139.97", "19.99"]
    );
    assert!(rows(&document)[1]["unitPrice"].is_null() && rows(&document)[1]["currency"].is_null());
    let run = compared.diff(&["--format", "json"]);
    let costs = r#""costs":[{"currency":"EUR","unusedCostFrom":139.98,"unusedCostTo":159.97,"unusedCostChange":19.99,"rowsUnpriced":2},{"currency":"JPY","unusedCostFrom":206,"unusedCostTo":206,"unusedCostChange":0,"rowsUnpriced":2}]"#;
    assert!(run.stdout.contains(costs), "{run}");
    let note = "unused licenses cost 139.98 → 159.97 EUR (+19.99) and 206 → 206 JPY (0) a month, at the prices of the \
                later day; 2 rows of both days have no price";
    assert!(run.stderr.contains(note), "{run}");
}

#[test]
fn groups_have_the_costs_of_every_currency() {
    let compared = Compared::new();
    let columns = [
        "name",
        "unusedCostFrom_EUR",
        "unusedCostTo_EUR",
        "unusedCostChange_EUR",
        "unusedCostFrom_JPY",
        "unusedCostTo_JPY",
        "unusedCostChange_JPY",
        "rowsUnpriced",
    ];
    for (by, sort, lines) in [
        (
            "customer",
            "name",
            &["Contoso 119.98 139.97 19.99 206  -206 2", "Fabrikam 20.00 20.00 0.00  206 206 0"][..],
        ),
        (
            "product",
            "unusedCostChange_EUR:desc",
            &["VISIO 139.98 159.97 19.99    0", "TEAMS       2", "PROJECT    206 206 0 0"],
        ),
    ] {
        let csv = compared.diff(&["--by", by, "--format", "csv", "--sort", sort]);
        assert_eq!(cells(&csv.stdout, &columns), lines, "{by}: {csv}");
    }
    let run = compared.diff(&["--by", "customer", "--format", "ndjson"]);
    let costs = r#""costs":[{"currency":"EUR","unusedCostFrom":20.00,"unusedCostTo":20.00,"unusedCostChange":0.00,"rowsUnpriced":0},{"currency":"JPY","unusedCostFrom":null,"unusedCostTo":206,"unusedCostChange":206,"rowsUnpriced":0}]"#;
    assert!(run.stdout.contains(costs), "{run}");
    let table = compared.diff(&["--by", "customer", "--format", "table"]);
    assert!(table.stdout.contains("+19.99 EUR  -206 JPY"), "{table}");
    assert!(table.stdout.contains("  0.00 EUR  +206 JPY"), "{table}");
}

#[test]
fn a_swap_of_products_is_a_change_of_the_cost_alone() {
    let archive = Archive::new(Emulator::builder().customers(1));
    let five = [Some(5), Some(0), Some(0)];
    let before = file(&archive, "july.json", "2026-07-05", &[(A, "VISIO", five)]);
    let after = file(&archive, "august.json", "2026-08-30", &[(A, "PROJECT", five)]);
    let prices = prices(&archive);
    let diff = ["history", "diff", &before, &after, "--by", "customer", "--format", "csv"];
    let run = finish(command().args(diff));
    assert_eq!(records(&run.stdout).len(), 0, "{run}");
    let run = finish(command().args(diff).args(["--prices", &prices]));
    let columns = ["change", "unusedFrom", "unusedTo", "unusedCostChange_EUR", "unusedCostChange_JPY"];
    assert_eq!(cells(&run.stdout, &columns), ["changed 5 5 -99.98 514"]);
}

#[test]
fn what_is_unknown_has_no_cost() {
    let archive = Archive::new(Emulator::builder().customers(1));
    let before = file(&archive, "july.json", "2026-07-05", &[(A, "VISIO", [None, None, Some(1)])]);
    let after = file(&archive, "august.json", "2026-08-30", &[(A, "VISIO", [Some(1), Some(0), Some(0)])]);
    let prices = prices(&archive);
    let run =
        finish(command().args(["history", "diff", &before, &after, "--prices", &prices, "--format", "csv"]));
    let columns = ["change", "unusedCostFrom", "unusedCostTo", "unusedCostChange", "currency"];
    assert_eq!(cells(&run.stdout, &columns), ["changed  20.00  EUR"], "{run}");

    let archive = Archive::new(Emulator::builder().customers(8));
    record_days(&archive, &["2026-08-30"]);
    let customer =
        archive.beside.emulator.book().customers().find(|one| !one.deployment().is_empty()).unwrap();
    let fault = format!("/*{}* 400", customer.id);
    archive.beside.emulator.set_faults(fault.parse::<FaultScript>().unwrap());
    assert_eq!(archive.record(&["--source", "classic", "--max-attempts", "1"]).code, 3);
    let prices = archive.path("prices.csv");
    fs::write(&prices, "product,price,currency,per\n*,1,EUR,month\n").unwrap();
    let prices = prices.to_str().unwrap();
    let diff = archive.document(&["diff", "--prices", prices]);
    let unknown: Vec<_> = rows(&diff).iter().filter(|row| row["change"] == "unknown").collect();
    assert!(!unknown.is_empty());
    for row in unknown {
        assert!(row["unusedCostTo"].is_null() && row["unusedCostChange"].is_null(), "{row}");
        assert_eq!(row["unusedCostFrom"].as_f64(), row["unusedFrom"].as_f64(), "{row}");
    }
    let groups = archive.document(&["diff", "--by", "customer", "--prices", prices]);
    let group = rows(&groups).iter().find(|group| group["change"] == "unknown").unwrap();
    assert!(group["costs"][0]["unusedCostFrom"].is_number(), "{group}");
    assert!(group["costs"][0]["unusedCostChange"].is_null(), "{group}");
}

fn amount(value: &Value) -> Decimal {
    if value.is_null() { Decimal::ZERO } else { value.to_string().parse::<Decimal>().unwrap().normalize() }
}

/// Two recorded days, and prices for two of every three products.
fn recorded() -> (Archive, String) {
    let archive = Archive::new(Emulator::builder().customers(60));
    record_days(&archive, &["2026-08-02", "2026-08-30"]);
    let run = finish(archive.command().args(["prices", "template", "--source", "commercial"]));
    let priced = ["19.995,EUR,month", ",,", "1234,JPY,year"];
    let line = |(place, line): (usize, &str)| match place {
        0 => line.to_owned(),
        _ => line.replacen(",,,", &format!(",{}", priced[place % priced.len()]), 1),
    };
    let text: Vec<_> = run.stdout.lines().enumerate().map(line).collect();
    let path = archive.path("prices.csv");
    fs::write(&path, text.join("\n")).unwrap();
    (archive, path.to_str().unwrap().to_owned())
}

#[test]
fn rows_groups_and_the_funnel_agree() {
    let (archive, prices) = recorded();
    let prices = ["--prices", prices.as_str()];
    let diff = archive.document(&[&["diff"], &prices[..]].concat());
    let of_currency = |costs: &Value, currency: &str, column: &str| {
        let costs = costs.as_array().unwrap().iter().find(|costs| costs["currency"] == currency).unwrap();
        amount(&costs[column])
    };
    assert!(rows(&diff).iter().any(|row| row["currency"].is_null()));
    for currency in ["EUR", "JPY"] {
        let changes = rows(&diff).iter().filter(|row| row["currency"] == currency);
        let change = changes.map(|row| amount(&row["unusedCostChange"])).sum::<Decimal>().normalize();
        assert!(!change.is_zero());
        assert_eq!(of_currency(&diff["summary"]["costs"], currency, "unusedCostChange"), change);
        for by in ["customer", "product", "service"] {
            let groups = archive.document(&[&["diff", "--by", by], &prices[..]].concat());
            let of_groups =
                rows(&groups).iter().map(|group| of_currency(&group["costs"], currency, "unusedCostChange"));
            assert_eq!(of_groups.sum::<Decimal>().normalize(), change, "{by}");

            let funnel =
                ["licenses", "funnel", "-a", "--source", "commercial", "--by", by, "--format", "json"];
            let run = finish(archive.command().args(funnel).args(prices));
            let funnel: Value = serde_json::from_str(&run.stdout).unwrap();
            for group in rows(&groups).iter().filter(|group| group["change"] != "gone") {
                let same = rows(&funnel).iter().find(|other| other["key"] == group["key"]).unwrap();
                assert_eq!(
                    of_currency(&group["costs"], currency, "unusedCostTo"),
                    of_currency(&same["costs"], currency, "unusedCost"),
                    "{by} {group}"
                );
            }
        }
    }
    for arguments in [&["diff"][..], &["diff", "--by", "customer"]] {
        for name in ["changes.parquet", "changes.xlsx"] {
            let path = archive.path(name);
            let output = ["--output", path.to_str().unwrap()];
            if cfg!(feature = "xlsx") || name.ends_with("parquet") {
                assert_eq!(archive.read(&[arguments, &output, &prices[..]].concat()).code, 0);
            }
        }
        let table = archive.read(&[arguments, &["--format", "table"], &prices[..]].concat());
        assert!(table.stdout.lines().next().unwrap().contains("Cost/month"), "{table}");
        assert!(table.stdout.lines().all(|line| line.chars().count() <= 80), "{table}");
    }

    let mut command = command();
    command.env("PARTNER_CENTER_CONFIG_DIR", archive.path("config"));
    command.args(["history", "diff", "--anonymize", "--format", "json", "--dataset", &archive.dataset()]);
    let run = finish(command.args(prices));
    let anonymized: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(anonymized["summary"]["costs"], diff["summary"]["costs"]);
    let names = archive.beside.emulator.book().customers().map(|customer| customer.company_name);
    assert!(names.into_iter().all(|name| !run.stdout.contains(&name)));
}

#[test]
fn thresholds_compare_costs() {
    let compared = Compared::new();
    for (arguments, code) in [
        (&["--fail-on", "unusedCost_EUR +19"][..], 10),
        (&["--fail-on", "unusedCost_EUR +20"], 0),
        (&["--fail-on", "unusedCost_EUR +14%"], 10),
        (&["--fail-on", "unusedCost_EUR +15%"], 0),
        (&["--fail-on", "unusedcost_jpy -1"], 0),
        (&["--by", "customer", "--fail-on", "unusedCost_JPY -206"], 10),
        (&["--by", "customer", "--fail-on", "unusedCost_JPY -207"], 0),
        (&["--fail-on", "unusedCost +1"], 2),
        (&["--fail-on", "unusedCost_USD +1"], 2),
        (&["--fail-on", "unusedCost_EURO +1"], 2),
    ] {
        let run = compared.diff(&[arguments, &["--format", "csv"]].concat());
        assert_eq!(run.code, code, "{arguments:?} {run}");
    }
    let run = compared.diff(&["--by", "customer", "--format", "csv", "--fail-on", "unusedCost_JPY -100"]);
    assert!(
        run.stderr.contains("unusedCost_JPY -100 was reached by Contoso: it went from 206 to 0, -206"),
        "{run}"
    );
    let [before, after, _] = &compared.files;
    let run = finish(command().args(["history", "diff", before, after, "--fail-on", "unusedCost +1"]));
    assert!(run.code == 2 && run.stderr.contains("requires --prices"), "{run}");
}

#[test]
fn display_names_and_products_that_several_patterns_match() {
    let compared = Compared::new();
    let [before, after, _] = &compared.files;
    let archive = &compared.archive;
    let ambiguous = archive.path("ambiguous.csv");
    fs::write(&ambiguous, "product,price,currency,per\nV*,1,EUR,month\n*O,2,EUR,month\n").unwrap();
    let run = finish(command().args(["history", "diff", before, after, "--prices"]).arg(&ambiguous));
    assert!(run.stderr.contains("VISIO has no price: line 2 (`V*`) and line 3 (`*O`) match it"), "{run}");

    let (archive, prices) = recorded();
    let groups = archive.document(&["diff", "--by", "product", "--prices", &prices]);
    let id = rows(&groups)[0]["key"].as_str().unwrap().to_owned();
    let names = archive.path("names.csv");
    fs::write(&names, format!("Product_Display_Name,GUID\nA better name,{id}\n")).unwrap();
    let names = ["--products", names.to_str().unwrap()];
    let groups = archive.document(&[&["diff", "--by", "product"], &names[..]].concat());
    assert_eq!(rows(&groups)[0]["name"], "A better name");
    assert_ne!(rows(&groups)[1]["name"], "A better name");
    let diff = archive.document(&[&["diff"], &names[..]].concat());
    for row in rows(&diff) {
        let name =
            if row["productId"] == id.as_str() { &json!("A better name") } else { &row["productName"] };
        assert_eq!(&row["productDisplayName"], name);
    }
}

#[test]
fn the_files_are_read_before_the_dataset_and_never_overwritten() {
    let (archive, prices) = recorded();
    let bad = archive.path("bad.csv");
    fs::write(&bad, "product,price,currency,per\nVISIO,ten,EUR,month\n").unwrap();
    let run = archive.read(&["diff", "--prices", bad.to_str().unwrap()]);
    assert!(run.code == 2 && run.stderr.contains("line 2") && run.stdout.is_empty(), "{run}");
    let run = archive.read(&["diff", "--prices", &prices, "--output", &prices]);
    assert_eq!(run.code, 2, "{run}");
    let requests = archive.beside.emulator.request_count();
    for arguments in [&["--prices", &*prices][..], &["--products", &*prices]] {
        assert_eq!(archive.record(arguments).code, 2, "only with --report");
    }
    let run = archive.record(&[
        "--report",
        archive.path("x.html").to_str().unwrap(),
        "--prices",
        bad.to_str().unwrap(),
    ]);
    assert!(run.code == 2 && !archive.path("x.html").exists(), "{run}");
    assert_eq!(archive.beside.emulator.request_count(), requests);
}

#[test]
fn the_page_says_what_the_changes_cost() {
    let (archive, prices) = recorded();
    let (_, page) = report(&archive, &["--prices", &prices]);
    let diff = archive.document(&["diff", "--prices", &prices]);
    // As the page writes it.
    let difference = |change: &Value, digits: u32| {
        let mut change = amount(change);
        change.rescale(digits);
        let text = change.abs().to_string();
        let (whole, fraction) =
            text.split_once('.').map_or((&*text, None), |(whole, rest)| (whole, Some(rest)));
        let groups: Vec<_> =
            whole.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).unwrap()).collect();
        let sign = if change.is_zero() {
            "±"
        } else if change.is_sign_negative() {
            "−"
        } else {
            "+"
        };
        format!("{sign}{}{}", groups.join(","), fraction.map_or_else(String::new, |rest| format!(".{rest}")))
    };
    for (currency, digits) in [("EUR", 2), ("JPY", 0)] {
        let tile = page
            .all(".tile")
            .into_iter()
            .map(words)
            .find(|tile| tile.starts_with(&format!("Unused, {currency} a month")))
            .unwrap();
        let costs = diff["summary"]["costs"].as_array().unwrap();
        let change = &costs.iter().find(|costs| costs["currency"] == currency).unwrap()["unusedCostChange"];
        assert!(
            tile.ends_with(&format!(" {} since 2026-08-02", difference(change, digits))),
            "{tile}: {change}"
        );
    }
    let changes = table(&page, ".changes");
    assert!(!changes.is_empty());
    for cells in &changes {
        let [customer, product] = [0, 1].map(|place| words(cells[place]));
        let row =
            rows(&diff).iter().find(|row| row["customerName"] == customer && row["productName"] == product);
        let row = row.unwrap();
        let cost = match row["currency"].as_str() {
            Some(currency) if !row["unusedCostChange"].is_null() => {
                let digits = if currency == "EUR" { 2 } else { 0 };
                format!("{} {currency}", difference(&row["unusedCostChange"], digits))
            }
            _ => String::new(),
        };
        assert_eq!(words(cells[6]), cost, "{customer} {product}");
    }
    assert!(page.text().contains("The costs of both days are at the prices of 2026-08-30."));

    let path = archive.path("recorded.html");
    let run =
        archive.record(&["--date", "2026-08-30", "--report", path.to_str().unwrap(), "--prices", &prices]);
    assert_eq!(run.code, 0, "{run}");
    let before_footer = |path| fs::read_to_string(path).unwrap().split_once("<footer>").unwrap().0.to_owned();
    assert!(before_footer(path) == before_footer(archive.path("page.html")));
}
