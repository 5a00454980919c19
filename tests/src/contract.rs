//! The contract as data: operations with parameters and responses, with all references resolved.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde_json::{Map, Value};

/// The directory of the contract and its examples.
#[must_use]
pub fn openapi() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi"))
}

/// The contract.
pub struct Contract {
    /// Every operation, in the order of paths.
    pub operations: Vec<Operation>,
    /// `components.schemas`, unchanged.
    pub schemas: Map<String, Value>,
}

/// One operation.
pub struct Operation {
    /// Its id.
    pub id: String,
    /// Its method, in uppercase.
    pub method: String,
    /// Its path, with the names of parameters in braces.
    pub path: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// The parameters of its path and its own.
    pub parameters: Vec<Parameter>,
    /// Its responses, by status.
    pub responses: BTreeMap<u16, Response>,
}

/// One parameter.
pub struct Parameter {
    /// Its name in the request.
    pub name: String,
    /// `path`, `query` or `header`.
    pub place: String,
    /// Whether a request must have it.
    pub required: bool,
    /// What it is for.
    pub description: String,
    /// The properties of a row that its value may name (`x-fields`).
    pub fields: Vec<String>,
    /// Likewise, with the operators of each, if the contract names them.
    pub operators: Vec<(String, Vec<String>)>,
    /// The schema of its value.
    pub schema: Value,
}

/// One response.
pub struct Response {
    /// The name of the schema of its JSON body.
    pub schema: Option<String>,
    /// Its headers, and whether each is required.
    pub headers: BTreeMap<String, bool>,
    /// The files of its examples, relative to the contract's directory.
    pub examples: Vec<String>,
}

impl Contract {
    /// Reads the contract.
    ///
    /// # Panics
    ///
    /// If the file cannot be read or is not a valid contract.
    #[must_use]
    pub fn read() -> Self {
        let text = std::fs::read_to_string(openapi().join("partner-center.yaml"))
            .unwrap_or_else(|error| panic!("cannot read the contract: {error}"));
        Self::parse(&text)
    }

    /// Parses the contract.
    ///
    /// # Panics
    ///
    /// If the text is not a valid contract.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let document: Value =
            yaml_serde::from_str(text).unwrap_or_else(|error| panic!("the contract is not YAML: {error}"));
        let mut operations = Vec::new();
        for (path, item) in entries(&document["paths"]) {
            for (method, operation) in entries(item).filter(|(_, part)| part.get("responses").is_some()) {
                operations.push(operation_of(&document, path, item, method, operation));
            }
        }
        let schemas = document["components"]["schemas"].as_object().cloned().unwrap_or_default();
        Self { operations, schemas }
    }

    /// The examples of all responses: file and schema, each pair once.
    #[must_use]
    pub fn examples(&self) -> BTreeSet<(&str, &str)> {
        let responses = self.operations.iter().flat_map(|operation| operation.responses.values());
        let named = responses.filter_map(|response| Some((response, response.schema.as_deref()?)));
        named
            .flat_map(|(response, schema)| response.examples.iter().map(move |file| (file.as_str(), schema)))
            .collect()
    }

    /// The operation with this id.
    ///
    /// # Panics
    ///
    /// If the contract has no such operation.
    #[must_use]
    pub fn operation(&self, id: &str) -> &Operation {
        let found = self.operations.iter().find(|operation| operation.id == id);
        found.unwrap_or_else(|| panic!("the contract has no operation {id}"))
    }

    /// A property's inline or referenced schema.
    #[must_use]
    pub fn resolve<'a>(&'a self, property: &'a Value) -> &'a Value {
        let schema = self.referenced(property);
        // A count that may be sent as a text is a count.
        if is_count_or_text(schema) { &schema["oneOf"][0] } else { schema }
    }

    fn referenced<'a>(&'a self, property: &'a Value) -> &'a Value {
        match property["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()) {
            Some(name) => &self.schemas[name],
            None => property,
        }
    }

    /// Whether a property may be null: its schema or a variant of its `oneOf` is nullable.
    #[must_use]
    pub fn is_nullable(&self, property: &Value) -> bool {
        let schema = self.resolve(property);
        let choices = schema["oneOf"].as_array().into_iter().flatten();
        std::iter::once(schema).chain(choices).any(|schema| schema["nullable"] == true)
    }

    /// The value in the contract's own spelling: properties with their documented names, without optional nulls, and counts
    /// as numbers.
    #[must_use]
    pub fn canonical(&self, schema: &Value, value: &Value) -> Value {
        let is_count = is_count_or_text(self.referenced(schema));
        let schema = self.resolve(schema);
        match value {
            Value::String(text) if is_count => {
                text.parse().map_or_else(|_| value.clone(), |count: u64| count.into())
            }
            Value::Object(members) => {
                let mut canonical = Map::new();
                for (name, member) in members {
                    let (name, property) = self.property(schema, name);
                    let required =
                        schema["required"].as_array().is_some_and(|all| all.contains(&Value::from(name)));
                    if !(member.is_null() && !required && self.is_nullable(property)) {
                        canonical.insert(name.to_owned(), self.canonical(property, member));
                    }
                }
                Value::Object(canonical)
            }
            Value::Array(items) => items.iter().map(|item| self.canonical(&schema["items"], item)).collect(),
            scalar => scalar.clone(),
        }
    }

    /// The members of a value that its schema does not describe under any spelling. A schema allows unknown members,
    /// but the emulator must not send any.
    #[must_use]
    pub fn undescribed(&self, schema: &Value, value: &Value) -> Vec<String> {
        let schema = self.resolve(schema);
        match value {
            Value::Object(members) => members
                .iter()
                .flat_map(|(name, member)| match self.property(schema, name) {
                    (_, Value::Null) => vec![name.clone()],
                    (_, property) => self.undescribed(property, member),
                })
                .collect(),
            Value::Array(items) => {
                items.iter().flat_map(|item| self.undescribed(&schema["items"], item)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The property that a member with this name belongs to.
    fn property<'a>(&'a self, schema: &'a Value, name: &'a str) -> (&'a str, &'a Value) {
        let is_also = |property: &Value| {
            [property, self.resolve(property)].iter().any(|schema| {
                schema["x-also-sent-as"].as_array().is_some_and(|names| names.contains(&Value::from(name)))
            })
        };
        match schema["properties"].get(name) {
            Some(property) => (name, property),
            None => entries(&schema["properties"])
                .find(|(_, property)| is_also(property))
                .unwrap_or((name, &Value::Null)),
        }
    }
}

impl Operation {
    /// Whether it has this tag.
    #[must_use]
    pub fn is_tagged(&self, tag: &str) -> bool {
        self.tags.iter().any(|name| name == tag)
    }
}

fn operation_of(document: &Value, path: &str, item: &Value, method: &str, operation: &Value) -> Operation {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let parameters = [item, operation]
        .into_iter()
        .flat_map(|holder| holder["parameters"].as_array().into_iter().flatten())
        .map(|parameter| {
            let parameter = follow(document, parameter);
            Parameter {
                name: text(&parameter["name"]),
                place: text(&parameter["in"]),
                required: parameter["required"] == true,
                description: text(&parameter["description"]),
                fields: parameter["x-fields"].as_array().into_iter().flatten().map(text).collect(),
                operators: parameter["x-fields"]
                    .as_object()
                    .into_iter()
                    .flatten()
                    .map(|(field, operators)| {
                        (field.clone(), operators.as_array().into_iter().flatten().map(text).collect())
                    })
                    .collect(),
                schema: parameter["schema"].clone(),
            }
        })
        .collect();
    let responses = entries(&operation["responses"])
        .map(|(status, response)| {
            let response = follow(document, response);
            let media = &response["content"]["application/json"];
            let status = status.parse().unwrap_or_else(|_| panic!("{status} of {path} is not a status"));
            let response = Response {
                schema: media["schema"]["$ref"]
                    .as_str()
                    .and_then(|text| text.rsplit('/').next())
                    .map(Into::into),
                headers: entries(&response["headers"])
                    .map(|(name, header)| (name.to_owned(), follow(document, header)["required"] == true))
                    .collect(),
                examples: entries(&media["examples"])
                    .map(|(_, example)| text(&example["externalValue"]))
                    .collect(),
            };
            (status, response)
        })
        .collect();
    Operation {
        id: text(&operation["operationId"]),
        method: method.to_uppercase(),
        path: path.to_owned(),
        tags: operation["tags"].as_array().into_iter().flatten().map(text).collect(),
        parameters,
        responses,
    }
}

fn follow<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str().and_then(|reference| reference.strip_prefix('#')) {
        Some(pointer) => {
            document.pointer(pointer).unwrap_or_else(|| panic!("{pointer} is not in the contract"))
        }
        None => value,
    }
}

fn entries(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

/// Whether a schema is a choice of a count and its text.
fn is_count_or_text(schema: &Value) -> bool {
    schema["oneOf"][0]["type"] == "integer" && schema["oneOf"][1]["pattern"].is_string()
}
