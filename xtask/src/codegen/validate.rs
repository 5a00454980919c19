//! Rejects contracts from which the generators would silently produce wrong code: code that compiles and sends, reads or
//! prints something else than the contract says.
//!
//! It checks the untyped document, because a typed parser drops unknown keywords. What the generators or the compiler
//! report themselves is not checked here, and neither is whether the document is valid OpenAPI:
//!
//! | defect | reported by |
//! | --- | --- |
//! | invalid OpenAPI, unknown keywords, dangling or adorned `$ref`s, duplicate or missing operation ids, path parameters that do not fit the path | `tests/third_party/openapi.sh` (openapi-spec-validator, Spectral) |
//! | no summary or description, a deprecated operation without its successor, operation ids that are not Rust names | `openapi/.spectral.yaml` |
//! | an operation without code or without a JSON response, or with a parameter that is an object or a list of other than texts | `codegen::client` |
//! | other parameter styles and `content`, missing parameters of a path, `not`, dangling `$ref`s | progenitor, which fails or panics |
//! | inline objects, closed enums and choices, `allOf`, aliases, named lists, names that are not those of Rust types | `codegen::models` |
//! | names that are equal in Rust or not names, formats without a type, a property that is read from the name of another | the compiler |

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use serde_json::{Map, Value};

/// Fails with all findings in this document.
pub(crate) fn validate(document: &Value) -> Result<()> {
    let mut findings = Findings(BTreeSet::new());
    let version = document["openapi"].as_str().unwrap_or("missing");
    if version.starts_with("3.0.") {
        extensions(document, document, &mut Vec::new(), &mut findings);
        operations(document, &mut findings);
        schemas(document, &mut findings);
    } else {
        // `nullable` means nothing in 3.1, which has types of null.
        findings.add(&["openapi"], format!("the version is {version}; the generators support 3.0"));
    }
    let findings: Vec<_> = findings.0.into_iter().collect();
    ensure!(findings.is_empty(), "cannot generate code from this contract\n{}", findings.join("\n"));
    Ok(())
}

/// The findings, sorted and without duplicates, each with its place in the document.
struct Findings(BTreeSet<String>);

impl Findings {
    fn add(&mut self, place: &[&str], sentence: impl AsRef<str>) {
        self.0.insert(format!("{}: {}", place.join(" > "), sentence.as_ref()));
    }
}

/// Reports every extension that the generators would ignore: an unknown one, one in a place where it is not read, and one
/// with a value that is not understood.
fn extensions<'a>(document: &'a Value, value: &'a Value, place: &mut Vec<&'a str>, findings: &mut Findings) {
    // The members of these are names, and `x-name` is not an extension there.
    let are_names = matches!(place.last(), Some(&("properties" | "headers" | "responses" | "content")));
    for (keyword, inner) in entries(value) {
        if !are_names && matches!(keyword, "example" | "examples" | "default") {
            continue;
        }
        if !are_names && keyword.starts_with("x-") {
            if !is_read(keyword, place) {
                findings.add(place, format!("`{keyword}` is not read here"));
            } else if let Some(expected) = expected(document, keyword, inner) {
                findings.add(place, format!("`{keyword}` must be {expected}"));
            }
            continue;
        }
        place.push(keyword);
        extensions(document, inner, place, findings);
        place.pop();
    }
    for inner in value.as_array().into_iter().flatten() {
        place.push("[]");
        extensions(document, inner, place, findings);
        place.pop();
    }
}

/// Whether an extension is read in a place.
fn is_read(keyword: &str, place: &[&str]) -> bool {
    match place {
        ["paths", _, "get"] => keyword == "x-superseded-by",
        ["paths", _, "get", "parameters", "[]"] => keyword == "x-fields",
        ["components", "schemas", _] => is_of_schema(keyword) || keyword == "x-extensible-enum",
        ["components", "schemas", _, "properties", _] => is_of_schema(keyword),
        _ => false,
    }
}

fn is_of_schema(keyword: &str) -> bool {
    matches!(keyword, "x-also-sent-as" | "x-customer-data" | "x-continues" | "x-counts")
}

/// What the value of an extension must be, if it is something else.
fn expected(document: &Value, keyword: &str, value: &Value) -> Option<&'static str> {
    let is_one_of = |texts: &[&str]| value.as_str().is_some_and(|text| texts.contains(&text));
    let (is_right, expected) = match keyword {
        "x-customer-data" => (is_true(value), "true"),
        "x-continues" => (is_one_of(&["link", "token", "links"]), "link, token or links"),
        "x-counts" => (is_one_of(&["page", "query"]), "page or query"),
        "x-superseded-by" => {
            let mut operations = entries(&document["paths"]).map(|(_, item)| &item["get"]["operationId"]);
            (operations.any(|id| id == value), "the id of another operation")
        }
        "x-fields" if value.is_object() => {
            let mut operators = entries(value).map(|(_, operators)| operators.as_array());
            let are_texts =
                |operators: &Vec<Value>| !operators.is_empty() && operators.iter().all(Value::is_string);
            (operators.all(|operators| operators.is_some_and(are_texts)), "the operators of each field")
        }
        _ => {
            let texts = value.as_array().filter(|texts| !texts.is_empty());
            (texts.is_some_and(|texts| texts.iter().all(Value::is_string)), "a list of texts")
        }
    };
    (!is_right).then_some(expected)
}

fn operations(document: &Value, findings: &mut Findings) {
    for (path, item) in entries(&document["paths"]) {
        let operation = &item["get"];
        for (keyword, _) in entries(item) {
            if !matches!(keyword, "get" | "parameters" | "summary" | "description") {
                findings.add(&["paths", path], format!("`{keyword}` is ignored"));
            }
        }
        let place = &["paths", path, "get"];
        for keyword in ["servers", "requestBody"] {
            if operation.get(keyword).is_some() {
                findings.add(place, format!("`{keyword}` is ignored"));
            }
        }
        if entries(&operation["responses"]).filter(|(status, _)| status.starts_with('2')).count() > 1 {
            findings.add(place, "it has several successful responses, and only the first is read");
        }
        let parameters = [item, operation].into_iter().filter_map(|holder| holder["parameters"].as_array());
        for parameter in parameters.flatten().filter_map(|parameter| resolve(document, parameter)) {
            if parameter["in"] == "cookie" {
                findings.add(place, format!("the cookie {} is not sent", parameter["name"]));
            }
        }
    }
}

fn schemas(document: &Value, findings: &mut Findings) {
    for (name, schema) in entries(&document["components"]["schemas"]) {
        let place = &["components", "schemas", name];
        for keyword in ["oneOf", "anyOf"] {
            let choices = schema[keyword].as_array().map(Vec::as_slice).unwrap_or_default();
            let types: BTreeSet<_> = choices.iter().filter_map(|choice| choice["type"].as_str()).collect();
            let are_scalars = !types.contains("object") && !types.contains("array");
            if types.len() < choices.len() || !are_scalars {
                findings.add(
                    place,
                    format!("`{keyword}` is read as the first that fits; use scalars of different types"),
                );
            }
        }
        if schema["type"] == "object" {
            object(document, place, schema, findings);
        }
    }
}

fn object(document: &Value, place: &[&str], schema: &Value, findings: &mut Findings) {
    let properties = &schema["properties"];
    if entries(properties).next().is_none() && !is_true(&schema["additionalProperties"]) {
        findings.add(
            place,
            "an object without properties loses all its members; if that is intended, say `additionalProperties: true`",
        );
    }
    let required: Vec<_> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for name in required.iter().filter(|name| properties.get(**name).is_none()) {
        findings.add(place, format!("it requires `{name}`, which is not one of its properties"));
    }
    for (name, property) in entries(properties) {
        let Some(target) = resolve(document, property) else { continue };
        let place = [place, &["properties", name]].concat();
        match (required.contains(&name), may_be_null(target)) {
            (false, false) => findings.add(
                &place,
                "it may be absent but not null, and the service sends both; add `nullable: true`",
            ),
            (true, true) => findings.add(
                &place,
                "it is required but may be null, and null counts as absent; make it either required or nullable",
            ),
            _ => {}
        }
    }
}

/// Whether null is a value of a schema, or of one of its choices.
fn may_be_null(schema: &Value) -> bool {
    let choices = schema["oneOf"].as_array().into_iter().flatten();
    std::iter::once(schema).chain(choices).any(|schema| is_true(&schema["nullable"]))
}

/// The value itself, or the target of its `$ref`.
fn resolve<'a>(document: &'a Value, value: &'a Value) -> Option<&'a Value> {
    match value.get("$ref") {
        Some(reference) => document.pointer(reference.as_str()?.strip_prefix('#')?),
        None => Some(value),
    }
}

fn entries(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter).map(|(name, value)| (name.as_str(), value))
}

fn is_true(value: &Value) -> bool {
    *value == Value::Bool(true)
}
