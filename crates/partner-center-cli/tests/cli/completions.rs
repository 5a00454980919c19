//! `completions`: runs the scripts in the installed shells; and the customers that they complete.

use std::path::Path;
use std::process::Command;

use partner_center_emulator::{Emulator, FaultScript};

use crate::support::{beside, command, finish, run};

/// Typed words, and the completion that must be offered for the last one.
const TYPED: &[(&[&str], &str)] = &[
    (&["lic"], "licenses"),
    (&["licenses", "f"], "funnel"),
    (&["--emulator", "licenses", "f"], "funnel"),
    (&["licenses", "query", "u"], "usage"),
    (&["config", "unset", "ten"], "tenant-id"),
    (&["customers", "sh"], "show"),
    (&["licenses", "funnel", "--min"], "--min-idle"),
    (&["licenses", "funnel", "--source", "comm"], "commercial"),
    (&["help", "conse"], "consent"),
    (&["help", "licenses", "f"], "funnel"),
    (&["licenses", "funnel", "--profile", "wo"], "work"),
    (&["licenses", "funnel", "-a", "--columns", "licensesS"], "licensesSold"),
    (&["licenses", "funnel", "-a", "--columns", "idle,unu"], "idle,unused"),
    (&["customers", "list", "--sort", "dom"], "domain"),
    (&["licenses", "funnel", "-c", "tailspin"], "tailspintoys.onmicrosoft.com"),
    (&["licenses", "funnel", "-c", "b7df"], "b7df1322-0955-468e-afc0-1df08360bcd9"),
];

/// A shell and a script that prints completions, given the script of `completions` and the words of the line.
struct Shell {
    name: &'static str,
    options: &'static [&'static str],
    ask: &'static str,
}

const SHELLS: &[Shell] = &[
    // As bash calls the function that is registered for the command when TAB is pressed.
    Shell {
        name: "bash",
        options: &["--noprofile", "--norc"],
        ask: r#"
            source "$1"; shift
            COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
            registered=$(complete -p "$1"); registered=${registered#* -F }; registered=${registered%% *}
            "$registered" "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
            printf '%s\n' "${COMPREPLY[@]}"
        "#,
    },
    // zsh completes only interactively: a zsh on its own terminal gets the line, a TAB and RETURN, and the command, a
    // function there, prints its arguments. The marks are put together there, because the terminal repeats what is typed.
    Shell {
        name: "zsh",
        options: &["-f"],
        ask: r#"
            zmodload zsh/zpty || exit 1
            zpty shell 'TERM=dumb zsh -f -i'
            zpty -w shell "autoload -Uz compinit && compinit -u -D && source '$1'"
            zpty -w shell 'asked=PARTNER_CENTER_COMPLETE b=BEG e=EN r=REA'
            zpty -w shell 'echoed() { print -l -r -- ${b}IN $@ ${e}D }'
            zpty -w shell 'partner-center() { [[ -n ${(P)asked} ]] && command $0 $@ || echoed $@ }'
            zpty -w shell 'print ${r}DY'
            zpty -r -m shell output '*READY*'
            shift
            zpty -w shell "$*"$'\t'
            zpty -r -m shell output '*BEGIN*END*'
            zpty -d shell
            print -r -- "${output##*BEGIN}"
        "#,
    },
    Shell {
        name: "fish",
        options: &["--no-config"],
        ask: r"
            source $argv[1]
            complete -C (string join -- ' ' $argv[2..-1])
        ",
    },
];

impl Shell {
    fn is_installed(&self) -> bool {
        Command::new(self.name).args(self.options).args(["-c", "exit"]).output().is_ok()
    }

    /// The completions of the last word.
    fn offers(&self, script: &Path, words: &[&str], asker: &Path) -> String {
        let mut shell = Command::new(self.name);
        shell.args(self.options).arg(asker).arg(script).arg("partner-center").args(words);
        // The script asks the program of this name.
        let program = Path::new(assert_cmd::cargo::cargo_bin!("partner-center")).parent().unwrap();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::iter::once(program.to_owned()).chain(std::env::split_paths(&path));
        shell.env("PATH", std::env::join_paths(path).unwrap());
        shell.env("PARTNER_CENTER_CONFIG_DIR", asker.parent().unwrap());
        // An interactive shell reads its settings and writes a history.
        shell.env("HOME", asker.parent().unwrap()).env("ZDOTDIR", asker.parent().unwrap());
        finish(&mut shell).stdout
    }
}

// The bash script offered nothing after the first word.
#[test]
fn a_subcommand_is_completed_in_every_shell_that_is_installed() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("config.toml"), "[profile.default]\n[profile.work]\n").unwrap();
    let beside = beside(Emulator::builder());
    let mut remember = beside.command();
    remember.env("PARTNER_CENTER_CONFIG_DIR", directory.path());
    let run = finish(remember.args(["customers", "list", "--remember", "names"]));
    assert_eq!(run.code, 0, "{run}");
    let (mut tried, mut missing) = (Vec::new(), Vec::new());
    for shell in SHELLS {
        if !shell.is_installed() {
            missing.push(shell.name);
            continue;
        }
        tried.push(shell.name);
        let (script, asker) = (directory.path().join(shell.name), directory.path().join("ask"));
        let printed = finish(command().args(["completions", shell.name]));
        std::fs::write(&script, printed.stdout).unwrap();
        std::fs::write(&asker, shell.ask).unwrap();
        for (words, expected) in TYPED {
            let offered = shell.offers(&script, words, &asker);
            let found = offered.lines().any(|line| line.split_whitespace().next() == Some(*expected));
            assert!(found, "{}: {words:?} offers {offered:?} and not {expected}", shell.name);
        }
    }
    println!("completions were tried in {tried:?}; not installed: {missing:?}");
    assert!(!cfg!(target_os = "linux") || tried.contains(&"bash"), "every Linux has bash");
}

#[test]
fn every_shell_has_a_script_that_asks_the_program() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = run(&["completions", shell]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{shell}");
        for word in ["PARTNER_CENTER_COMPLETE", "partner-center"] {
            assert!(run.stdout.contains(word), "{shell} lacks {word}: {run}");
        }
    }
    // An empty variable, or 0, is no question.
    for value in ["", "0"] {
        let run = finish(command().env("PARTNER_CENTER_COMPLETE", value).arg("--version"));
        assert_eq!(run.code, 0, "{run}");
        assert!(run.stdout.starts_with("partner-center "), "{run}");
    }
}

#[test]
fn customers_are_remembered_only_when_asked_and_whole() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("customers-default.tsv");
    let beside = beside(Emulator::builder().customers(3));
    let list = |arguments: &[&str]| {
        let mut command = beside.command();
        command.env("PARTNER_CENTER_CONFIG_DIR", directory.path());
        finish(command.args(["customers", "list"]).args(arguments))
    };
    let kept = || std::fs::read_to_string(&file).ok();
    assert_eq!(list(&[]).code, 0);
    assert_eq!(kept(), None, "nothing is kept unless it is asked for");
    let run = list(&["--remember", "ids"]);
    assert!(run.code == 0 && run.stderr.contains("3 customers are remembered"), "{run}");
    let ids = kept().unwrap();
    assert!(ids.lines().count() == 3 && !ids.contains("onmicrosoft"), "{ids}");
    assert_eq!(list(&["--remember", "names"]).code, 0);
    assert!(kept().unwrap().contains("onmicrosoft"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    for arguments in [
        &["--remember", "names", "--filter", "co"][..],
        &["--remember", "names", "--limit", "1"],
        &["--remember", "names", "--anonymize"],
        &["--remember", "names", "--emulator"],
    ] {
        let run = list(arguments);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run}");
    }
    beside.emulator.set_faults("/v1/customers 403".parse::<FaultScript>().unwrap());
    assert_ne!(list(&["--remember", "ids"]).code, 0);
    assert!(kept().unwrap().contains("onmicrosoft"), "a list that fails changes nothing");
    beside.emulator.set_faults(FaultScript::new());
    assert_eq!(list(&["--remember", "nothing"]).code, 0);
    assert_eq!(kept(), None);
}
