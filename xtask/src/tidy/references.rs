//! Checks that the files and tests that ARCHITECTURE.md names exist.

use std::collections::BTreeMap;

use pulldown_cmark::{Event, Parser};

const DOCUMENT: &str = "ARCHITECTURE.md";

/// The names of files and tests in the document that lead nowhere, in files given by their path.
pub(super) fn findings(files: &BTreeMap<String, String>) -> Vec<String> {
    let text = files.get(DOCUMENT).map_or("", String::as_str);
    let names = Parser::new(text).filter_map(|event| match event {
        Event::Code(code) => Some(code.into_string()),
        _ => None,
    });
    let missing = names.filter(|name| !exists(name, files));
    missing.map(|name| format!("{DOCUMENT}: `{name}` does not exist")).collect()
}

/// Whether a name in code font exists. Other names than those of files, folders and tests count as existing.
fn exists(name: &str, files: &BTreeMap<String, String>) -> bool {
    if name.contains(char::is_whitespace) {
        return true;
    }
    if super::has_extension(name, "rs") {
        // Paths are relative to the root, or to the sources of a crate.
        let end = format!("/{name}");
        return files.keys().any(|file| file == name || file.ends_with(&end));
    }
    if name.ends_with('/') {
        let inner = format!("/{name}");
        return files.keys().any(|file| file.starts_with(name) || file.contains(&inner));
    }
    // The names of tests are sentences.
    let is_test =
        name.matches('_').count() > 2 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let declaration = format!("fn {name}(");
    !is_test
        || files.iter().any(|(file, text)| super::has_extension(file, "rs") && text.contains(&declaration))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_folders_and_tests_that_do_not_exist_are_found() {
        let found = |document: &str| {
            findings(&BTreeMap::from([
                (DOCUMENT.to_owned(), document.to_owned()),
                ("crates/sdk/src/call/mod.rs".to_owned(), "fn one_call_is_one_request() {}".to_owned()),
            ]))
        };
        let existing = "`call/mod.rs`, `crates/sdk/src/call/`, `call/`, `one_call_is_one_request`, `x-counts`, \
                        `cargo xtask ci/`, `test_util`";
        assert_eq!(found(existing), Vec::<String>::new());
        for missing in ["all/mod.rs", "call/other.rs", "calls/", "one_call_is_two_requests"] {
            assert_eq!(found(&format!("See `{missing}`.")).len(), 1, "{missing}");
        }
    }
}
