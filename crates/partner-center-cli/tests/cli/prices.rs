//! `prices template` and `prices check`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use partner_center_emulator::{Emulator, FaultScript};
use partner_center_test_support::{FakeServer, ok};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::reports::records;
use crate::support::{Run, TestEmulator, beside, command_at, finish};

/// An emulator, and a directory for price files.
struct Desk {
    beside: TestEmulator,
    directory: TempDir,
}

impl Desk {
    fn new(customers: usize) -> Self {
        Self {
            beside: beside(Emulator::builder().customers(customers)),
            directory: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.directory.path()).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    fn set_faults(&self, script: &str) {
        self.beside.emulator.set_faults(script.parse::<FaultScript>().unwrap());
    }

    fn template(&self, arguments: &[&str]) -> Run {
        self.beside.run(&[&["prices", "template"], arguments].concat())
    }

    fn check(&self, file: &str, arguments: &[&str]) -> Run {
        let path = self.path(file);
        self.beside.run(&[&["prices", "check", "--prices", path.to_str().unwrap()], arguments].concat())
    }
}

/// Writes a price into every line of a template.
fn complete(template: &str, path: &Path) {
    fs::write(path, template.replace(",,,,,", ",12.50,EUR,month,,")).unwrap();
}

#[test]
fn a_completed_template_passes_the_check_from_either_source() {
    let desk = Desk::new(40);
    for source in ["commercial", "classic"] {
        let run = desk.template(&["--source", source]);
        assert_eq!(run.code, 0, "{run}");
        assert!(run.stderr.contains("note: 40 customers: "), "{run}");
        // Products of deployment and of usage, each once.
        let mut expected = BTreeSet::new();
        for command in ["deployment", "usage"] {
            let rows = ["licenses", command, "-a", "--source", source, "--format", "csv"];
            let rows = records(&desk.beside.run(&rows).stdout);
            expected.extend(rows.into_iter().map(|row| row["productName"].clone()));
        }
        let lines = records(&run.stdout);
        let names: Vec<_> = lines.iter().map(|line| line["name"].clone()).collect();
        assert_eq!(names, expected.into_iter().collect::<Vec<_>>());
        let by_id = lines.iter().filter(|line| line["product"] != line["name"]).count();
        assert_eq!(by_id, if source == "commercial" { lines.len() } else { 0 });
        assert!(lines.iter().all(|line| line["price"].is_empty() && !line["service"].is_empty()));

        // As it is, no product has a price.
        fs::write(desk.path("empty.csv"), &run.stdout).unwrap();
        let checked = desk.check("empty.csv", &["--source", source, "--format", "table"]);
        assert_eq!(checked.code, 10, "{checked}");
        assert_eq!(checked.stdout.matches(" has no price\n").count(), lines.len(), "{checked}");

        complete(&run.stdout, &desk.path("prices.csv"));
        let checked = desk.check("prices.csv", &["--source", source, "--format", "table"]);
        assert_eq!((checked.code, checked.stdout.as_str()), (0, ""), "{checked}");
        assert!(
            checked.stderr.contains(&format!("0 findings about {} products on ", lines.len())),
            "{checked}"
        );
    }
}

#[test]
fn a_check_finds_every_kind() {
    let desk = Desk::new(40);
    let template = desk.template(&["--source", "commercial"]).stdout;
    let all_but = |names: &[&str]| {
        let lines = template.lines().filter(|line| !names.iter().any(|name| line.contains(name)));
        lines.map(|line| line.replace(",,,,,", ",12.50,EUR,month,,") + "\n").collect::<String>()
    };
    let kept = all_but(&["OFFICE 365 ENTERPRISE E1", "POWER BI PRO", "VISIO PLAN 2"]);
    let first = kept.lines().count() + 1;
    let file = format!(
        "{kept}VISIO PLAN 2,9,EUR,month,2999-01-01,,\nPOWER*,9,EUR,month,,,\n*BI*PRO,8,EUR,year,,,\nno such plan,1,EUR,month,,,\n"
    );
    fs::write(desk.path("prices.csv"), file).unwrap();
    let run = desk.check("prices.csv", &["--format", "table"]);
    assert_eq!(run.code, 10, "{run}");
    let lines: Vec<_> = run.stdout.lines().collect();
    let [e1, power, visio, nothing] = lines.as_slice() else { panic!("{run}") };
    assert!(e1.starts_with("OFFICE 365 ENTERPRISE E1 (") && e1.ends_with(") has no price"), "{run}");
    let both = format!("line {} (`POWER*`) and line {} (`*BI*PRO`)", first + 1, first + 2);
    assert!(power.ends_with(&format!(" has no price, because several patterns match: {both}")), "{run}");
    let later = format!(" has no price yet: line {first} (`VISIO PLAN 2` from 2999-01-01)");
    assert!(visio.ends_with(&later), "{run}");
    assert_eq!(*nothing, format!("line {} (`no such plan`) matches no product", first + 3));
    assert!(run.stderr.contains("note: 4 findings about "), "{run}");

    let run = desk.check("prices.csv", &["--format", "json"]);
    assert_eq!(run.code, 10, "{run}");
    let document: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&document["schemaVersion"], &document["type"]), (&json!(3), &json!("price-check")));
    let findings = document["findings"].as_array().unwrap();
    let kinds: Vec<_> = findings.iter().map(|finding| finding["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["noPrice", "matchedTwice", "notYet", "matchesNothing"]);
    assert_eq!(findings[0]["productName"], "OFFICE 365 ENTERPRISE E1");
    assert_eq!(
        findings[2]["entries"],
        json!([{ "line": first, "product": "VISIO PLAN 2", "from": "2999-01-01" }])
    );
    assert_eq!(findings[3]["productName"], Value::Null);
    assert_eq!(document["failures"], json!([]));
    assert_eq!(document["summary"]["customers"]["complete"], true);
}

#[test]
fn bad_files_and_formats_are_refused_before_anything_is_sent() {
    let desk = Desk::new(3);
    for (file, why) in [
        ("", "has no header"),
        ("product,price\nx,1\n", "line 1: no column `currency`"),
        (
            "product,price,currency,per\nx,1,EUR,month\ny,-1,EURO,week\n",
            "line 3, column 2 (price): `-1` is negative; a price is 0 or more",
        ),
        ("product,price,currency,per\nx,1,EUR,week\n", "line 2, column 4 (per): `week` is not a time"),
        (
            "product,price,currency,per\nx,1,EUR,month\nX,2,EUR,month\n",
            "line 3, column 1 (product): `X` has another",
        ),
    ] {
        fs::write(desk.path("prices.csv"), file).unwrap();
        let run = desk.check("prices.csv", &[]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run}");
        assert!(run.stderr.contains(why), "{why}\n{run}");
        assert!(run.stderr.contains("Write csv as UTF-8 with a header"), "there is advice\n{run}");
    }
    let run = desk.check("absent.csv", &[]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run}");
    fs::write(desk.path("prices.csv"), "product,price,currency,per\n").unwrap();
    let run = desk.check("prices.csv", &["--format", "csv"]);
    assert!(run.code == 2 && run.stderr.contains("prices check writes text or json only"), "{run}");

    let output = |name: &str| desk.path(name).to_str().unwrap().to_owned();
    for (arguments, why) in [
        (&["--format", "json"][..], "prices template writes csv only"),
        (&["-o", &output("prices.json")], "prices template writes csv only"),
        (&["-o", &output("prices")], "prices template writes csv only"),
        (&["-o", &output("prices.csv")], "A template would replace its prices"),
        (&["-o", &output("none/prices.csv")], "there is no directory"),
        (&["--order", "completion"], "unexpected argument '--order'"),
    ] {
        let run = desk.template(arguments);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{arguments:?}\n{run}");
        assert!(run.stderr.contains(why), "{why}\n{run}");
    }
    assert_eq!(desk.names(), ["prices.csv"]);
    assert_eq!(desk.beside.emulator.request_count(), 0, "nothing was sent");
}

#[test]
fn a_failed_customer_gives_a_partial_template_and_a_check_with_its_findings() {
    let desk = Desk::new(8);
    let all = desk.template(&["--source", "classic"]).stdout;
    let bad = desk.beside.emulator.book().customers().find(|customer| !customer.deployment().is_empty());
    let bad = bad.unwrap().id;
    desk.set_faults(&format!("/v1/customers/{bad}/* 400"));
    let path = desk.path("prices.csv");
    let run = desk.template(&["--source", "classic", "-o", path.to_str().unwrap()]);
    assert_eq!((run.code, run.stdout.as_str()), (3, ""), "{run}");
    assert!(run.stderr.contains(" 1 failed"), "{run}");
    assert_eq!(desk.names(), ["prices.csv"]);
    let some = fs::read_to_string(&path).unwrap();
    assert!(some.lines().count() > 2 && some.lines().all(|line| all.contains(line)), "{some}");

    complete(&some, &path);
    let run = desk.check("prices.csv", &["--source", "classic", "--format", "json"]);
    assert_eq!(run.code, 3, "no finding\n{run}");
    let document: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(document["findings"], json!([]));
    assert_eq!(document["failures"][0]["customerId"], bad.to_string());
    assert_eq!(document["summary"]["customers"]["complete"], false);

    fs::write(&path, some).unwrap();
    let run = desk.check("prices.csv", &["--source", "classic", "--format", "table"]);
    assert_eq!(run.code, 10, "findings take precedence\n{run}");
    assert!(run.stderr.contains("customers or rows are missing"), "{run}");
}

#[test]
fn a_run_that_ends_early_writes_nothing() {
    let desk = Desk::new(40);
    // The list of customers and some of them succeed, then every request fails. Setting the script counts anew.
    let break_off = || desk.set_faults("#9- 401(code=900421)");
    break_off();
    let classic = ["--source", "classic", "--concurrency", "1"];
    let path = desk.path("prices.csv");
    let run = desk.template(&[&classic[..], &["-o", path.to_str().unwrap()]].concat());
    assert_eq!(run.code, 4, "{run}");
    assert!(run.stderr.contains("nothing was written"), "{run}");
    assert!(desk.names().is_empty());
    break_off();
    let run = desk.template(&classic);
    assert_eq!((run.code, run.stdout.as_str()), (4, ""), "{run}");

    fs::write(&path, "product,price,currency,per\nx,1,EUR,month\n").unwrap();
    for format in ["table", "json"] {
        break_off();
        let run = desk.check("prices.csv", &[&classic[..], &["--format", format]].concat());
        assert_eq!((run.code, run.stdout.as_str()), (4, ""), "{run}");
        assert!(run.stderr.contains("ended early after 3 customers; nothing was written"), "{run}");
    }
    // An empty file, as from mktemp, has no prices to replace.
    desk.set_faults("");
    fs::write(&path, "").unwrap();
    let run = desk.template(&["-o", path.to_str().unwrap()]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(desk.names(), ["prices.csv"]);
    assert!(
        fs::read_to_string(&path).unwrap().starts_with("product,price,currency,per,from,name,service\r\n")
    );
}

#[test]
fn hostile_names_are_harmless_in_a_template_and_in_findings() {
    const ID: &str = "11111111-1111-1111-1111-111111111111";
    let server = FakeServer::responding(|request| {
        let row = |name: &str| json!({ "productName": name, "serviceCode": "crm", "licensesSold": 1 });
        let path = request.target.split('?').next().unwrap_or_default();
        let rows = match path {
            path if path.ends_with("/customers") => json!([{ "id": ID }]),
            path if path.contains("/deployment") => {
                json!([row("=cmd|' /C calc'!A0"), row("A \"quoted\", name"), row("TWO\r\nLINES\u{1b}[2J")])
            }
            _ => json!([]),
        };
        ok(json!({ "totalCount": rows.as_array().unwrap().len(), "items": rows }).to_string())
    });
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("prices.csv");
    let run = finish(command_at(server.url()).args(["prices", "template", "--source", "classic"]));
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(
        run.stdout,
        "product,price,currency,per,from,name,service\r\n\
         '=cmd|' /C calc'!A0,,,,,'=cmd|' /C calc'!A0,Microsoft Dynamics\r\n\
         \"A \"\"quoted\"\", name\",,,,,\"A \"\"quoted\"\", name\",Microsoft Dynamics\r\n\
         TWO LINES [2J,,,,,TWO LINES [2J,Microsoft Dynamics\r\n"
    );
    let check = || {
        let mut command = command_at(server.url());
        command.args(["prices", "check", "--source", "classic", "--format", "table", "--prices"]).arg(&path);
        finish(&mut command)
    };
    fs::write(&path, &run.stdout).unwrap();
    let findings = check();
    assert_eq!(findings.code, 10, "{findings}");
    assert_eq!(findings.stdout.lines().count(), 3, "one line for each\n{findings}");
    assert!(!findings.stdout.contains('\u{1b}'), "{findings}");
    complete(&run.stdout, &path);
    let run = check();
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{run}");
}
