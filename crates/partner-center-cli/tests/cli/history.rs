//! `history`: records days of an emulator, and compares them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use partner_center_emulator::{Emulator, EmulatorBuilder, FaultScript};
use serde_json::Value;

use crate::support::{Run, TestEmulator, beside, command, finish, rejections, stable};

pub(crate) const TENANT: &str = "0112a436-b14e-4888-967b-ca4bb2cf1234";

/// A partner's book and a folder for datasets.
pub(crate) struct Archive {
    pub(crate) beside: TestEmulator,
    folder: tempfile::TempDir,
}

impl Archive {
    pub(crate) fn new(builder: EmulatorBuilder) -> Self {
        Self { beside: beside(builder), folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn dataset(&self) -> String {
        self.path("dataset").to_str().unwrap().to_owned()
    }

    pub(crate) fn command(&self) -> std::process::Command {
        let mut command = self.beside.command();
        command.env("PARTNER_CENTER_TENANT_ID", TENANT);
        command
    }

    pub(crate) fn record(&self, arguments: &[&str]) -> Run {
        let dataset = self.dataset();
        finish(self.command().args(["history", "record", "--dataset", &dataset]).args(arguments))
    }

    /// Runs a command that reads the dataset, without any credentials.
    pub(crate) fn read(&self, arguments: &[&str]) -> Run {
        let requests = self.beside.emulator.request_count();
        let run = finish(command().arg("history").args(arguments).args(["--dataset", &self.dataset()]));
        assert_eq!(self.beside.emulator.request_count(), requests, "nothing is sent");
        run
    }

    pub(crate) fn document(&self, arguments: &[&str]) -> Value {
        let run = self.read(&[arguments, &["--format", "json"]].concat());
        assert_eq!(run.code, 0, "{run}");
        serde_json::from_str(&run.stdout).unwrap()
    }
}

pub(crate) fn rows(document: &Value) -> &Vec<Value> {
    document["rows"].as_array().unwrap()
}

fn sum<'a>(rows: impl IntoIterator<Item = &'a Value>, column: &str) -> i64 {
    rows.into_iter().filter_map(|row| row[column].as_i64()).sum()
}

/// Every file below a folder with its bytes, apart from the lock.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with(".lock") {
                found.insert(path.clone(), fs::read(&path).unwrap());
            }
        }
    }
    found
}

#[test]
fn days_have_the_figures_of_the_funnel() {
    let archive = Archive::new(Emulator::builder());
    let funnel = |day: Option<&str>, source: &str| {
        let _ = day;
        let run = finish(
            archive.command().args(["licenses", "funnel", "-a", "--source", source, "--format", "json"]),
        );
        assert_eq!(run.code, 0, "{run}");
        serde_json::from_str::<Value>(&run.stdout).unwrap()
    };
    for source in ["commercial", "classic"] {
        let run = archive.record(&["--source", source]);
        assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{run}");
        let days = archive.document(&["list"]);
        assert_eq!(rows(&days).len(), 1, "the same day again replaces it");
        let day = &rows(&days)[0];
        let funnel = funnel(None, source);
        assert_eq!(day["source"], source);
        assert_eq!(day["complete"], true);
        assert_eq!(day["rows"], rows(&funnel).len());
        let customers = &funnel["summary"]["customers"];
        for count in ["listed", "withRows", "withoutRows", "skipped", "failed"] {
            assert_eq!(day[count], customers[count], "{source} {count}");
        }
        let trend = archive.document(&["trend"]);
        for (column, name) in [
            ("licensesSold", "licensesSold"),
            ("licensesDeployed", "licensesDeployed"),
            ("licensesActive", "licensesActive"),
            ("shelfware", "shelfware"),
            ("idle", "idle"),
            ("unused", "unused"),
        ] {
            assert_eq!(rows(&trend)[0][column], sum(rows(&funnel), name), "{source} {column}");
        }
        for by in ["customer", "product", "service"] {
            let run = finish(
                archive
                    .command()
                    .args(["licenses", "funnel", "-a", "--source", source, "--by", by, "--format", "json"]),
            );
            let groups: Value = serde_json::from_str(&run.stdout).unwrap();
            let trend = archive.document(&["trend", "--by", by]);
            assert_eq!(rows(&trend).len(), rows(&groups).len(), "{by}");
            for group in rows(&groups) {
                let same = rows(&trend).iter().find(|row| row["key"] == group["key"]).unwrap();
                for column in ["name", "licensesSold", "licensesActive", "unused"] {
                    assert_eq!(same[column], group[column], "{by} {column}");
                }
            }
        }
    }
}

#[test]
fn a_diff_has_the_figures_of_both_days() {
    let archive = Archive::new(Emulator::builder().customers(60));
    for day in ["2026-07-05", "2026-08-02", "2026-08-30"] {
        let run = archive.record(&["--date", day]);
        assert_eq!(run.code, 0, "{run}");
    }
    let diff = archive.document(&["diff"]);
    assert_eq!(
        (&diff["summary"]["from"]["name"], &diff["summary"]["to"]["name"]),
        (&"2026-08-02".into(), &"2026-08-30".into())
    );
    let trend = archive.document(&["trend", "--last", "2"]);
    for (side, place) in [("from", 0), ("to", 1)] {
        for column in ["licensesSold", "licensesActive", "unused"] {
            assert_eq!(
                diff["summary"][side]["totals"][column],
                rows(&trend)[place][column],
                "{side} {column}"
            );
        }
    }
    // What did not change has no row, so the difference of the rows is that of the totals.
    let moved = |from: &str, to: &str| sum(rows(&diff), to) - sum(rows(&diff), from);
    let total = |side: &str, column: &str| diff["summary"][side]["totals"][column].as_i64().unwrap();
    assert!(!rows(&diff).is_empty());
    assert_eq!(moved("soldFrom", "soldTo"), total("to", "licensesSold") - total("from", "licensesSold"));
    assert_eq!(moved("unusedFrom", "unusedTo"), total("to", "unused") - total("from", "unused"));
    for by in ["customer", "product", "service"] {
        let groups = archive.document(&["diff", "--by", by]);
        assert_eq!(
            sum(rows(&groups), "unusedTo") - sum(rows(&groups), "unusedFrom"),
            moved("unusedFrom", "unusedTo"),
            "{by}"
        );
    }
    let same = archive.document(&["diff", "2026-08-30", "2026-08-30"]);
    assert_eq!(rows(&same).len(), 0);
    let long = archive.document(&["diff", "2026-07-05", "2026-08-30"]);
    assert_eq!(long["summary"]["from"]["name"], "2026-07-05");
    let only_to = archive.document(&["diff", "2026-07-05"]);
    assert_eq!(only_to["summary"]["to"]["name"], "2026-08-30");

    let few = archive.document(&["diff", "--min-change", "20"]);
    assert!(rows(&few).len() < rows(&diff).len());
    let is_large = |row: &Value| {
        ["sold", "deployed", "active", "unused"].iter().any(|count| {
            let side = |side: &str| row[format!("{count}{side}")].as_i64().unwrap_or(0);
            (side("To") - side("From")).abs() >= 20
        })
    };
    assert!(rows(&few).iter().all(is_large));
}

#[test]
fn two_files_of_the_funnel_are_compared_like_two_days() {
    let archive = Archive::new(Emulator::builder().customers(40));
    archive.record(&["--date", "2026-08-02"]);
    archive.record(&[]);
    let other = Archive::new(Emulator::builder().customers(20));
    let write = |archive: &Archive, name: &str| {
        let path = archive.path(name).to_str().unwrap().to_owned();
        let run = finish(archive.command().args(["licenses", "funnel", "-a", "--output", &path]));
        assert_eq!(run.code, 0, "{run}");
        path
    };
    let mut outcomes = Vec::new();
    for extension in ["json", "ndjson", "parquet"] {
        let (from, to) =
            (write(&other, &format!("a.{extension}")), write(&archive, &format!("b.{extension}")));
        let run = finish(command().args(["history", "diff", &from, &to, "--format", "ndjson"]));
        assert_eq!(run.code, 0, "{run}");
        assert!(run.stdout.contains("\"change\":\"appeared\""));
        outcomes.push(run.stdout);
    }
    assert_eq!(outcomes[0], outcomes[1]);
    assert_eq!(outcomes[0], outcomes[2]);

    let text = archive.path("letter.json");
    fs::write(&text, "{\"type\":\"letter\"}").unwrap();
    let csv = write(&archive, "c.csv");
    for (from, to) in [(text.to_str().unwrap(), csv.as_str()), (csv.as_str(), "none.json")] {
        let run = finish(command().args(["history", "diff", from, to]));
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run}");
    }
}

#[test]
fn a_customer_that_failed_is_unknown_and_the_day_incomplete() {
    let archive = Archive::new(Emulator::builder().customers(8));
    assert_eq!(archive.record(&["--source", "classic", "--date", "2026-08-30"]).code, 2);
    assert_eq!(archive.record(&["--date", "2026-08-30"]).code, 0);
    let customer = archive.beside.emulator.book().customer(3).unwrap();
    let fault = format!("/*{}* 400", customer.id);
    archive.beside.emulator.set_faults(fault.parse::<FaultScript>().unwrap());
    let run = archive.record(&["--source", "classic", "--max-attempts", "1"]);
    assert_eq!(run.code, 3, "{run}");
    assert!(run.stderr.contains("is incomplete: 1 customers failed"), "{run}");
    let days = archive.document(&["list"]);
    assert_eq!((&rows(&days)[1]["complete"], &rows(&days)[1]["failed"]), (&false.into(), &1.into()));
    let diff = archive.document(&["diff"]);
    let unknown: Vec<_> = rows(&diff).iter().filter(|row| row["change"] == "unknown").collect();
    assert!(!unknown.is_empty());
    let id = customer.id.to_string();
    assert!(rows(&diff).iter().all(|row| (row["customerId"] == id.as_str()) == (row["change"] == "unknown")));
    assert_eq!(diff["summary"]["comparedCustomers"]["unknown"], 1);
}

#[test]
fn an_error_of_all_customers_leaves_the_dataset_as_it_was() {
    let archive = Archive::new(Emulator::builder().customers(30));
    assert_eq!(archive.record(&["--date", "2026-08-30"]).code, 0);
    let before = files(&archive.path("dataset"));
    for (fault, arguments, code) in [
        // Errors that are waited out belong to the tests of reports.
        ("/*commercial*deployment* 401", &["--date", "2026-08-30"][..], 4),
        ("/*commercial*usage* 404", &["--date", "2026-08-30"], 6),
        ("/v1/customers* 401", &["--source", "classic"], 4),
        // Nothing of an earlier day comes from the classic operations.
        ("/*commercial*deployment* 404", &["--date", "2026-08-23"], 6),
    ] {
        archive.beside.emulator.set_faults(fault.parse::<FaultScript>().unwrap());
        let first = archive.beside.emulator.request_count();
        let run = archive.record(&[arguments, &["--max-attempts", "1"]].concat());
        assert_eq!((run.code, run.stdout.as_str()), (code, ""), "{fault}: {run}");
        let requests = archive.beside.emulator.requests();
        let classic = requests
            .iter()
            .skip(usize::try_from(first).unwrap())
            .filter(|request| request.path().contains("/customers/"));
        assert_eq!(classic.count() > 0, arguments.contains(&"classic") && code != 4, "{fault}");
        assert_eq!(files(&archive.path("dataset")), before, "{fault}");
    }
}

#[test]
fn thresholds_have_an_exit_code() {
    let archive = Archive::new(Emulator::builder());
    archive.record(&["--date", "2026-08-02"]);
    archive.record(&["--date", "2026-08-30"]);
    let diff = archive.document(&["diff"]);
    let total = |side: &str, column: &str| diff["summary"][side]["totals"][column].as_i64().unwrap();
    let moved = |column: &str| total("to", column) - total("from", column);
    let (sold, unused) = (moved("licensesSold"), moved("unused"));
    assert!(sold != 0 && unused != 0, "the book moves");
    let reached = format!("sold {sold:+}");
    let beyond = format!("sold {:+}", sold + sold.signum());
    let other_way = format!("unused {:+}%", -unused.signum());
    let percent = format!("unused {:+}%", unused * 100 / total("from", "unused"));
    let percent = if percent.contains("+0") { format!("unused {:+}", unused.signum()) } else { percent };
    for (arguments, code) in [
        (&["--fail-on", reached.as_str()][..], 10),
        (&["--fail-on", &beyond], 0),
        (&["--fail-on", &other_way], 0),
        (&["--fail-on", &beyond, "--fail-on", &percent], 10),
        (&["--by", "product", "--fail-on", "sold +1"], 10),
        (&["--by", "product", "--fail-on", "sold +100000"], 0),
        (&["--fail-on", "idle"], 2),
    ] {
        let run = archive.read(&[&["diff"], arguments].concat());
        assert_eq!(run.code, code, "{arguments:?} {run}");
        assert_eq!(run.stderr.contains("was reached"), code == 10, "{run}");
    }
}

#[test]
fn days_are_removed() {
    let archive = Archive::new(Emulator::builder().customers(3));
    for day in ["2026-08-09", "2026-08-16", "2026-08-23", "2026-08-30"] {
        archive.record(&["--date", day]);
    }
    let days = || {
        let days = archive.document(&["list"]);
        rows(&days).iter().map(|row| row["snapshotDate"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(archive.read(&["prune", "--before", "2026-08-16"]).code, 0);
    assert_eq!(days(), ["2026-08-16", "2026-08-23", "2026-08-30"]);
    assert_eq!(archive.read(&["prune", "--keep", "2"]).code, 0);
    assert_eq!(days(), ["2026-08-23", "2026-08-30"]);
    assert_eq!(archive.read(&["prune", "--keep", "9"]).code, 0);
    assert_eq!(days().len(), 2);
    assert!(
        !files(&archive.path("dataset")).into_keys().any(|path| path.to_str().unwrap().contains("08-16"))
    );
}

#[test]
fn what_is_not_the_partners_dataset_is_refused_before_anything_is_sent() {
    let archive = Archive::new(Emulator::builder().customers(3));
    let foreign = archive.path("foreign");
    fs::create_dir(&foreign).unwrap();
    fs::write(foreign.join("letter.txt"), "private").unwrap();
    let file = archive.path("file");
    fs::write(&file, "a file").unwrap();
    for place in [&foreign, &file] {
        let requests = archive.beside.emulator.request_count();
        let run = finish(archive.command().args(["history", "record", "--dataset"]).arg(place));
        assert!(run.code == 2 || run.code == 1, "{run}");
        assert_eq!(archive.beside.emulator.request_count(), requests, "{run}");
        for command_line in [&["list"][..], &["diff"], &["trend"], &["prune", "--keep", "1"]] {
            let run = finish(command().arg("history").args(command_line).arg("--dataset").arg(place));
            assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{command_line:?} {run}");
        }
    }
    assert_eq!(files(&foreign).len(), 1);

    archive.record(&[]);
    let mut other = archive.command();
    other.env("PARTNER_CENTER_TENANT_ID", "11111111-1111-1111-1111-111111111111");
    let run = finish(other.args(["history", "record", "--dataset", &archive.dataset()]));
    assert_eq!(run.code, 2, "{run}");
    let run = finish(command().args(["--emulator", "history", "record", "--dataset", &archive.dataset()]));
    assert_eq!(run.code, 2, "sample data does not mix with that of a partner: {run}");
    let mut unknown = archive.command();
    unknown.env_remove("PARTNER_CENTER_TENANT_ID");
    let run = finish(unknown.args(["history", "record", "--dataset", &archive.dataset()]));
    assert_eq!(run.code, 2, "{run}");
    assert!(run.stderr.contains("PARTNER_CENTER_TENANT_ID"), "{run}");
}

#[test]
fn damage_has_an_exit_code_and_names_the_file() {
    let archive = Archive::new(Emulator::builder().customers(3));
    archive.record(&["--date", "2026-08-23"]);
    archive.record(&["--date", "2026-08-30"]);
    let root = archive.path("dataset");
    let part = "funnel/snapshotDate=2026-08-30/part-0.parquet";
    let run = "runs/snapshotDate=2026-08-30/run.json";
    let part_bytes = fs::read(root.join(part)).unwrap();
    let run_text = fs::read_to_string(root.join(run)).unwrap();
    let later = run_text.replacen("\"version\":1", "\"version\":9", 1);
    for (file, bytes) in [
        (part, &part_bytes[..part_bytes.len() - 7]),
        (part, b"".as_slice()),
        (run, later.as_bytes()),
        (run, b"{"),
        ("_dataset.json", b"{\"version\":9,\"tenant\":null}"),
    ] {
        let original = fs::read(root.join(file)).unwrap();
        fs::write(root.join(file), bytes).unwrap();
        for arguments in [&["diff"][..], &["trend"]] {
            let run = archive.read(arguments);
            assert_eq!((run.code, run.stdout.as_str()), (9, ""), "{file} {run}");
            assert!(run.stderr.contains(file), "{run}");
        }
        fs::write(root.join(file), original).unwrap();
    }
    assert_eq!(archive.read(&["diff"]).code, 0);

    fs::remove_file(root.join(run)).unwrap();
    let list = archive.read(&["list", "--format", "csv"]);
    assert!(list.stderr.contains("2026-08-30 is unfinished"), "{list}");
    assert_eq!(archive.read(&["diff"]).code, 2, "one day is left");
}

#[test]
fn days_are_compared_with_pseudonyms() {
    let archive = Archive::new(Emulator::builder());
    archive.record(&["--date", "2026-08-02"]);
    archive.record(&[]);
    let refused = archive.record(&["--anonymize"]);
    assert_eq!(refused.code, 2, "{refused}");
    let names: Vec<_> =
        archive.beside.emulator.book().customers().map(|customer| customer.company_name).collect();
    let ids: Vec<_> =
        archive.beside.emulator.book().customers().map(|customer| customer.id.to_string()).collect();
    for arguments in [&["diff"][..], &["diff", "--by", "customer"], &["trend", "--by", "customer"], &["list"]]
    {
        for format in ["table", "json", "csv"] {
            let mut command = command();
            command.env("PARTNER_CENTER_CONFIG_DIR", archive.path("config"));
            command.arg("history").args(arguments).args(["--anonymize", "--format", format]);
            let run = finish(command.args(["--dataset", &archive.dataset()]));
            assert_eq!(run.code, 0, "{run}");
            for real in names.iter().chain(&ids) {
                assert!(!run.stdout.contains(real.as_str()), "{arguments:?} {format}: {real}");
            }
        }
    }
}

#[test]
fn every_format_writes_days_and_changes() {
    let archive = Archive::new(Emulator::builder());
    archive.record(&["--date", "2026-08-02"]);
    archive.record(&["--date", "2026-08-30"]);
    for (arguments, kind) in [
        (&["list"][..], "day"),
        (&["diff"], "diff"),
        (&["diff", "--by", "product"], "diff-group"),
        (&["trend", "--by", "product"], "trend"),
    ] {
        let document = archive.document(arguments);
        assert_eq!(document["type"], kind);
        let csv = archive.read(&[arguments, &["--format", "csv"]].concat());
        assert_eq!(csv.stdout.lines().count(), rows(&document).len() + 1);
        for format in ["parquet", "xlsx"] {
            if format == "xlsx" && !cfg!(feature = "xlsx") {
                continue;
            }
            let path = archive.path(&format!("{kind}.{format}"));
            let run = archive.read(&[arguments, &["--output", path.to_str().unwrap()]].concat());
            assert_eq!(run.code, 0, "{run}");
            assert!(fs::metadata(path).unwrap().len() > 100);
        }
        let schema = finish(command().args(["schema", kind]));
        let schema: Value = serde_json::from_str(&schema.stdout).unwrap();
        // Those that files of the user add are optional.
        let mut named: Vec<_> = schema["required"].as_array().unwrap().iter().collect();
        named.sort_by_key(|name| name.as_str());
        let row = rows(&document)[0].as_object().unwrap();
        assert_eq!(row.keys().collect::<Vec<_>>(), named, "{kind}");
    }
}

#[test]
fn invalid_arguments() {
    let _settings = stable();
    insta::assert_snapshot!(
        "invalid_arguments_of_history",
        rejections(&[
            &["history", "record"],
            &["history", "record", "--dataset", ""],
            &["--emulator", "history", "record", "--dataset", "x", "--date", "2026-8-1"],
            &[
                "--emulator",
                "history",
                "record",
                "--dataset",
                "x",
                "--date",
                "2026-08-01",
                "--source",
                "classic"
            ],
            &["--emulator", "history", "record", "--dataset", "x", "--format", "csv"],
            &["history", "list", "--dataset", "nowhere"],
            &["history", "diff"],
            &["history", "diff", "2026-08-01", "x.json", "--dataset", "nowhere"],
            &["history", "diff", "a.json", "b.json", "--dataset", "nowhere"],
            &["history", "diff", "--dataset", "nowhere", "--fail-on", "unused 10%"],
            &["history", "trend", "--dataset", "nowhere", "--last", "0"],
            &["history", "prune", "--dataset", "nowhere"],
            &["history", "prune", "--dataset", "nowhere", "--keep", "1", "--before", "2026-08-01"],
        ])
    );
}
