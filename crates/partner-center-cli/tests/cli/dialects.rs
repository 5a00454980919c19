//! `--csv-bom` and `--csv-delimiter`: the same rows for any spreadsheet.

use crate::reports::{records, records_separated_by};
use crate::support::{DOCUMENTED, embedded, rejections};

#[test]
fn every_command_that_writes_csv_takes_the_options() {
    for command in [
        &["licenses", "deployment"][..],
        &["licenses", "deployment", "--customer", DOCUMENTED],
        &["licenses", "usage", "--all-customers", "--by", "customer"],
        &["licenses", "funnel", "--all-customers", "--sort", "idle:desc"],
        &["licenses", "query", "usage"],
        &["customers", "list"],
        &["customers", "show", DOCUMENTED],
        &["prices", "template"],
    ] {
        let run = |more: &[&str]| {
            let run = embedded(&[command, &["--quiet", "--format", "csv"], more].concat());
            assert_eq!(run.code, 0, "{command:?}\n{run}");
            run.stdout
        };
        let usual = run(&[]);
        assert!(!usual.contains('\u{feff}'), "{command:?}");
        assert_eq!(run(&["--csv-bom", "--csv-delimiter", ","]), format!("\u{feff}{usual}"), "{command:?}");
        for (text, delimiter) in [(";", ';'), ("tab", '\t'), ("\\t", '\t'), ("|", '|')] {
            let written = run(&["--csv-delimiter", text]);
            assert!(written.lines().next().unwrap().contains(delimiter), "{command:?} {text}\n{written}");
            let read = records_separated_by(u8::try_from(delimiter).unwrap(), &written);
            assert_eq!(read, records(&usual), "{command:?} {text}");
        }
    }
}

#[test]
fn other_formats_and_other_delimiters_are_rejected() {
    let _stable = crate::support::stable();
    let text = rejections(&[
        &["--emulator", "customers", "list", "--csv-bom"],
        &["--emulator", "customers", "list", "--format", "table", "--csv-delimiter", ";"],
        &["--emulator", "customers", "show", DOCUMENTED, "--csv-bom"],
        &["--emulator", "licenses", "funnel", "-a", "-o", "x.ndjson", "--csv-delimiter", "tab"],
        &["--emulator", "licenses", "deployment", "--format", "csv", "--csv-delimiter", "comma"],
    ]);
    insta::assert_snapshot!("csv-rejections", text);
}
