//! Validation of component schemas and their properties.
//!
//! Every property of a response may be absent or null, which mean the same, unless the schema requires it. Every type
//! is named in the contract, so that no generator invents a name.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Document, Findings, entries, is_described, is_true};
use crate::codegen::{contract, rust};

const OBJECT: [&str; 10] = [
    "type",
    "nullable",
    "description",
    "externalDocs",
    "example",
    "deprecated",
    "required",
    "properties",
    "additionalProperties",
    "x-continues",
];
const OPEN_SET: [&str; 5] = ["type", "description", "example", "nullable", "x-extensible-enum"];
const CHOICE: [&str; 3] = ["oneOf", "description", "example"];
const SCALAR: [&str; 12] = [
    "type",
    "format",
    "description",
    "example",
    "deprecated",
    "nullable",
    "minimum",
    "maximum",
    "x-also-sent-as",
    "x-customer-data",
    "x-continues",
    "x-counts",
];
const LIST: [&str; 8] = [
    "type",
    "items",
    "description",
    "example",
    "deprecated",
    "nullable",
    "x-also-sent-as",
    "x-customer-data",
];

/// Names the generated file uses for something else.
const TAKEN: [&str; 7] = ["Guid", "Timestamp", "Offset", "Option", "Vec", "Box", "String"];

pub(super) fn check(document: Document, findings: &mut Findings) {
    for (name, schema) in document.components("schemas") {
        let subject = &format!("schema {name}");
        if rust::camel(name) != name || !rust::is_name(name) {
            findings.add(subject, format!("rename it to {}, the name of its Rust type", rust::camel(name)));
        }
        if TAKEN.contains(&name) {
            findings.add(subject, "its name conflicts with a type that the generated code uses");
        }
        if schema.get("$ref").is_some() {
            findings.add(subject, "it is only an alias of another schema; use that schema");
            continue;
        }
        if !is_described(schema) {
            findings.add(subject, "it has no `description`");
        }
        match Kind::of(schema) {
            Kind::Object => object(document, subject, schema, findings),
            Kind::OpenSet => open_set(subject, schema, findings),
            Kind::Choice => choice(subject, schema, findings),
            Kind::Scalar => scalar(subject, "", schema, findings),
            Kind::List => {
                findings.add(subject, "a list cannot be a named schema; define it inline in the property");
            }
            Kind::Other => findings.add(
                subject,
                "it must be an object, an open set of strings, a shared scalar, or a `oneOf` of scalars",
            ),
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Object,
    OpenSet,
    Choice,
    Scalar,
    List,
    Other,
}

impl Kind {
    fn of(schema: &Value) -> Self {
        match schema["type"].as_str() {
            Some("object") => Self::Object,
            Some("array") => Self::List,
            Some("string") if schema.get("x-extensible-enum").is_some() => Self::OpenSet,
            Some("string" | "integer" | "number" | "boolean") => Self::Scalar,
            None if schema.get("oneOf").is_some() => Self::Choice,
            _ => Self::Other,
        }
    }
}

fn open_set(subject: &str, schema: &Value, findings: &mut Findings) {
    findings.keywords(subject, "", schema, &OPEN_SET);
    let texts = schema["x-extensible-enum"].as_array().map(Vec::as_slice).unwrap_or_default();
    if texts.is_empty() {
        findings.add(subject, "`x-extensible-enum` must be a non-empty list of strings");
    }
    let mut variants = BTreeMap::from([("Other".to_owned(), "the variant for unknown values")]);
    for text in texts {
        let Some(text) = text.as_str() else {
            findings.add(subject, format!("{text} in `x-extensible-enum` is not a string"));
            continue;
        };
        let variant = rust::camel(text);
        if !rust::is_name(&variant) {
            findings.add(subject, format!("`{text}` cannot be converted to a Rust name"));
        } else if let Some(other) = variants.insert(variant, text) {
            findings.add(subject, format!("`{text}` and {other} have the same name in Rust"));
        }
    }
}

fn choice(subject: &str, schema: &Value, findings: &mut Findings) {
    findings.keywords(subject, "", schema, &CHOICE);
    let mut types = BTreeSet::new();
    for variant in schema["oneOf"].as_array().into_iter().flatten() {
        if Kind::of(variant) != Kind::Scalar {
            findings.add(subject, "a `oneOf` may contain only inline scalars");
            return;
        }
        scalar(subject, "variant of `oneOf`: ", variant, findings);
        if !types.insert(variant["type"].as_str()) {
            findings.add(
                subject,
                "two variants of its `oneOf` have the same type, so the first would always match",
            );
        }
    }
}

fn scalar(subject: &str, of: &str, schema: &Value, findings: &mut Findings) {
    if schema["type"] == "integer" && schema.get("enum").is_some() {
        findings.add(
            subject,
            format!("{of}an integer `enum` does not compile; use `type: integer` and describe the values"),
        );
    } else {
        findings.keywords(subject, of, schema, &SCALAR);
    }
    let format = schema["format"].as_str();
    match schema["type"].as_str() {
        Some("integer") if format != Some("int64") => {
            findings.add(
                subject,
                format!("{of}integers must have `format: int64`, the only one with tolerant decoding"),
            );
        }
        Some("number") if format != Some("double") => {
            findings.add(
                subject,
                format!("{of}numbers must have `format: double`, the only one with tolerant decoding"),
            );
        }
        Some("string") => {
            if let Some(format) =
                format.filter(|format| !matches!(*format, "date-time" | "date-time-local" | "uuid"))
            {
                findings.add(subject, format!("{of}`format: {format}` has no Rust type; remove it"));
            }
        }
        _ => {}
    }
}

fn object(document: Document, subject: &str, schema: &Value, findings: &mut Findings) {
    findings.keywords(subject, "", schema, &OBJECT);
    match schema.get("additionalProperties") {
        None | Some(Value::Bool(true)) => {}
        Some(Value::Bool(false)) => findings
            .add(subject, "`additionalProperties: false` rejects every response with a new field; remove it"),
        Some(_) => findings.add(subject, "`additionalProperties` with a schema is not kept; remove it"),
    }
    let properties = &schema["properties"];
    if entries(properties).next().is_none() && !is_true(&schema["additionalProperties"]) {
        findings.add(
            subject,
            "an object without properties loses all its members; if that is intended, say `additionalProperties: true`",
        );
    }
    let required: Vec<_> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for name in required.iter().filter(|name| properties.get(**name).is_none()) {
        findings.add(subject, format!("it requires `{name}`, which is not one of its properties"));
    }
    let mut fields = BTreeMap::new();
    let mut spellings = BTreeMap::new();
    for (name, property) in entries(properties) {
        let of = &format!("property `{name}`: ");
        self::property(document, subject, of, property, required.contains(&name), findings);
        if !rust::is_name(&rust::field(name)) {
            findings.add(subject, format!("{of}it cannot be converted to a Rust name"));
        } else if let Some(other) = fields.insert(rust::field(name), name) {
            findings.add(subject, format!("{of}`{other}` has the same name in Rust"));
            continue;
        }
        for spelling in spellings_of(document, name, property) {
            if let Some(other) = spellings.insert(spelling.clone(), name) {
                findings.add(subject, format!("{of}`{other}` is also read from `{spelling}`"));
            }
        }
    }
}

fn spellings_of(document: Document, name: &str, property: &Value) -> Vec<String> {
    let also: Vec<_> = [Some(property), document.resolve(property)]
        .into_iter()
        .flatten()
        .flat_map(|schema| schema["x-also-sent-as"].as_array().into_iter().flatten())
        .filter_map(Value::as_str)
        .collect();
    let mut spellings = contract::other_spellings(name, &also);
    spellings.push(name.to_owned());
    spellings
}

fn property(
    document: Document,
    subject: &str,
    of: &str,
    property: &Value,
    required: bool,
    findings: &mut Findings,
) {
    // Dangling references are reported elsewhere.
    let Some(target) = document.resolve(property) else { return };
    if property.get("$ref").is_none() {
        written_out(document, subject, of, property, findings);
    }
    match (required, may_be_null(target)) {
        (false, false) => findings.add(
            subject,
            format!("{of}it may be absent but not null, and the service sends both; add `nullable: true`"),
        ),
        (true, true) => findings.add(
            subject,
            format!(
                "{of}it is required but may be null, and null counts as absent; make it either required or nullable"
            ),
        ),
        (true, false) if !has_empty_value(target) => findings.add(
            subject,
            format!("{of}its type has no default value, which its struct needs; make it nullable"),
        ),
        _ => {}
    }
    if !is_described(target) {
        findings.add(subject, format!("{of}it has no `description`"));
    }
}

/// Whether the Rust type has a default.
fn has_empty_value(target: &Value) -> bool {
    let is_time = matches!(target["format"].as_str(), Some("date-time" | "date-time-local"));
    !is_time && !matches!(Kind::of(target), Kind::OpenSet | Kind::Choice)
}

/// Whether null is a value of a schema. Strictly, `nullable` counts only beside a `type`.
fn may_be_null(target: &Value) -> bool {
    let choices = target["oneOf"].as_array().into_iter().flatten();
    std::iter::once(target).chain(choices).any(|schema| is_true(&schema["nullable"]))
}

fn written_out(document: Document, subject: &str, of: &str, property: &Value, findings: &mut Findings) {
    match Kind::of(property) {
        Kind::Object => {
            findings.add(
                subject,
                format!("{of}an inline object would get an invented type name; give it a named schema"),
            );
        }
        Kind::List => {
            findings.keywords(subject, of, property, &LIST);
            items(document, subject, of, &property["items"], findings);
        }
        Kind::Scalar | Kind::OpenSet => scalar(subject, of, property, findings),
        Kind::Choice | Kind::Other => {
            if findings.keywords(subject, of, property, &SCALAR) {
                findings.add(subject, format!("{of}its `type` must be a JSON type"));
            }
        }
    }
}

fn items(document: Document, subject: &str, of: &str, items: &Value, findings: &mut Findings) {
    let text = serde_json::json!({ "type": "string" });
    let named = items.get("$ref").is_some()
        && document.resolve(items).is_none_or(|target| Kind::of(target) != Kind::Scalar);
    if !named && *items != text {
        findings.add(
            subject,
            format!("{of}a list may contain only plain strings, or a `$ref` to an object, an open set or a `oneOf`"),
        );
    }
}
