//! `completions`: runs the scripts in the installed shells.

use std::path::Path;
use std::process::Command;

use crate::support::{command, finish, run};

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
    // function there, prints its arguments. The marks are split, because the terminal repeats what is typed.
    Shell {
        name: "zsh",
        options: &["-f"],
        ask: r#"
            zmodload zsh/zpty || exit 1
            zpty shell 'TERM=dumb zsh -f -i'
            zpty -w shell "autoload -Uz compinit && compinit -u -D && source '$1'"
            zpty -w shell 'partner-center() { print -l -r -- BEG''IN $@ EN''D }; print REA''DY'
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
        // An interactive shell reads its settings and writes a history.
        shell.env("HOME", asker.parent().unwrap()).env("ZDOTDIR", asker.parent().unwrap());
        finish(&mut shell).stdout
    }
}

// The bash script offered nothing after the first word.
#[test]
fn a_subcommand_is_completed_in_every_shell_that_is_installed() {
    let directory = tempfile::tempdir().unwrap();
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
fn every_shell_has_a_script_that_knows_the_commands() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = run(&["completions", shell]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{shell}");
        for word in ["licenses", "deployment", "--max-attempts", "completions", "partner-center"] {
            assert!(run.stdout.contains(word.trim_start_matches('-')), "{shell} lacks {word}");
        }
        assert!(
            !run.stdout.contains(" partner_center\n"),
            "{shell}: it is registered for the program's name"
        );
    }
}
