//! Rejects OpenAPI constructs that make the generators panic or produce code that cannot read the service's responses.
//!
//! It checks the untyped document, because a typed parser drops unknown keywords, and a dropped `nullable` makes a
//! response unreadable. All findings are reported at once, each with the operation or schema. Whether the document is
//! valid OpenAPI is checked by a separate validator.

mod operations;
mod schemas;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use serde_json::{Map, Value};

/// The extensions this contract uses. A misspelled one would be ignored silently.
const EXTENSIONS: [&str; 6] =
    ["x-extensible-enum", "x-also-sent-as", "x-customer-data", "x-superseded-by", "x-continues", "x-counts"];

/// Fails with all findings in this document.
pub(crate) fn validate(document: &Value) -> Result<()> {
    let document = Document(document);
    let mut findings = Findings::default();
    match document.0["openapi"].as_str() {
        Some(version) if version.starts_with("3.0.") => {
            document.extensions_and_references(&mut findings);
            operations::check(document, &mut findings);
            schemas::check(document, &mut findings);
        }
        version => findings.add(
            "the contract",
            format!("its OpenAPI version is {}; the generators support 3.0", version.unwrap_or("missing")),
        ),
    }
    findings.finish()
}

/// The findings, sorted and without duplicates.
#[derive(Default)]
struct Findings(BTreeSet<String>);

impl Findings {
    fn add(&mut self, subject: &str, sentence: impl AsRef<str>) {
        self.0.insert(format!("{subject}: {}", sentence.as_ref()));
    }

    fn finish(self) -> Result<()> {
        if self.0.is_empty() {
            return Ok(());
        }
        let findings: Vec<_> = self.0.into_iter().collect();
        bail!("cannot generate code from this contract\n{}", findings.join("\n"))
    }

    /// Reports every keyword that is not in `read`, with a reason if one is known. Returns whether there was none.
    /// Misspelled extensions are reported elsewhere, once for the whole document.
    fn keywords(&mut self, subject: &str, of: &str, value: &Value, read: &[&str]) -> bool {
        let mut all = true;
        for keyword in entries(value).map(|(keyword, _)| keyword) {
            let misspelt = keyword.starts_with("x-") && !EXTENSIONS.contains(&keyword);
            if !misspelt && !read.contains(&keyword) {
                self.add(subject, format!("{of}`{keyword}` {}", why_not(keyword)));
                all = false;
            }
        }
        all
    }
}

/// Why a keyword is rejected.
fn why_not(keyword: &str) -> &'static str {
    match keyword {
        "enum" => {
            "is closed and rejects every response with a new value; use a named schema with `x-extensible-enum`"
        }
        "anyOf" => "becomes a struct that cannot be deserialized; use a single type",
        "oneOf" => "needs a named schema",
        "not" => "cannot be expressed as a Rust type",
        "discriminator" => "is ignored by the generators, so the first variant that fits would match",
        "pattern" | "minLength" | "maxLength" => {
            "rejects a whole response for one unexpected string; describe it instead"
        }
        "minItems" | "maxItems" | "uniqueItems" => {
            "rejects a whole response for one unexpected list; describe it instead"
        }
        "default" => "is not applied, so an absent value stays absent; describe it instead",
        "content" => "is not read by the generators; use `schema`",
        "requestBody" => "is not sent: this SDK only reads",
        "allOf" => {
            "cannot be null, even with `nullable` beside it; use a `$ref` to a schema with `nullable: true`"
        }
        "nullable" => "is ignored without a `type` beside it",
        "x-extensible-enum" => "is supported only in a named schema with `type: string`",
        _ => "is not supported by the generators here",
    }
}

/// The document, with helpers to navigate it.
#[derive(Clone, Copy)]
struct Document<'a>(&'a Value);

impl<'a> Document<'a> {
    /// The value itself, or the target of its `$ref`.
    fn resolve(self, value: &'a Value) -> Option<&'a Value> {
        match value.get("$ref") {
            Some(reference) => self.0.pointer(reference.as_str()?.strip_prefix('#')?),
            None => Some(value),
        }
    }

    fn components(self, kind: &str) -> impl Iterator<Item = (&'a str, &'a Value)> {
        entries(&self.0["components"][kind])
    }

    fn extensions_and_references(self, findings: &mut Findings) {
        for (keyword, value) in entries(self.0) {
            match keyword {
                "paths" => {
                    for (path, item) in entries(value) {
                        for (keyword, part) in entries(item) {
                            let subject = match keyword {
                                "get" => operations::subject(path, part),
                                _ => format!("path {path}"),
                            };
                            self.walk(&subject, keyword, part, findings);
                        }
                    }
                }
                "components" => {
                    for (kind, components) in entries(value) {
                        let kind = kind.trim_end_matches('s');
                        for (name, component) in entries(components) {
                            self.walk(&format!("{kind} {name}"), "", component, findings);
                        }
                    }
                }
                _ => self.walk("the contract", keyword, value, findings),
            }
        }
    }

    fn walk(self, subject: &str, keyword: &str, value: &Value, findings: &mut Findings) {
        // Members of these keywords are data, or names that are not keywords.
        let data = matches!(keyword, "example" | "default" | "examples");
        let names = matches!(keyword, "properties" | "headers" | "responses" | "content" | "scopes");
        if data {
            return;
        }
        if keyword.starts_with("x-") {
            if !EXTENSIONS.contains(&keyword) {
                let known = EXTENSIONS.join(", ");
                findings
                    .add(subject, format!("`{keyword}` is not one of the extensions used here ({known})"));
            }
            return;
        }
        if let (false, Some(reference)) = (names, value.get("$ref")) {
            self.reference(subject, reference, value, findings);
        }
        for (inner, value) in entries(value) {
            // A property named `example` is a property, not a keyword.
            self.walk(subject, if names { "" } else { inner }, value, findings);
        }
        for value in value.as_array().into_iter().flatten() {
            self.walk(subject, "", value, findings);
        }
    }

    fn reference(self, subject: &str, reference: &Value, value: &Value, findings: &mut Findings) {
        let text = reference.as_str().unwrap_or_default();
        if self.resolve(value).is_none() {
            findings.add(subject, format!("`$ref` to {text}, which is not in this contract"));
        }
        for (beside, _) in entries(value).filter(|(keyword, _)| *keyword != "$ref") {
            findings.add(subject, format!("`{beside}` beside `$ref` is ignored; move it to {text}"));
        }
    }
}

fn entries(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter).map(|(name, value)| (name.as_str(), value))
}

fn is_true(value: &Value) -> bool {
    *value == Value::Bool(true)
}

/// Whether there is text for the documentation of what is generated.
fn is_described(value: &Value) -> bool {
    value["description"].as_str().is_some_and(|text| !text.trim().is_empty())
}
