//! Text of others, made safe for a terminal.

use std::borrow::Cow;

/// The longest text of others that is shown in one piece.
const LONGEST: usize = 2000;

/// The text with whatever could command a terminal, or make it show another text, taken out: control characters and
/// the marks that turn the direction of writing.
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

fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

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
