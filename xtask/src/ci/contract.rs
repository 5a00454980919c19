//! Compares the contract with the one that was last accepted. A breaking change must be accepted on purpose.
//!
//! `drift` compares the documents. It reports a change that it cannot judge as unhandled, which counts as breaking here.
//! It does not look at names of operations, at extensions and at response headers: the check of the public interfaces
//! finds a renamed operation and a removed text of an open set.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use drift::{ChangeClass, ChangeDetails, ChangeInfo};
use serde_json::Value;

use super::Verdict;
use crate::codegen::PATH;

/// The last accepted contract, without its documentation.
const BASELINE: &str = "openapi/baseline.json";

pub(super) fn check() -> Result<Verdict> {
    let text = std::fs::read_to_string(crate::root().join(BASELINE))
        .with_context(|| format!("cannot read {BASELINE}"))?;
    let findings = findings(&serde_json::from_str(&text)?, contract()?)?;
    ensure!(
        findings.is_empty(),
        "{PATH} breaks clients of {BASELINE}:\n{}\nTo accept this: `cargo xtask ci contract --accept`, and a line in \
         CHANGELOG.md",
        findings.join("\n")
    );
    Ok(Verdict::Holds)
}

/// Makes the current contract the baseline.
pub(super) fn accept() -> Result<()> {
    Ok(std::fs::write(crate::root().join(BASELINE), format!("{:#}\n", contract()?))?)
}

fn contract() -> Result<Value> {
    let text = std::fs::read_to_string(crate::root().join(PATH))?;
    let mut contract = yaml_serde::from_str(&text).with_context(|| format!("{PATH} is not YAML"))?;
    remove_documentation(&mut contract, "");
    Ok(contract)
}

/// Removes what does not change a request or a response, so that the baseline contains only what is compared. `keyword` is
/// the member that holds the value.
fn remove_documentation(value: &mut Value, keyword: &str) {
    match value {
        Value::Object(members) => {
            let are_properties = keyword == "properties";
            if !are_properties {
                members.retain(|keyword, value| match keyword.as_str() {
                    "description" | "summary" => !value.is_string(),
                    "example" | "examples" | "externalDocs" | "tags" => false,
                    _ => true,
                });
            }
            for (name, member) in members {
                remove_documentation(member, if are_properties { "" } else { name });
                if keyword == "responses" && member.get("$ref").is_none() {
                    // `drift` cannot read a response without one.
                    member["description"] = "".into();
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| remove_documentation(value, "")),
        _ => {}
    }
}

/// The breaking changes from an old contract to a new one, each with the operation or schema.
fn findings(old: &Value, mut new: Value) -> Result<Vec<String>> {
    remove_additions(old, &mut new);
    let mut findings = BTreeSet::new();
    for change in drift::compare(old, &new)? {
        let place = change.paths.first().map(|path| path.old.current_pointer().to_string());
        let place = place.unwrap_or_default();
        for info in change.changes.iter().filter(|info| is_breaking(info)) {
            findings.insert(format!("{place} {}: {}", info.old_subpath, info.message));
        }
    }
    Ok(findings.into_iter().collect())
}

fn is_breaking(change: &ChangeInfo) -> bool {
    let is_addition =
        change.class == ChangeClass::ForwardIncompatible && change.details == ChangeDetails::Added;
    change.class != ChangeClass::Trivial && !is_addition
}

/// Removes optional properties that the old contract does not have, which `drift` reports like removed ones.
fn remove_additions(old: &Value, new: &mut Value) {
    let Some(schemas) = new["components"]["schemas"].as_object_mut() else { return };
    for (name, schema) in schemas {
        let there = &old["components"]["schemas"][name]["properties"];
        let required: Vec<_> = schema["required"].as_array().cloned().unwrap_or_default();
        if let (Some(there), Some(properties)) =
            (there.as_object(), schema.get_mut("properties").and_then(Value::as_object_mut))
        {
            properties.retain(|name, _| there.contains_key(name) || required.contains(&name.as_str().into()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTRACT: &str = "
openapi: 3.0.3
info: { title: Seats, version: v1 }
paths:
  /halls/{id}:
    get:
      operationId: getHall
      summary: Gets a hall
      parameters:
        - { name: id, in: path, required: true, schema: { type: string, format: uuid } }
        - { name: top, in: query, schema: { type: integer, format: int64 } }
      responses:
        '200': { description: A hall., content: { application/json: { schema: { $ref: '#/components/schemas/Hall' } } } }
        '404': { description: No such hall. }
components:
  schemas:
    Hall:
      type: object
      required: [rows]
      properties:
        rows: { type: array, items: { $ref: '#/components/schemas/Row' } }
        description: { type: string, nullable: true }
    Row: { type: object, properties: { sold: { type: integer, format: int64 }, example: { type: string } } }
";

    fn parsed(text: &str) -> Value {
        let mut value = yaml_serde::from_str(text).unwrap();
        remove_documentation(&mut value, "");
        value
    }

    fn changed(from: &str, to: &str) -> Vec<String> {
        assert!(CONTRACT.contains(from), "{from}");
        findings(&parsed(CONTRACT), parsed(&CONTRACT.replace(from, to))).unwrap()
    }

    #[test]
    fn breaking_changes_are_named() {
        for (from, to, finding) in [
            ("/halls/", "/rooms/", "#/paths/~1halls~1{id}/get : The operation getHall was removed"),
            ("name: top", "name: count", "The parameter 'top' was removed"),
            (
                "in: query,",
                "in: query, required: true,",
                "The parameter 'top' was optional and is now required",
            ),
            (
                "in: query, schema: { type: integer, format: int64 }",
                "in: query, schema: { type: string }",
                "schema types changed",
            ),
            (
                "sold: { type: integer, format: int64 }, ",
                "",
                "#/components/schemas/Row : object properties changed",
            ),
            ("sold:", "bought:", "object properties changed"),
            (
                "sold: { type: integer, format: int64 }",
                "sold: { type: string }",
                "#/components/schemas/Row properties/sold: schema types changed",
            ),
            ("format: int64 }, example", "format: int32 }, example", "integer schema changed"),
            ("required: [rows]", "required: []", "object required properties changed"),
            ("'200':", "'202':", "operation no longer responds with status 200"),
            (
                "        '404': { description: No such hall. }\n",
                "",
                "operation no longer responds with status 404",
            ),
        ] {
            let found = changed(from, to).join("\n");
            assert!(found.contains(finding), "{from} -> {to}: {found}");
        }
    }

    #[test]
    fn additions_and_documentation_are_compatible() {
        for (from, to) in [
            ("", ""),
            ("No such hall.", "Nothing."),
            ("Gets a hall", "A hall"),
            ("sold:", "idle: { type: string }, sold:"),
            (
                "      parameters:\n",
                "      parameters:\n        - { name: skip, in: query, schema: { type: string } }\n",
            ),
            (
                "components:\n",
                "  /rooms: { get: { responses: { '200': { description: Rooms. } } } }\ncomponents:\n",
            ),
        ] {
            assert_eq!(changed(from, to), Vec::<String>::new(), "{from} -> {to}");
        }
    }

    #[test]
    fn only_documentation_is_removed() {
        let schemas = &parsed(CONTRACT)["components"]["schemas"];
        assert_eq!(schemas["Hall"]["properties"]["description"]["type"], "string");
        assert_eq!(schemas["Row"]["properties"]["example"]["type"], "string");
        let operation = &parsed(CONTRACT)["paths"]["/halls/{id}"]["get"];
        assert_eq!((operation["operationId"].as_str(), operation.get("summary")), (Some("getHall"), None));
    }

    #[test]
    fn a_breaking_change_of_the_real_contract_is_found() {
        let old = contract().unwrap();
        let text = old.to_string();
        assert_eq!(findings(&old, old.clone()).unwrap(), Vec::<String>::new());
        for (from, to) in [("licensesSold", "licensesBought"), ("/v1/customers\"", "/v2/customers\"")] {
            let new = serde_json::from_str(&text.replace(from, to)).unwrap();
            assert!(!findings(&old, new).unwrap().is_empty(), "{from} -> {to}");
        }
    }
}
