//! Repairs JSON that a parser rejects because of a single value.
//!
//! A lone surrogate becomes U+FFFD, a control character in a string is escaped, a number outside the range of f64
//! becomes a string, and a value nested too deeply becomes null: it is always inside an unknown or odd value. Nothing
//! else changes; truncated JSON and mismatched brackets are not repaired. The repair reads every byte once, without
//! recursion, and is applied only to responses that could not be decoded.

use std::fmt::Write as _;

use super::depth_limit::DEEPEST;

/// Repairs JSON that a parser rejects because of a single value, such as half a surrogate pair. Returns `None` if there
/// is nothing that can be repaired.
#[must_use]
pub fn repair_json(text: &str) -> Option<String> {
    let mut repaired = Repaired { text, copied: 0, out: String::new() };
    // The closing bracket of each open list and object.
    let mut open = Vec::new();
    let mut deep = None;
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let start = at;
        at += 1;
        match byte {
            b'"' if deep.is_some() => at = end_of_text(bytes, at),
            b'"' => at = repaired.text(at),
            b'[' | b'{' => {
                if open.len() == usize::from(DEEPEST) {
                    deep = Some(start);
                }
                open.push(if byte == b'[' { b']' } else { b'}' });
            }
            b']' | b'}' => {
                if open.pop() != Some(byte) {
                    return None;
                }
                if open.len() == usize::from(DEEPEST)
                    && let Some(start) = deep.take()
                {
                    repaired.replace(start, at, "null");
                }
            }
            b'-' | b'0'..=b'9' => {
                let part =
                    |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E');
                at += bytes.iter().skip(at).take_while(|byte| part(byte)).count();
                if deep.is_none() {
                    repaired.number(start, at);
                }
            }
            _ => {}
        }
    }
    repaired.finish()
}

/// The end of a string whose content begins at `at`: after its closing quote, or the end of the input.
fn end_of_text(bytes: &[u8], mut at: usize) -> usize {
    while let Some(byte) = bytes.get(at) {
        at += match byte {
            b'"' => return at + 1,
            b'\\' => 2,
            _ => 1,
        };
    }
    at
}

/// The output so far.
struct Repaired<'a> {
    text: &'a str,
    copied: usize,
    out: String,
}

impl Repaired<'_> {
    fn replace(&mut self, start: usize, end: usize, with: &str) {
        self.out.push_str(self.text.get(self.copied..start).unwrap_or_default());
        self.out.push_str(with);
        self.copied = end;
    }

    fn finish(mut self) -> Option<String> {
        if self.copied == 0 {
            return None;
        }
        self.out.push_str(self.text.get(self.copied..).unwrap_or_default());
        Some(self.out)
    }

    /// Repairs a string whose content begins at `at`, and returns its end.
    fn text(&mut self, mut at: usize) -> usize {
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'"' => return at + 1,
                b'\\' => match unit(bytes, at) {
                    Some(0xD800..=0xDBFF) if matches!(unit(bytes, at + 6), Some(0xDC00..=0xDFFF)) => at += 12,
                    Some(0xD800..=0xDFFF) => {
                        self.replace(at, at + 6, "\\ufffd");
                        at += 6;
                    }
                    _ => at += 2,
                },
                0..=0x1F => {
                    let mut escaped = String::new();
                    let _never_fails = write!(escaped, "\\u{byte:04x}");
                    self.replace(at, at + 1, &escaped);
                    at += 1;
                }
                _ => at += 1,
            }
        }
        at
    }

    fn number(&mut self, start: usize, end: usize) {
        let number = self.text.get(start..end).unwrap_or_default();
        if number.parse::<f64>().is_ok_and(f64::is_infinite) {
            self.replace(start, end, &format!("\"{number}\""));
        }
    }
}

/// The escaped UTF-16 code unit at this position, if any.
fn unit(bytes: &[u8], at: usize) -> Option<u16> {
    let hexadecimal = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
    if !hexadecimal.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u16::from_str_radix(std::str::from_utf8(hexadecimal).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repaired(text: &str) -> String {
        repair_json(text).unwrap_or_else(|| panic!("nothing was repaired in {text}"))
    }

    #[test]
    fn a_lone_surrogate_becomes_a_replacement_character() {
        for (text, expected) in [
            (r#""Team \ud83d""#, r#""Team \ufffd""#),
            (r#""\uD83D\uD83D\uDE00""#, r#""\ufffd\uD83D\uDE00""#),
            (r#""\uDE00\uD83D""#, r#""\ufffd\ufffd""#),
            (r#""\uD83D\u0041""#, r#""\ufffd\u0041""#),
            (r#""\uD83D\\uDE00""#, r#""\ufffd\\uDE00""#),
            (r#"{"\ud83d":["\\\ud83d"]}"#, r#"{"\ufffd":["\\\ufffd"]}"#),
        ] {
            assert_eq!(repaired(text), expected);
            assert!(serde_json::from_str::<serde_json::Value>(expected).is_ok());
        }
        for text in
            [r#""\uD83D\uDE00""#, r#""\\ud83d""#, r#""\u00e9 \" \n""#, r#""\ud83""#, r"\ud83d", "\"\\"]
        {
            assert_eq!(repair_json(text), None, "{text}");
        }
    }

    #[test]
    fn control_characters_are_escaped_only_in_strings() {
        assert_eq!(repaired("{\n\"a\":\t\"x\ty\"}"), "{\n\"a\":\t\"x\\u0009y\"}");
    }

    #[test]
    fn numbers_out_of_range_become_strings() {
        assert_eq!(repaired("[1e999,-1E+999,1e20,\"1e999\"]"), "[\"1e999\",\"-1E+999\",1e20,\"1e999\"]");
        let digits = "9".repeat(400);
        assert_eq!(repaired(&digits), format!("\"{digits}\""));
        assert_eq!(repair_json("[1e-999,0,-1.5,5e0]"), None);
    }

    #[test]
    fn deep_values_become_null_unless_brackets_mismatch_or_are_missing() {
        let most = usize::from(DEEPEST);
        let nested = |inner: &str| format!("{}{inner}{}", "[".repeat(most), "]".repeat(most));
        assert_eq!(repaired(&nested(r#"[{"]":"\"}\ud83d"},1e999,[]],1"#)), nested("null,1"));
        assert_eq!(repaired(&nested("[],[[]]")), nested("null,null"));
        for text in [nested("1"), nested("[}]"), nested("[{]}"), format!("{}[", "[".repeat(most))] {
            assert_eq!(repair_json(&text), None, "{text}");
        }
    }
}
