//! Output and checkpoint files: which are accepted, and which are left unchanged.

use std::fs;
use std::path::{Path, PathBuf};

use partner_center_emulator::{Emulator, FaultScript};
use tempfile::TempDir;

use crate::support::{Run, TestEmulator, beside, finish, run};

/// A directory with the files of a run that ended early, and the arguments to resume it.
struct SweepError {
    beside: TestEmulator,
    directory: TempDir,
}

impl SweepError {
    fn new() -> Self {
        let interrupted = Self {
            beside: beside(Emulator::builder().customers(30)),
            directory: tempfile::tempdir().unwrap(),
        };
        interrupted.beside.emulator.set_faults("#10- 401(code=900421)".parse::<FaultScript>().unwrap());
        assert_eq!(interrupted.run().code, 4);
        assert!(interrupted.path("book.csv.partial").exists() && interrupted.path("c.json").exists());
        interrupted.beside.emulator.set_faults(FaultScript::new());
        interrupted
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn run_to(&self, output: &str, checkpoint: &str) -> Run {
        let (output, checkpoint) = (self.path(output), self.path(checkpoint));
        let arguments = ["licenses", "deployment", "-a", "--source", "classic", "--concurrency", "1"];
        let files = ["--output", output.to_str().unwrap(), "--checkpoint", checkpoint.to_str().unwrap()];
        finish(self.beside.command().args(arguments).args(files))
    }

    fn run(&self) -> Run {
        self.run_to("book.csv", "c.json")
    }

    /// Checks that another run is rejected before anything is sent, and changes nothing.
    fn is_refused(&self, why: &str) {
        let (requests, files) = (self.beside.emulator.request_count(), contents(self.directory.path()));
        let run = self.run();
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{why}\n{run}");
        assert!(run.stderr.contains(why), "{why}\n{run}");
        assert!(run.stderr.contains(&format!("delete {}", self.path("c.json").display())), "{why}\n{run}");
        assert_eq!(self.beside.emulator.request_count(), requests, "{why}");
        assert_eq!(contents(self.directory.path()), files, "{why}");
    }

    fn change_checkpoint(&self, change: impl FnOnce(&mut serde_json::Value)) {
        let mut saved: serde_json::Value =
            serde_json::from_slice(&fs::read(self.path("c.json")).unwrap()).unwrap();
        change(&mut saved);
        fs::write(self.path("c.json"), serde_json::to_vec(&saved).unwrap()).unwrap();
    }
}

fn contents(directory: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let paths = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        paths.filter(|path| path.is_file()).map(|path| (path.clone(), fs::read(&path).unwrap())).collect();
    files.sort();
    files
}

#[test]
fn a_stale_or_foreign_checkpoint_is_rejected() {
    let desk = SweepError::new();
    let checkpoint = fs::read(desk.path("c.json")).unwrap();
    let partial = fs::read(desk.path("book.csv.partial")).unwrap();
    desk.change_checkpoint(|saved| saved["written"] = "2020-01-01T00:00:00Z".into());
    desk.is_refused("hours ago");
    fs::write(desk.path("c.json"), &checkpoint).unwrap();

    // One changed byte in the covered part.
    let mut edited = partial.clone();
    edited[200] ^= 1;
    fs::write(desk.path("book.csv.partial"), &edited).unwrap();
    desk.is_refused("was changed");
    fs::write(desk.path("book.csv.partial"), &partial[..partial.len() - 1]).unwrap();
    desk.is_refused("bytes, but the checkpoint covers");
    fs::remove_file(desk.path("book.csv.partial")).unwrap();
    desk.is_refused("does not exist");
    fs::write(desk.path("book.csv"), "another file").unwrap();
    desk.is_refused("is not the file that the checkpoint describes");
    fs::remove_file(desk.path("book.csv")).unwrap();

    let elsewhere = desk.run_to("other.csv", "c.json");
    assert_eq!(elsewhere.code, 2, "{elsewhere}");
    assert!(elsewhere.stderr.contains("belongs to another output"), "{elsewhere}");

    // Bytes after the covered part are allowed: a killed run leaves them.
    let more = [&partial[..], b"half a r"].concat();
    fs::write(desk.path("book.csv.partial"), more).unwrap();
    let run = desk.run();
    assert_eq!(run.code, 0, "{run}");
    assert!(!desk.path("c.json").exists());
}

#[test]
fn an_empty_checkpoint_counts_as_none() {
    let desk = SweepError::new();
    fs::write(desk.path("c.json"), "").unwrap();
    let run = desk.run();
    assert_eq!(run.code, 0, "{run}");
    assert!(!run.stderr.contains("resuming"), "{run}");
    assert!(fs::read_to_string(desk.path("book.csv")).unwrap().starts_with("customerId,"));
}

#[test]
fn the_same_file_for_two_purposes_is_rejected() {
    let beside = beside(Emulator::builder().customers(3));
    let directory = tempfile::tempdir().unwrap();
    for (output, checkpoint) in [
        ("x.csv", "x.csv"),
        ("x.csv", "./x.csv"),
        ("x.csv", "x.csv.partial"),
        ("y.csv", "Y.CSV"),
        ("c.new", "c"),
    ] {
        let run = finish(beside.command().current_dir(directory.path()).args([
            "licenses",
            "usage",
            "-a",
            "--format",
            "csv",
            "--output",
            output,
            "--checkpoint",
            checkpoint,
        ]));
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{output} {checkpoint}\n{run}");
        assert!(run.stderr.contains("are the same file"), "{run}");
    }
    let funnel = ["licenses", "funnel", "-a", "--format", "csv", "--output", "r.toml", "--ignore", "r.toml"];
    fs::write(directory.path().join("r.toml"), "").unwrap();
    let run = finish(beside.command().current_dir(directory.path()).args(funnel));
    assert_eq!(run.code, 2, "{run}");
    assert_eq!(beside.emulator.request_count(), 0);
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
}

#[test]
fn the_extension_of_the_output_selects_the_format() {
    let beside = beside(Emulator::builder().customers(3));
    let directory = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let list = ["--quiet", "customers", "list"];
        finish(beside.command().current_dir(directory.path()).args(list).args(arguments))
    };
    let page = run(&["--output", "report.html"]);
    assert!(page.code == 2 && page.stderr.contains("Use partner-center report"), "{page}");
    for name in ["report.tsv", "report.csv.gz", "report", ".csv", "report.", "report.cvs"] {
        let run = run(&["--output", name]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{name}\n{run}");
        assert!(run.stderr.contains(".csv, .json, .ndjson"), "{name}\n{run}");
    }
    assert_eq!(beside.emulator.request_count(), 0);
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);

    for name in ["a.CSV", "a.Json", "a.jsonl", "a.txt"] {
        assert_eq!(run(&["--output", name]).code, 0, "{name}");
    }
    assert_eq!(run(&["--output", "report.tsv", "--format", "csv"]).code, 0, "--format selects it");
    assert!(fs::read_to_string(directory.path().join("report.tsv")).unwrap().starts_with("customerId,"));
    let stdout = run(&["--output", "-", "--format", "csv"]);
    assert!(stdout.code == 0 && stdout.stdout.starts_with("customerId,"), "{stdout}");
    assert!(run(&["-o", "-"]).stdout.starts_with("{\"schemaVersion\""));
    assert!(!directory.path().join("-").exists());
}

#[test]
fn stdout_cannot_be_resumed() {
    let run = run(&["licenses", "usage", "-a", "-o", "-", "--format", "csv", "--checkpoint", "x"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run}");
    assert!(run.stderr.contains("--checkpoint requires an output file"), "{run}");
}

#[cfg(unix)]
#[test]
fn permissions_are_kept_and_no_link_is_followed() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let desk = SweepError::new();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let set = |path: &Path, mode: u32| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let precious = desk.path("precious");
    fs::write(&precious, "precious").unwrap();
    for name in ["book.csv.partial", "c.json.new"] {
        let (path, aside) = (desk.path(name), desk.path("aside"));
        let had = path.exists();
        if had {
            fs::rename(&path, &aside).unwrap();
        }
        symlink(&precious, &path).unwrap();
        let run = desk.run();
        assert_eq!(run.code, 2, "{name}\n{run}");
        assert!(run.stderr.contains("a link"), "{name}\n{run}");
        fs::remove_file(&path).unwrap();
        if had {
            fs::rename(&aside, &path).unwrap();
        }
    }
    assert_eq!(fs::read_to_string(&precious).unwrap(), "precious");

    // The temporary file of a run that was killed while saving is ignored.
    fs::write(desk.path("c.json.new"), "half").unwrap();
    assert_eq!(desk.run().code, 0);
    for (before, after) in [(0o600, 0o600), (0o640, 0o640), (0o444, 0o444), (0o666, 0o666)] {
        set(&desk.path("book.csv"), before);
        assert_eq!(desk.run().code, 0);
        assert_eq!(mode(&desk.path("book.csv")), after, "{before:o}");
    }

    // The partial file is not more readable than the file it replaces.
    set(&desk.path("book.csv"), 0o600);
    desk.beside.emulator.set_faults("#10- 401(code=900421)".parse::<FaultScript>().unwrap());
    assert_eq!(desk.run().code, 4);
    assert_eq!(mode(&desk.path("book.csv.partial")), 0o600);
    set(&desk.path("c.json"), 0o600);
    desk.beside.emulator.set_faults("#10- 401(code=900421)".parse::<FaultScript>().unwrap());
    assert_eq!(desk.run().code, 4);
    assert_eq!(mode(&desk.path("c.json")), 0o600, "the checkpoint too");
}

/// A run with missing customers, and later runs that complete it.
struct Outage {
    beside: TestEmulator,
    directory: TempDir,
    bad: Vec<String>,
}

impl Outage {
    /// 12 customers; three of them are unavailable at first.
    fn new() -> Self {
        let outage = Self {
            beside: beside(Emulator::builder().customers(12)),
            directory: tempfile::tempdir().unwrap(),
            bad: Vec::new(),
        };
        let book = outage.beside.emulator.book();
        let active = book.customers().filter(|customer| !customer.deployment().is_empty());
        let bad = active.take(3).map(|customer| customer.id.to_string()).collect();
        Self { bad, ..outage }
    }

    fn fail(&self, bad: &[String]) {
        let rules: Vec<_> = bad.iter().map(|id| format!("/v1/customers/{id}/* 503(retry-after=0)")).collect();
        self.beside.emulator.set_faults(rules.join("; ").parse::<FaultScript>().unwrap());
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn run(&self) -> Run {
        let all =
            ["licenses", "deployment", "-a", "--source", "classic", "--max-attempts", "1", "--timeout", "2"];
        let mut command = self.beside.command();
        command
            .args(all)
            .arg("--output")
            .arg(self.path("x.csv"))
            .arg("--checkpoint")
            .arg(self.path("c.json"));
        finish(&mut command)
    }

    fn rows(&self) -> Vec<String> {
        let text = fs::read_to_string(self.path("x.csv")).unwrap();
        let mut rows: Vec<_> = text.lines().map(str::to_owned).collect();
        rows.sort();
        rows
    }

    fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.directory.path()).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

#[test]
fn an_output_with_customers_missing_is_published_and_the_same_command_appends_them() {
    let outage = Outage::new();
    assert_eq!(outage.run().code, 0);
    let whole = outage.rows();
    fs::remove_file(outage.path("x.csv")).unwrap();

    outage.fail(&outage.bad);
    let first = outage.run();
    assert_eq!(first.code, 3, "{first}");
    assert!(first.stderr.contains("run the same command to read only those"), "{first}");
    assert_eq!(outage.files(), ["c.json", "x.csv"]);
    let published = fs::read(outage.path("x.csv")).unwrap();

    // Two of them are available again.
    outage.fail(&outage.bad[..1]);
    let before = outage.beside.emulator.requests().len();
    let second = outage.run();
    assert_eq!(second.code, 3, "{second}");
    assert!(second.stderr.contains("retrying 3 that could not be read"), "{second}");
    let requested: Vec<_> = outage.beside.emulator.requests().into_iter().skip(before).collect();
    assert!(
        requested.iter().all(|request| outage.bad.iter().any(|id| request.path().contains(id.as_str()))),
        "no other customer and no list is read: {requested:?}"
    );
    assert_eq!(outage.files(), ["c.json", "x.csv"]);
    let more = fs::read(outage.path("x.csv")).unwrap();
    assert!(more.len() > published.len() && more.starts_with(&published), "rows are added");

    // Nothing is appended to a file that was changed.
    let checkpoint = fs::read(outage.path("c.json")).unwrap();
    for changed in [&b""[..], &more[..more.len() - 2], &[&more[..], b"a note\r\n"].concat()] {
        fs::write(outage.path("x.csv"), changed).unwrap();
        let requests = outage.beside.emulator.request_count();
        let run = outage.run();
        assert_eq!(run.code, 2, "{run}");
        assert!(run.stderr.contains(&format!("delete {}", outage.path("c.json").display())), "{run}");
        assert_eq!(fs::read(outage.path("x.csv")).unwrap(), changed, "unchanged");
        assert_eq!(fs::read(outage.path("c.json")).unwrap(), checkpoint);
        assert_eq!(outage.beside.emulator.request_count(), requests, "nothing is sent");
    }
    fs::write(outage.path("x.csv"), &more).unwrap();

    outage.beside.emulator.set_faults(FaultScript::new());
    let third = outage.run();
    assert_eq!(third.code, 0, "{third}");
    assert_eq!(outage.files(), ["x.csv"]);
    assert_eq!(outage.rows(), whole, "every row once");
}

#[test]
fn nothing_is_published_if_every_customer_failed() {
    let outage = Outage::new();
    outage.beside.emulator.set_faults("/v1/customers/* 503(retry-after=0)".parse::<FaultScript>().unwrap());
    let run = outage.run();
    assert_eq!(run.code, 7, "{run}");
    assert!(!outage.path("x.csv").exists());
    outage.beside.emulator.set_faults(FaultScript::new());
    assert_eq!(outage.run().code, 0);
    assert_eq!(outage.files(), ["x.csv"]);
}
