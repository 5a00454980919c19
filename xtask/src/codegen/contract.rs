//! The validated contract, and accessors for its parts.

use std::path::Path;

use anyhow::{Context, Result};
use openapiv3::{
    OpenAPI, Operation, Parameter, PathItem, ReferenceOr, Response, Schema, SchemaKind, StatusCode, Type,
};
use sha2::{Digest, Sha256};

use super::simplify;
use super::validate::validate;

/// Where the contract is, from the root of the workspace.
pub(crate) const PATH: &str = "openapi/partner-center.yaml";

/// A contract that the generators support.
pub(crate) struct Contract {
    pub(crate) spec: OpenAPI,
    /// SHA-256 of the file with normalized line endings, in hexadecimal.
    pub(crate) hash: String,
}

impl Contract {
    pub(crate) fn load(path: &Path) -> Result<Self> {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("{PATH} cannot be used"))
    }

    pub(crate) fn parse(text: &str) -> Result<Self> {
        let text = text.replace("\r\n", "\n");
        validate(&yaml_serde::from_str(&text)?)?;
        let mut spec = yaml_serde::from_str(&text)?;
        simplify::counts_are_integers(&mut spec);
        let hash = format!("{:x}", Sha256::digest(text.as_bytes()));
        Ok(Self { spec, hash })
    }

    /// Every operation with its path, in the order of the file.
    pub(crate) fn operations(&self) -> impl Iterator<Item = (&str, &Operation)> {
        self.path_items().filter_map(|(path, item)| Some((path, item.get.as_ref()?)))
    }

    /// The parameters of an operation: its own, then those of its path.
    pub(crate) fn parameters<'a>(
        &'a self,
        path: &str,
        operation: &'a Operation,
    ) -> impl Iterator<Item = &'a Parameter> {
        let path = self.spec.paths.paths.get(path).and_then(ReferenceOr::as_item);
        let shared = path.into_iter().flat_map(|item| &item.parameters);
        operation.parameters.iter().chain(shared).filter_map(|parameter| self.parameter(parameter))
    }

    /// The name of the model of an operation's only successful response.
    pub(crate) fn answer<'a>(&'a self, operation: &'a Operation) -> Option<&'a str> {
        operation.responses.responses.iter().find_map(|(status, response)| {
            let success = match status {
                StatusCode::Code(code) => (200..300).contains(code),
                StatusCode::Range(range) => *range == 2,
            };
            let media = self.response(response).filter(|_| success)?.content.get("application/json")?;
            match media.schema.as_ref()? {
                ReferenceOr::Reference { reference } => schema_name(reference),
                ReferenceOr::Item(_) => None,
            }
        })
    }

    fn path_items(&self) -> impl Iterator<Item = (&str, &PathItem)> {
        self.spec.paths.iter().filter_map(|(path, item)| Some((path.as_str(), item.as_item()?)))
    }

    /// Every component schema with its name.
    pub(crate) fn schemas(&self) -> impl Iterator<Item = (&str, &Schema)> {
        let schemas = self.spec.components.iter().flat_map(|components| &components.schemas);
        schemas.filter_map(|(name, schema)| Some((name.as_str(), schema.as_item()?)))
    }

    /// A component schema by its name.
    pub(crate) fn schema(&self, name: &str) -> Option<&Schema> {
        self.spec.components.as_ref()?.schemas.get(name)?.as_item()
    }

    /// The properties of a schema, each with its inline or referenced schema.
    pub(crate) fn properties(&self, name: &str) -> impl Iterator<Item = (&str, &Schema)> {
        let object = match self.schema(name).map(|schema| &schema.schema_kind) {
            Some(SchemaKind::Type(Type::Object(object))) => Some(object),
            _ => None,
        };
        let properties = object.into_iter().flat_map(|object| &object.properties);
        properties.filter_map(|(name, property)| Some((name.as_str(), self.property(property)?)))
    }

    /// The property that holds the rows, if a schema is a collection: an object that requires a list.
    pub(crate) fn rows(&self, name: &str) -> Option<&str> {
        let SchemaKind::Type(Type::Object(object)) = &self.schema(name)?.schema_kind else { return None };
        let is_list = |name: &&String| {
            let property = object.properties.get(*name).and_then(|property| property.as_item());
            property.is_some_and(|property| matches!(property.schema_kind, SchemaKind::Type(Type::Array(_))))
        };
        object.required.iter().find(is_list).map(String::as_str)
    }

    /// The schema of the rows of a collection.
    pub(crate) fn row(&self, name: &str) -> Option<&str> {
        let SchemaKind::Type(Type::Object(object)) = &self.schema(name)?.schema_kind else { return None };
        let rows = object.properties.get(self.rows(name)?)?.as_item()?;
        let SchemaKind::Type(Type::Array(rows)) = &rows.schema_kind else { return None };
        match rows.items.as_ref()? {
            ReferenceOr::Reference { reference } => schema_name(reference),
            ReferenceOr::Item(_) => None,
        }
    }

    /// The property that counts the rows of a collection, and what it counts.
    pub(crate) fn count(&self, name: &str) -> Option<(&str, &str)> {
        self.properties(name).find_map(|(name, property)| Some((name, counts(property)?)))
    }

    /// Every spelling of the properties whose `x-continues` has this value.
    pub(crate) fn continuations(&self, way: &str) -> Vec<String> {
        let mut spellings = std::collections::BTreeSet::new();
        for (schema, _) in self.schemas() {
            for (name, property) in self.properties(schema) {
                if continues(property) == Some(way) {
                    spellings.insert(name.to_owned());
                    spellings.extend(other_spellings(name, &also_sent_as(property)));
                }
            }
        }
        spellings.into_iter().collect()
    }

    /// The inline or referenced schema of a property.
    pub(crate) fn property<'a>(&'a self, property: &'a ReferenceOr<Box<Schema>>) -> Option<&'a Schema> {
        match property {
            ReferenceOr::Item(own) => Some(own),
            ReferenceOr::Reference { reference } => self.schema(schema_name(reference)?),
        }
    }

    fn parameter<'a>(&'a self, parameter: &'a ReferenceOr<Parameter>) -> Option<&'a Parameter> {
        match parameter {
            ReferenceOr::Item(parameter) => Some(parameter),
            ReferenceOr::Reference { reference } => {
                let name = reference.strip_prefix("#/components/parameters/")?;
                self.spec.components.as_ref()?.parameters.get(name)?.as_item()
            }
        }
    }

    fn response<'a>(&'a self, response: &'a ReferenceOr<Response>) -> Option<&'a Response> {
        match response {
            ReferenceOr::Item(response) => Some(response),
            ReferenceOr::Reference { reference } => {
                let name = reference.strip_prefix("#/components/responses/")?;
                self.spec.components.as_ref()?.responses.get(name)?.as_item()
            }
        }
    }
}

/// `X` of `#/components/schemas/X`.
pub(crate) fn schema_name(reference: &str) -> Option<&str> {
    reference.strip_prefix("#/components/schemas/")
}

/// The known strings of an open set, if the schema is one.
pub(crate) fn known_texts(schema: &Schema) -> Option<Vec<&str>> {
    let texts = schema.schema_data.extensions.get("x-extensible-enum")?.as_array()?;
    texts.iter().map(|text| text.as_str()).collect()
}

/// The other spellings of a property that the service has been seen to send.
pub(crate) fn also_sent_as(schema: &Schema) -> Vec<&str> {
    let texts = schema.schema_data.extensions.get("x-also-sent-as").and_then(|value| value.as_array());
    texts.into_iter().flatten().filter_map(|value| value.as_str()).collect()
}

/// Whether a property is a count, for which a negative value is unknown.
pub(crate) fn is_never_negative(schema: &Schema) -> bool {
    matches!(&schema.schema_kind, SchemaKind::Type(Type::Integer(integer)) if integer.minimum.is_some_and(|least| least >= 0))
}

/// How a property continues a collection: by a `link`, a `token`, or an object of `links`, one of them the next link.
pub(crate) fn continues(schema: &Schema) -> Option<&str> {
    schema.schema_data.extensions.get("x-continues")?.as_str()
}

/// What a property counts: the rows of the `page` or of the whole `query`.
pub(crate) fn counts(schema: &Schema) -> Option<&str> {
    schema.schema_data.extensions.get("x-counts")?.as_str()
}

/// Whether a property's value names or describes a customer or a person.
pub(crate) fn is_customer_data(schema: &Schema) -> bool {
    schema.schema_data.extensions.get("x-customer-data") == Some(&serde_json::Value::Bool(true))
}

/// The description of a schema.
pub(crate) fn description(schema: &Schema) -> String {
    let text = schema.schema_data.description.as_deref().unwrap_or_default().trim();
    noted(text, schema.schema_data.deprecated)
}

/// A description, with a note about deprecation, which the generators drop.
pub(crate) fn noted(description: &str, deprecated: bool) -> String {
    if deprecated { format!("{description}\n\nDeprecated by the service.") } else { description.to_owned() }
}

/// The alternative names a property is decoded from: its other spellings, and both cases of the first letter of each.
pub(crate) fn other_spellings(wire: &str, also_sent_as: &[&str]) -> Vec<String> {
    let mut spellings = Vec::new();
    for name in std::iter::once(&wire).chain(also_sent_as) {
        for spelling in [(*name).to_owned(), other_case(name)] {
            if spelling != wire && !spellings.contains(&spelling) {
                spellings.push(spelling);
            }
        }
    }
    spellings
}

fn other_case(name: &str) -> String {
    let mut characters = name.chars();
    match characters.next() {
        Some(first) if first.is_lowercase() => first.to_uppercase().chain(characters).collect(),
        Some(first) => first.to_lowercase().chain(characters).collect(),
        None => String::new(),
    }
}

/// The properties of a row that the value of a parameter may name.
pub(crate) fn fields(parameter: &Parameter) -> Option<Vec<&str>> {
    match parameter.parameter_data_ref().extensions.get("x-fields")? {
        serde_json::Value::Object(fields) => Some(fields.keys().map(String::as_str).collect()),
        fields => fields.as_array()?.iter().map(|field| field.as_str()).collect(),
    }
}

/// The operators with which the value of a parameter may compare each property, if it names them.
pub(crate) fn operators(parameter: &Parameter) -> Option<Vec<(&str, Vec<&str>)>> {
    let fields = parameter.parameter_data_ref().extensions.get("x-fields")?.as_object()?;
    fields
        .iter()
        .map(|(field, operators)| {
            let operators =
                operators.as_array()?.iter().map(|operator| operator.as_str()).collect::<Option<_>>()?;
            Some((field.as_str(), operators))
        })
        .collect()
}

/// The operation that replaces a deprecated one.
pub(crate) fn superseded_by(operation: &Operation) -> Option<&str> {
    operation.extensions.get("x-superseded-by")?.as_str()
}
