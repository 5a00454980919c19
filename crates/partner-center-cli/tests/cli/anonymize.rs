//! `--anonymize`: no name, id or domain of a customer is shown or written, and sums stay the same.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use partner_center_emulator::{CustomerState, Emulator, FaultScript};
use partner_center_test_support::{FakeServer, json as reply, ok};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Run, TestEmulator, beside, command_at, finish};

/// An emulator, and a directory for the key and for outputs.
struct Desk {
    beside: TestEmulator,
    directory: TempDir,
    /// What must not show: names, ids and domains, in lower case.
    real: Vec<String>,
}

impl Desk {
    fn new(customers: usize) -> Self {
        let beside = beside(Emulator::builder().customers(customers).page_size(30));
        let real = beside.emulator.book().customers().flat_map(|customer| {
            [customer.id.to_string(), customer.company_name.to_lowercase(), customer.domain.to_lowercase()]
        });
        let real = real.collect();
        Self { beside, directory: tempfile::tempdir().unwrap(), real }
    }

    fn key(&self) -> PathBuf {
        self.directory.path().join("anonymize.key")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn set_faults(&self, script: &str) {
        self.beside.emulator.set_faults(script.parse::<FaultScript>().unwrap());
    }

    fn plain(&self, arguments: &[&str]) -> Run {
        let mut command = self.beside.command();
        finish(command.env("PARTNER_CENTER_CONFIG_DIR", self.directory.path()).args(arguments))
    }

    fn run(&self, arguments: &[&str]) -> Run {
        self.plain(&[arguments, &["--anonymize"]].concat())
    }

    #[track_caller]
    fn assert_private(&self, what: &str, text: &str) {
        let lower = text.to_lowercase();
        if let Some(real) = self.real.iter().find(|real| lower.contains(real.as_str())) {
            panic!("{what} shows {real}:\n{text}");
        }
    }
}

/// Every value of a parquet file and of its footer, as text.
fn parquet_text(path: &std::path::Path) -> String {
    use parquet::file::reader::{FileReader as _, SerializedFileReader};
    use std::fmt::Write as _;
    let reader = SerializedFileReader::new(fs::File::open(path).unwrap()).unwrap();
    let mut text = format!("{:?}", reader.metadata().file_metadata().key_value_metadata());
    for row in reader.get_row_iter(None).unwrap() {
        writeln!(text, "{}", row.unwrap()).unwrap();
    }
    text
}

const COMMANDS: [&[&str]; 9] = [
    &["licenses", "deployment", "--all-customers", "--source", "classic"],
    &["licenses", "deployment", "--all-customers", "--source", "commercial"],
    &["licenses", "usage", "--all-customers", "--by", "customer", "--source", "classic"],
    &[
        "licenses",
        "funnel",
        "--all-customers",
        "--source",
        "classic",
        "--fail-on",
        "idle > 1",
        "--fail-on",
        "total unused > 1",
    ],
    &[
        "licenses",
        "funnel",
        "--all-customers",
        "--source",
        "commercial",
        "--order",
        "completion",
        "--fail-on",
        "idle > 1",
    ],
    &["licenses", "funnel", "--all-customers", "--by", "customer", "--fail-on", "unused > 1"],
    &["licenses", "query", "usage"],
    &["licenses", "query", "deployment", "--group-by", "customerName,productName"],
    &["customers", "list"],
];

#[test]
fn no_customer_is_shown_or_written_in_any_format() {
    let desk = Desk::new(40);
    let bad: Vec<_> = desk
        .beside
        .emulator
        .book()
        .customers()
        .filter(|customer| !customer.deployment().is_empty())
        .take(3)
        .collect();
    let lapsed =
        desk.beside.emulator.book().customers().find(|customer| customer.state == CustomerState::Lapsed);
    assert!(lapsed.is_some(), "a customer is skipped");
    let faults = format!(
        "/v1/customers/{}/* 404; /v1/customers/{}/* bad-row; /v1/customers/{}/* float-counts; /v1/customers/{}/* unknown-texts",
        bad[0].id, bad[1].id, bad[2].id, bad[2].id
    );
    for command in COMMANDS {
        for format in ["table", "json", "ndjson", "csv"] {
            let shown = format!("{command:?} {format}");
            desk.set_faults(&faults);
            let arguments = [command, &["--format", format]].concat();
            // The real names do show without the option, so that the check has something to find.
            let plain = desk.plain(&arguments);
            assert!(
                desk.real.iter().any(|real| plain.stdout.to_lowercase().contains(real.as_str())),
                "{shown}\n{plain}"
            );
            desk.set_faults(&faults);
            let run = desk.run(&arguments);
            assert_eq!(run.code, plain.code, "{shown}\n{run}");
            assert!([0, 3, 10].contains(&run.code), "{shown}\n{run}");
            assert_eq!(run.stdout.lines().count() > 10, plain.stdout.lines().count() > 10, "{shown}\n{run}");
            desk.assert_private(&shown, &run.stdout);
            desk.assert_private(&shown, &run.stderr);
        }
        {
            desk.set_faults(&faults);
            let path = desk.path("x.parquet");
            let run = desk.run(&[command, &["-o", path.to_str().unwrap()]].concat());
            desk.assert_private(&format!("{command:?} stderr"), &run.stderr);
            desk.assert_private(&format!("{command:?} parquet"), &parquet_text(&path));
        }
    }
    for (place, customers) in
        [&[][..], &["-c", &bad[0].id.to_string(), "-c", &bad[1].id.to_string()]].iter().enumerate()
    {
        desk.set_faults(&faults);
        let (page, pack) = (desk.path(&format!("{place}.html")), desk.path(&format!("{place}")));
        let source = ["--source", "classic"];
        let run = desk.run(&[&["report", "-o", page.to_str().unwrap()], &source[..], customers].concat());
        desk.assert_private("report", &run.to_string());
        desk.assert_private("report", &fs::read_to_string(&page).unwrap());
        desk.set_faults(&faults);
        let format = if cfg!(feature = "xlsx") { "xlsx" } else { "html" };
        let into = ["report", "pack", "--format", format, "-o", pack.to_str().unwrap()];
        let run = desk.run(&[&into, &source[..], customers].concat());
        desk.assert_private("report pack", &run.to_string());
        let files: Vec<_> = fs::read_dir(&pack).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert!(files.len() > 1, "{run}");
        for file in files {
            let text = match file.extension().and_then(|extension| extension.to_str()) {
                #[cfg(feature = "xlsx")]
                Some("xlsx") => crate::workbooks::text(&mut crate::workbooks::open(&file)),
                _ => fs::read_to_string(&file).unwrap(),
            };
            desk.assert_private("report pack", &format!("{}\n{text}", file.display()));
        }
    }
    // One customer: with rows, without rows, failed, and in the list.
    let empty =
        desk.beside.emulator.book().customers().find(|customer| customer.deployment().is_empty()).unwrap();
    for id in [bad[0].id, bad[1].id, empty.id, bad[2].id] {
        let id = id.to_string();
        for command in [
            &["licenses", "funnel", "-c", &id][..],
            &["licenses", "deployment", "--source", "classic", "--customer", &id],
            &["customers", "show", &id],
        ] {
            for format in ["table", "json"] {
                desk.set_faults(&faults);
                let run = desk.run(&[command, &["--format", format]].concat());
                desk.assert_private(&format!("{command:?} {format}"), &format!("{run}"));
            }
        }
    }
}

#[test]
fn texts_of_the_service_are_not_repeated() {
    const ID: &str = "11111111-2222-3333-4444-555555555555";
    let fault = |text: &str| json!({ "code": text, "description": text, "message": text }).to_string();
    let server = FakeServer::responding(move |request| {
        let path = request.target.split('?').next().unwrap_or_default();
        let text = format!("Contoso ({ID}) at contoso.example");
        match path {
            path if path.ends_with("/customers") => ok(json!({
                "totalCount": 2,
                "items": [
                    { "id": ID, "companyProfile": { "companyName": "Contoso", "domain": "contoso.example" } },
                    { "id": "Contoso", "companyProfile": { "companyName": "Contoso", "email": "x@contoso.example" } },
                ],
            }).to_string()),
            path if path.contains("/deployment") => reply(400, fault(&text)),
            path if path.contains("/usage") && path.contains("/customers/") => ok(json!({
                "totalCount": 2,
                "items": [{ "productName": "X", "licensesActive": text }, text],
            })
            .to_string()),
            path if path.ends_with(ID) => reply(403, format!("<html>{text}</html>")),
            _ => reply(403, fault(&text)),
        }
    });
    let directory = tempfile::tempdir().unwrap();
    let mut notes = String::new();
    for command in [
        &["licenses", "deployment", "-a", "--source", "classic"][..],
        &["licenses", "usage", "-a", "--source", "classic"],
        &["licenses", "deployment", "-c", ID],
        &["licenses", "usage", "-c", ID],
        &["licenses", "funnel", "-c", ID, "--source", "auto"],
        &["licenses", "deployment", "-a", "--source", "auto"],
        &["licenses", "query", "usage"],
        &["prices", "template", "--source", "classic"],
        &["customers", "list", "--format", "json"],
        &["customers", "show", ID],
    ] {
        let mut run = command_at(server.url());
        run.env("PARTNER_CENTER_CONFIG_DIR", directory.path()).args(command).args([
            "--anonymize",
            "--max-attempts",
            "1",
        ]);
        let run = finish(&mut run);
        let shown = format!("{run}").to_lowercase();
        assert!(!shown.contains("contoso") && !shown.contains(ID), "{command:?}\n{run}");
        assert!(!run.stderr.contains("-vv"), "{command:?}\n{run}");
        notes.push_str(&run.stderr);
    }
    for kind in
        ["error: ", "The first is in row 0 of customer ", "row 1 of customer ", "  status          403\n"]
    {
        assert!(notes.contains(kind), "{kind} is not covered:\n{notes}");
    }
}

fn customers(run: &Run, column: &str) -> Vec<String> {
    let rows = run.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    rows.map(|row| row[column].as_str().unwrap().to_owned()).collect()
}

#[test]
fn pseudonyms_are_stable_and_sums_are_unchanged() {
    let desk = Desk::new(30);
    let arguments = ["licenses", "funnel", "--all-customers", "--format", "ndjson"];
    let one = desk.run(&arguments);
    assert_eq!(one.code, 0, "{one}");
    let ids = customers(&one, "customerId");
    assert!(ids.is_sorted(), "in the order of what is written");
    assert!(ids.iter().all(|id| id.as_bytes()[14] == b'8'), "GUIDs of version 8: {ids:?}");
    for (id, name) in ids.iter().zip(customers(&one, "customerName")) {
        assert_eq!(name, format!("Customer {}", &id[..8]));
    }
    // The same customers from either source, in the list, in a later run.
    let classic = desk.run(&[&arguments[..], &["--source", "classic"]].concat());
    assert!(customers(&classic, "customerId").is_sorted(), "{classic}");
    let different = |ids: Vec<String>| ids.into_iter().collect::<BTreeSet<_>>();
    assert_eq!(different(customers(&classic, "customerId")), different(ids.clone()));
    let listed = desk.run(&["customers", "list", "--format", "ndjson"]);
    assert!(customers(&listed, "customerId").is_sorted(), "{listed}");
    assert!(different(customers(&listed, "customerId")).is_superset(&different(ids.clone())));
    assert_eq!(desk.run(&arguments).stdout, one.stdout);

    let summary = |run: &Run| serde_json::from_str::<Value>(&run.stdout).unwrap()["summary"].take();
    for by in [&[][..], &["--by", "customer"], &["--by", "product"]] {
        let arguments = [&["licenses", "funnel", "--all-customers", "--format", "json"], by].concat();
        let (real, anonymous) = (summary(&desk.plain(&arguments)), summary(&desk.run(&arguments)));
        for field in ["rows", "totals", "customers", "join"] {
            assert_eq!(real[field], anonymous[field], "{by:?} {field}");
        }
    }
    let groups = desk.run(&["licenses", "funnel", "-a", "--by", "customer", "--format", "ndjson"]);
    assert_eq!(different(customers(&groups, "key")), different(ids.clone()));

    fs::remove_file(desk.key()).unwrap();
    let other = desk.run(&arguments);
    assert!(different(customers(&other, "customerId")).is_disjoint(&different(ids)), "{other}");
}

#[cfg(unix)]
#[test]
fn a_key_is_private_and_a_damaged_one_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = Desk::new(3);
    let run = desk.run(&["customers", "list"]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(fs::metadata(desk.key()).unwrap().permissions().mode() & 0o777, 0o600);
    let line = fs::read_to_string(desk.key()).unwrap();
    assert!(!format!("{run}").contains(line.trim()));
    let requests = desk.beside.emulator.request_count();
    let refused = |why: &str| {
        let before = (fs::read(desk.key()).ok(), fs::metadata(desk.key()).unwrap().permissions());
        let path = desk.path("x.csv");
        let run = desk.run(&["licenses", "funnel", "-a", "-o", path.to_str().unwrap()]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{why}\n{run}");
        assert!(run.stderr.contains(why) && run.stderr.contains("Nothing was sent"), "{why}\n{run}");
        assert_eq!((fs::read(desk.key()).ok(), fs::metadata(desk.key()).unwrap().permissions()), before);
        assert!(!path.exists());
    };
    for damaged in ["", "x", &line[1..], &format!("{line}{line}"), &"0".repeat(64)] {
        fs::write(desk.key(), damaged).unwrap();
        refused("it is damaged");
    }
    fs::write(desk.key(), &line).unwrap();
    fs::set_permissions(desk.key(), fs::Permissions::from_mode(0o640)).unwrap();
    refused("open to other users of this machine (mode 0640)");
    fs::remove_file(desk.key()).unwrap();
    fs::create_dir(desk.key()).unwrap();
    refused("it is not a regular file");
    assert_eq!(desk.beside.emulator.request_count(), requests, "nothing was sent");

    let run = desk.run(&["customers", "list", "-v"]);
    assert_eq!(run.code, 2, "a log has ids\n{run}");
}

#[test]
fn a_checkpoint_belongs_to_one_key() {
    let desk = Desk::new(30);
    let (output, checkpoint) = (desk.path("x.ndjson"), desk.path("checkpoint.json"));
    let arguments = [
        "licenses",
        "deployment",
        "-a",
        "--source",
        "classic",
        "--concurrency",
        "1",
        "--order",
        "completion",
    ];
    let files = ["-o", output.to_str().unwrap(), "--checkpoint", checkpoint.to_str().unwrap()];
    let arguments = [&arguments[..], &files].concat();
    desk.set_faults("#10- 401(code=900421)");
    let run = desk.run(&arguments);
    assert_eq!(run.code, 4, "{run}");
    let partial = fs::read_to_string(desk.path("x.ndjson.partial")).unwrap();
    assert!(!partial.is_empty());
    desk.assert_private("the partial file", &partial);
    let refused = desk.plain(&arguments);
    assert!(refused.code == 2 && refused.stderr.contains("--anonymize was with key"), "{refused}");
    let line = fs::read(desk.key()).unwrap();
    fs::remove_file(desk.key()).unwrap();
    let refused = desk.run(&arguments);
    assert!(refused.code == 2 && refused.stderr.contains("--anonymize was with key"), "{refused}");
    fs::write(desk.key(), line).unwrap();
    desk.set_faults("");
    let run = desk.run(&arguments);
    assert_eq!(run.code, 0, "{run}");
    desk.assert_private("the file", &fs::read_to_string(&output).unwrap());
}

// The profile is created, so it need not exist.
#[test]
fn a_profile_can_be_new() {
    let desk = Desk::new(1);
    let set = desk.run(&["--profile", "new", "config", "set", "cloud", "usgov"]);
    assert_eq!(set.code, 0, "{set}");
    assert_eq!(fs::read_to_string(desk.path("config.toml")).unwrap(), "[profile.new]\ncloud = \"usgov\"\n");
    assert!(desk.key().exists());
    let other = desk.run(&["--profile", "other", "customers", "list"]);
    assert!(other.code == 2 && other.stderr.contains("there is no profile named other"), "{other}");
}
