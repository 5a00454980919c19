//! Tests of each finding, with a minimal contract that causes it, and of defects that something else must report.

use crate::codegen::contract::Contract;
use crate::codegen::generate;

const RESPONSE: &str = "{ description: Rows., content: { application/json: { schema: { $ref: '#/components/schemas/Rows' } } } }";

/// The first line of an error, or the findings. A contract has two operations and three schemas, with these lines added.
fn refusal(paths: &str, schemas: &str) -> Option<String> {
    let text = format!(
        "openapi: 3.0.3
info: {{ title: Rows, version: v1 }}
paths:
  /rows: {{ get: {{ operationId: listRows, summary: Lists rows, responses: {{ '200': {RESPONSE} }} }} }}
{paths}
components:
  schemas:
    Rows:
      type: object
      required: [items]
      properties: {{ items: {{ type: array, items: {{ $ref: '#/components/schemas/Row' }} }} }}
    Row: {{ type: object, properties: {{ name: {{ $ref: '#/components/schemas/NameField' }} }} }}
    NameField: {{ type: string, nullable: true }}
{schemas}
"
    );
    let generated =
        std::panic::catch_unwind(|| Contract::parse(&text).and_then(|contract| generate(&contract)));
    let error = match generated {
        Ok(Ok(_)) => return None,
        Ok(Err(error)) => format!("{error:#}"),
        Err(_) => "panic".to_owned(),
    };
    Some(error.strip_prefix("cannot generate code from this contract\n").unwrap_or(&error).to_owned())
}

/// An operation `x` with these members.
fn operation(members: &str) -> Option<String> {
    let response = if members.contains("responses:") {
        String::new()
    } else {
        format!(", responses: {{ '200': {RESPONSE} }}")
    };
    let id = if members.contains("operationId:") { "" } else { "operationId: x, " };
    refusal(&format!("  /x: {{ get: {{ {id}{members}{response} }} }}"), "")
}

/// An operation `x` with a parameter `p` with these members.
fn parameter(members: &str) -> Option<String> {
    operation(&format!("parameters: [{{ name: p, {members} }}]"))
}

/// A schema `X` with these members.
fn schema(members: &str) -> Option<String> {
    refusal("", &format!("    X: {{ {members} }}"))
}

/// An object `X` with an optional property `p` with these members.
fn property(members: &str) -> Option<String> {
    schema(&format!("type: object, properties: {{ p: {{ {members} }} }}"))
}

#[test]
fn a_valid_contract_has_no_findings() {
    assert_eq!(refusal("", ""), None);
    for accepted in [
        "description: Text., tags: [rows], security: [{}]",
        "deprecated: true, x-superseded-by: listRows",
        "parameters: [{ name: p, in: query, schema: { type: integer, format: int32, minimum: 1 }, example: 5 }]",
        "parameters: [{ name: p, in: query, schema: { type: string, format: date-time, enum: [a], pattern: a } }]",
        "parameters: [{ name: p, in: header, schema: { type: string, default: '1' } }]",
    ] {
        assert_eq!(operation(accepted), None, "{accepted}");
    }
    for accepted in [
        "type: object, additionalProperties: true, properties: { example: { $ref: '#/components/schemas/NameField' } }",
        "type: object, nullable: true, additionalProperties: true",
        "type: string, nullable: true, x-extensible-enum: [a, b-c]",
        "oneOf: [{ type: string }, { type: integer, format: int64, nullable: true }]",
        "type: number, format: double, nullable: true, minimum: 0, x-also-sent-as: [y], x-customer-data: true",
    ] {
        assert_eq!(schema(accepted), None, "{accepted}");
    }
    for accepted in [
        "$ref: '#/components/schemas/NameField'",
        "nullable: true, type: array, maxItems: 3, items: { type: string }",
        "nullable: true, type: string, format: date-time, maxLength: 30, example: '2017-03-14T03:25:16.36'",
    ] {
        assert_eq!(property(accepted), None, "{accepted}");
    }
}

#[test]
fn defects_that_would_produce_wrong_code_are_found() {
    let check = |judge: fn(&str) -> Option<String>, place: &str, cases: &[(&str, &str)]| {
        for (snippet, sentence) in cases {
            assert_eq!(judge(snippet), Some(format!("{place}: {sentence}")), "in: {snippet}");
        }
    };
    check(
        operation,
        "paths > /x > get",
        &[
            ("servers: []", "`servers` is ignored"),
            ("requestBody: { content: {} }", "`requestBody` is ignored"),
            ("x-supersededby: y", "`x-supersededby` is not read here"),
            ("x-superseded-by: y", "`x-superseded-by` must be the id of another operation"),
            ("x-customer-data: true", "`x-customer-data` is not read here"),
            (
                "responses: { '200': { description: A. }, '202': { description: B. } }",
                "it has several successful responses, and only the first is read",
            ),
        ],
    );
    check(
        parameter,
        "paths > /x > get",
        &[("in: cookie, schema: { type: string }", "the cookie \"p\" is not sent")],
    );
    check(
        |item| refusal(&format!("  /x: {{ {item} }}"), ""),
        "paths > /x",
        &[("delete: { responses: {} }", "`delete` is ignored"), ("servers: []", "`servers` is ignored")],
    );
    check(
        schema,
        "components > schemas > X",
        &[
            (
                "oneOf: [{ $ref: '#/components/schemas/Row' }, { type: string }]",
                "`oneOf` is read as the first that fits; use scalars of different types",
            ),
            (
                "oneOf: [{ type: string }, { type: string, format: uuid }]",
                "`oneOf` is read as the first that fits; use scalars of different types",
            ),
            (
                "type: object",
                "an object without properties loses all its members; if that is intended, say `additionalProperties: true`",
            ),
            (
                "type: object, required: [q], properties: { p: { $ref: '#/components/schemas/NameField' } }",
                "it requires `q`, which is not one of its properties",
            ),
            ("type: string, x-extensible-enum: []", "`x-extensible-enum` must be a list of texts"),
            ("type: string, x-extensible-enum: [1]", "`x-extensible-enum` must be a list of texts"),
        ],
    );
    let optional = "it may be absent but not null, and the service sends both; add `nullable: true`";
    check(
        property,
        "components > schemas > X > properties > p",
        &[
            ("type: array, items: { type: string }", optional),
            ("$ref: '#/components/schemas/Row'", optional),
            ("type: string, nullable: true, x-customer: true", "`x-customer` is not read here"),
            ("type: string, nullable: true, x-customer-data: yes", "`x-customer-data` must be true"),
            ("type: string, nullable: true, x-extensible-enum: [a]", "`x-extensible-enum` is not read here"),
            ("type: string, nullable: true, x-continues: next", "`x-continues` must be link, token or links"),
            ("type: string, nullable: true, x-also-sent-as: q", "`x-also-sent-as` must be a list of texts"),
        ],
    );
    assert_eq!(
        property("type: array, nullable: true, items: { type: string, x-customer-data: true }").unwrap(),
        "components > schemas > X > properties > p > items: `x-customer-data` is not read here"
    );
    assert_eq!(
        schema("type: object, required: [p], properties: { p: { $ref: '#/components/schemas/NameField' } }")
            .unwrap(),
        "components > schemas > X > properties > p: it is required but may be null, and null counts as absent; make it \
         either required or nullable"
    );
    let version = Contract::parse("openapi: 3.1.0\npaths: {}").err().unwrap().to_string();
    assert!(version.ends_with("openapi: the version is 3.1.0; the generators support 3.0"), "{version}");
}

#[test]
fn the_generators_report_what_they_cannot_handle() {
    let cases = [
        (operation as fn(&str) -> Option<String>, "responses: { '404': { description: No. } }"),
        (operation, "responses: { '200': { description: A., content: { text/csv: {} } } }"),
        (
            operation,
            "responses: { '200': { description: A., content: { application/json: { schema: { type: object } } } } }",
        ),
        (operation, "operationId: listRows"),
        (operation, "operationId: 3rows"),
        (operation, "operationId: null"),
        (parameter, "in: query, content: { text/plain: {} }"),
        (parameter, "in: query, schema: { type: array, items: { type: integer } }"),
        (parameter, "in: query, style: pipeDelimited, schema: { type: string }"),
        (parameter, "in: query, schema: { $ref: '#/components/schemas/NameField' }"),
        (parameter, "in: path, required: true, schema: { type: string, enum: [a] }"),
        (schema, "type: array, items: { type: string }"),
        (schema, "allOf: [{ $ref: '#/components/schemas/Row' }]"),
        (schema, "oneOf: [{ type: string }], nullable: true"),
        (property, "nullable: true, type: object, properties: { q: { type: string } }"),
        (property, "nullable: true, anyOf: [{ type: string }, { type: integer }]"),
        (property, "nullable: true, oneOf: [{ type: string }, { type: integer }]"),
        (property, "nullable: true, not: { type: string }"),
        (property, "nullable: true, type: [string, 'null']"),
        (property, "nullable: true, type: string, enum: [a]"),
        (property, "$ref: '#/components/schemas/Nothing'"),
    ];
    let accepted: Vec<_> = cases
        .iter()
        .filter(|(judge, snippet)| judge(snippet).is_none())
        .map(|(_, snippet)| snippet)
        .collect();
    assert!(accepted.is_empty(), "{accepted:#?}");
    let object = "{ type: object, properties: { p: { $ref: '#/components/schemas/NameField' } } }";
    for name in ["row_name", "SKU"] {
        assert!(refusal("", &format!("    {name}: {object}")).is_some(), "{name}");
    }
    assert!(
        refusal(
            &format!("  /x/{{id}}: {{ get: {{ operationId: x, responses: {{ '200': {RESPONSE} }} }} }}"),
            ""
        )
        .is_some()
    );
}
