//! Checks the text of a file: its first line, its length, and markers of unfinished work.

use std::path::Path;

use crate::codegen;

/// The maximum number of lines in a hand-written file.
const LONGEST: usize = 500;

/// Exceptions with more lines, and why each is not split. Currently none.
const LONG: [(&str, &str); 0] = [];

/// Markers of unfinished work, written in two pieces so that this file does not contain them.
const UNFINISHED: [&str; 4] =
    [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("to", "do!("), concat!("unimple", "mented!(")];

/// The findings in the text of this file.
pub(super) fn findings(file: &str, text: &str) -> Vec<String> {
    let mut findings = Vec::new();
    let generated = codegen::GENERATED.contains(&file);
    if super::has_extension(file, "rs") && !generated {
        if !text.starts_with("//! ") {
            findings.push(format!("{file}: it must start with a `//!` line that says what it is"));
        }
        let lines = text.lines().count();
        if lines > LONGEST && !LONG.iter().any(|(long, _)| *long == file) {
            findings.push(format!(
                "{file}: it has {lines} lines, and the limit is {LONGEST}; split it by concern"
            ));
        }
    }
    for (number, line) in text.lines().enumerate() {
        for word in UNFINISHED.iter().filter(|word| line.contains(**word)) {
            findings
                .push(format!("{file}:{}: {word}: finish it, or say in prose what is missing", number + 1));
        }
    }
    findings
}

/// Exceptions that are no longer needed.
pub(super) fn outdated_exceptions(root: &Path) -> Vec<String> {
    let is_long = |file: &str| {
        std::fs::read_to_string(root.join(file)).is_ok_and(|text| text.lines().count() > LONGEST)
    };
    let outdated = LONG.iter().filter(|(file, _)| !is_long(file));
    outdated.map(|(file, _)| format!("{file}: it is within the length limit; remove it from LONG")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_starts_with_a_doc_comment() {
        assert!(findings("a.rs", "//! What it is.\n").is_empty());
        assert_eq!(findings("a.rs", "use std::fmt;\n").len(), 1);
        assert!(findings("a.py", "import os\n").is_empty());
        assert!(findings(codegen::GENERATED[0], "// Made by.\n").is_empty());
    }

    #[test]
    fn unfinished_work_is_named_with_its_line() {
        let text = format!("//! A file.\n// {}: later\n", UNFINISHED[0]);
        assert_eq!(
            findings("a.rs", &text),
            [format!("a.rs:2: {}: finish it, or say in prose what is missing", UNFINISHED[0])]
        );
        assert_eq!(findings("a.md", &text).len(), 1);
    }

    #[test]
    fn long_files_are_reported() {
        let text = "//! A file.\n".to_owned() + &"\n".repeat(LONGEST);
        assert_eq!(findings("a.rs", &text).len(), 1);
        assert!(findings(codegen::GENERATED[0], &text).is_empty());
    }
}
