//! `--output` and `--checkpoint`: the file is complete or absent, with every customer once, whenever a run is killed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

use partner_center_emulator::{Emulator, EmulatorBuilder, FaultScript};
use tempfile::TempDir;

use crate::support::{Draw, Run, TestEmulator, beside, finish};

/// Customers that take some time to read, with requests that need a retry.
fn book(customers: usize) -> EmulatorBuilder {
    let faults: FaultScript = "seed=5; 1% most=1 503(retry-after=0); 1% most=1 reset".parse().unwrap();
    Emulator::builder().customers(customers).page_size(40).latency(Duration::from_millis(3)).faults(faults)
}

/// The directory and arguments of a run.
struct Workspace {
    directory: TempDir,
    output: PathBuf,
    checkpoint: PathBuf,
    arguments: Vec<String>,
}

impl Workspace {
    fn new(name: &str, arguments: &[&str]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let (output, checkpoint) = (directory.path().join(name), directory.path().join("checkpoint.json"));
        let mut arguments: Vec<_> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        for (flag, path) in [("--output", &output), ("--checkpoint", &checkpoint)] {
            arguments.extend([flag.to_owned(), path.to_str().unwrap().to_owned()]);
        }
        Self { directory, output, checkpoint, arguments }
    }

    fn partial(&self) -> PathBuf {
        PathBuf::from(format!("{}.partial", self.output.display()))
    }

    fn start(&self, beside: &TestEmulator) -> Child {
        let mut command = beside.command();
        command.args(&self.arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().unwrap()
    }

    fn run(&self, beside: &TestEmulator) -> Run {
        finish(beside.command().args(&self.arguments))
    }

    /// The names of the files in the directory.
    fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.directory.path()).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

/// Kills a run after this many requests. Returns whether it was killed before it ended.
fn kill_after(requests: u64, desk: &Workspace, beside: &TestEmulator) -> bool {
    let before = beside.emulator.request_count();
    let mut child = desk.start(beside);
    while beside.emulator.request_count() < before + requests {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        std::thread::sleep(Duration::from_micros(200));
    }
    let ended = child.try_wait().unwrap().is_some();
    // SIGKILL: the run cannot react.
    let _ = child.kill();
    child.wait().unwrap();
    !ended
}

/// The notes on stderr, without the one about resuming.
fn last_words(run: &Run) -> String {
    run.stderr.lines().filter(|line| !line.starts_with("note: resuming after")).collect::<Vec<_>>().join("\n")
}

#[test]
fn fifty_kills_at_random_moments_change_not_a_byte() {
    let beside = beside(book(300));
    let arguments = [
        "licenses",
        "funnel",
        "--all-customers",
        "--source",
        "classic",
        "--concurrency",
        "16",
        "--fail-on",
        "idle > 100",
        "--fail-on",
        "total shelfware > 1",
    ];
    let undisturbed = Workspace::new("book.csv", &arguments);
    let expected = undisturbed.run(&beside);
    assert_eq!((expected.code, undisturbed.files()), (10, vec!["book.csv".to_owned()]), "{expected}");
    let bytes = fs::read(&undisturbed.output).unwrap();

    let desk = Workspace::new("book.csv", &arguments);
    let (mut draw, mut kills, mut went_on) = (Draw(7), 0, 0);
    while kills < 50 {
        // A whole run takes about 600 requests; some runs should come close to the end, and most should not.
        if kill_after(1 + draw.below(120), &desk, &beside) {
            kills += 1;
            assert!(!desk.output.exists(), "an incomplete file does not have its final name");
            went_on += u32::from(desk.checkpoint.exists());
        } else {
            assert_eq!(fs::read(&desk.output).unwrap(), bytes, "after {kills} kills");
            fs::remove_file(&desk.output).unwrap();
        }
    }
    assert!(went_on > 25, "most runs reached a checkpoint: {went_on}");
    let last = desk.run(&beside);
    assert_eq!((last.code, desk.files()), (10, vec!["book.csv".to_owned()]), "{last}");
    assert_eq!(fs::read(&desk.output).unwrap(), bytes);
    assert_eq!(last_words(&last), last_words(&expected), "the counts and thresholds of all runs together");
}

#[test]
fn the_commercial_query_resumes_page_by_page() {
    commercial_kills_change_not_a_byte("completion");
}

// Rows that are held for sorting are read again.
#[test]
fn the_commercial_query_by_customer_is_the_same_after_kills() {
    commercial_kills_change_not_a_byte("customer");
}

fn commercial_kills_change_not_a_byte(order: &str) {
    let beside = beside(book(120).page_size(20));
    let arguments = ["licenses", "usage", "--all-customers", "--source", "commercial", "--order", order];
    let undisturbed = Workspace::new("book.ndjson", &arguments);
    let expected = undisturbed.run(&beside);
    assert_eq!(expected.code, 0, "{expected}");
    let desk = Workspace::new("book.ndjson", &arguments);
    let (mut draw, mut kills) = (Draw(11), 0);
    while kills < 6 && kill_after(1 + draw.below(8), &desk, &beside) {
        kills += 1;
    }
    assert!(kills > 2, "{kills}");
    let last = if desk.output.exists() { None } else { Some(desk.run(&beside)) };
    assert_eq!(fs::read(&desk.output).unwrap(), fs::read(&undisturbed.output).unwrap());
    if let Some(last) = last {
        assert_eq!(last_words(&last), last_words(&expected));
    }
}

#[test]
fn a_run_killed_after_everything_is_written_completes() {
    let beside = beside(book(20));
    let arguments = ["licenses", "deployment", "--all-customers", "--source", "classic"];
    let desk = Workspace::new("book.csv", &arguments);
    // A run killed after everything is written leaves its last checkpoint, which normally exists only for a moment.
    let mut saved = String::new();
    for _ in 0..100 {
        let mut child = desk.start(&beside);
        while child.try_wait().unwrap().is_none() {
            saved = fs::read_to_string(&desk.checkpoint).unwrap_or(saved);
        }
        if saved.contains("\"finished\":true") {
            break;
        }
        fs::remove_file(&desk.output).unwrap();
    }
    assert!(saved.contains("\"finished\":true"), "no run was caught with everything written: {saved}");
    let bytes = fs::read(&desk.output).unwrap();
    for partial in [true, false] {
        fs::write(&desk.checkpoint, &saved).unwrap();
        if partial {
            fs::rename(&desk.output, desk.partial()).unwrap();
        }
        let requests = beside.emulator.request_count();
        let run = desk.run(&beside);
        assert_eq!((run.code, desk.files()), (0, vec!["book.csv".to_owned()]), "{run}");
        assert_eq!(fs::read(&desk.output).unwrap(), bytes);
        assert_eq!(beside.emulator.request_count(), requests, "no request is left to send");
    }
}

#[test]
fn a_rejected_token_keeps_the_rows_and_the_next_run_resumes() {
    let beside = beside(Emulator::builder().customers(50));
    let arguments = [
        ["licenses", "deployment", "-a", "--source", "classic", "--concurrency", "1"].as_slice(),
        &["--csv-bom", "--csv-delimiter", ";"],
    ]
    .concat();
    let undisturbed = Workspace::new("book.csv", &arguments);
    assert_eq!(undisturbed.run(&beside).code, 0);
    beside.emulator.set_faults("#20- 401(code=900421)".parse::<FaultScript>().unwrap());
    let desk = Workspace::new("book.csv", &arguments);
    let run = desk.run(&beside);
    assert_eq!(run.code, 4, "{run}");
    assert!(
        run.stderr.contains("ended early after") && run.stderr.contains("run the same command to resume"),
        "{run}"
    );
    assert_eq!(desk.files(), ["book.csv.partial", "checkpoint.json"]);
    beside.emulator.set_faults(FaultScript::new());
    let run = desk.run(&beside);
    assert_eq!((run.code, desk.files()), (0, vec!["book.csv".to_owned()]), "{run}");
    assert!(run.stderr.starts_with("note: resuming after "), "{run}");
    let text = fs::read_to_string(&desk.output).unwrap();
    assert_eq!(text, fs::read_to_string(&undisturbed.output).unwrap());
    assert!(text.starts_with("\u{feff}customerId;customerName;"), "{text}");
    assert_eq!(text.matches('\u{feff}').count(), 1, "a run that resumes writes no second mark");
}

/// A run that waits for a response after some customers.
#[cfg(unix)]
fn waiting(desk: &Workspace, beside: &TestEmulator) -> Child {
    let before = beside.emulator.request_count();
    beside.emulator.set_faults("#12- slow-start(ms=60000)".parse::<FaultScript>().unwrap());
    let mut command = beside.command();
    command.args(&desk.arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    while beside.emulator.request_count() < before + 12 {
        std::thread::sleep(Duration::from_millis(1));
    }
    child
}

#[cfg(unix)]
fn signal(child: Child, name: &str) -> Run {
    let id = child.id().to_string();
    assert!(std::process::Command::new("kill").args([name, &id]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    Run {
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().expect("not killed by a signal"),
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_stops_at_once_and_the_next_run_resumes() {
    let arguments = ["licenses", "deployment", "-a", "--source", "classic", "--concurrency", "1"];
    for (name, code) in [("-INT", 130), ("-TERM", 143)] {
        let beside = beside(Emulator::builder().customers(30));
        let undisturbed = Workspace::new("book.csv", &arguments);
        assert_eq!(undisturbed.run(&beside).code, 0);
        let desk = Workspace::new("book.csv", &arguments);
        let run = signal(waiting(&desk, &beside), name);
        assert_eq!((run.code, run.stdout.as_str()), (code, ""), "{run}");
        assert!(run.stderr.contains("stopped after 10 customers; run the same command to resume"), "{run}");
        assert_eq!(desk.files(), ["book.csv.partial", "checkpoint.json"]);
        beside.emulator.set_faults(FaultScript::new());
        assert_eq!(desk.run(&beside).code, 0);
        assert_eq!(fs::read(&desk.output).unwrap(), fs::read(&undisturbed.output).unwrap());
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_leaves_nothing_half_written() {
    let arguments = ["licenses", "deployment", "-a", "--source", "classic", "--concurrency", "1"];
    let beside = beside(Emulator::builder().customers(30));
    let mut desk = Workspace::new("book.csv", &arguments);
    desk.arguments.truncate(arguments.len() + 2);
    fs::write(&desk.output, "what was there").unwrap();
    let run = signal(waiting(&desk, &beside), "-INT");
    assert_eq!((run.code, run.stdout.as_str()), (130, ""), "{run}");
    assert_eq!(desk.files(), ["book.csv"]);
    assert_eq!(fs::read_to_string(&desk.output).unwrap(), "what was there");

    desk.arguments.truncate(arguments.len());
    desk.arguments.extend(["--format".to_owned(), "csv".to_owned()]);
    let run = signal(waiting(&desk, &beside), "-INT");
    assert_eq!(run.code, 130, "{run}");
    assert!(run.stdout.ends_with("\r\n"), "whole rows: {run}");
    assert!(run.stderr.contains("the output on stdout is incomplete"), "{run}");

    desk.arguments.pop();
    desk.arguments.push("json".to_owned());
    let run = signal(waiting(&desk, &beside), "-INT");
    let document: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(document["summary"]["customers"]["complete"], false, "{run}");
}

#[test]
fn a_checkpoint_is_rejected_for_other_arguments_and_other_files() {
    let beside = beside(Emulator::builder().customers(30));
    let arguments = ["licenses", "deployment", "-a", "--source", "classic", "--concurrency", "1"];
    let desk = Workspace::new("book.csv", &arguments);
    beside.emulator.set_faults("#10- 401(code=900421)".parse::<FaultScript>().unwrap());
    assert_eq!(desk.run(&beside).code, 4);
    let (checkpoint, partial) = (fs::read(&desk.checkpoint).unwrap(), fs::read(desk.partial()).unwrap());
    assert!(!partial.is_empty());
    let refused = |run: &Run, why: &str| {
        assert_eq!(run.code, 2, "{run}");
        assert!(run.stderr.contains(why) && run.stderr.contains("delete"), "{why}\n{run}");
        assert_eq!(fs::read(&desk.checkpoint).unwrap(), checkpoint, "unchanged");
    };
    let with = |more: &[&str]| finish(beside.command().args(&desk.arguments).args(more));
    refused(&with(&["--below", "50"]), "--below was unset, now 50");
    refused(&with(&["--csv-bom"]), "--csv-bom was unset, now set");
    refused(&with(&["--csv-delimiter", "tab"]), "--csv-delimiter was unset, now \\t");
    refused(&with(&["--order", "completion"]), "--order was customer, now completion");
    refused(&with(&["--format", "ndjson"]), "--format was csv, now ndjson");
    let elsewhere =
        beside.command().args(&desk.arguments).env("PARTNER_CENTER_TENANT_ID", "other.example").output();
    assert_eq!(elsewhere.unwrap().status.code(), Some(2), "another partner");

    fs::write(desk.partial(), &partial[..partial.len() / 2]).unwrap();
    refused(&desk.run(&beside), "bytes, but the checkpoint covers");
    fs::remove_file(desk.partial()).unwrap();
    refused(&desk.run(&beside), "does not exist");

    let directory = desk.directory.path();
    for text in ["{}", "[1]", r#"{"version":99}"#, r#"{"version":1,"question":{}}"#] {
        fs::write(&desk.checkpoint, text).unwrap();
        let run = desk.run(&beside);
        assert_eq!(run.code, 2, "{run}");
        assert!(run.stderr.contains("cannot resume from"), "{run}");
        assert_eq!(fs::read_to_string(&desk.checkpoint).unwrap(), text);
    }
    assert!(directory.exists());
}

#[test]
fn two_runs_do_not_write_the_same_file() {
    let beside = beside(Emulator::builder().customers(30));
    let arguments = ["licenses", "deployment", "-a", "--source", "classic", "--concurrency", "1"];
    let desk = Workspace::new("book.csv", &arguments);
    beside.emulator.set_faults("#5- slow-start(ms=60000)".parse::<FaultScript>().unwrap());
    let mut first = desk.start(&beside);
    while beside.emulator.request_count() < 5 {
        std::thread::sleep(Duration::from_millis(1));
    }
    let second = desk.run(&beside);
    assert_eq!(second.code, 2, "{second}");
    assert!(second.stderr.contains("another run is using the checkpoint"), "{second}");
    let mut arguments = desk.arguments.clone();
    arguments.pop();
    arguments.push(desk.directory.path().join("another.json").to_str().unwrap().to_owned());
    let third = finish(beside.command().args(&arguments));
    assert_eq!(third.code, 2, "{third}");
    assert!(third.stderr.contains("another run is writing"), "{third}");
    assert!(!desk.directory.path().join("another.json").exists(), "a rejected run leaves no file");
    first.kill().unwrap();
    first.wait().unwrap();
    beside.emulator.set_faults(FaultScript::new());
    assert_eq!(desk.run(&beside).code, 0, "the lock ends with the run");
}

#[test]
fn every_command_writes_a_complete_output_file_or_none() {
    let beside = beside(Emulator::builder().customers(30).page_size(10));
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let run = |arguments: &[&str], output: &Path| {
        beside.run(&[arguments, &["--quiet", "--output", output.to_str().unwrap()]].concat())
    };
    for command in [
        &["licenses", "deployment"][..],
        &["licenses", "usage", "--all-customers"],
        &["licenses", "query", "usage", "--group-by", "workloadName"],
        &["customers", "list"],
    ] {
        for (name, start) in [("x.json", "{\"schemaVersion\""), ("x.csv", "customer"), ("x.ndjson", "{\"")] {
            let run = run(command, &path(name));
            assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, "", ""), "{run}");
            let text = fs::read_to_string(path(name)).unwrap();
            let start = if name == "x.csv" { text.split(',').next().unwrap() } else { start };
            assert!(text.starts_with(start) && text.len() > 100, "{command:?} {name}: {text}");
        }
    }
    let before = fs::read(path("x.csv")).unwrap();
    beside.emulator.set_faults("/v1/customers 400".parse::<FaultScript>().unwrap());
    assert_eq!(run(&["customers", "list"], &path("x.csv")).code, 1);
    assert_eq!(fs::read(path("x.csv")).unwrap(), before, "the old file stays");
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 3, "and no other file");
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link_and_permissions_are_the_usual_ones() {
    use std::os::unix::fs::{MetadataExt, symlink};
    let beside = beside(Emulator::builder().customers(3));
    let directory = tempfile::tempdir().unwrap();
    let (link, file) = (directory.path().join("latest.csv"), directory.path().join("june.csv"));
    fs::write(&file, "old").unwrap();
    symlink(&file, &link).unwrap();
    let run = beside.run(&["customers", "list", "--output", link.to_str().unwrap()]);
    assert_eq!(run.code, 0, "{run}");
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(fs::read_to_string(&file).unwrap().starts_with("customerId,"));
    let usual = directory.path().join("usual");
    fs::write(&usual, "").unwrap();
    assert_eq!(fs::metadata(&file).unwrap().mode(), fs::metadata(&usual).unwrap().mode());

    for nothing in ["/dev/null", "/dev/stdout"] {
        assert_eq!(beside.run(&["customers", "list", "--output", nothing]).code, 2, "{nothing}");
    }
}
