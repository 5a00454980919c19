//! Validates values against the contract's schemas, as JSON Schema: only OpenAPI 3.0's `nullable` needs translation.

use serde_json::{Map, Value, json};

use crate::Contract;

/// The component schemas as JSON Schema, to validate values.
pub struct Schemas(Value);

impl Schemas {
    /// The schemas of the contract.
    #[must_use]
    pub fn of(contract: &Contract) -> Self {
        Self(translate(&Value::Object(contract.schemas.clone())))
    }

    /// The validation errors of a value against the named schema.
    ///
    /// # Panics
    ///
    /// If the contract's schemas are not valid JSON Schema.
    #[must_use]
    pub fn errors(&self, name: &str, value: &Value) -> Vec<String> {
        let schema =
            json!({ "$ref": format!("#/components/schemas/{name}"), "components": { "schemas": self.0 } });
        errors(&schema, value)
    }
}

/// The validation errors of a value against this schema, which must have no references.
pub(crate) fn scalar_errors(schema: &Value, value: &Value) -> Vec<String> {
    errors(&translate(schema), value)
}

fn errors(schema: &Value, value: &Value) -> Vec<String> {
    let validator = options()
        .with_format("date-time-local", is_date_time_local)
        .build(schema)
        .unwrap_or_else(|error| panic!("the contract's schemas are not valid JSON Schema: {error}"));
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

fn options() -> jsonschema::ValidationOptions<'static> {
    jsonschema::options().with_draft(jsonschema::Draft::Draft202012).should_validate_formats(true)
}

/// A date and time of RFC 3339 without its offset.
fn is_date_time_local(text: &str) -> bool {
    let with_offset = options().build(&json!({ "format": "date-time" }));
    with_offset.is_ok_and(|validator| validator.is_valid(&json!(format!("{text}Z"))))
}

/// Converts an OpenAPI 3.0 schema to JSON Schema.
fn translate(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => {
            let mut translated: Map<_, _> =
                members.iter().map(|(name, member)| (name.clone(), translate(member))).collect();
            // The schema of a property named `nullable` is not a Boolean.
            match translated.get("nullable").and_then(Value::as_bool) {
                Some(true) => {
                    translated.remove("nullable");
                    json!({ "anyOf": [{ "type": "null" }, translated] })
                }
                Some(false) | None => Value::Object(translated),
            }
        }
        Value::Array(items) => items.iter().map(translate).collect(),
        scalar => scalar.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_is_valid_only_if_nullable() {
        let nullable = json!({ "type": "string", "nullable": true });
        assert!(scalar_errors(&nullable, &Value::Null).is_empty());
        assert_eq!(scalar_errors(&json!({ "type": "string" }), &Value::Null).len(), 1);
    }

    #[test]
    fn formats_are_checked() {
        let uuid = json!({ "type": "string", "format": "uuid" });
        assert!(scalar_errors(&uuid, &json!("0112A436-B14E-4888-967B-CA4BB2CF1234")).is_empty());
        assert_eq!(scalar_errors(&uuid, &json!("not a guid")).len(), 1);
        let time = json!({ "type": "string", "format": "date-time" });
        let local = json!({ "type": "string", "format": "date-time-local" });
        for text in ["2017-03-14T03:25:16.36+00:00", "2018-10-14T00:00:00Z"] {
            assert!(scalar_errors(&time, &json!(text)).is_empty(), "{text}");
            assert_eq!(scalar_errors(&local, &json!(text)).len(), 1, "{text}");
        }
        assert!(scalar_errors(&local, &json!("2018-10-14T00:00:00")).is_empty());
        for text in ["2018-10-14", "yesterday", ""] {
            assert_eq!(scalar_errors(&time, &json!(text)).len(), 1, "{text}");
            assert_eq!(scalar_errors(&local, &json!(text)).len(), 1, "{text}");
        }
    }
}
