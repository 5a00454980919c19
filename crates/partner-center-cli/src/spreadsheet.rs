//! Protects texts in csv files from spreadsheets.
//!
//! A spreadsheet runs a text that begins with `=`, `+`, `-` or `@` as a formula, and customers choose their own names.
//! Such a text is prefixed with an apostrophe, which marks text in spreadsheets. Numbers are not prefixed.

use std::borrow::Cow;

/// The text, prefixed with an apostrophe if a spreadsheet would run it as a formula.
pub(crate) fn harmless(text: &str) -> Cow<'_, str> {
    if text.starts_with(begins_formula) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The text without the apostrophe that [`harmless`] added.
pub(crate) fn unmarked(text: &str) -> &str {
    text.strip_prefix('\'').filter(|text| text.starts_with(begins_formula)).unwrap_or(text)
}

/// East Asian spreadsheets accept the wide forms too.
fn begins_formula(character: char) -> bool {
    matches!(character, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_becomes_a_text_and_is_restored() {
        for text in ["=HYPERLINK(\"http://x\")", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1"] {
            assert_eq!(harmless(text), format!("'{text}"));
            assert_eq!(unmarked(&harmless(text)), text);
        }
        for text in ["", "Contoso", "'t Hooft", "1-2", "a=b", " =1"] {
            assert_eq!(harmless(text), text);
            assert_eq!(unmarked(text), text);
        }
    }
}
