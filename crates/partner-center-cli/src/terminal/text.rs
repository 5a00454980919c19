//! Sanitizes external text for a terminal, and formats numbers.

use std::borrow::Cow;

use indicatif::HumanCount;
use rust_decimal::Decimal;

use crate::secrets::redact;

/// The maximum length of external text; longer text is cut.
const LONGEST: usize = 2000;

/// The text on one line, with control characters and marks of the writing direction replaced: they could control a
/// terminal or make it display different text.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    if text.len() <= LONGEST && !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut safe: String = text
        .chars()
        .take(LONGEST)
        .map(|character| match character {
            '\n' | '\r' | '\t' => ' ',
            character if is_unsafe(character) => char::REPLACEMENT_CHARACTER,
            character => character,
        })
        .collect();
    if text.chars().nth(LONGEST).is_some() {
        safe.push('…');
    }
    Cow::Owned(safe)
}

/// Like [`printable`], with secrets removed: for text other than rows.
pub(crate) fn showable(text: &str) -> String {
    printable(&redact(text)).into_owned()
}

/// Like [`showable`], for text of several lines, which is not cut.
pub(crate) fn showable_lines(text: &str) -> String {
    let safe = |character| match character {
        '\n' | '\t' => character,
        character if is_unsafe(character) => char::REPLACEMENT_CHARACTER,
        character => character,
    };
    redact(text).chars().map(safe).collect()
}

/// Whether a character could control a terminal, or make it display different text.
pub(super) fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A number of things: `1 row`, `1,234 rows`.
pub(crate) fn counted(count: impl TryInto<i128>, one: &str, many: &str) -> String {
    let count = count.try_into().unwrap_or(i128::MAX);
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

/// `1234567` as `1,234,567`.
pub(crate) fn grouped(count: impl TryInto<i128>) -> String {
    let count = count.try_into().unwrap_or(i128::MAX);
    let sign = if count < 0 { "-" } else { "" };
    let magnitude = u64::try_from(count.unsigned_abs()).unwrap_or(u64::MAX);
    format!("{sign}{}", HumanCount(magnitude))
}

/// `1234567.50` as `1,234,567.50`.
pub(crate) fn grouped_amount(amount: Decimal) -> String {
    let text = amount.to_string();
    let whole = grouped(amount.trunc().mantissa());
    // The whole part of -0.50 has no sign.
    let sign = if text.starts_with('-') && !whole.starts_with('-') { "-" } else { "" };
    match text.split_once('.') {
        Some((_, fraction)) => format!("{sign}{whole}.{fraction}"),
        None => whole,
    }
}

/// A difference with its sign, unless it is 0: `+1,234`.
pub(crate) fn signed(difference: impl Into<Decimal>) -> String {
    let difference = difference.into();
    let sign = if difference > Decimal::ZERO { "+" } else { "" };
    format!("{sign}{}", grouped_amount(difference))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated() {
        for (count, text) in
            [(0, "0"), (999, "999"), (1000, "1,000"), (-1234, "-1,234"), (1_234_567, "1,234,567")]
        {
            assert_eq!(grouped(count), text);
        }
    }

    #[test]
    fn amounts_and_differences_keep_their_sign() {
        for (amount, text, difference) in [
            ("1234567.50", "1,234,567.50", "+1,234,567.50"),
            ("0.50", "0.50", "+0.50"),
            ("-0.50", "-0.50", "-0.50"),
            ("-1234.05", "-1,234.05", "-1,234.05"),
            ("-300", "-300", "-300"),
            ("0.00", "0.00", "0.00"),
            ("0", "0", "0"),
        ] {
            let amount: Decimal = amount.parse().unwrap();
            assert_eq!((grouped_amount(amount), signed(amount)), (text.to_owned(), difference.to_owned()));
        }
        assert_eq!([signed(1_234), signed(0), signed(-5)], ["+1,234", "0", "-5"]);
    }

    #[test]
    fn unsafe_characters_are_replaced() {
        assert_eq!(printable("Björk & Söner, 株式会社"), "Björk & Söner, 株式会社");
        assert_eq!(printable("\x1b[2Jgone"), "\u{fffd}[2Jgone");
        assert_eq!(printable("two\r\nlines"), "two  lines");
        assert_eq!(printable("abc\u{202e}fed"), "abc\u{fffd}fed");
    }

    #[test]
    fn a_page_of_text_is_cut() {
        let long = "ä".repeat(5000);
        assert_eq!(printable(&long).chars().count(), LONGEST + 1);
    }
}
