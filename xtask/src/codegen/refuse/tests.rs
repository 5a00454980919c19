//! Each refusal with a minimal contract that earns it, and what it says.

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

/// A contract of one operation and three schemas with these lines behind them; what it is refused for, if it is.
fn refusal(paths: &str, schemas: &str) -> Option<String> {
    let text = format!(
        "openapi: 3.0.3\ninfo: {{ title: Rows, version: v1 }}\npaths:{OPERATION}{paths}\n\
         components:\n  schemas:{SCHEMAS}{schemas}\n"
    );
    let refusal = Contract::parse(&text).err().map(|error| error.to_string())?;
    let findings = refusal.strip_prefix("no code is generated from this contract\n");
    Some(findings.unwrap_or_else(|| panic!("not a refusal: {refusal}\n{text}")).to_owned())
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
        let findings = judge(snippet).unwrap_or_else(|| panic!("nothing refused of: {snippet}"));
        let expected: Vec<_> = sentence.lines().map(|line| format!("{subject}{line}")).collect();
        assert_eq!(findings, expected.join("\n"), "of: {snippet}");
    }
}

#[test]
fn what_the_generators_read_is_not_refused() {
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
fn a_contract_of_another_version() {
    let error = Contract::parse("openapi: 3.1.0\npaths: {}").err().unwrap().to_string();
    assert!(error.ends_with("the contract: it is OpenAPI 3.1.0; the generators read 3.0"), "{error}");
}

#[test]
fn everything_is_told_at_once() {
    let findings = refusal(
        "\n  /x: { post: { operationId: x } }",
        "\n    rowTotal: { type: integer }\n    Total: { $ref: '#/components/schemas/rowTotal' }",
    );
    assert_eq!(
        findings.unwrap(),
        "path /x: its POST operation is not generated: this SDK reads\n\
         schema Total: it is another name for a schema; use that schema\n\
         schema rowTotal: call it RowTotal, as its type will be\n\
         schema rowTotal: integers are read tolerantly as `format: int64` only\n\
         schema rowTotal: it has no `description`"
    );
}

#[test]
fn operations() {
    check(
        operation,
        "operation x: ",
        &[
            ("operationId: x\n      requestBody: {}", "`requestBody` is not sent: this SDK reads"),
            ("servers: []", "`servers` is nothing the generators read here"),
            (
                "x-supersededby: y",
                "`x-supersededby` is none of the extensions used here (x-extensible-enum, x-also-sent-as, x-customer-data, x-superseded-by, x-continues, x-counts)",
            ),
            (
                "deprecated: true",
                "it is deprecated; name the operation that replaces it with `x-superseded-by`",
            ),
            ("x-superseded-by: listRows", "it has a successor; say `deprecated: true` too"),
            ("deprecated: true\n      x-superseded-by: y", "it is superseded by y, which is no operation"),
            (
                "parameters: [{ $ref: '#/components/parameters/P' }]",
                "`$ref` to #/components/parameters/P, which is not in this contract",
            ),
            (
                "responses: { default: { description: D. }, '200': { description: Rows., content: { application/json: { schema: { $ref: '#/components/schemas/Rows' } } } } }",
                "a `default` response makes the generators panic or take errors for answers; name the statuses",
            ),
            ("responses: { '404': { description: Fault. } }", "it has no successful answer with a schema"),
            (
                "responses: { '200': { description: Rows., content: { text/csv: {} } } }",
                "its answer 200 is text/csv; the client reads application/json",
            ),
            (
                "responses: { '200': { description: Rows., content: { application/json: { schema: { type: object } } } } }",
                "its successful answer must be a `$ref` to an object",
            ),
            (
                "responses: { '200': { description: Rows., content: { application/json: { schema: { $ref: '#/components/schemas/NameField' } } } } }",
                "its successful answer must be a `$ref` to an object",
            ),
            (
                "responses: { '200': { description: A., content: { application/json: {} } }, '202': { description: B., content: { text/csv: {} } } }",
                "it has more than one successful answer (200 application/json, 202 text/csv); the generators take one",
            ),
        ],
    );
    check(
        operation,
        "",
        &[
            ("operationId:", "operation GET /x: it has no `operationId`, which names what is generated"),
            ("operationId: listRows", "operation listRows: the operation at /rows has the same name in Rust"),
            (
                "operationId: list_rows",
                "operation list_rows: the operation at /rows has the same name in Rust",
            ),
            ("operationId: 3rows", "operation 3rows: its `operationId` makes no Rust name"),
            ("summary:", "operation x: it has no `summary`, which its documentation opens with"),
        ],
    );
    check(
        |item| refusal(&format!("\n  /x: {{ {item} }}"), ""),
        "path /x: ",
        &[
            ("delete: {}", "its DELETE operation is not generated: this SDK reads"),
            ("servers: []", "`servers` is nothing the generators read here"),
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
                "`explode` is nothing the generators read here",
            ),
            (
                "in: query, schema: { type: array, items: { type: string } }",
                "a list is sent as repeated parameters whatever `explode` says; use a string and join",
            ),
            (
                "in: query, style: pipeDelimited, schema: { type: string }",
                "the client writes style form only",
            ),
            (
                "in: query, schema: { $ref: '#/components/schemas/NameField' }",
                "its schema must be written out in place",
            ),
            (
                "in: query, schema: { type: string, default: a }",
                "`default` is not filled in, what is absent stays absent; describe it instead",
            ),
            (
                "in: query, schema: { type: integer, format: int32 }",
                "it must be a string, a boolean, an int64, or a uuid that is required",
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
                "parameter `$`: it makes no Rust name",
            ),
            (
                "parameters: [{ name: p, in: query, schema: { type: string } }]",
                "parameter `p`: it has no `description`",
            ),
        ],
    );
    let unknown = refusal(&OPERATION.replace("/rows", "/rows/{row-id}").replace("listRows", "x"), "");
    assert_eq!(unknown.unwrap(), "operation x: {row-id} of its path is none of its parameters");
}

#[test]
fn schemas() {
    check(
        schema,
        "schema X: ",
        &[
            (
                "type: array, items: { type: string }",
                "a list is no type of its own; write it in the property",
            ),
            (
                "allOf: [{ $ref: '#/components/schemas/Row' }]",
                "it must be an object, an open set of texts, a scalar that rows share, or a `oneOf` of scalars",
            ),
            (
                "oneOf: [{ type: string }], nullable: true",
                "`nullable` belongs beside a `type`, which it is ignored without",
            ),
            ("type: object", "an object without properties becomes no struct"),
            (
                "type: object, additionalProperties: false, properties: { p: { $ref: '#/components/schemas/NameField' } }",
                "`additionalProperties: false` refuses every answer with a new field; leave it off",
            ),
            (
                "type: object, additionalProperties: { type: string }, properties: { p: { $ref: '#/components/schemas/NameField' } }",
                "`additionalProperties` of a type are not kept; leave it off",
            ),
            (
                "type: object, discriminator: { propertyName: p }, properties: { p: { $ref: '#/components/schemas/NameField' } }",
                "`discriminator` is ignored by the generators, and the first variant that fits would win",
            ),
            (
                "type: object, required: [q], properties: { p: { $ref: '#/components/schemas/NameField' } }",
                "it requires `q`, which is none of its properties",
            ),
            (
                "type: object, required: [p], properties: { p: { $ref: '#/components/schemas/NameField' } }",
                "property `p`: it is required but may be null, and null counts as absent; require it or let it be null",
            ),
            (
                "type: object, required: [p], properties: { p: { description: P., type: string, format: date-time } }",
                "property `p`: it is of a type without an empty value, which its struct needs; let it be null",
            ),
            (
                "type: object, properties: { p: { $ref: '#/components/schemas/NameField' }, P: { $ref: '#/components/schemas/NameField' } }",
                "property `p`: `P` has the same name in Rust",
            ),
            (
                "type: object, properties: { '@': { $ref: '#/components/schemas/NameField' } }",
                "property `@`: it makes no Rust name",
            ),
            (
                "type: object, properties: { a: { $ref: '#/components/schemas/NameField' }, b: { description: B., type: string, nullable: true, x-also-sent-as: [A] } }",
                "property `b`: `a` too would be read from `A`\nproperty `b`: `a` too would be read from `a`",
            ),
            ("type: string, x-extensible-enum: []", "`x-extensible-enum` is a list of texts"),
            ("type: string, x-extensible-enum: [1]", "1 in `x-extensible-enum` is no text"),
            ("type: string, x-extensible-enum: [a-b, a_b]", "`a_b` and a-b have the same name in Rust"),
            (
                "type: string, x-extensible-enum: [other]",
                "`other` and what is not known have the same name in Rust",
            ),
            ("type: string, x-extensible-enum: [self]", "`self` makes no Rust name"),
            (
                "oneOf: [{ $ref: '#/components/schemas/Row' }, { type: string }]",
                "a `oneOf` is a choice of scalars, written out in place",
            ),
            (
                "oneOf: [{ type: string }, { type: string, format: uuid }]",
                "two choices of its `oneOf` have one type, and the first would always win",
            ),
            (
                "type: string, enum: [a]",
                "`enum` is closed and fails every answer with a new value; give the set a schema of its own, with `x-extensible-enum`",
            ),
            (
                "type: integer, format: int64, enum: [1]",
                "an integer `enum` does not compile; say `type: integer` and describe the values",
            ),
        ],
    );
    check(
        |name| refusal("", &format!("\n    {name}: {{ description: X., type: string }}")),
        "",
        &[
            ("row_name", "schema row_name: call it RowName, as its type will be"),
            ("SKU", "schema SKU: call it Sku, as its type will be"),
            ("Option", "schema Option: its name is taken by a type that the generated code uses"),
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
                "it may be absent but not null, and the service does both; say `nullable: true`",
            ),
            (
                "description: P., type: array, items: { type: string }",
                "it may be absent but not null, and the service does both; say `nullable: true`",
            ),
            (
                "$ref: '#/components/schemas/Row'",
                "it may be absent but not null, and the service does both; say `nullable: true`",
            ),
            ("type: string, nullable: true", "it has no `description`"),
            (
                "description: P., nullable: true, type: object, properties: { q: { type: string } }",
                "an object needs a schema of its own, or its type has a made-up name",
            ),
            (
                "description: P., nullable: true, type: array, items: { type: object }",
                "a list is of plain strings, or of what a `$ref` names: an object, an open set or a choice",
            ),
            (
                "description: P., nullable: true, type: array, items: { $ref: '#/components/schemas/NameField' }",
                "a list is of plain strings, or of what a `$ref` names: an object, an open set or a choice",
            ),
            (
                "description: P., nullable: true, type: array, items: { type: string }, uniqueItems: true",
                "`uniqueItems` refuses a whole answer for one odd list; describe it instead",
            ),
            (
                "description: P., nullable: true, anyOf: [{ type: string }]",
                "`anyOf` becomes a struct that no value can be read into; name the one type it is",
            ),
            (
                "description: P., nullable: true, oneOf: [{ type: string }]",
                "`oneOf` needs a schema of its own",
            ),
            (
                "description: P., nullable: true, not: { type: string }",
                "`not` is nothing a Rust type can say",
            ),
            ("description: P., nullable: true, type: [string, 'null']", "its `type` must be one of JSON's"),
            (
                "description: P., nullable: true, allOf: [{ $ref: '#/components/schemas/Row' }]",
                "`allOf` cannot be null, whatever stands beside it; refer to a schema that says `nullable: true`",
            ),
            (
                "description: P., nullable: true, type: string, enum: [a]",
                "`enum` is closed and fails every answer with a new value; give the set a schema of its own, with `x-extensible-enum`",
            ),
            (
                "description: P., nullable: true, type: string, x-extensible-enum: [a]",
                "`x-extensible-enum` makes a type only on a schema of its own, with `type: string`",
            ),
            (
                "description: P., nullable: true, type: string, format: uuid, pattern: a",
                "`pattern` refuses a whole answer for one odd text; describe it instead",
            ),
            (
                "description: P., nullable: true, type: string, format: date-time, maxLength: 30",
                "`maxLength` refuses a whole answer for one odd text; describe it instead",
            ),
            (
                "description: P., nullable: true, type: string, default: a",
                "`default` is not filled in, what is absent stays absent; describe it instead",
            ),
            (
                "description: P., nullable: true, type: string, format: date",
                "there is no type for `format: date`; leave it off",
            ),
            (
                "description: P., nullable: true, type: integer",
                "integers are read tolerantly as `format: int64` only",
            ),
            (
                "description: P., nullable: true, type: number",
                "numbers are read tolerantly as `format: double` only",
            ),
            (
                "description: P., nullable: true, nulable: true, type: string",
                "`nulable` is nothing the generators read here",
            ),
        ],
    );
    check(
        property,
        "schema X: ",
        &[
            (
                "$ref: '#/components/schemas/NameField', nullable: true",
                "`nullable` beside `$ref` is ignored; say it in #/components/schemas/NameField",
            ),
            (
                "$ref: '#/components/schemas/Nothing'",
                "`$ref` to #/components/schemas/Nothing, which is not in this contract",
            ),
            (
                "description: P., nullable: true, type: string, x-customer: true",
                "`x-customer` is none of the extensions used here (x-extensible-enum, x-also-sent-as, x-customer-data, x-superseded-by, x-continues, x-counts)",
            ),
        ],
    );
}
