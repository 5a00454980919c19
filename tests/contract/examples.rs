//! Checks the contract's examples: complete, valid for their schemas, and unchanged by a round trip through the models.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use partner_center_models as models;
use partner_center_tests::{Contract, Schemas, openapi};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

#[test]
fn every_response_has_an_example_and_every_example_a_response() {
    let contract = Contract::read();
    let mut named = BTreeSet::new();
    for operation in &contract.operations {
        for (status, response) in &operation.responses {
            assert!(!response.examples.is_empty(), "{} has no example of {status}", operation.id);
            named.extend(response.examples.iter().cloned());
        }
    }
    let files = std::fs::read_dir(openapi().join("examples")).unwrap();
    let there =
        files.map(|file| format!("examples/{}", file.unwrap().file_name().to_str().unwrap())).collect();
    assert_eq!(named, there, "examples in the contract, and files");
}

#[test]
fn every_example_matches_its_schema() {
    let contract = Contract::read();
    let schemas = Schemas::of(&contract);
    for (file, schema) in contract.examples() {
        let errors = schemas.errors(schema, &read(file));
        assert!(errors.is_empty(), "{file} does not match {schema}:\n{}", errors.join("\n"));
    }
}

#[test]
fn every_example_round_trips_through_its_model() {
    let contract = Contract::read();
    let models = readers();
    for (file, schema) in contract.examples() {
        let example = read(file);
        let model = models[schema];
        let written =
            model(&example.to_string()).unwrap_or_else(|error| panic!("{file}, as {schema}: {error}"));
        let schema = json!({ "$ref": format!("#/components/schemas/{schema}") });
        let (example, written) =
            (contract.canonical(&schema, &example), contract.canonical(&schema, &written));
        assert!(example == written, "{file} changed:\n{}", difference(&example, &written));
    }
}

#[test]
fn ids_and_dates_are_written_unchanged() {
    let row = json!({
        "customerTenantId": "0112A436-B14E-4888-967B-CA4BB2CF1234",
        "productId": "45a2423b-e884-448d-a831-d9e139c52d2f",
        "processedDateTime": "2018-10-14T00:00:00",
    });
    assert_eq!(readers()["CommercialLicensesDeploymentInsights"](&row.to_string()).unwrap(), row);
    let row = json!({ "processedDateTime": "2017-03-14T03:25:16.36+00:00" });
    assert_eq!(readers()["CustomerLicensesDeploymentInsights"](&row.to_string()).unwrap(), row);
}

/// A collection without its row array is an error and not an empty collection.
#[test]
fn a_page_without_rows_array_is_an_error() {
    for (name, read) in readers() {
        if name.ends_with("Collection") {
            assert!(read("{}").is_err(), "{name} accepts an object without rows");
            assert!(read("[]").is_err(), "{name} accepts a list");
        }
    }
}

/// Deserializes a text into a model and serializes the model.
type Reader = fn(&str) -> serde_json::Result<Value>;

fn readers() -> BTreeMap<&'static str, Reader> {
    fn reader<T: DeserializeOwned + Serialize>() -> Reader {
        |text| serde_json::to_value(serde_json::from_str::<T>(text)?)
    }
    macro_rules! all {
        ($($name:ident,)*) => { BTreeMap::from([$((stringify!($name), reader::<models::$name>())),*]) };
    }
    models::for_each_model!(all)
}

fn read(file: &str) -> Value {
    let text =
        std::fs::read_to_string(openapi().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn difference(left: &Value, right: &Value) -> String {
    format!("{left:#}\nbecame\n{right:#}")
}
