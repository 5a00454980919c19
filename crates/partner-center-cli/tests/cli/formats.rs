//! The four formats of one command. Snapshots show the table and the document; ndjson and csv must have the same rows as
//! the document, and the same messages.

use serde_json::Value;

use crate::reports::records;
use crate::support::Run;

/// Runs a command in every format, compares the formats, and returns the table and the document.
pub(crate) fn in_every_format(run: impl Fn(&str) -> Run) -> [Run; 2] {
    let [table, json, ndjson, csv] = ["table", "json", "ndjson", "csv"].map(run);
    let lines: Vec<_> = json.stdout.lines().skip(1).take_while(|line| !line.starts_with(']')).collect();
    let lines: Vec<_> = lines.iter().map(|line| line.trim_end_matches(',')).collect();
    assert_eq!(ndjson.stdout.lines().collect::<Vec<_>>(), lines, "the lines of ndjson are the rows");

    let document: Value = serde_json::from_str(&json.stdout).unwrap();
    let rows = document["rows"].as_array().unwrap();
    assert_eq!(rows.len(), lines.len());
    let cells = records(&csv.stdout);
    assert_eq!(cells.len(), rows.len());
    for (row, cells) in rows.iter().zip(&cells) {
        let row = row.as_object().unwrap();
        assert!(row.keys().eq(cells.keys()), "{row:?} {cells:?}");
        for (name, value) in row {
            assert!(is_cell(&cells[name], value), "{name}: {} instead of {value}", cells[name]);
        }
    }
    for other in [&table, &ndjson, &csv] {
        assert_eq!(other.code, json.code, "{other}");
    }
    for other in [&ndjson, &csv] {
        assert_eq!(without_ids(&other.stderr), without_ids(&json.stderr));
    }
    [table, json]
}

/// Whether a cell of csv has this value. A list is written in one cell.
fn is_cell(cell: &str, value: &Value) -> bool {
    match value {
        Value::Null => cell.is_empty(),
        Value::String(text) => cell == text,
        Value::Array(items) => items.iter().all(|item| match item {
            Value::Object(members) => {
                members.values().filter_map(Value::as_str).any(|text| cell.contains(text))
            }
            item => item.as_str().is_some_and(|text| cell.contains(text)),
        }),
        // As its JSON text: a number is not equal to a text of digits.
        other => {
            let text = other.to_string();
            cell == text
        }
    }
}

/// Without the ids of requests, which differ between runs.
fn without_ids(text: &str) -> String {
    let is_id = |word: &&str| word.len() >= 36 && word.matches('-').count() == 4;
    text.split([' ', '\n']).filter(|word| !is_id(word)).collect::<Vec<_>>().join(" ")
}
