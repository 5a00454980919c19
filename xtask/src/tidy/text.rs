//! What the text of a file must and must not hold.

use std::path::Path;

use crate::codegen;

/// How long a file written by hand may be.
const LONGEST: usize = 500;

/// Longer files, and why each stays in one piece. There is none at present.
const LONG: [(&str, &str); 0] = [];

/// Words that mark something as unfinished; written in two pieces, so that this file does not hold them.
const UNFINISHED: [&str; 4] =
    [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("to", "do!("), concat!("unimple", "mented!(")];

/// What is wrong with the text of this file.
pub(super) fn findings(file: &str, text: &str) -> Vec<String> {
    let mut findings = Vec::new();
    let generated = codegen::GENERATED.contains(&file);
    if super::has_extension(file, "rs") && !generated {
        if !text.starts_with("//! ") {
            findings.push(format!("{file}: it does not open with `//!` and what it is"));
        }
        let lines = text.lines().count();
        if lines > LONGEST && !LONG.iter().any(|(long, _)| *long == file) {
            findings.push(format!(
                "{file}: it has {lines} lines, and {LONGEST} are enough; divide it by concern"
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

/// Exceptions that no longer are.
pub(super) fn outdated_exceptions(root: &Path) -> Vec<String> {
    let is_long = |file: &str| {
        std::fs::read_to_string(root.join(file)).is_ok_and(|text| text.lines().count() > LONGEST)
    };
    let outdated = LONG.iter().filter(|(file, _)| !is_long(file));
    outdated
        .map(|(file, _)| format!("{file}: it is excused from the length of files and need not be"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_opens_with_what_it_is() {
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
    fn files_are_of_a_length_to_read() {
        let text = "//! A file.\n".to_owned() + &"\n".repeat(LONGEST);
        assert_eq!(findings("a.rs", &text).len(), 1);
        assert!(findings(codegen::GENERATED[0], &text).is_empty());
    }
}
