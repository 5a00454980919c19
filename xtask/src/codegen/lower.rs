//! Takes out of the contract, in memory, what the generators cannot swallow. The file is never bent to them.
//!
//! Two lowered contracts come of one: schemas alone for the models, operations alone for the client.

use openapiv3::{
    AdditionalProperties, IntegerType, MediaType, OpenAPI, Parameter, ParameterSchemaOrContent, Paths,
    ReferenceOr, Response, Responses, Schema, SchemaKind, StatusCode, Type,
};

use super::contract::{Contract, known_texts, schema_name};

/// The schemas alone, every shared scalar written out where it is used.
pub(crate) fn for_models(contract: &Contract) -> OpenAPI {
    let mut spec = contract.spec.clone();
    spec.paths = Paths::default();
    let Some(components) = &mut spec.components else { return spec };
    components
        .schemas
        .retain(|name, _| contract.schema(name).is_some_and(|schema| !is_shared_scalar(schema)));
    for schema in components.schemas.values_mut() {
        let ReferenceOr::Item(schema) = schema else { continue };
        if known_texts(schema).is_some() {
            // Absent and null are the property's to say.
            schema.schema_data.nullable = false;
        }
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

/// The operations alone: answers as bytes, and no header parameters, which the call sets for all operations alike.
pub(crate) fn for_client(contract: &Contract) -> OpenAPI {
    let mut spec = contract.spec.clone();
    let parameters = spec.components.take().map(|components| components.parameters).unwrap_or_default();
    let lower = |list: &mut Vec<ReferenceOr<Parameter>>| {
        for parameter in list.iter_mut() {
            if let ReferenceOr::Reference { reference } = parameter {
                let name = reference.trim_start_matches("#/components/parameters/");
                if let Some(target) = parameters.get(name) {
                    *parameter = target.clone();
                }
            }
        }
        list.retain(|parameter| !matches!(parameter, ReferenceOr::Item(Parameter::Header { .. })));
        for parameter in list.iter_mut() {
            if let ReferenceOr::Item(
                Parameter::Path { parameter_data, .. } | Parameter::Query { parameter_data, .. },
            ) = parameter
                && let ParameterSchemaOrContent::Schema(ReferenceOr::Item(schema)) =
                    &mut parameter_data.format
            {
                plain(schema);
            }
        }
    };
    for item in spec.paths.paths.values_mut() {
        let ReferenceOr::Item(item) = item else { continue };
        lower(&mut item.parameters);
        for operation in [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch]
            .into_iter()
            .flatten()
        {
            lower(&mut operation.parameters);
            operation.responses = bytes();
        }
    }
    spec
}

/// Every answer is bytes: its status and headers then reach the facade whatever the body is.
fn bytes() -> Responses {
    let mut response = Response { description: "The answer, unread.".into(), ..Response::default() };
    response.content.insert("*/*".into(), MediaType::default());
    let mut responses = Responses::default();
    for range in [2, 4, 5] {
        responses.responses.insert(StatusCode::Range(range), ReferenceOr::Item(response.clone()));
    }
    responses
}

/// A scalar that rows share: part of their description, not a type of its own.
pub(crate) fn is_shared_scalar(schema: &Schema) -> bool {
    let scalar = matches!(
        schema.schema_kind,
        SchemaKind::Type(Type::String(_) | Type::Integer(_) | Type::Number(_) | Type::Boolean(_))
    );
    scalar && known_texts(schema).is_none()
}

/// Drops what changes the generated type without changing what is on the wire: extensions and examples, which keep
/// typify from recognising a date, and bounds, which become types that refuse the service's answers.
fn plain(schema: &mut Schema) {
    schema.schema_data.extensions.clear();
    schema.schema_data.example = None;
    match &mut schema.schema_kind {
        SchemaKind::Type(Type::Integer(integer)) => {
            *integer = IntegerType { format: integer.format.clone(), ..IntegerType::default() };
        }
        SchemaKind::Type(Type::Number(number)) => {
            number.minimum = None;
            number.maximum = None;
        }
        SchemaKind::Type(Type::Object(object)) => {
            if matches!(object.additional_properties, Some(AdditionalProperties::Any(true))) {
                object.additional_properties = None;
            }
        }
        _ => {}
    }
}
