//! Tests of each validation message, with a minimal contract that causes it.

use crate::codegen::contract::Contract;

const OPERATION: &str = "
  /rows:
    get:
      operationId: listRows
      summary: Lists rows
      responses: { '200': { description: Rows., content: { application/json: { schema: { $ref: '#/components/schemas/Rows' } } } } }";

const SCHEMAS: &str = "
    Rows:
      description: Rows.
      type: object
      required: [items]
      properties: { items: { description: The rows., type: array, items: { $ref: '#/components/schemas/Row' } } }
    Row:
      description: A row.
      type: object
      properties: { name: { $ref: '#/components/schemas/NameField' } }
    NameField: { description: The name., type: string, nullable: true }";

/// The findings for a contract of one operation and three schemas, with these lines appended; none if it is valid.
fn refusal(paths: &str, schemas: &str) -> Option<String> {
    let text = format!(
        "openapi: 3.0.3\ninfo: {{ title: Rows, version: v1 }}\npaths:{OPERATION}{paths}\n\
         components:\n  schemas:{SCHEMAS}{schemas}\n"
    );
    let refusal = Contract::parse(&text).err().map(|error| error.to_string())?;
    let findings = refusal.strip_prefix("cannot generate code from this contract\n");
    Some(findings.unwrap_or_else(|| panic!("unexpected error: {refusal}\n{text}")).to_owned())
}

/// An operation `x` with these lines in it.
fn operation(lines: &str) -> Option<String> {
    let answer = "responses: { '200': { description: Rows., content: { application/json: { schema: { $ref: '#/components/schemas/Rows' } } } } }";
    let default = |keyword: &str, line: &str| {
        if lines.contains(keyword) { String::new() } else { format!("\n      {line}") }
    };
    let id = default("operationId:", "operationId: x");
    let summary = default("summary:", "summary: X");
    let answer = default("responses:", answer);
    refusal(&format!("\n  /x:\n    get:{id}{summary}{answer}\n      {lines}"), "")
}

/// A required `p` in the path of an operation `x`, or an optional one in its query, with these members.
fn parameter(members: &str) -> Option<String> {
    operation(&format!("parameters: [{{ name: p, description: P., {members} }}]"))
}

/// A schema `X` with these members.
fn schema(members: &str) -> Option<String> {
    refusal("", &format!("\n    X: {{ description: X., {members} }}"))
}

/// An object `X` with an optional property `p` with these members.
fn property(members: &str) -> Option<String> {
    schema(&format!("type: object, properties: {{ p: {{ {members} }} }}"))
}

#[track_caller]
fn check(judge: fn(&str) -> Option<String>, subject: &str, cases: &[(&str, &str)]) {
    for (snippet, sentence) in cases {
        let findings = judge(snippet).unwrap_or_else(|| panic!("no finding in: {snippet}"));
        let expected: Vec<_> = sentence.lines().map(|line| format!("{subject}{line}")).collect();
        assert_eq!(findings, expected.join("\n"), "in: {snippet}");
    }
}

#[test]
fn a_valid_contract_has_no_findings() {
    assert_eq!(refusal("", ""), None);
    for accepted in [
        "description: Text.\n      tags: [rows]\n      security: [{}]",
        "deprecated: true\n      x-superseded-by: listRows",
        "parameters: [{ name: p, in: query, description: P., schema: { type: integer, format: int64, minimum: 1 }, example: 5 }]",
        "parameters: [{ name: p, in: query, description: P., schema: { type: string, format: date-time, enum: [a], pattern: a } }]",
        "parameters: [{ name: p, in: header, description: P., schema: { type: string, default: '1' } }]",
    ] {
        assert_eq!(operation(accepted), None, "{accepted}");
    }
    for accepted in [
        "type: object, additionalProperties: true, properties: { example: { $ref: '#/components/schemas/NameField' } }",
        "type: object, nullable: true, additionalProperties: true",
        "type: string, nullable: true, x-extensible-enum: [a, b-c]",
        "type: object, nullable: true, properties: { p: { $ref: '#/components/schemas/NameField' } }",
        "oneOf: [{ type: string }, { type: integer, format: int64, nullable: true }]",
        "type: number, format: double, nullable: true, minimum: 0, x-also-sent-as: [y], x-customer-data: true",
    ] {
        assert_eq!(schema(accepted), None, "{accepted}");
    }
    for accepted in [
        "$ref: '#/components/schemas/NameField'",
        "description: P., nullable: true, type: array, items: { type: string }",
        "description: P., nullable: true, type: string, format: date-time, example: '2017-03-14T03:25:16.36'",
    ] {
        assert_eq!(property(accepted), None, "{accepted}");
    }
}

#[test]
fn another_openapi_version_is_rejected() {
    let error = Contract::parse("openapi: 3.1.0\npaths: {}").err().unwrap().to_string();
    assert!(
        error.ends_with("the contract: its OpenAPI version is 3.1.0; the generators support 3.0"),
        "{error}"
    );
}

#[test]
fn all_findings_are_reported_at_once() {
    let findings = refusal(
        "\n  /x: { post: { operationId: x } }",
        "\n    rowTotal: { type: integer }\n    Total: { $ref: '#/components/schemas/rowTotal' }",
    );
    assert_eq!(
        findings.unwrap(),
        "path /x: its POST operation is not generated: this SDK only reads\n\
         schema Total: it is only an alias of another schema; use that schema\n\
         schema rowTotal: integers must have `format: int64`, the only one with tolerant decoding\n\
         schema rowTotal: it has no `description`\n\
         schema rowTotal: rename it to RowTotal, the name of its Rust type"
    );
}

#[test]
fn operations() {
    check(
        operation,
        "operation x: ",
        &[
            ("operationId: x\n      requestBody: {}", "`requestBody` is not sent: this SDK only reads"),
            ("servers: []", "`servers` is not supported by the generators here"),
            (
                "x-supersededby: y",
                "`x-supersededby` is not one of the extensions used here (x-extensible-enum, x-also-sent-as, x-customer-data, x-superseded-by, x-continues, x-counts)",
            ),
            ("deprecated: true", "it is deprecated; set `x-superseded-by` to the operation that replaces it"),
            ("x-superseded-by: listRows", "it has `x-superseded-by`; add `deprecated: true`"),
            (
                "deprecated: true\n      x-superseded-by: y",
                "it is superseded by y, which is not an operation",
            ),
            (
                "parameters: [{ $ref: '#/components/parameters/P' }]",
                "`$ref` to #/components/parameters/P, which is not in this contract",
            ),
            (
                "responses: { default: { description: D. }, '200': { description: Rows., content: { application/json: { schema: { $ref: '#/components/schemas/Rows' } } } } }",
                "a `default` response makes the generators panic or treat errors as success; list the statuses",
            ),
            ("responses: { '404': { description: Fault. } }", "it has no successful response with a schema"),
            (
                "responses: { '200': { description: Rows., content: { text/csv: {} } } }",
                "its response 200 is text/csv; the client supports only application/json",
            ),
            (
                "responses: { '200': { description: Rows., content: { application/json: { schema: { type: object } } } } }",
                "its successful response must be a `$ref` to an object",
            ),
            (
                "responses: { '200': { description: Rows., content: { application/json: { schema: { $ref: '#/components/schemas/NameField' } } } } }",
                "its successful response must be a `$ref` to an object",
            ),
            (
                "responses: { '200': { description: A., content: { application/json: {} } }, '202': { description: B., content: { text/csv: {} } } }",
                "it has more than one successful response (200 application/json, 202 text/csv); the generators support one",
            ),
        ],
    );
    check(
        operation,
        "",
        &[
            ("operationId:", "operation GET /x: it has no `operationId`, which names the generated code"),
            ("operationId: listRows", "operation listRows: the operation at /rows has the same name in Rust"),
            (
                "operationId: list_rows",
                "operation list_rows: the operation at /rows has the same name in Rust",
            ),
            ("operationId: 3rows", "operation 3rows: its `operationId` cannot be converted to a Rust name"),
            ("summary:", "operation x: it has no `summary`, the first line of its documentation"),
        ],
    );
    check(
        |item| refusal(&format!("\n  /x: {{ {item} }}"), ""),
        "path /x: ",
        &[
            ("delete: {}", "its DELETE operation is not generated: this SDK only reads"),
            ("servers: []", "`servers` is not supported by the generators here"),
        ],
    );
}

#[test]
fn parameters() {
    check(
        parameter,
        "operation x: parameter `p`: ",
        &[
            ("in: cookie, schema: { type: string }", "cookie parameters are not sent"),
            (
                "in: query, content: { text/plain: {} }",
                "`content` is not read by the generators; use `schema`",
            ),
            (
                "in: query, explode: false, schema: { type: string }",
                "`explode` is not supported by the generators here",
            ),
            (
                "in: query, schema: { type: array, items: { type: string } }",
                "a list is sent as repeated parameters regardless of `explode`; use a joined string",
            ),
            (
                "in: query, style: pipeDelimited, schema: { type: string }",
                "the client supports only style form",
            ),
            ("in: query, schema: { $ref: '#/components/schemas/NameField' }", "its schema must be inline"),
            (
                "in: query, schema: { type: string, default: a }",
                "`default` is not applied, so an absent value stays absent; describe it instead",
            ),
            (
                "in: query, schema: { type: integer, format: int32 }",
                "it must be a string, a boolean, an int64, or a required uuid",
            ),
            ("in: path, required: true, schema: { type: string }", "it is not in the path"),
        ],
    );
    check(
        operation,
        "operation x: ",
        &[
            (
                "parameters: [{ name: $top, in: query, description: T., schema: { type: string } }, { name: top, in: query, description: T., schema: { type: string } }]",
                "parameter `top`: `$top` has the same name in Rust",
            ),
            (
                "parameters: [{ name: '$', in: query, description: T., schema: { type: string } }]",
                "parameter `$`: it cannot be converted to a Rust name",
            ),
            (
                "parameters: [{ name: p, in: query, schema: { type: string } }]",
                "parameter `p`: it has no `description`",
            ),
        ],
    );
    let unknown = refusal(&OPERATION.replace("/rows", "/rows/{row-id}").replace("listRows", "x"), "");
    assert_eq!(unknown.unwrap(), "operation x: {row-id} in its path is not one of its parameters");
}

#[test]
fn schemas() {
    check(
        schema,
        "schema X: ",
        &[
            (
                "type: array, items: { type: string }",
                "a list cannot be a named schema; define it inline in the property",
            ),
            (
                "allOf: [{ $ref: '#/components/schemas/Row' }]",
                "it must be an object, an open set of strings, a shared scalar, or a `oneOf` of scalars",
            ),
            ("oneOf: [{ type: string }], nullable: true", "`nullable` is ignored without a `type` beside it"),
            (
                "type: object",
                "an object without properties loses all its members; if that is intended, say `additionalProperties: true`",
            ),
            (
                "type: object, additionalProperties: false, properties: { p: { $ref: '#/components/schemas/NameField' } }",
                "`additionalProperties: false` rejects every response with a new field; remove it",
            ),
            (
                "type: object, additionalProperties: { type: string }, properties: { p: { $ref: '#/components/schemas/NameField' } }",
                "`additionalProperties` with a schema is not kept; remove it",
            ),
            (
                "type: object, discriminator: { propertyName: p }, properties: { p: { $ref: '#/components/schemas/NameField' } }",
                "`discriminator` is ignored by the generators, so the first variant that fits would match",
            ),
            (
                "type: object, required: [q], properties: { p: { $ref: '#/components/schemas/NameField' } }",
                "it requires `q`, which is not one of its properties",
            ),
            (
                "type: object, required: [p], properties: { p: { $ref: '#/components/schemas/NameField' } }",
                "property `p`: it is required but may be null, and null counts as absent; make it either required or nullable",
            ),
            (
                "type: object, required: [p], properties: { p: { description: P., type: string, format: date-time } }",
                "property `p`: its type has no default value, which its struct needs; make it nullable",
            ),
            (
                "type: object, properties: { p: { $ref: '#/components/schemas/NameField' }, P: { $ref: '#/components/schemas/NameField' } }",
                "property `p`: `P` has the same name in Rust",
            ),
            (
                "type: object, properties: { '@': { $ref: '#/components/schemas/NameField' } }",
                "property `@`: it cannot be converted to a Rust name",
            ),
            (
                "type: object, properties: { a: { $ref: '#/components/schemas/NameField' }, b: { description: B., type: string, nullable: true, x-also-sent-as: [A] } }",
                "property `b`: `a` is also read from `A`\nproperty `b`: `a` is also read from `a`",
            ),
            (
                "type: string, x-extensible-enum: []",
                "`x-extensible-enum` must be a non-empty list of strings",
            ),
            ("type: string, x-extensible-enum: [1]", "1 in `x-extensible-enum` is not a string"),
            ("type: string, x-extensible-enum: [a-b, a_b]", "`a_b` and a-b have the same name in Rust"),
            (
                "type: string, x-extensible-enum: [other]",
                "`other` and the variant for unknown values have the same name in Rust",
            ),
            ("type: string, x-extensible-enum: [self]", "`self` cannot be converted to a Rust name"),
            (
                "oneOf: [{ $ref: '#/components/schemas/Row' }, { type: string }]",
                "a `oneOf` may contain only inline scalars",
            ),
            (
                "oneOf: [{ type: string }, { type: string, format: uuid }]",
                "two variants of its `oneOf` have the same type, so the first would always match",
            ),
            (
                "type: string, enum: [a]",
                "`enum` is closed and rejects every response with a new value; use a named schema with `x-extensible-enum`",
            ),
            (
                "type: integer, format: int64, enum: [1]",
                "an integer `enum` does not compile; use `type: integer` and describe the values",
            ),
        ],
    );
    check(
        |name| refusal("", &format!("\n    {name}: {{ description: X., type: string }}")),
        "",
        &[
            ("row_name", "schema row_name: rename it to RowName, the name of its Rust type"),
            ("SKU", "schema SKU: rename it to Sku, the name of its Rust type"),
            ("Option", "schema Option: its name conflicts with a type that the generated code uses"),
        ],
    );
}

#[test]
fn properties() {
    check(
        property,
        "schema X: property `p`: ",
        &[
            (
                "description: P., type: string",
                "it may be absent but not null, and the service sends both; add `nullable: true`",
            ),
            (
                "description: P., type: array, items: { type: string }",
                "it may be absent but not null, and the service sends both; add `nullable: true`",
            ),
            (
                "$ref: '#/components/schemas/Row'",
                "it may be absent but not null, and the service sends both; add `nullable: true`",
            ),
            ("type: string, nullable: true", "it has no `description`"),
            (
                "description: P., nullable: true, type: object, properties: { q: { type: string } }",
                "an inline object would get an invented type name; give it a named schema",
            ),
            (
                "description: P., nullable: true, type: array, items: { type: object }",
                "a list may contain only plain strings, or a `$ref` to an object, an open set or a `oneOf`",
            ),
            (
                "description: P., nullable: true, type: array, items: { $ref: '#/components/schemas/NameField' }",
                "a list may contain only plain strings, or a `$ref` to an object, an open set or a `oneOf`",
            ),
            (
                "description: P., nullable: true, type: array, items: { type: string }, uniqueItems: true",
                "`uniqueItems` rejects a whole response for one unexpected list; describe it instead",
            ),
            (
                "description: P., nullable: true, anyOf: [{ type: string }]",
                "`anyOf` becomes a struct that cannot be deserialized; use a single type",
            ),
            ("description: P., nullable: true, oneOf: [{ type: string }]", "`oneOf` needs a named schema"),
            (
                "description: P., nullable: true, not: { type: string }",
                "`not` cannot be expressed as a Rust type",
            ),
            ("description: P., nullable: true, type: [string, 'null']", "its `type` must be a JSON type"),
            (
                "description: P., nullable: true, allOf: [{ $ref: '#/components/schemas/Row' }]",
                "`allOf` cannot be null, even with `nullable` beside it; use a `$ref` to a schema with `nullable: true`",
            ),
            (
                "description: P., nullable: true, type: string, enum: [a]",
                "`enum` is closed and rejects every response with a new value; use a named schema with `x-extensible-enum`",
            ),
            (
                "description: P., nullable: true, type: string, x-extensible-enum: [a]",
                "`x-extensible-enum` is supported only in a named schema with `type: string`",
            ),
            (
                "description: P., nullable: true, type: string, format: uuid, pattern: a",
                "`pattern` rejects a whole response for one unexpected string; describe it instead",
            ),
            (
                "description: P., nullable: true, type: string, format: date-time, maxLength: 30",
                "`maxLength` rejects a whole response for one unexpected string; describe it instead",
            ),
            (
                "description: P., nullable: true, type: string, default: a",
                "`default` is not applied, so an absent value stays absent; describe it instead",
            ),
            (
                "description: P., nullable: true, type: string, format: date",
                "`format: date` has no Rust type; remove it",
            ),
            (
                "description: P., nullable: true, type: integer",
                "integers must have `format: int64`, the only one with tolerant decoding",
            ),
            (
                "description: P., nullable: true, type: number",
                "numbers must have `format: double`, the only one with tolerant decoding",
            ),
            (
                "description: P., nullable: true, nulable: true, type: string",
                "`nulable` is not supported by the generators here",
            ),
        ],
    );
    check(
        property,
        "schema X: ",
        &[
            (
                "$ref: '#/components/schemas/NameField', nullable: true",
                "`nullable` beside `$ref` is ignored; move it to #/components/schemas/NameField",
            ),
            (
                "$ref: '#/components/schemas/Nothing'",
                "`$ref` to #/components/schemas/Nothing, which is not in this contract",
            ),
            (
                "description: P., nullable: true, type: string, x-customer: true",
                "`x-customer` is not one of the extensions used here (x-extensible-enum, x-also-sent-as, x-customer-data, x-superseded-by, x-continues, x-counts)",
            ),
        ],
    );
}
