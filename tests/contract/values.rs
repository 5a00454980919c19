//! Tries every kind of value in every field of the contract: an invalid value affects only its own field. New fields
//! are covered automatically.

use bytes::Bytes;
use partner_center::models::{self, Findings};
use partner_center::{Error, fuzz};
use partner_center_client::operations;
use partner_center_tests::Contract;
use serde_json::{Value, json};

/// A JSON value.
#[derive(Clone, Copy, Debug)]
enum Wire {
    Null,
    Text(&'static str, &'static str),
    Whole(i64),
    /// Its JSON, and its value as text.
    Number(&'static str, &'static str),
    Flag(bool),
    EmptyList,
    ListOfText,
    EmptyObject,
    /// Nested deeper than the decoder's limit.
    Deep,
}

const VALUES: [Wire; 24] = [
    Wire::Null,
    Wire::Text("\"\"", ""),
    Wire::Text("\"x\"", "x"),
    Wire::Text("\"5\"", "5"),
    Wire::Text("\" -5.0 \"", " -5.0 "),
    Wire::Text("\"1,234\"", "1,234"),
    Wire::Text("\"True\"", "True"),
    Wire::Text("\"Team \\ud83d\"", "Team \u{fffd}"),
    Wire::Text("\"\\udc00\\ud83d\\ude00\"", "\u{fffd}\u{1f600}"),
    Wire::Text("\"a\tb\"", "a\tb"),
    Wire::Whole(5),
    Wire::Whole(0),
    Wire::Whole(-1),
    Wire::Number("5.0", "5"),
    Wire::Number("1.5", "1.5"),
    Wire::Number("-1.5", "-1.5"),
    Wire::Number("1e20", "1e20"),
    Wire::Number("1e999", "1e999"),
    Wire::Flag(true),
    Wire::Flag(false),
    Wire::EmptyList,
    Wire::ListOfText,
    Wire::EmptyObject,
    Wire::Deep,
];

impl Wire {
    fn written(self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Text(written, _) | Self::Number(written, _) => written.to_owned(),
            Self::Whole(number) => number.to_string(),
            Self::Flag(flag) => flag.to_string(),
            Self::EmptyList => "[]".to_owned(),
            Self::ListOfText => "[\"x\"]".to_owned(),
            Self::EmptyObject => "{}".to_owned(),
            Self::Deep => format!("{}{}", "[".repeat(100), "]".repeat(100)),
        }
    }

    /// Its value in a text field.
    fn as_text(self) -> Option<String> {
        match self {
            Self::Text(_, text) | Self::Number(_, text) => Some(text.to_owned()),
            Self::Whole(number) => Some(number.to_string()),
            Self::Flag(flag) => Some(flag.to_string()),
            _ => None,
        }
    }

    /// Its number, if it is a number or a numeric text.
    fn as_number(self) -> Option<f64> {
        match self {
            Self::Number(written, _) => written.parse().ok(),
            Self::Text(_, text) => text.trim().parse().ok(),
            Self::Whole(number) => Some(f64::from(i32::try_from(number).unwrap())),
            _ => None,
        }
        .filter(|number: &f64| number.is_finite())
    }
}

/// The expected result for a field: its value, if known, and the number of reported odd values.
#[derive(Debug, PartialEq)]
struct Read(Option<Value>, usize);

/// The expected result for a field with this schema.
fn rule(contract: &Contract, property: &Value, wire: Wire) -> Read {
    if matches!(wire, Wire::Null) {
        return Read(None, 0);
    }
    let schema = contract.resolve(property);
    let value = match schema["type"].as_str() {
        Some("string") => wire.as_text().map(Value::from),
        Some("integer") => whole(schema, wire),
        Some("number") => wire.as_number().map(Value::from),
        Some("boolean") => match wire {
            Wire::Flag(flag) => Some(Value::from(flag)),
            Wire::Text(_, "True") => Some(Value::from(true)),
            _ => None,
        },
        Some("array") => return list(contract, &schema["items"], wire),
        Some("object") => matches!(wire, Wire::EmptyObject)
            .then(|| json!({}))
            .filter(|_| schema["required"].as_array().is_none_or(Vec::is_empty)),
        _ => match wire {
            Wire::Whole(number) => Some(Value::from(number)),
            Wire::Number("5.0", _) => Some(Value::from(5)),
            scalar => scalar.as_text().map(Value::from),
        },
    };
    let odd = usize::from(value.is_none());
    Read(value, odd)
}

fn whole(schema: &Value, wire: Wire) -> Option<Value> {
    let number = wire.as_number().filter(|number| number.fract() == 0.0 && number.abs() < 1e15)?;
    let counts = schema["minimum"] == 0;
    (!counts || number >= 0.0).then(|| Value::from(format!("{number}").parse::<i64>().unwrap()))
}

/// A list accepts a single value, and omits odd items.
fn list(contract: &Contract, items: &Value, wire: Wire) -> Read {
    match wire {
        Wire::EmptyList => Read(Some(json!([])), 0),
        Wire::ListOfText => match rule(contract, items, Wire::Text("", "x")) {
            Read(Some(item), _) => Read(Some(json!([item])), 0),
            Read(None, _) => Read(Some(json!([])), 1),
        },
        Wire::Deep => Read(Some(json!([])), 1),
        lone => match rule(contract, items, lone) {
            Read(Some(item), odd) => Read(Some(json!([item])), odd),
            read @ Read(None, _) => read,
        },
    }
}

/// A value of a schema with all its properties.
fn full(contract: &Contract, schema: &Value, rows: usize) -> Value {
    let schema = contract.resolve(schema);
    match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("string"), Some("uuid")) => json!("4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04"),
        (Some("string"), Some(_)) => json!("2017-03-14T03:25:16Z"),
        (Some("string"), None) => json!("some text"),
        (Some("number"), _) => json!(7.5),
        (Some("boolean"), _) => json!(true),
        (Some("array"), _) => vec![full(contract, &schema["items"], 1); rows].into(),
        (Some("object"), _) => {
            let properties = schema["properties"].as_object().into_iter().flatten();
            let members = properties.map(|(name, property)| (name.clone(), full(contract, property, rows)));
            Value::Object(members.collect())
        }
        // An integer, or a choice that accepts one.
        _ => json!(7),
    }
}

/// A field somewhere in a response.
#[derive(Clone)]
struct Field<'a> {
    /// Its JSON pointer in the response.
    pointer: String,
    /// The names in a finding.
    names: Vec<&'a str>,
    property: &'a Value,
    /// If the field is required in items of a list: the pointer and names of the list.
    required_by: Option<(String, Vec<&'a str>)>,
    in_row: bool,
}

/// All fields of an object and of its nested objects and lists.
fn fields<'a>(contract: &'a Contract, schema: &'a Value, at: &Field<'a>, found: &mut Vec<Field<'a>>) {
    let required: Vec<_> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let pointer = format!("{}/{}", at.pointer, name.replace('~', "~0").replace('/', "~1"));
        let mut names = at.names.clone();
        names.push(name);
        let required_by = at.required_by.clone().filter(|_| required.contains(&name.as_str()));
        let field = Field { pointer, names, property, required_by, in_row: at.in_row };
        found.push(field.clone());
        let target = contract.resolve(property);
        match target["type"].as_str() {
            Some("object") => fields(contract, target, &Field { required_by: None, ..field }, found),
            Some("array") => {
                let items = contract.resolve(&target["items"]);
                let item = Field {
                    pointer: format!("{}/0", field.pointer),
                    required_by: Some((field.pointer.clone(), field.names.clone())),
                    ..field
                };
                fields(contract, items, &item, found);
            }
            _ => {}
        }
    }
}

/// The JSON of a response with this value at one position.
fn with(document: &Value, pointer: &str, wire: Wire) -> String {
    const PLACE: &str = "the place";
    let mut document = document.clone();
    *document.pointer_mut(pointer).unwrap() = PLACE.into();
    document.to_string().replace(&format!("\"{PLACE}\""), &wire.written())
}

/// The document with the expected value of a field.
fn patched(document: &Value, pointer: &str, value: Option<Value>) -> Value {
    let mut document = document.clone();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = document.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    match value {
        Some(value) => parent.insert(name.to_owned(), value),
        None => parent.remove(name),
    };
    document
}

type Decoded = Result<(Value, Findings), Error>;

/// Decodes as a call does.
#[expect(deprecated, reason = "superseded operations are tested too")]
fn decode(operation: &str, text: &str) -> Decoded {
    macro_rules! decode {
        ($($id:literal => $operation:ident,)*) => {
            match operation {
                $($id => {
                    let decoded = fuzz::decode::<operations::$operation>(&Bytes::copy_from_slice(text.as_bytes()));
                    decoded.map(|(value, findings)| (serde_json::to_value(value).unwrap(), findings))
                })*
                other => panic!("{other} is not an operation"),
            }
        };
    }
    partner_center_client::for_each_operation!(decode)
}

/// A response of an operation with all fields, and the name of its row array, if it has one.
struct Example<'a> {
    operation: &'a str,
    document: Value,
    schema: &'a Value,
    rows: Option<&'a str>,
}

fn examples(contract: &Contract) -> impl Iterator<Item = Example<'_>> {
    let mut seen = std::collections::BTreeSet::new();
    contract.operations.iter().filter_map(move |operation| {
        let name = operation.responses[&200].schema.as_ref().unwrap();
        // Operations with the same response model are decoded alike.
        let schema = seen.insert(name).then(|| &contract.schemas[name])?;
        let rows = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let rows = rows.into_iter().find(|name| schema["properties"][name]["type"] == "array");
        let mut document = full(contract, schema, 1);
        if let Some(rows) = rows {
            let row = document[rows][0].take();
            let scalars = row
                .as_object()
                .unwrap()
                .iter()
                .filter(|(_, member)| !member.is_object() && !member.is_array());
            let neighbor: Value =
                Value::Object(scalars.map(|(name, member)| (name.clone(), member.clone())).collect());
            document[rows] = json!([neighbor, row, neighbor]);
        }
        Some(Example { operation: &operation.id, document, schema, rows })
    })
}

/// Checks one value in one field; returns what is wrong.
fn check(
    contract: &Contract,
    example: &Example<'_>,
    whole: &Value,
    field: &Field<'_>,
    wire: Wire,
) -> Option<String> {
    let decoded = decode(example.operation, &with(&example.document, &field.pointer, wire));
    let Read(value, odd) = rule(contract, field.property, wire);
    let requires = |schema: &Value, name: &str| {
        schema["required"].as_array().is_some_and(|required| required.contains(&name.into()))
    };
    let row_schema = example.rows.map(|rows| contract.resolve(&example.schema["properties"][rows]["items"]));
    let is_required = match (row_schema, field.names.as_slice()) {
        (Some(row), [name]) if field.in_row => requires(row, name),
        (_, [name]) => requires(example.schema, name),
        _ => false,
    };
    let (mut expected, mut names, mut reported, mut unreadable) =
        (None, field.names.clone(), odd, Vec::new());
    if is_required && value.is_none() {
        // A row without its id is unreadable; a single object without it is an error.
        let Some(rows) = example.rows.filter(|_| field.in_row) else {
            return decoded.is_ok().then(|| "it is not an error".to_owned());
        };
        let mut document = whole.clone();
        document[rows].as_array_mut().unwrap().remove(1);
        (expected, reported) = (Some(document), 0);
        unreadable.push(1);
    } else if let (Some((list, of_list)), None) = (&field.required_by, &value) {
        // An item without a required field is omitted from its list.
        (expected, names, reported) = (Some(patched(whole, list, Some(json!([])))), of_list.clone(), 1);
    }
    let expected = expected.unwrap_or_else(|| patched(whole, &field.pointer, value));
    let (read, findings) = match decoded {
        Ok(decoded) => decoded,
        Err(error) => return Some(format!("the whole response fails: {error}")),
    };
    if read != expected {
        return Some(format!("decoded as {read}\ninstead of {expected}"));
    }
    let row = field.in_row.then_some(1);
    let found: Vec<_> = findings.odd_values().iter().map(|odd| (odd.row(), odd.field().to_owned())).collect();
    if found != vec![(row, names.join(".")); reported] {
        return Some(format!("it is reported as {found:?}"));
    }
    let found: Vec<_> = findings.unreadable().iter().map(models::UnreadableRow::row).collect();
    (found != unreadable).then(|| format!("unreadable rows: {found:?}"))
}

#[test]
fn an_odd_value_affects_only_its_own_field() {
    let contract = Contract::read();
    let (mut checked, mut wrong) = (0, Vec::new());
    for example in examples(&contract) {
        let (whole, findings) = decode(example.operation, &example.document.to_string()).unwrap();
        assert!(findings.is_empty(), "{}: {findings:?}", example.operation);
        let mut found = Vec::new();
        let start = |pointer: String, in_row| Field {
            pointer,
            names: Vec::new(),
            property: &Value::Null,
            required_by: None,
            in_row,
        };
        fields(&contract, example.schema, &start(String::new(), false), &mut found);
        // Continuations are tested elsewhere: an invalid one must be an error.
        found.retain(|field| {
            let outermost = &example.schema["properties"][field.names[0]];
            Some(field.names[0]) != example.rows && contract.resolve(outermost)["x-continues"].is_null()
        });
        if let Some(rows) = example.rows {
            let row = contract.resolve(&example.schema["properties"][rows]["items"]);
            fields(&contract, row, &start(format!("/{rows}/1"), true), &mut found);
        }
        for field in &found {
            for wire in VALUES {
                checked += 1;
                if let Some(what) = check(&contract, &example, &whole, field, wire) {
                    wrong.push(format!("{} {} {wire:?}: {what}", example.operation, field.pointer));
                }
            }
        }
    }
    assert!(checked > 5_000, "{checked}");
    wrong.truncate(20);
    assert!(wrong.is_empty(), "of {checked}:\n{}", wrong.join("\n"));
}

#[test]
fn an_unreadable_row_affects_only_itself_and_the_row_array_is_required() {
    let contract = Contract::read();
    for example in examples(&contract) {
        let Some(rows) = example.rows else { continue };
        let (whole, _) = decode(example.operation, &example.document.to_string()).unwrap();
        let row = contract.resolve(&example.schema["properties"][rows]["items"]);
        let needs_nothing = row["required"].as_array().is_none_or(Vec::is_empty);
        for place in 0..3 {
            for wire in VALUES {
                let text = with(&example.document, &format!("/{rows}/{place}"), wire);
                let (read, findings) = decode(example.operation, &text).unwrap();
                let mut expected = whole.clone();
                let found: Vec<_> = findings.unreadable().iter().map(models::UnreadableRow::row).collect();
                if matches!(wire, Wire::EmptyObject) && needs_nothing {
                    expected[rows][place] = json!({});
                    assert!(found.is_empty(), "{text}");
                } else {
                    expected[rows].as_array_mut().unwrap().remove(place);
                    assert_eq!(found, [place], "{text}");
                }
                assert_eq!(read, expected, "{text}");
                assert_eq!(findings.odd_values(), []);
            }
        }
        for wire in VALUES {
            let decoded = decode(example.operation, &with(&example.document, &format!("/{rows}"), wire));
            match wire {
                Wire::EmptyList | Wire::ListOfText | Wire::Deep => {
                    let (read, findings) = decoded.unwrap();
                    assert_eq!(read[rows], json!([]));
                    assert_eq!(findings.unreadable_count(), u64::from(!matches!(wire, Wire::EmptyList)));
                }
                _ => assert!(decoded.is_err(), "{} {rows}: {wire:?}", example.operation),
            }
        }
        let mut without = example.document.clone();
        without.as_object_mut().unwrap().remove(rows);
        assert!(decode(example.operation, &without.to_string()).is_err());
    }
}

/// All models, including those of errors, decoded by plain serde: as tolerant, but without findings.
#[test]
fn every_model_is_tolerant_with_plain_serde() {
    let contract = Contract::read();
    let mut checked = 0;
    macro_rules! all {
        ($($name:ident,)*) => {
            $(checked += alone::<models::$name>(&contract, stringify!($name));)*
        };
    }
    models::for_each_model!(all);
    assert!(checked > 1_000, "{checked}");
}

fn alone<T: serde::de::DeserializeOwned + serde::Serialize>(contract: &Contract, name: &str) -> usize {
    let schema = &contract.schemas[name];
    let Some(properties) = schema["properties"].as_object() else { return 0 };
    let read = |text: &str| serde_json::from_str::<T>(text).map(|model| serde_json::to_value(model).unwrap());
    let document = full(contract, schema, 1);
    let whole = read(&document.to_string()).unwrap();
    let mut checked = 0;
    for (property, described) in properties {
        let is_required =
            schema["required"].as_array().is_some_and(|all| all.contains(&property.as_str().into()));
        if is_required && described["type"] == "array" {
            continue;
        }
        // Values that serde_json itself rejects are repaired only by the facade.
        let values = VALUES.into_iter().filter(|wire| serde_json::from_str::<Value>(&wire.written()).is_ok());
        for wire in values {
            let pointer = format!("/{property}");
            let Read(value, _) = rule(contract, described, wire);
            match read(&with(&document, &pointer, wire)) {
                Ok(model) => {
                    assert_eq!(model, patched(&whole, &pointer, value), "{name}.{property} {wire:?}");
                }
                Err(error) => assert!(is_required && value.is_none(), "{name}.{property} {wire:?}: {error}"),
            }
            checked += 1;
        }
    }
    checked
}

/// A row without a required field is dropped, so only its id may be required.
#[test]
fn rows_require_at_most_their_id() {
    let contract = Contract::read();
    for example in examples(&contract) {
        let Some(rows) = example.rows else { continue };
        let row = contract.resolve(&example.schema["properties"][rows]["items"]);
        let required = row["required"].as_array().cloned().unwrap_or_default();
        assert!(required.is_empty() || required == ["id"], "{}: {required:?}", example.operation);
        let required = example.schema["required"].as_array().unwrap();
        assert_eq!(required, &[rows], "{}", example.operation);
    }
}
