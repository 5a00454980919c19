//! `schema` and the manual pages.

use serde_json::Value;

use crate::support::{DOCUMENTED, command, embedded, finish, run, stable};

const COMPANY: &str = "customerTenantId eq '0112A436-B14E-4888-967B-CA4BB2CF1234'";

/// Each row type, and the commands that print one.
const ROWS: &[(&str, &[&str])] = &[
    ("deployment", &["licenses", "deployment", "-c", DOCUMENTED]),
    ("usage", &["licenses", "usage", "-c", DOCUMENTED]),
    ("funnel", &["licenses", "funnel", "-c", DOCUMENTED]),
    ("partner-deployment", &["licenses", "deployment"]),
    ("partner-usage", &["licenses", "usage"]),
    ("deployment", &["licenses", "query", "deployment", "-f", COMPANY]),
    ("usage", &["licenses", "query", "usage", "-f", COMPANY]),
    ("customer", &["customers", "show", DOCUMENTED]),
    ("subscription", &["subscriptions", "list", "-c", DOCUMENTED]),
    ("subscription-insight", &["subscriptions", "query"]),
    ("sku", &["skus", "list", "-c", DOCUMENTED]),
];

/// The fields that `--prices`, `--products` and `--live` add.
const ADDED: [&str; 9] = [
    "productDisplayName",
    "unitPrice",
    "shelfwareCost",
    "idleCost",
    "unusedCost",
    "currency",
    "liveTotal",
    "liveAssigned",
    "liveMatch",
];

#[test]
fn schemas_match_what_the_commands_print() {
    let _guard = stable();
    for (row, arguments) in ROWS {
        let run = run(&["schema", row]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
        insta::assert_snapshot!(format!("schema-{row}"), run.stdout);

        let schema: Value = serde_json::from_str(&run.stdout).unwrap();
        let mut named: Vec<_> = schema["properties"].as_object().unwrap().keys().cloned().collect();
        let mut required: Vec<_> = schema["required"]
            .as_array()
            .unwrap()
            .iter()
            .map(|name| name.as_str().unwrap().to_owned())
            .collect();
        let document: Value = serde_json::from_str(&embedded(arguments).stdout).unwrap();
        assert_eq!(document["type"], *row);
        let mut printed: Vec<_> = document["rows"][0].as_object().unwrap().keys().cloned().collect();
        let csv = finish(command().arg("--emulator").args(*arguments).args(["--format", "csv"])).stdout;
        let mut columns: Vec<_> = csv.lines().next().unwrap().split(',').map(str::to_owned).collect();
        for names in [&mut named, &mut required, &mut printed, &mut columns] {
            names.sort();
        }
        let optional = match *row {
            "funnel" => &ADDED[..],
            "group" => &["costs"],
            _ => &[],
        };
        named.retain(|name| !optional.contains(&name.as_str()));
        assert_eq!(named, required, "{row}: every other field is required");
        assert_eq!(named, printed, "{row}");
        assert_eq!(named, columns, "{row}");
    }
}

#[test]
fn the_readme_names_the_columns() {
    let readme = include_str!("../../../../README.md");
    for (row, arguments) in ROWS {
        let csv = finish(command().arg("--emulator").args(*arguments).args(["--format", "csv"])).stdout;
        let columns = csv.lines().next().unwrap().replace(',', ", ");
        assert!(readme.contains(&format!("\n| `{row}` | {columns} |\n")), "| `{row}` | {columns} |");
    }
}

#[test]
fn every_command_has_a_manual_page() {
    let directory = tempfile::tempdir().unwrap();
    let run = finish(command().arg("man").arg(directory.path()));
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, "", ""), "{run}");
    for page in
        ["partner-center.1", "partner-center-licenses-query-usage.1", "partner-center-customers-show.1"]
    {
        let text = std::fs::read_to_string(directory.path().join(page)).unwrap();
        assert!(text.contains(".SH NAME"), "{page}");
    }
    for page in ["partner-center-consent.7", "partner-center-dataset.7", "partner-center-windows.7"] {
        let text = std::fs::read_to_string(directory.path().join(page)).unwrap();
        assert!(text.contains(".SH NAME") && text.contains(".SH\n"), "{page}");
    }
}
