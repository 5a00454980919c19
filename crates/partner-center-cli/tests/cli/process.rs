//! The process: signals, timeouts, the file size limit and long waits.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use partner_center_emulator::{Emulator, Entra, FaultScript};

use crate::support::{Run, TestEmulator, beside, finish};

fn send(child: &Child, signal: &str) {
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
}

/// The exit code, or `None` if the process does not end by itself.
fn code(child: &mut Child) -> Option<i32> {
    // Far more than it needs on a busy machine.
    for _ in 0..12_000 {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    None
}

/// Starts a run without a reader of stdout, and waits until it is blocked on writing.
fn stuck(beside: &TestEmulator, format: &str) -> Child {
    let before = beside.emulator.request_count();
    let all = ["licenses", "deployment", "-a", "--source", "classic", "--format", format];
    let mut command = beside.command();
    command.args(all).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let child = command.spawn().unwrap();
    let (mut last, mut since) = (before, Instant::now());
    // More than the list, and then nothing for a while.
    while last < before + 20 || since.elapsed() < Duration::from_millis(700) {
        std::thread::sleep(Duration::from_millis(10));
        let requests = beside.emulator.request_count();
        if requests != last {
            (last, since) = (requests, Instant::now());
        }
    }
    assert!(last - before < 3000, "it is blocked and not done");
    child
}

#[test]
fn the_second_signal_ends_a_process_that_is_blocked_on_writing() {
    let beside = beside(Emulator::builder().customers(3000));
    for (first, second, code) in [("-TERM", "-TERM", 143), ("-INT", "-TERM", 143), ("-TERM", "-INT", 130)] {
        let mut child = (0..5)
            .find_map(|_| {
                let mut child = stuck(&beside, "ndjson");
                send(&child, first);
                std::thread::sleep(Duration::from_millis(600));
                // On a busy machine it may only have been slow, and have stopped cleanly.
                child.try_wait().unwrap().is_none().then_some(child)
            })
            .expect("the first signal asks for a clean stop, which a blocked process cannot do");
        send(&child, second);
        assert_eq!(self::code(&mut child), Some(code), "{first} {second}");
    }
}

// `timeout` sends its signal to the process and to its group.
#[test]
fn a_signal_that_comes_twice_at_once_counts_once() {
    let beside = beside(Emulator::builder().customers(30));
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    beside.emulator.set_faults("#12- slow-start(ms=60000)".parse::<FaultScript>().unwrap());
    let mut command = beside.command();
    command.args(["licenses", "deployment", "-a", "--source", "classic", "--concurrency", "1"]);
    command.arg("--output").arg(path("x.csv")).arg("--checkpoint").arg(path("c.json"));
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    while beside.emulator.request_count() < 12 {
        std::thread::sleep(Duration::from_millis(1));
    }
    send(&child, "-TERM");
    send(&child, "-TERM");
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(143), "{stderr}");
    assert!(stderr.contains("run the same command to resume"), "it stopped cleanly: {stderr}");
    assert!(path("c.json").exists());
}

/// Runs the binary with a file size limit, in blocks of 512 bytes.
pub(crate) fn limited(blocks: u64, command: &Command) -> Run {
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("ulimit -f {blocks} && exec \"$0\" \"$@\"")]);
    shell.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    finish(&mut shell)
}

// SIGXFSZ
#[test]
fn the_file_size_limit_is_reported() {
    let beside = beside(Emulator::builder().customers(200));
    let directory = tempfile::tempdir().unwrap();
    let output = directory.path().join("x.csv");
    let all = ["licenses", "deployment", "-a", "--source", "classic", "--concurrency", "2"];
    let mut command = beside.command();
    command.args(all).arg("--output").arg(&output);
    let run = limited(8, &command);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{run}");
    assert!(run.stderr.contains("the output could not be written"), "{run}");
    assert!(run.stderr.contains("too large"), "{run}");
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    // With a checkpoint, written rows stay, and a run with a higher limit resumes.
    command.arg("--checkpoint").arg(directory.path().join("c.json"));
    let run = limited(8, &command);
    assert_eq!(run.code, 1, "{run}");
    let run = finish(&mut command);
    assert_eq!(run.code, 0, "{run}");
    assert!(fs::metadata(&output).unwrap().len() > 16 * 1024);
}

fn pipe(path: &Path) {
    assert!(Command::new("mkfifo").args(["-m", "600"]).arg(path).status().unwrap().success());
}

#[test]
fn the_timeout_applies_to_a_pipe_without_a_writer() {
    let beside = beside(Emulator::builder().customers(3));
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("tokens")).unwrap();
    pipe(&directory.path().join("tokens/default.json"));
    let run = |command: &mut Command, arguments: &[&str]| {
        // Without the timeout, it would wait until somebody writes.
        let run = finish(command.args(["--timeout", "1"]).args(arguments));
        assert_ne!(run.code, 0, "{run}");
        run
    };
    for arguments in [&["licenses", "usage"][..], &["customers", "list"], &["doctor"]] {
        let mut command = beside.in_directory(directory.path());
        let command = command
            .env("PARTNER_CENTER_TENANT_ID", Entra::TENANT_ID)
            .env("PARTNER_CENTER_CLIENT_ID", Entra::CLIENT_ID);
        let run = run(command, arguments);
        assert!(format!("{run}").contains("token"), "{run}");
    }

    let elsewhere = tempfile::tempdir().unwrap();
    pipe(&elsewhere.path().join("config.toml"));
    let config = run(&mut beside.in_directory(elsewhere.path()), &["licenses", "usage"]);
    assert!(config.code == 2 && config.stderr.contains("config.toml"), "{config}");
    let rules = elsewhere.path().join("config.toml");
    let funnel = ["licenses", "funnel", "-a", "--ignore", rules.to_str().unwrap()];
    let ignore = run(&mut beside.command(), &funnel);
    assert!(ignore.code == 2 && ignore.stderr.contains("--timeout"), "{ignore}");
    assert_eq!(beside.emulator.request_count(), 0);
}

#[test]
fn a_refresh_in_progress_completes_when_a_signal_stops_the_process() {
    for (arguments, signal, code) in [
        (&["licenses", "usage"][..], "-TERM", 143),
        (&["licenses", "usage", "-a", "--source", "classic", "--format", "csv"], "-INT", 130),
        (&["doctor"], "-TERM", 143),
    ] {
        let beside = beside(Emulator::builder());
        let directory = tempfile::tempdir().unwrap();
        let with_app = || {
            let mut command = beside.in_directory(directory.path());
            command
                .env("PARTNER_CENTER_TENANT_ID", Entra::TENANT_ID)
                .env("PARTNER_CENTER_CLIENT_ID", Entra::CLIENT_ID)
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            command
        };
        let mut login = with_app().args(["login", "--refresh-token-stdin"]).spawn().unwrap();
        let token = beside.emulator.entra().issue_refresh_token();
        std::io::Write::write_all(&mut login.stdin.take().unwrap(), token.as_bytes()).unwrap();
        assert!(login.wait().unwrap().success());
        let store = directory.path().join("tokens/default.json");
        let before = fs::read(&store).unwrap();

        beside.emulator.set_faults("/*/oauth2/* slow-start(ms=1200)".parse::<FaultScript>().unwrap());
        // Counted on arrival; the grants are counted with the response, when the command may be at its end.
        let sent = beside.emulator.authority_requests().len();
        let mut child = with_app().args(arguments).spawn().unwrap();
        while beside.emulator.authority_requests().len() == sent {
            std::thread::sleep(Duration::from_millis(1));
        }
        send(&child, signal);
        assert_eq!(self::code(&mut child), Some(code), "{arguments:?}");
        assert_ne!(fs::read(&store).unwrap(), before, "{arguments:?}: the successor is stored");
        beside.emulator.set_faults(FaultScript::new());
        let run =
            finish(with_app().args(["customers", "list"]).stdout(Stdio::piped()).stderr(Stdio::piped()));
        assert_eq!(run.code, 0, "{run}");
    }
}

#[test]
fn a_long_wait_is_reported_at_once() {
    let one = ["licenses", "deployment", "-c", crate::support::DOCUMENTED];
    let all = ["licenses", "deployment", "-a", "--source", "classic"];
    for (arguments, fault) in [(&one[..], "#1 429(retry-after=60)"), (&all[..], "#5- 429(retry-after=60)")] {
        let beside = beside(Emulator::builder().customers(12).faults(fault.parse::<FaultScript>().unwrap()));
        let mut command = beside.command();
        let mut child = command
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stderr.take().unwrap()), &mut line)
            .unwrap();
        assert!(line.contains("the service asks to wait 60 seconds, until "), "{arguments:?}: {line}");
        assert!(child.try_wait().unwrap().is_none(), "it waits");
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

#[test]
fn a_wait_is_limited_by_the_timeout() {
    let faults = "#8- 429(retry-after=3600)".parse::<FaultScript>().unwrap();
    let beside = beside(Emulator::builder().customers(12).faults(faults));
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let mut command = beside.command();
    command.args([
        "licenses",
        "deployment",
        "-a",
        "--source",
        "classic",
        "--concurrency",
        "1",
        "--timeout",
        "1",
    ]);
    command.arg("--output").arg(path("x.csv")).arg("--checkpoint").arg(path("c.json"));
    let run = finish(&mut command);
    assert!([3, 7].contains(&run.code), "{run}");
    assert!(run.stderr.contains("the service asks to wait 3600 seconds"), "{run}");
    assert!(path("c.json").exists(), "the same command can resume\n{run}");
    beside.emulator.set_faults(FaultScript::new());
    let run = finish(&mut command);
    assert_eq!(run.code, 0, "{run}");
    assert!(path("x.csv").exists() && !path("c.json").exists());
}
