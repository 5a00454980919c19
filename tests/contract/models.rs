//! Compares the schemas that schemars derives from the models with the contract's: required and nullable properties,
//! types and formats.

use std::collections::{BTreeMap, BTreeSet};

use partner_center_models as models;
use partner_center_tests::Contract;
use schemars::SchemaGenerator;
use serde_json::Value;

/// Intended differences between models and contract: `Schema.property` and why. Currently none.
const INTENDED: [(&str, &str); 0] = [];

#[test]
fn derived_schemas_agree_with_the_contract() {
    let contract = Contract::read();
    let mut derived = derived();
    let mut differences = BTreeSet::new();
    for (name, said) in &contract.schemas {
        let Some(made) = derived.remove(name.as_str()) else {
            assert!(is_shared_scalar(contract.resolve(said)), "schema {name} has no model");
            continue;
        };
        let (said, made) = (members(&contract, said), members(&contract, &made));
        for member in said.keys().chain(made.keys()).copied() {
            let place = format!("{name}.{member}");
            let (said, made) = (said.get(member), made.get(member));
            if said != made && !INTENDED.iter().any(|(intended, _)| *intended == place) {
                differences.insert(format!("{place}: the contract says {said:?}, the model {made:?}"));
            }
        }
    }
    assert!(derived.is_empty(), "models without a schema: {:?}", derived.keys());
    assert!(differences.is_empty(), "{differences:#?}");
}

/// The schema that schemars derives from each model.
fn derived() -> BTreeMap<&'static str, Value> {
    macro_rules! all {
        ($($name:ident,)*) => {
            BTreeMap::from([
                $((stringify!($name), SchemaGenerator::default().into_root_schema_for::<models::$name>().to_value())),*
            ])
        };
    }
    models::for_each_model!(all)
}

/// The form of each property; for a schema that is not an object, its own form under an empty name.
fn members<'a>(contract: &Contract, schema: &'a Value) -> BTreeMap<&'a str, String> {
    let Some(properties) = schema["properties"].as_object() else {
        return BTreeMap::from([("", form(contract, schema).0)]);
    };
    let required = schema["required"].as_array().map(Vec::as_slice).unwrap_or_default();
    let members = properties.iter().map(|(name, property)| {
        let (form, nullable) = form(contract, property);
        let presence = match (required.contains(&Value::from(name.as_str())), nullable) {
            (true, false) => "required",
            (false, true) => "optional",
            (true, true) => "required but nullable",
            (false, false) => "optional but not nullable",
        };
        (name.as_str(), format!("{presence} {form}"))
    });
    members.collect()
}

/// The type and format of a schema in either dialect, as one word, and whether it may be null. Shared scalars have no
/// models and are shown inline.
fn form(contract: &Contract, schema: &Value) -> (String, bool) {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap_or_default();
        let target = contract.schemas.get(name).map_or(&Value::Null, |target| contract.resolve(target));
        // schemars marks null where a type is used, the contract where it is defined.
        let nullable = reference.starts_with("#/components/") && contract.is_nullable(target);
        return if is_shared_scalar(target) { form(contract, target) } else { (name.to_owned(), nullable) };
    }
    let mut nullable = schema["nullable"] == true;
    let mut forms = Vec::new();
    for choice in ["allOf", "anyOf", "oneOf"].iter().filter_map(|word| schema[word].as_array()).flatten() {
        let (choice, or_null) = form(contract, choice);
        nullable |= or_null;
        forms.push(choice);
    }
    let types = schema["type"].as_array().map_or(std::slice::from_ref(&schema["type"]), Vec::as_slice);
    for word in types.iter().filter_map(Value::as_str) {
        match word {
            "null" => nullable = true,
            "array" => forms.push(format!("[{}]", form(contract, &schema["items"]).0)),
            word => {
                // A model keeps a time as the original text.
                let format = schema["format"].as_str().filter(|format| !format.starts_with("date-time"));
                forms.push(format!("{word}{}", format.map(|text| format!("/{text}")).unwrap_or_default()));
            }
        }
    }
    forms.retain(|form| !form.is_empty());
    forms.sort();
    (forms.join(" or "), nullable)
}

fn is_shared_scalar(schema: &Value) -> bool {
    let is_scalar = schema["type"].as_str().is_some_and(|word| word != "object" && word != "array");
    is_scalar && schema.get("x-extensible-enum").is_none()
}
