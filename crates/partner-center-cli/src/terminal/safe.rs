//! Replaces unsafe characters in data that is written to a terminal.
//!
//! In a pipe or a file, data is unchanged. A terminal interprets control sequences: customers choose their own names,
//! and a name could move the cursor, change the window title or display different text.

use std::io::{self, Write};

use super::text::is_unsafe;

/// Writes UTF-8 text in which every character that could control a terminal is replaced. Line ends and tabs are kept.
pub(crate) struct Safe<W> {
    out: W,
    /// An incomplete character, or a carriage return before an unknown character.
    pending: Vec<u8>,
}

impl<W: Write> Safe<W> {
    pub(crate) fn new(out: W) -> Self {
        Self { out, pending: Vec::new() }
    }
}

impl<W: Write> Write for Safe<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut all = std::mem::take(&mut self.pending);
        all.extend_from_slice(bytes);
        let mut safe = String::with_capacity(all.len());
        let mut rest = all.as_slice();
        while !rest.is_empty() {
            let (valid, invalid) = match std::str::from_utf8(rest) {
                Ok(text) => (text, None),
                Err(error) => {
                    let valid = rest.get(..error.valid_up_to()).unwrap_or_default();
                    (std::str::from_utf8(valid).unwrap_or_default(), Some(error.error_len()))
                }
            };
            rest = rest.get(valid.len()..).unwrap_or_default();
            let valid = match valid.strip_suffix('\r') {
                // The next character decides whether it is a line end.
                Some(before) if rest.is_empty() => {
                    self.pending.push(b'\r');
                    before
                }
                _ => valid,
            };
            push(valid, &mut safe);
            match invalid {
                None => break,
                // A character that continues in the next write.
                Some(None) => {
                    self.pending.extend_from_slice(rest);
                    break;
                }
                Some(Some(length)) => {
                    safe.push(char::REPLACEMENT_CHARACTER);
                    rest = rest.get(length..).unwrap_or_default();
                }
            }
        }
        self.out.write_all(safe.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Appends the text, with unsafe characters replaced.
fn push(text: &str, safe: &mut String) {
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        safe.push(match character {
            '\n' | '\t' => character,
            '\r' if characters.peek() == Some(&'\n') => character,
            character if is_unsafe(character) => char::REPLACEMENT_CHARACTER,
            character => character,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(pieces: &[&[u8]]) -> String {
        let mut out = Vec::new();
        let mut safe = Safe::new(&mut out);
        for piece in pieces {
            assert_eq!(safe.write(piece).unwrap(), piece.len());
        }
        safe.flush().unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn control_characters_are_replaced_for_any_split_into_writes() {
        for (data, expected) in [
            ("id,name\r\n1,Bj\u{f6}rk \u{4f1a}\u{793e}\t\u{1f600}\n", None),
            ("\x1b]0;title\x07x", Some("\u{fffd}]0;title\u{fffd}x")),
            ("\u{9b}31m, \u{85}, \u{7f}, \0", Some("\u{fffd}31m, \u{fffd}, \u{fffd}, \u{fffd}")),
            ("a\u{202e}b\u{2066}c\u{200f}d\u{61c}e", Some("a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}e")),
            ("over\rwritten", Some("over\u{fffd}written")),
            ("a\r\r\nb", Some("a\u{fffd}\r\nb")),
        ] {
            let expected = expected.unwrap_or(data);
            assert_eq!(shown(&[data.as_bytes()]), expected);
            for size in 1..6 {
                assert_eq!(shown(&data.as_bytes().chunks(size).collect::<Vec<_>>()), expected, "{size}");
            }
        }
        assert_eq!(shown(&[b"a\xffb\x9b", b"c"]), "a\u{fffd}b\u{fffd}c");
    }
}
