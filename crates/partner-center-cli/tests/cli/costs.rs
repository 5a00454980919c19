//! `--prices` and `--products`: costs of rows, groups and totals agree to the cent, in every currency by itself.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use partner_center_emulator::{Emulator, FaultScript};
use rust_decimal::Decimal;
use serde_json::Value;
use tempfile::TempDir;

use crate::reports::records;
use crate::support::{Run, TestEmulator, beside};

type Row = BTreeMap<String, String>;

/// Costs per column and currency.
type Sums = BTreeMap<(String, String), Decimal>;

const COSTS: [&str; 3] = ["shelfwareCost", "idleCost", "unusedCost"];

/// An emulator, and a price file for two of every three of its products.
struct Desk {
    beside: TestEmulator,
    directory: TempDir,
}

impl Desk {
    fn new(customers: usize) -> Self {
        let desk = Self {
            beside: beside(Emulator::builder().customers(customers)),
            directory: tempfile::tempdir().unwrap(),
        };
        let template = desk.beside.run(&["prices", "template", "--source", "commercial"]).stdout;
        let prices = ["19.995,EUR,month", ",,", "1234,JPY,year"];
        let mut completed = String::new();
        for (place, line) in template.lines().enumerate() {
            let price = prices[place % prices.len()];
            completed.push_str(&if place == 0 {
                line.to_owned()
            } else {
                line.replacen(",,,", &format!(",{price}"), 1)
            });
            completed.push('\n');
        }
        fs::write(desk.directory.path().join("prices.csv"), completed).unwrap();
        desk
    }

    fn path(&self, name: &str) -> String {
        self.directory.path().join(name).to_str().unwrap().to_owned()
    }

    /// The funnel of all customers from the commercial queries, whose rows have the ids of products.
    fn funnel(&self, arguments: &[&str]) -> Run {
        let prices = self.path("prices.csv");
        let funnel = ["licenses", "funnel", "-a", "--source", "commercial", "--prices", &prices];
        self.beside.run(&[&funnel[..], arguments].concat())
    }

    fn csv(&self, arguments: &[&str]) -> Vec<Row> {
        let run = self.funnel(&[arguments, &["--format", "csv"]].concat());
        assert_eq!(run.code, 0, "{run}");
        records(&run.stdout)
    }
}

fn amount(text: &str) -> Option<Decimal> {
    (!text.is_empty()).then(|| text.parse().unwrap_or_else(|error| panic!("{text}: {error}")))
}

/// The sums over rows, which have one currency each.
fn sums_of_rows(rows: &[Row]) -> Sums {
    let mut sums = Sums::new();
    for row in rows {
        for cost in COSTS {
            if let Some(amount) = amount(&row[cost]) {
                *sums.entry((cost.to_owned(), row["currency"].clone())).or_default() += amount;
            }
        }
    }
    sums
}

/// The sums over groups, which have columns for each currency.
fn sums_of_groups(groups: &[Row]) -> Sums {
    let mut sums = Sums::new();
    for (name, cell) in groups.iter().flatten() {
        if let Some((cost, currency)) = name.split_once('_')
            && let Some(amount) = amount(cell)
        {
            *sums.entry((cost.to_owned(), currency.to_owned())).or_default() += amount;
        }
    }
    sums
}

/// The sums in a list `costs` of a JSON document.
fn sums_in_json(costs: &Value) -> Sums {
    let mut sums = Sums::new();
    for entry in costs.as_array().unwrap() {
        for cost in COSTS {
            if !entry[cost].is_null() {
                let currency = entry["currency"].as_str().unwrap();
                sums.insert((cost.to_owned(), currency.to_owned()), entry[cost].to_string().parse().unwrap());
            }
        }
    }
    sums
}

/// Without trailing zeros, which a JSON number does not keep.
fn normal(sums: Sums) -> Sums {
    sums.into_iter().map(|(key, sum)| (key, sum.normalize())).collect()
}

#[test]
fn rows_groups_and_totals_agree_to_the_cent() {
    let desk = Desk::new(60);
    let rows = desk.csv(&[]);
    let unpriced = rows.iter().filter(|row| row["currency"].is_empty()).count();
    assert!(unpriced > 0 && unpriced < rows.len());
    for row in &rows {
        let [shelfware, idle, unused] = COSTS.map(|cost| amount(&row[cost]));
        assert_eq!(
            unused,
            shelfware.or(idle).map(|_| shelfware.unwrap_or_default() + idle.unwrap_or_default()),
            "{row:?}"
        );
        if row["currency"] == "EUR" {
            let licenses = amount(&row["shelfware"]);
            // EUR 19.995 is rounded once, half up.
            let exact = licenses.map(|licenses| licenses * Decimal::new(19_995, 3));
            let rounded = exact.map(|exact| {
                exact.round_dp_with_strategy(2, rust_decimal::RoundingStrategy::MidpointAwayFromZero)
            });
            assert_eq!(shelfware, rounded, "{row:?}");
        }
    }
    let expected = sums_of_rows(&rows);
    assert_eq!(expected.len(), 6, "two currencies: {expected:?}");
    for by in ["customer", "product", "service"] {
        let groups = desk.csv(&["--by", by]);
        assert_eq!(sums_of_groups(&groups), expected, "{by}");
        let without: usize = groups.iter().map(|group| group["rowsUnpriced"].parse::<usize>().unwrap()).sum();
        assert_eq!(without, unpriced, "{by}");

        let document: Value =
            serde_json::from_str(&desk.funnel(&["--by", by, "--format", "json"]).stdout).unwrap();
        assert_eq!(sums_in_json(&document["summary"]["costs"]), normal(expected.clone()), "{by}");
        let mut of_groups = Sums::new();
        for group in document["rows"].as_array().unwrap() {
            for (key, amount) in sums_in_json(&group["costs"]) {
                *of_groups.entry(key).or_default() += amount;
            }
        }
        assert_eq!(normal(of_groups), normal(expected.clone()), "{by}");
    }
    let document: Value = serde_json::from_str(&desk.funnel(&["--format", "json"]).stdout).unwrap();
    assert_eq!(sums_in_json(&document["summary"]["costs"]), normal(expected));
    assert_eq!(document["summary"]["costs"][0]["rowsUnpriced"], unpriced);
    assert!(document["rows"][0].get("unitPrice").is_some());
}

#[test]
fn a_table_says_what_unused_licenses_cost() {
    let desk = Desk::new(25);
    let table = desk.funnel(&["--by", "customer", "--format", "table", "--limit", "3"]).stdout;
    assert!(table.lines().next().unwrap().contains("Cost/month EUR"), "{table}");
    assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
    let words = table.split_whitespace().collect::<Vec<_>>().join(" ");
    let note = words.split_once("Unused licenses cost ").unwrap().1;
    assert!(note.contains(" EUR and ") && note.contains(" JPY a month. "), "{table}");
    assert!(note.contains(" of 80 rows have no price."), "{table}");
    let sorted = desk.csv(&["--by", "customer", "--sort", "unusedCost_EUR:desc"]);
    let costs: Vec<_> = sorted.iter().filter_map(|group| amount(&group["unusedCost_EUR"])).collect();
    assert!(costs.is_sorted_by(|a, b| a >= b) && costs.len() > 3, "{costs:?}");
}

#[test]
fn a_threshold_compares_the_costs_of_what_is_written() {
    let desk = Desk::new(25);
    let rows = desk.csv(&[]);
    let highest = rows
        .iter()
        .filter(|row| row["currency"] == "EUR")
        .filter_map(|row| amount(&row["unusedCost"]))
        .max()
        .unwrap();
    let groups = desk.csv(&["--by", "customer"]);
    let most = groups.iter().filter_map(|group| amount(&group["unusedCost_EUR"])).max().unwrap();
    let total = sums_of_rows(&rows)[&("unusedCost".to_owned(), "EUR".to_owned())];
    assert!(highest < most && most < total);
    for (arguments, threshold, code) in [
        (&[][..], format!("unusedCost_EUR >= {highest}"), 10),
        (&[], format!("unusedCost_EUR > {highest}"), 0),
        (&["--by", "customer"], format!("unusedCost_EUR >= {most}"), 10),
        (&["--by", "customer"], format!("unusedCost_EUR > {most}"), 0),
        (&[], format!("total unusedCost_EUR >= {total}"), 10),
        (&["--by", "service"], format!("total unusedCost_EUR < {total}"), 0),
        (&[], "unusedCost > 1".to_owned(), 2),
        (&[], "unusedCost_USD > 1".to_owned(), 2),
    ] {
        let run = desk.funnel(&[arguments, &["--format", "json", "--fail-on", &threshold]].concat());
        assert_eq!(run.code, code, "{threshold}: {}", run.stderr);
    }
    let run = desk.funnel(&["--by", "customer", "--format", "json", "--fail-on", "unusedCost_EUR > 1"]);
    let document: Value = serde_json::from_str(&run.stdout).unwrap();
    let top = &document["summary"]["thresholds"][0]["top"][0];
    assert_eq!(
        (top["key"].is_string(), top["value"].to_string().parse().ok()),
        (true, Some(most.normalize())),
        "{top}"
    );
    assert!(run.stderr.contains(top["name"].as_str().unwrap()), "{}", run.stderr);
    let without = ["licenses", "funnel", "-a", "--fail-on", "unusedCost > 1"];
    let run = desk.beside.run(&without);
    assert!(run.code == 2 && run.stderr.contains("requires --prices"), "{run}");
}

#[test]
fn a_resumed_run_has_the_same_costs() {
    let desk = Desk::new(60);
    let run = |output: &str, checkpoint: bool| {
        let (output, saved) = (desk.path(output), desk.path("checkpoint.json"));
        let mut arguments = vec!["--source", "classic", "--fail-on", "total unusedCost_EUR < 0"];
        arguments.extend(["--output", &output]);
        if checkpoint {
            arguments.extend(["--checkpoint", &saved]);
        }
        let prices = desk.path("by-name.csv");
        fs::write(&prices, "product,price,currency,per\n*E3*,10.10,EUR,month\n*,3,JPY,month\n").unwrap();
        let funnel = ["licenses", "funnel", "-a", "--prices", &prices];
        desk.beside.run(&[&funnel[..], &arguments].concat())
    };
    let whole = run("whole.csv", false);
    assert_eq!(whole.code, 0, "{whole}");
    // An error that affects all customers ends the first run.
    desk.beside.emulator.set_faults("#30- 401(code=900421)".parse::<FaultScript>().unwrap());
    let first = run("resumed.csv", true);
    assert_ne!(first.code, 0, "{first}");
    desk.beside.emulator.set_faults(FaultScript::new());
    let second = run("resumed.csv", true);
    assert_eq!(second.code, 0, "{second}");
    let sorted = |name: &str| {
        let mut rows = records(&fs::read_to_string(desk.path(name)).unwrap());
        rows.sort();
        rows
    };
    assert_eq!(sorted("whole.csv"), sorted("resumed.csv"));
}

#[test]
fn products_have_their_display_names() {
    let desk = Desk::new(25);
    let rows = desk.csv(&[]);
    let id = rows.iter().map(|row| row["productId"].clone()).find(|id| !id.is_empty()).unwrap();
    let list = format!(
        "Product_Display_Name,String_Id,GUID,Service_Plan_Name\n\"<Visio>, \u{fc}ber\",VISIO,{id},X\n\"<Visio>, \u{fc}ber\",VISIO,{id},Y\n"
    );
    fs::write(desk.path("names.csv"), list).unwrap();
    let names = desk.path("names.csv");
    let rows = desk.csv(&["--products", &names]);
    for row in &rows {
        let expected = if row["productId"] == id { "<Visio>, \u{fc}ber" } else { &row["productName"] };
        assert_eq!(row["productDisplayName"], expected);
    }
    let groups = desk.csv(&["--products", &names, "--by", "product"]);
    let group = groups.iter().find(|group| group["key"] == id).unwrap();
    assert_eq!(group["name"], "<Visio>, \u{fc}ber");
    let table = desk.funnel(&["--products", &names, "--format", "table"]).stdout;
    assert!(table.contains("<Visio>, \u{fc}ber"), "{table}");
}

#[test]
fn a_bad_file_is_refused_before_anything_is_sent() {
    let desk = Desk::new(5);
    let sent = desk.beside.emulator.request_count();
    for (flag, text, why) in [
        ("--prices", "product,price,currency,per\nVISIO,ten,EUR,month\n", "line 2"),
        ("--prices", "product,price,currency,per\nVISIO,1,EURO,month\n", "line 2"),
        ("--prices", "product,price,currency,per\nVISIO,1,EUR,month\nvisio,2,EUR,month\n", "line 3"),
        ("--prices", "name,cost\nVISIO,1\n", "product"),
        ("--products", "a,b\n1,2\n", "GUID"),
    ] {
        let path = desk.path("bad.csv");
        fs::write(&path, text).unwrap();
        let output = desk.path("out.csv");
        let run = desk.beside.run(&["licenses", "funnel", "-a", flag, &path, "-o", &output]);
        assert!(run.code == 2 && run.stderr.contains(why), "{text}: {run}");
        assert!(!Path::new(&output).exists(), "{text}");
    }
    assert_eq!(desk.beside.emulator.request_count(), sent);
}
