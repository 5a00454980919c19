//! Removes constructs from the in-memory contract that the generators do not support. The file itself stays unchanged.
//!
//! Produces two simplified contracts: schemas only for the models, operations only for the client.

use openapiv3::{
    AdditionalProperties, IntegerFormat, IntegerType, MediaType, NumberFormat, NumberType, OpenAPI,
    Parameter, ParameterSchemaOrContent, Paths, ReferenceOr, Response, Responses, Schema, SchemaKind,
    StatusCode, StringType, Type, VariantOrUnknownOrEmpty,
};

use super::contract::{Contract, known_texts, schema_name};

/// Only the schemas, with every shared scalar inlined.
pub(crate) fn for_models(contract: &Contract) -> OpenAPI {
    let mut spec = contract.spec.clone();
    spec.paths = Paths::default();
    let Some(components) = &mut spec.components else { return spec };
    components
        .schemas
        .retain(|name, _| contract.schema(name).is_some_and(|schema| !is_shared_scalar(schema)));
    for schema in components.schemas.values_mut() {
        let ReferenceOr::Item(schema) = schema else { continue };
        never_null(schema);
        plain(schema);
        let SchemaKind::Type(Type::Object(object)) = &mut schema.schema_kind else { continue };
        for property in object.properties.values_mut() {
            if let ReferenceOr::Reference { reference } = property {
                let target = schema_name(reference).and_then(|name| contract.schema(name));
                if let Some(target) = target.filter(|target| is_shared_scalar(target)) {
                    *property = ReferenceOr::Item(Box::new(target.clone()));
                }
            }
            if let ReferenceOr::Item(property) = property {
                plain(property);
            }
        }
    }
    spec
}

/// Only the operations, with responses as bytes and without header parameters, which the caller sets for all operations.
pub(crate) fn for_client(contract: &Contract) -> OpenAPI {
    let mut spec = contract.spec.clone();
    spec.components = None;
    for (path, item) in &mut spec.paths.paths {
        let ReferenceOr::Item(item) = item else { continue };
        item.parameters.clear();
        if let Some(operation) = &mut item.get {
            let parameters = contract.parameters(path, operation).cloned().filter_map(sent_by_client);
            operation.parameters = parameters.map(ReferenceOr::Item).collect();
            operation.responses = bytes();
        }
    }
    spec
}

/// The parameter with a plain schema; `None` for a header. A string in the query, or in a list there, loses its format,
/// pattern and known texts.
fn sent_by_client(mut parameter: Parameter) -> Option<Parameter> {
    let is_query = matches!(parameter, Parameter::Query { .. });
    match &mut parameter {
        Parameter::Path { parameter_data, .. } | Parameter::Query { parameter_data, .. } => {
            if let ParameterSchemaOrContent::Schema(ReferenceOr::Item(schema)) = &mut parameter_data.format {
                plain(schema);
                if is_query {
                    unconstrained(schema);
                }
            }
            Some(parameter)
        }
        Parameter::Header { .. } | Parameter::Cookie { .. } => None,
    }
}

fn unconstrained(schema: &mut Schema) {
    match &mut schema.schema_kind {
        SchemaKind::Type(Type::String(text)) => *text = StringType::default(),
        SchemaKind::Type(Type::Array(list)) => {
            if let Some(ReferenceOr::Item(item)) = &mut list.items {
                unconstrained(item);
            }
        }
        _ => {}
    }
}

/// Every response is bytes: progenitor supports only one type per operation, and the client decodes responses itself.
fn bytes() -> Responses {
    let mut response = Response { description: "The answer, unread.".into(), ..Response::default() };
    response.content.insert("*/*".into(), MediaType::default());
    let mut responses = Responses::default();
    for range in [2, 4, 5] {
        responses.responses.insert(StatusCode::Range(range), ReferenceOr::Item(response.clone()));
    }
    responses
}

/// Replaces each choice of a count and its text, a string with a pattern, by the count: the decoder of counts reads both.
pub(crate) fn counts_are_integers(spec: &mut OpenAPI) {
    let Some(components) = &mut spec.components else { return };
    for schema in components.schemas.values_mut() {
        let ReferenceOr::Item(schema) = schema else { continue };
        let SchemaKind::OneOf { one_of } = &schema.schema_kind else { continue };
        let [ReferenceOr::Item(count), ReferenceOr::Item(text)] = one_of.as_slice() else { continue };
        let is_text = |text: &Schema| matches!(&text.schema_kind, SchemaKind::Type(Type::String(text)) if text.pattern.is_some());
        if matches!(count.schema_kind, SchemaKind::Type(Type::Integer(_))) && is_text(text) {
            let nullable = count.schema_data.nullable;
            schema.schema_kind = count.schema_kind.clone();
            schema.schema_data.nullable = nullable;
        }
    }
}

/// Whether a schema is a scalar that several properties share: it is inlined and gets no Rust type.
pub(crate) fn is_shared_scalar(schema: &Schema) -> bool {
    let scalar = matches!(
        schema.schema_kind,
        SchemaKind::Type(Type::String(_) | Type::Integer(_) | Type::Number(_) | Type::Boolean(_))
    );
    scalar && known_texts(schema).is_none()
}

/// Removes `nullable` from a type: the property that uses it is an `Option`.
fn never_null(schema: &mut Schema) {
    schema.schema_data.nullable = false;
    if let SchemaKind::OneOf { one_of } = &mut schema.schema_kind {
        for choice in one_of.iter_mut() {
            if let ReferenceOr::Item(choice) = choice {
                choice.schema_data.nullable = false;
            }
        }
    }
}

/// Drops keywords that change the generated type but not the JSON: extensions and examples, which keep typify from
/// recognizing a date; bounds, which become types that reject the service's responses; and the size of numbers, because
/// only the largest types are decoded tolerantly.
fn plain(schema: &mut Schema) {
    schema.schema_data.extensions.clear();
    schema.schema_data.example = None;
    match &mut schema.schema_kind {
        SchemaKind::Type(Type::Integer(integer)) => {
            let format = VariantOrUnknownOrEmpty::Item(IntegerFormat::Int64);
            *integer = IntegerType { format, ..IntegerType::default() };
        }
        SchemaKind::Type(Type::Number(number)) => {
            let format = VariantOrUnknownOrEmpty::Item(NumberFormat::Double);
            *number = NumberType { format, ..NumberType::default() };
        }
        SchemaKind::Type(Type::String(text)) => {
            (text.pattern, text.min_length, text.max_length) = (None, None, None);
        }
        SchemaKind::Type(Type::Array(list)) => {
            (list.min_items, list.max_items, list.unique_items) = (None, None, false);
            if let Some(ReferenceOr::Item(item)) = &mut list.items {
                plain(item);
            }
        }
        SchemaKind::Type(Type::Object(object)) => {
            if matches!(object.additional_properties, Some(AdditionalProperties::Any(true))) {
                object.additional_properties = None;
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn contract() -> Contract {
        let text = std::fs::read_to_string(crate::root().join(crate::codegen::PATH)).unwrap();
        Contract::parse(&text).unwrap()
    }

    #[test]
    fn models_have_no_paths_and_inline_scalars() {
        let simplified = serde_json::to_value(for_models(&contract())).unwrap();
        assert_eq!(simplified["paths"], json!({}));
        let schemas = &simplified["components"]["schemas"];
        assert_eq!(schemas["CustomerIdField"], Value::Null);
        let row = &schemas["CommercialLicensesUsageInsights"]["properties"];
        assert_eq!(row["customerTenantId"]["format"], "uuid");
        assert_eq!(row["licensesActive"].get("x-also-sent-as"), None);
        assert_eq!(row["channel"], json!({ "$ref": "#/components/schemas/Channel" }));
    }

    #[test]
    fn the_client_has_path_and_query_parameters_and_byte_responses() {
        let simplified = serde_json::to_value(for_client(&contract())).unwrap();
        assert_eq!(simplified.get("components"), None);
        let operation = &simplified["paths"]["/v1/customers/{customer-id}"]["get"];
        let parameters = operation["parameters"].as_array().unwrap();
        assert_eq!(parameters.iter().map(|one| &one["name"]).collect::<Vec<_>>(), ["customer-id"]);
        let responses = operation["responses"].as_object().unwrap();
        assert_eq!(responses.keys().collect::<Vec<_>>(), ["2XX", "4XX", "5XX"]);
        assert!(responses.values().all(|response| response["content"] == json!({ "*/*": {} })));
    }

    #[test]
    fn constraints_do_not_reach_the_generators() {
        let simplified = serde_json::to_string(&for_client(&contract())).unwrap();
        for keyword in ["minimum", "maximum", "enum", "pattern"] {
            assert!(!simplified.contains(&format!("\"{keyword}\":")), "{keyword}: {simplified}");
        }
        assert!(!simplified.contains("-filter\""), "{simplified}");
    }

    #[test]
    fn a_constraint_does_not_choose_the_type() {
        let plainly = |schema: Value| {
            let mut schema: Schema = serde_json::from_value(schema).unwrap();
            plain(&mut schema);
            serde_json::to_value(schema).unwrap()
        };
        for (constrained, expected) in [
            (
                json!({ "type": "string", "format": "uuid", "pattern": "a", "maxLength": 36 }),
                json!({ "type": "string", "format": "uuid" }),
            ),
            (
                json!({ "type": "integer", "format": "int32", "maximum": 9 }),
                json!({ "type": "integer", "format": "int64" }),
            ),
            (json!({ "type": "number", "minimum": 0 }), json!({ "type": "number", "format": "double" })),
            (
                json!({ "type": "array", "uniqueItems": true, "items": { "type": "integer" } }),
                json!({ "type": "array", "items": { "type": "integer", "format": "int64" } }),
            ),
        ] {
            assert_eq!(plainly(constrained), expected);
        }
    }
}
