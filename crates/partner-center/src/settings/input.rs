//! Decodes and normalizes texts that people and their tools write: variables, profiles, ids, pasted tokens.
//!
//! Windows tools add a byte order mark or write UTF-16; shells and editors leave quotes around values; ids come in
//! braces, tokens with a `Bearer ` prefix. All of that is removed. Other kinds of input, above all JSON, are rejected
//! with advice.

use std::fmt;

use secrecy::zeroize::Zeroizing;

/// The kind of a value, which determines what is removed around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// An access token or a refresh token.
    Token,
    /// Another secret, such as a client's.
    Secret,
    /// A GUID, or a tenant's domain.
    Id,
    /// An address, a name, a path.
    Text,
}

/// Why a text cannot be used. Does not contain the text, which may be a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnusableText {
    /// What is wrong with it, such as `is JSON, not a plain value`.
    pub why: &'static str,
    /// What to do, in a sentence.
    pub advice: &'static str,
}

impl fmt::Display for UnusableText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the text {}", self.why)
    }
}

impl std::error::Error for UnusableText {}

const SAVE_AS_UTF8: &str = "Save it as UTF-8 text.";

/// Decodes UTF-8 with or without a byte order mark, or UTF-16 with one.
///
/// # Errors
///
/// [`UnusableText`] for any other encoding.
pub fn text(bytes: &[u8]) -> Result<String, UnusableText> {
    let unusable = |why| Err(UnusableText { why, advice: SAVE_AS_UTF8 });
    let text = match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => return unusable("is UTF-32"),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => std::str::from_utf8(rest).ok().map(str::to_owned),
        _ => std::str::from_utf8(bytes).ok().map(str::to_owned),
    };
    match text {
        None => unusable("is not valid text: neither UTF-8 nor UTF-16 with a byte order mark"),
        Some(text) if text.contains('\0') => {
            unusable("is not valid text: it looks like UTF-16 without a byte order mark")
        }
        Some(text) => Ok(text),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let (pairs, []) = bytes.as_chunks::<2>() else { return None };
    let units: Zeroizing<Vec<u16>> = Zeroizing::new(pairs.iter().map(|pair| unit(*pair)).collect());
    String::from_utf16(&units).ok()
}

/// Returns the value without surrounding whitespace, quotes, braces and prefixes.
///
/// ```
/// use partner_center::settings::input::{Kind, bare};
///
/// assert_eq!(bare("\"Bearer eyJ0.eyJh.c2ln\"\r\n", Kind::Token)?, "eyJ0.eyJh.c2ln");
/// assert!(bare("{\"access_token\":\"eyJ0.eyJh.c2ln\"}", Kind::Token).is_err());
/// # Ok::<(), partner_center::settings::input::UnusableText>(())
/// ```
///
/// # Errors
///
/// [`UnusableText`] if the value is JSON.
pub fn bare(text: &str, kind: Kind) -> Result<&str, UnusableText> {
    let mut value = text;
    loop {
        let before = value;
        value = value.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        for (open, close) in [('"', '"'), ('\'', '\''), ('\u{201c}', '\u{201d}'), ('`', '`')] {
            value = inside(value, open, close).unwrap_or(value);
        }
        if kind == Kind::Id {
            for (open, close) in [('{', '}'), ('(', ')')] {
                let within =
                    inside(value, open, close).filter(|id| !id.is_empty() && !id.contains([':', '"', open]));
                value = within.unwrap_or(value);
            }
        }
        if kind == Kind::Token {
            value = after(value, "authorization:").map_or(value, str::trim_start);
            value = after(value, "bearer").filter(|token| token.starts_with([' ', '\t'])).unwrap_or(value);
        }
        if value == before {
            break;
        }
    }
    if is_json(value) {
        let advice = match kind {
            Kind::Token => {
                "Pass the token alone: the text of its member access_token or refresh_token, for example with jq -r .refresh_token"
            }
            _ => "Pass the value alone.",
        };
        return Err(UnusableText { why: "is JSON, not a plain value", advice });
    }
    Ok(value)
}

/// The text between two delimiters.
fn inside(text: &str, open: char, close: char) -> Option<&str> {
    text.strip_prefix(open)?.strip_suffix(close)
}

/// The text after a prefix, in any letter case.
fn after<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let (start, rest) = (text.get(..word.len())?, text.get(word.len()..)?);
    start.eq_ignore_ascii_case(word).then_some(rest)
}

/// Whether it is a JSON object or list, or the beginning of one.
fn is_json(text: &str) -> bool {
    let Some(rest) = text.strip_prefix(['{', '[']) else { return false };
    rest.trim_start().starts_with(['"', '{', '[', '}', ']'])
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUID: &str = "4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04";

    fn utf16_with_mark(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(bytes).collect()
    }

    /// A text in every supported encoding.
    fn encodings(text: &str) -> [(&'static str, Vec<u8>); 4] {
        [
            ("plain", text.as_bytes().to_vec()),
            ("UTF-8 with a mark", format!("\u{feff}{text}").into_bytes()),
            ("UTF-16, little endian", utf16_with_mark(text, u16::to_le_bytes)),
            ("UTF-16, big endian", utf16_with_mark(text, u16::to_be_bytes)),
        ]
    }

    #[test]
    fn values_are_normalized() {
        let forms = |value: &str| {
            vec![
                value.to_owned(),
                format!("{value}\r\n"),
                format!("{value}\n"),
                format!("  \t{value} "),
                format!("\"{value}\""),
                format!("'{value}'\r\n"),
                format!("\u{201c}{value}\u{201d}"),
                format!("\" {value} \""),
            ]
        };
        let token = "eyJ0eXAi.eyJhdWQi-_.c2ln";
        let mut table = Vec::new();
        for (kind, value) in [
            (Kind::Token, token),
            (Kind::Token, "0.AXg~rt"),
            (Kind::Token, "bearer-of-news"),
            (Kind::Secret, "abc~8Q{x}"),
            (Kind::Id, GUID),
            (Kind::Id, "contoso.onmicrosoft.com"),
            (Kind::Text, "https://127.0.0.1:8080/"),
            (Kind::Text, "C:\\Users\\Robin"),
        ] {
            table.extend(forms(value).into_iter().map(|form| (kind, form, value)));
        }
        for before in ["Bearer ", "bearer\t", "BEARER  ", "Authorization: Bearer ", "\"Bearer "] {
            let after = if before.starts_with('"') { "\"" } else { "" };
            table.push((Kind::Token, format!("{before}{token}{after}"), token));
        }
        for form in [format!("{{{GUID}}}"), format!("({GUID})"), format!("\"{{{GUID}}}\"\r\n")] {
            table.push((Kind::Id, form, GUID));
        }
        for (kind, form, value) in table {
            for (encoding, bytes) in encodings(&form) {
                let text = text(&bytes).unwrap();
                assert_eq!(bare(&text, kind), Ok(value), "{kind:?} {form:?} {encoding}");
            }
        }
    }

    #[test]
    fn json_and_unknown_encodings_are_rejected() {
        for json in [
            r#"{"refresh_token":"rt-x"}"#,
            "{\r\n  \"token_type\": \"Bearer\",\r\n \"access_token\": \"x\"}",
            r#"["rt-x"]"#,
            "{}",
            r#"{"refresh_token":"cut off"#,
        ] {
            for kind in [Kind::Token, Kind::Secret, Kind::Id, Kind::Text] {
                for (encoding, bytes) in encodings(json) {
                    let refused = bare(&text(&bytes).unwrap(), kind).unwrap_err();
                    assert!(refused.why.contains("JSON"), "{json} {kind:?} {encoding}");
                }
            }
        }
        let without_mark: Vec<u8> = GUID.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for bytes in [
            &b"\xff"[..],
            b"M\xfcller",
            &without_mark,
            b"\xff\xfea",
            b"\xff\xfe\x00\xd8",
            b"\xff\xfe\x00\x00x\x00\x00\x00",
        ] {
            assert_eq!(text(bytes).unwrap_err().advice, SAVE_AS_UTF8, "{bytes:?}");
        }
    }
}
