//! Validation of operations and their parameters.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Document, Findings, entries, is_described, is_true};
use crate::codegen::{contract, rust};

const OPERATION: [&str; 10] = [
    "operationId",
    "tags",
    "summary",
    "description",
    "externalDocs",
    "parameters",
    "responses",
    "deprecated",
    "x-superseded-by",
    "security",
];
const PARAMETER: [&str; 10] = [
    "name",
    "in",
    "required",
    "description",
    "schema",
    "example",
    "examples",
    "deprecated",
    "style",
    "x-fields",
];
/// Constraints on a value are documentation only: the service decides what it accepts.
const PARAMETER_SCHEMA: [&str; 7] = ["type", "format", "minimum", "maximum", "enum", "pattern", "example"];

pub(super) fn check(document: Document, findings: &mut Findings) {
    let mut names = BTreeMap::new();
    for (path, item) in entries(&document.0["paths"]) {
        for (keyword, part) in entries(item) {
            match keyword {
                "get" => {
                    let operation = Operation { document, path, item, value: part };
                    operation.check(&mut names, findings);
                }
                "put" | "post" | "delete" | "options" | "head" | "patch" | "trace" => findings.add(
                    &format!("path {path}"),
                    format!("its {} operation is not generated: this SDK only reads", keyword.to_uppercase()),
                ),
                "parameters" | "summary" | "description" => {}
                keyword => findings.add(
                    &format!("path {path}"),
                    format!("`{keyword}` is not supported by the generators here"),
                ),
            }
        }
    }
}

/// How a finding names an operation.
pub(super) fn subject(path: &str, operation: &Value) -> String {
    format!("operation {}", operation["operationId"].as_str().unwrap_or(&format!("GET {path}")))
}

struct Operation<'a> {
    document: Document<'a>,
    path: &'a str,
    item: &'a Value,
    value: &'a Value,
}

impl<'a> Operation<'a> {
    fn check(&self, names: &mut BTreeMap<String, &'a str>, findings: &mut Findings) {
        let subject = &subject(self.path, self.value);
        findings.keywords(subject, "", self.value, &OPERATION);
        match self.value["operationId"].as_str() {
            None => findings.add(subject, "it has no `operationId`, which names the generated code"),
            Some(id) if !rust::is_name(&rust::field(id)) => {
                findings.add(subject, "its `operationId` cannot be converted to a Rust name");
            }
            Some(id) => {
                if let Some(other) = names.insert(rust::field(id), self.path) {
                    findings.add(subject, format!("the operation at {other} has the same name in Rust"));
                }
            }
        }
        if self.value["summary"].as_str().is_none() {
            findings.add(subject, "it has no `summary`, the first line of its documentation");
        }
        self.deprecation(subject, findings);
        self.answer(subject, findings);
        self.parameters(subject, findings);
    }

    fn deprecation(&self, subject: &str, findings: &mut Findings) {
        let deprecated = is_true(&self.value["deprecated"]);
        match (deprecated, self.value["x-superseded-by"].as_str()) {
            (true, None) => findings
                .add(subject, "it is deprecated; set `x-superseded-by` to the operation that replaces it"),
            (false, Some(_)) => findings.add(subject, "it has `x-superseded-by`; add `deprecated: true`"),
            (true, Some(successor)) => {
                let mut operations = entries(&self.document.0["paths"]).map(|(_, item)| &item["get"]);
                if !operations.any(|operation| operation["operationId"] == successor) {
                    findings
                        .add(subject, format!("it is superseded by {successor}, which is not an operation"));
                }
            }
            (false, None) => {}
        }
    }

    fn answer(&self, subject: &str, findings: &mut Findings) {
        let mut answers = Vec::new();
        for (status, response) in entries(&self.value["responses"]) {
            if status == "default" {
                findings.add(
                    subject,
                    "a `default` response makes the generators panic or treat errors as success; list the statuses",
                );
            }
            if status.starts_with('2') {
                let content = self.document.resolve(response).map(|response| &response["content"]);
                answers.extend(content.into_iter().flat_map(entries).map(|answer| (status, answer)));
            }
        }
        match answers.as_slice() {
            [] => findings.add(subject, "it has no successful response with a schema"),
            [(_, ("application/json", media))] => {
                let target = media["schema"]["$ref"].as_str().and_then(contract::schema_name);
                let target = target.map(|name| &self.document.0["components"]["schemas"][name]);
                // A dangling reference is reported elsewhere.
                if !target.is_some_and(|target| target.is_null() || target["type"] == "object") {
                    findings.add(subject, "its successful response must be a `$ref` to an object");
                }
            }
            [(status, (kind, _))] => findings.add(
                subject,
                format!("its response {status} is {kind}; the client supports only application/json"),
            ),
            answers => {
                let answers: Vec<_> =
                    answers.iter().map(|(status, (kind, _))| format!("{status} {kind}")).collect();
                findings.add(
                    subject,
                    format!(
                        "it has more than one successful response ({}); the generators support one",
                        answers.join(", ")
                    ),
                );
            }
        }
    }

    fn parameters(&self, subject: &str, findings: &mut Findings) {
        let mut fields = BTreeMap::new();
        let mut in_path = Vec::new();
        for parameter in [self.item, self.value]
            .into_iter()
            .flat_map(|holder| holder["parameters"].as_array().into_iter().flatten())
            .filter_map(|parameter| self.document.resolve(parameter))
        {
            let name = parameter["name"].as_str().unwrap_or_default();
            let of = &format!("parameter `{name}`: ");
            let readable = findings.keywords(subject, of, parameter, &PARAMETER);
            if !is_described(parameter) {
                findings.add(subject, format!("{of}it has no `description`"));
            }
            let place = parameter["in"].as_str().unwrap_or_default();
            match place {
                // Each attempt sets the headers, the same for all operations.
                "header" => continue,
                "path" => in_path.push(name),
                "query" => {}
                place => {
                    findings.add(subject, format!("{of}{place} parameters are not sent"));
                    continue;
                }
            }
            let usual = if place == "path" { "simple" } else { "form" };
            if parameter["style"].as_str().is_some_and(|style| style != usual) {
                findings.add(subject, format!("{of}the client supports only style {usual}"));
            }
            if readable {
                parameter_type(subject, of, parameter, findings);
            }
            if !rust::is_name(&rust::field(name)) {
                findings.add(subject, format!("{of}it cannot be converted to a Rust name"));
            } else if let Some(other) = fields.insert(rust::field(name), name) {
                findings.add(subject, format!("{of}`{other}` has the same name in Rust"));
            }
        }
        for name in self.path.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)) {
            if !in_path.contains(&name) {
                findings.add(subject, format!("{{{name}}} in its path is not one of its parameters"));
            }
        }
        for name in in_path {
            if !self.path.contains(&format!("{{{name}}}")) {
                findings.add(subject, format!("parameter `{name}`: it is not in the path"));
            }
        }
    }
}

fn parameter_type(subject: &str, of: &str, parameter: &Value, findings: &mut Findings) {
    let schema = &parameter["schema"];
    if schema["type"] == "array" {
        findings.add(
            subject,
            format!("{of}a list is sent as repeated parameters regardless of `explode`; use a joined string"),
        );
        return;
    }
    if schema.get("$ref").is_some() {
        findings.add(subject, format!("{of}its schema must be inline"));
        return;
    }
    findings.keywords(subject, of, schema, &PARAMETER_SCHEMA);
    let required = is_true(&parameter["required"]);
    match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("string" | "boolean"), None) | (Some("integer"), Some("int64")) => {}
        (Some("string"), Some("uuid")) if required => {}
        (Some("string"), Some(_)) if !required => {}
        _ => {
            findings
                .add(subject, format!("{of}it must be a string, a boolean, an int64, or a required uuid"));
        }
    }
}
