//! Help texts are public interface.

use crate::support::{run, stable};

#[test]
fn help_texts() {
    let _guard = stable();
    for (name, arguments) in [
        ("help", &["--help"][..]),
        ("help-short", &["-h"]),
        ("help-short-funnel", &["licenses", "funnel", "-h"]),
        ("help-licenses", &["licenses", "--help"]),
        ("help-licenses-deployment", &["licenses", "deployment", "--help"]),
        ("help-licenses-usage", &["licenses", "usage", "--help"]),
        ("help-licenses-funnel", &["licenses", "funnel", "--help"]),
        ("help-licenses-query", &["licenses", "query", "--help"]),
        ("help-licenses-query-deployment", &["licenses", "query", "deployment", "--help"]),
        ("help-licenses-query-usage", &["licenses", "query", "usage", "--help"]),
        ("help-report", &["report", "--help"]),
        ("help-report-pack", &["report", "pack", "--help"]),
        ("help-history-record", &["history", "record", "--help"]),
        ("help-history-diff", &["history", "diff", "--help"]),
        ("help-prices", &["prices", "--help"]),
        ("help-prices-template", &["prices", "template", "--help"]),
        ("help-prices-check", &["prices", "check", "--help"]),
        ("help-customers", &["customers", "--help"]),
        ("help-customers-list", &["customers", "list", "--help"]),
        ("help-customers-show", &["customers", "show", "--help"]),
        ("help-api", &["api", "--help"]),
        ("help-login", &["login", "--help"]),
        ("help-logout", &["logout", "--help"]),
        ("help-auth-status", &["auth", "status", "--help"]),
        ("help-config", &["config", "--help"]),
        ("help-config-list", &["config", "list", "--help"]),
        ("help-config-get", &["config", "get", "--help"]),
        ("help-config-set", &["config", "set", "--help"]),
        ("help-doctor", &["doctor", "--help"]),
        ("help-emulator", &["emulator", "--help"]),
        ("help-schema", &["schema", "--help"]),
        ("help-completions", &["completions", "--help"]),
        ("help-man", &["man", "--help"]),
    ] {
        let run = run(arguments);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{name}");
        let is_of_all = name.starts_with("help-short") || name == "help";
        insta::assert_snapshot!(name, if is_of_all { run.stdout } else { without_global(&run.stdout) });
    }
}

/// The help of a command without the options of every command, which the help of the program has.
fn without_global(help: &str) -> String {
    let (own, rest) = help.split_once("\nGlobal options:\n").unwrap();
    let lines = rest.split_inclusive('\n');
    let behind = lines.skip_while(|line| line.starts_with(' ') || line.trim().is_empty());
    own.to_owned() + "\n" + &behind.collect::<String>()
}

// The texts were in the repository only.
#[test]
fn topics_are_texts_of_the_program() {
    for (topic, words) in [
        ("consent", "AADSTS700082, AADSTS70008\n      cause: the refresh token was not used for 90 days"),
        ("dataset", "\n  `customerId`\n      type: string"),
        ("windows", "\n      $report.summary.customers\n"),
    ] {
        let run = run(&["help", topic]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{topic}");
        assert!(run.stdout.contains(words), "{topic}: {}", run.stdout);
        assert!(
            run.stdout.lines().all(|line| line.chars().count() <= 80 || line.starts_with("      ")),
            "{topic}"
        );
        for markdown in ["```", "](", "**", "|--", "\n#"] {
            assert!(!run.stdout.contains(markdown), "{topic} has {markdown}");
        }
    }
    let login = run(&["help", "login"]);
    assert_eq!(login.stdout, run(&["login", "--help"]).stdout, "the help of commands is unchanged");
}

#[test]
fn an_unknown_topic_is_an_error_that_lists_what_there_is() {
    let _guard = stable();
    let unknown = run(&["help", "consen\u{1b}[31mt"]);
    assert_eq!((unknown.code, unknown.stdout.as_str()), (2, ""));
    assert!(!unknown.stderr.contains('\u{1b}'), "{unknown}");
    let unknown = run(&["help", "nothing"]);
    assert_eq!((unknown.code, unknown.stdout.as_str()), (2, ""));
    insta::assert_snapshot!("help-unknown", unknown.stderr);
    // These are clap's.
    for arguments in [&["consent"][..], &["help", "nothing", "more"], &["help", "licenses", "consent"]] {
        let run = run(arguments);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(run.stderr.contains("unrecognized subcommand"), "{run}");
    }
    for more in [&["more"][..], &["--color", "never"], &["-q"], &["--help"]] {
        let run = run(&[&["help", "consent"], more].concat());
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{more:?}\n{run}");
        assert!(run.stderr.contains("consent takes no further arguments"), "{run}");
        assert!(run.stderr.contains("options before `help`"), "{run}");
    }
    assert_eq!(run(&["--color", "never", "help", "consent"]).code, 0);
}

#[test]
fn no_command_is_a_usage_error_that_shows_the_help() {
    let run = run(&[]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("Usage: partner-center"), "{run}");
}

/// Arguments are in every process list: no flag takes a secret.
#[test]
fn no_flag_takes_a_secret() {
    let directory = tempfile::tempdir().unwrap();
    assert_eq!(run(&["man", directory.path().to_str().unwrap()]).code, 0);
    let pages = std::fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().path());
    let pages = pages.filter(|path| path.extension().is_some_and(|extension| extension == "1"));
    let text: String = pages.map(|path| std::fs::read_to_string(path).unwrap()).collect();
    let text = text.replace("\\-", "-");
    assert!(text.contains("--customer") && text.contains("--refresh-token-stdin"));
    let flags = text.split(|character: char| !(character.is_ascii_alphanumeric() || character == '-'));
    for flag in flags.filter(|word| word.starts_with("--")) {
        let secret =
            ["token", "secret", "password", "assertion", "key"].iter().any(|word| flag.contains(word));
        assert!(!secret || flag.ends_with("-stdin"), "{flag}");
    }
}

// `--version` showed neither.
#[test]
fn the_version_names_the_commit_and_the_features() {
    let (short, long) = (run(&["-V"]).stdout, run(&["--version"]).stdout);
    let version = concat!("partner-center ", env!("CARGO_PKG_VERSION"));
    assert_eq!(short.trim_end(), version);
    let lines: Vec<_> = long.lines().collect();
    let [first, commit, features] = lines.as_slice() else { panic!("three lines, not {long}") };
    assert_eq!(*first, version);
    assert!(features.strip_prefix("features  ").is_some_and(|features| !features.is_empty()), "{long}");
    let commit = commit.strip_prefix("commit    ").unwrap();
    let git = std::process::Command::new("git").args(["rev-parse", "HEAD"]).output();
    let head = git.ok().filter(|git| git.status.success()).map(|git| String::from_utf8(git.stdout).unwrap());
    match head {
        Some(_) => assert!(
            commit.len() == 12 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "the commit of a checkout is known: {long}"
        ),
        None => assert!(!commit.is_empty()),
    }
}
