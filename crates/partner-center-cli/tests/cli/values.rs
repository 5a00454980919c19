//! An odd value affects only itself: how the command line handles values of the wrong type and unreadable rows.

use serde_json::{Value, json};

use crate::support::{DOCUMENTED, Run, run_with_bodies};

const DEPLOYMENT: [&str; 6] = ["licenses", "deployment", "-c", DOCUMENTED, "--format", "json"];

fn document(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}:\n{run}"))
}

#[test]
fn each_odd_value_is_counted_and_exits_with_0() {
    for (member, column, read, odd) in [
        (r#""licensesSold":"""#, "licensesSold", Value::Null, true),
        (r#""licensesSold":"1,234""#, "licensesSold", Value::Null, true),
        (r#""licensesSold":-1"#, "licensesSold", Value::Null, true),
        (r#""licensesSold":{}"#, "licensesSold", Value::Null, true),
        (r#""licensesSold":"7""#, "licensesSold", json!(7), false),
        (r#""serviceCode":365"#, "serviceCode", json!("365"), false),
        (r#""productName":"Team \ud83d""#, "productName", json!("Team \u{fffd}"), false),
    ] {
        let body = format!(
            r#"{{"totalCount":3,"items":[{{"productName":"A"}},{{{member}}},{{"productName":"C"}}]}}"#
        );
        let run = run_with_bodies(&[&body], &DEPLOYMENT);
        assert_eq!(run.code, 0, "{member}\n{run}");
        let document = document(&run);
        let rows = document["rows"].as_array().unwrap();
        assert_eq!(rows.len(), 3, "{member}");
        assert!(rows.iter().any(|row| row[column] == read), "{member}\n{run}");
        assert_eq!(document["failures"], json!([]));
        let found = &document["summary"]["oddValues"];
        assert_eq!(found["count"], u64::from(odd), "{member}");
        assert_eq!(run.stderr.contains("treated as unknown"), odd, "{member}\n{run}");
        if odd {
            let first = json!([{ "customerId": DOCUMENTED, "row": 1 }]);
            assert_eq!(found["fields"], json!([{ "field": column, "count": 1, "first": first }]));
            assert!(run.stderr.contains(column) && !run.stderr.contains("1,234"), "{run}");
        }
    }
}

#[test]
fn an_unreadable_customer_is_a_failure_and_all_others_are_listed() {
    let id = |number: u32| format!("00000000-0000-0000-0000-00000000000{number}");
    let body = format!(
        r#"{{"totalCount":6,"items":[{{"id":"{}","relationshipToPartner":1,"associatedPartnerId":1234567}},
        {{"id":null}},{{"id":"{}","allowDelegatedAccess":{{}}}},"x",5,{{"id":"{}"}}]}}"#,
        id(1),
        id(2),
        id(3)
    );
    let run = run_with_bodies(&[&body], &["customers", "list", "--format", "json"]);
    assert_eq!(run.code, 3, "{run}");
    let document = document(&run);
    assert_eq!(document["rows"].as_array().unwrap().len(), 3);
    let customers = &document["summary"]["customers"];
    assert_eq!((&customers["listed"], &customers["unreadable"]), (&json!(6), &json!(3)));
    assert_eq!(customers["complete"], false);
    let failures = document["failures"].as_array().unwrap();
    assert_eq!(failures.iter().map(|failure| &failure["row"]).collect::<Vec<_>>(), [1, 3, 4]);
    assert!(failures[0]["message"].as_str().unwrap().contains("no usable id"), "{}", failures[0]);
    assert_eq!(document["summary"]["oddValues"]["count"], 1);
    assert!(run.stderr.contains("error: 3 rows could not be read"), "{run}");
}

#[test]
fn an_unreadable_row_is_a_failure_and_all_others_are_written() {
    let body = r#"{"items":[{"productName":"A"},null,{"productName":"C"}]}"#;
    let run = run_with_bodies(&[body], &DEPLOYMENT);
    assert_eq!(run.code, 3, "{run}");
    let document = document(&run);
    assert_eq!(document["rows"].as_array().unwrap().len(), 2);
    assert_eq!(document["summary"]["customers"]["unreadable"], 1);
    assert_eq!(
        (&document["failures"][0]["customerId"], &document["failures"][0]["row"]),
        (&json!(DOCUMENTED), &json!(1))
    );

    let pages = [
        r#"{"Value":[{"productName":"A"}],"@nextLink":"/partner/v1/analytics/commercial/deployment/license?skip=1"}"#,
        r#"{"Value":[7,{"productName":"C"}]}"#,
    ];
    let run = run_with_bodies(&pages, &["licenses", "query", "deployment", "--format", "json"]);
    assert_eq!(run.code, 3, "{run}");
    let document = self::document(&run);
    assert_eq!(document["rows"].as_array().unwrap().len(), 2);
    assert_eq!((&document["failures"][0]["page"], &document["failures"][0]["row"]), (&json!(2), &json!(0)));
}

#[test]
fn an_unreadable_list_entry_is_a_failure_of_the_run() {
    let listed = format!(r#"{{"items":["x",{{"id":"{DOCUMENTED}"}}]}}"#);
    let rows = r#"{"items":[{"productName":"A","licensesSold":[]}]}"#;
    let arguments = ["licenses", "deployment", "--all-customers", "--source", "classic", "--format", "json"];
    let run = run_with_bodies(&[&listed, rows], &arguments);
    assert_eq!(run.code, 3, "{run}");
    let document = document(&run);
    assert_eq!(document["rows"].as_array().unwrap().len(), 1);
    let customers = &document["summary"]["customers"];
    assert_eq!((&customers["listed"], &customers["unreadable"]), (&json!(2), &json!(1)));
    assert_eq!(
        (&document["failures"][0]["customerId"], &document["failures"][0]["row"]),
        (&Value::Null, &json!(0))
    );
    assert_eq!(document["summary"]["oddValues"]["fields"][0]["field"], "licensesSold");
}
