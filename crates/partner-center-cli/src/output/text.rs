//! Text of others, made safe for a terminal, and numbers for people.

use std::borrow::Cow;

use crate::secrets::conceal;

/// The longest text of others that is shown in one piece.
const LONGEST: usize = 2000;

/// The text in one line, with whatever could command a terminal, or make it show another text, taken out: control
/// characters and the marks that turn the direction of writing.
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

/// The same, and no secret is in it that this process holds: for what is no row.
pub(crate) fn showable(text: &str) -> String {
    printable(&conceal(text)).into_owned()
}

/// The same for text of several lines, which is not cut.
pub(crate) fn showable_lines(text: &str) -> String {
    let safe = |character| match character {
        '\n' | '\t' => character,
        character if is_unsafe(character) => char::REPLACEMENT_CHARACTER,
        character => character,
    };
    conceal(text).chars().map(safe).collect()
}

/// Whether a terminal could be commanded by it, or made to show another text.
pub(super) fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// `1234567` as `1,234,567`.
pub(crate) fn grouped(count: impl Into<i128>) -> String {
    let count = count.into();
    let digits = count.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if count < 0 {
        text.push('-');
    }
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        for (count, text) in
            [(0, "0"), (999, "999"), (1000, "1,000"), (-1234, "-1,234"), (1_234_567, "1,234,567")]
        {
            assert_eq!(grouped(count), text);
        }
    }

    #[test]
    fn what_could_command_a_terminal_is_taken_out() {
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
