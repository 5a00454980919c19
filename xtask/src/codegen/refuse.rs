//! Says no to a contract that the generators would panic over, or make code of that cannot read the service's answers.
//!
//! It looks at the document as it stands in the file, before anything is made of it: a typed reading drops what it does
//! not know, and a dropped `nullable` is how an answer becomes unreadable. All findings are told at once, each in a
//! sentence that names the operation or schema. Whether the document is OpenAPI at all is for a validator to say.

mod operations;
mod schemas;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use serde_json::{Map, Value};

/// The extensions this contract uses. A misspelt one would do nothing, silently.
const EXTENSIONS: [&str; 6] =
    ["x-extensible-enum", "x-also-sent-as", "x-customer-data", "x-superseded-by", "x-continues", "x-counts"];

/// Fails with every reason not to generate from this document.
pub(crate) fn refuse(document: &Value) -> Result<()> {
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
            format!("it is OpenAPI {}; the generators read 3.0", version.unwrap_or("of no version")),
        ),
    }
    findings.finish()
}

/// What was found, in the order of the alphabet and each once.
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
        bail!("no code is generated from this contract\n{}", findings.join("\n"))
    }

    /// Refuses every keyword that is not among those the generators read here, with the reason where one is known.
    /// Says whether all are. Misspelt extensions are found elsewhere, once for the whole document.
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

/// Why a keyword is refused.
fn why_not(keyword: &str) -> &'static str {
    match keyword {
        "enum" => {
            "is closed and fails every answer with a new value; give the set a schema of its own, with \
             `x-extensible-enum`"
        }
        "anyOf" => "becomes a struct that no value can be read into; name the one type it is",
        "oneOf" => "needs a schema of its own",
        "not" => "is nothing a Rust type can say",
        "discriminator" => "is ignored by the generators, and the first variant that fits would win",
        "pattern" | "minLength" | "maxLength" => {
            "refuses a whole answer for one odd text; describe it instead"
        }
        "minItems" | "maxItems" | "uniqueItems" => {
            "refuses a whole answer for one odd list; describe it instead"
        }
        "default" => "is not filled in, what is absent stays absent; describe it instead",
        "content" => "is not read by the generators; use `schema`",
        "requestBody" => "is not sent: this SDK reads",
        "allOf" => "cannot be null, whatever stands beside it; refer to a schema that says `nullable: true`",
        "nullable" => "belongs beside a `type`, which it is ignored without",
        "x-extensible-enum" => "makes a type only on a schema of its own, with `type: string`",
        _ => "is nothing the generators read here",
    }
}

/// The document, and how to find one's way in it.
#[derive(Clone, Copy)]
struct Document<'a>(&'a Value);

impl<'a> Document<'a> {
    /// The value itself, or what it refers to.
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
        // Data, or names that somebody else chose.
        let data = matches!(keyword, "example" | "default" | "examples");
        let names = matches!(keyword, "properties" | "headers" | "responses" | "content" | "scopes");
        if data {
            return;
        }
        if keyword.starts_with("x-") {
            if !EXTENSIONS.contains(&keyword) {
                let known = EXTENSIONS.join(", ");
                findings.add(subject, format!("`{keyword}` is none of the extensions used here ({known})"));
            }
            return;
        }
        if let (false, Some(reference)) = (names, value.get("$ref")) {
            self.reference(subject, reference, value, findings);
        }
        for (inner, value) in entries(value) {
            // A property of the name `example` is a property.
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
            findings.add(subject, format!("`{beside}` beside `$ref` is ignored; say it in {text}"));
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
