//! The contract as it stands in the file, and questions about it.

use std::path::Path;

use anyhow::{Context, Result, bail};
use openapiv3::{OpenAPI, Operation, Parameter, PathItem, ReferenceOr, Schema, SchemaKind, Type};
use sha2::{Digest, Sha256};

/// Where the contract is, from the root of the workspace.
pub(crate) const PATH: &str = "openapi/partner-center.yaml";

/// A parsed contract.
pub(crate) struct Contract {
    pub(crate) spec: OpenAPI,
    /// SHA-256 of the file with its line ends normalised, in hexadecimal.
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
        let spec: OpenAPI = yaml_serde::from_str(&text)?;
        if !spec.openapi.starts_with("3.0.") {
            bail!("it is OpenAPI {}; the generators read 3.0", spec.openapi);
        }
        let hash = Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { spec, hash })
    }

    /// Every operation with its path and method, in the order of the file.
    pub(crate) fn operations(&self) -> impl Iterator<Item = (&str, &str, &Operation)> {
        self.path_items()
            .flat_map(|(path, item)| item.iter().map(move |(method, operation)| (path, method, operation)))
    }

    /// Every path that is written out here.
    pub(crate) fn path_items(&self) -> impl Iterator<Item = (&str, &PathItem)> {
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

    /// Whether a schema is a collection: an object that must hold an array.
    pub(crate) fn has_rows(&self, name: &str) -> bool {
        let Some(SchemaKind::Type(Type::Object(object))) =
            self.schema(name).map(|schema| &schema.schema_kind)
        else {
            return false;
        };
        object.properties.iter().any(|(name, property)| {
            let array = matches!(property, ReferenceOr::Item(schema) if matches!(schema.schema_kind, SchemaKind::Type(Type::Array(_))));
            array && object.required.contains(name)
        })
    }

    /// A parameter, written out here or referred to.
    pub(crate) fn parameter<'a>(&'a self, parameter: &'a ReferenceOr<Parameter>) -> Option<&'a Parameter> {
        match parameter {
            ReferenceOr::Item(parameter) => Some(parameter),
            ReferenceOr::Reference { reference } => {
                let name = reference.strip_prefix("#/components/parameters/")?;
                self.spec.components.as_ref()?.parameters.get(name)?.as_item()
            }
        }
    }

    /// What a property comes to: itself, or what it refers to. `allOf` with one reference is how OpenAPI 3.0 writes a
    /// nullable reference.
    pub(crate) fn resolve<'a>(&'a self, property: &'a ReferenceOr<Box<Schema>>) -> Option<&'a Schema> {
        let schema = match property {
            ReferenceOr::Item(schema) => schema,
            ReferenceOr::Reference { reference } => return self.schema(schema_name(reference)?),
        };
        match &schema.schema_kind {
            SchemaKind::AllOf { all_of } => match all_of.as_slice() {
                [ReferenceOr::Reference { reference }] => self.schema(schema_name(reference)?),
                _ => Some(schema),
            },
            _ => Some(schema),
        }
    }
}

/// `X` of `#/components/schemas/X`.
pub(crate) fn schema_name(reference: &str) -> Option<&str> {
    reference.strip_prefix("#/components/schemas/")
}

/// The known texts of an open set, if the schema is one.
pub(crate) fn known_texts(schema: &Schema) -> Option<Vec<&str>> {
    let texts = schema.schema_data.extensions.get("x-extensible-enum")?.as_array()?;
    texts.iter().map(|text| text.as_str()).collect()
}

/// The other spellings of a property.
pub(crate) fn also_sent_as(schema: &Schema) -> Vec<&str> {
    let spellings = schema.schema_data.extensions.get("x-also-sent-as").and_then(|value| value.as_array());
    spellings.into_iter().flatten().filter_map(|value| value.as_str()).collect()
}

/// Whether the value names or describes a customer or a person.
pub(crate) fn is_customer_data(schema: &Schema) -> bool {
    schema.schema_data.extensions.get("x-customer-data") == Some(&serde_json::Value::Bool(true))
}

/// The operation that replaces a deprecated one.
pub(crate) fn superseded_by(operation: &Operation) -> Option<&str> {
    operation.extensions.get("x-superseded-by")?.as_str()
}
