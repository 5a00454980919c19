//! Converts a body to text: byte-order marks, UTF-16 and declared charsets, as sent by the service and its gateways.

use std::borrow::Cow;
use std::fmt;

use http::HeaderMap;
use http::header::CONTENT_TYPE;

/// Why the bytes are not text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TextError {
    /// The bytes are not valid in their encoding.
    Invalid,
    /// The bytes are in this charset, which is not supported.
    Charset(String),
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid => f.write_str("the bytes are not text"),
            Self::Charset(name) => write!(f, "the text is in {name}, which is not supported"),
        }
    }
}

impl std::error::Error for TextError {}

/// What the service sends, so that a small call need not parse it.
const USUAL: [&[u8]; 2] = [b"application/json; charset=utf-8", b"application/json"];

/// The charset that `Content-Type` declares, in lower case; `None` for the usual UTF-8.
#[must_use]
pub fn charset(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(CONTENT_TYPE)?.as_bytes();
    if USUAL.iter().any(|usual| value.eq_ignore_ascii_case(usual)) {
        return None;
    }
    let value = String::from_utf8_lossy(value);
    let parameter = value.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let charset = parameter.into_iter().find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"));
    let text = charset?.1.trim().trim_matches(['"', '\'']).trim().to_ascii_lowercase();
    (!text.is_empty()).then_some(text)
}

/// Decodes text and removes its byte-order mark. The bytes take precedence over the declared charset, because JSON is
/// UTF-8 by its standard and a declared charset is often wrong.
///
/// # Errors
///
/// [`TextError`] if the bytes are not text in their encoding, or in an encoding that is not supported.
pub fn decode<'b>(body: &'b [u8], charset: Option<&str>) -> Result<Cow<'b, str>, TextError> {
    match body {
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest, None),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        // UTF-16 without a mark: every text of the service begins with a character below U+0100.
        [1..=u8::MAX, 0, ..] => utf16(body, u16::from_le_bytes),
        [0, 1..=u8::MAX, ..] => utf16(body, u16::from_be_bytes),
        _ => utf8(body, charset),
    }
}

/// Decodes UTF-8, or the declared charset if the bytes are not valid UTF-8.
fn utf8<'b>(body: &'b [u8], charset: Option<&str>) -> Result<Cow<'b, str>, TextError> {
    match (std::str::from_utf8(body), charset) {
        // UTF-7 is valid UTF-8 with a different meaning.
        (Ok(_), Some(name @ "utf-7")) => Err(TextError::Charset(name.to_owned())),
        (Ok(text), _) => Ok(Cow::Borrowed(text)),
        (Err(_), None | Some("utf-8" | "utf8" | "us-ascii" | "ascii")) => Err(TextError::Invalid),
        (
            Err(_),
            Some(
                "iso-8859-1" | "iso8859-1" | "iso_8859-1" | "latin1" | "latin-1" | "windows-1252" | "cp1252",
            ),
        ) => Ok(Cow::Owned(body.iter().copied().map(windows_1252).collect())),
        (Err(_), Some(name)) => Err(TextError::Charset(shown(name))),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Cow<'_, str>, TextError> {
    let (pairs, odd) = bytes.as_chunks::<2>();
    if !odd.is_empty() {
        return Err(TextError::Invalid);
    }
    let units = pairs.iter().map(|pair| unit(*pair));
    char::decode_utf16(units).collect::<Result<String, _>>().map(Cow::Owned).map_err(|_| TextError::Invalid)
}

/// Decodes a byte of Windows-1252. Text declared as ISO 8859-1 is usually Windows-1252.
fn windows_1252(byte: u8) -> char {
    const DIFFERENT: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    let place = usize::from(byte).checked_sub(0x80);
    place.and_then(|place| DIFFERENT.get(place).copied()).unwrap_or(char::from(byte))
}

/// The name of a charset for messages, if it looks like one.
fn shown(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':');
    if name.len() <= 40 && name.bytes().all(plain) { name } else { "an unknown charset" }.to_owned()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::charset as charset_of;
    use super::*;

    fn encoded(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(unit).collect()
    }

    #[test]
    fn a_byte_order_mark_is_removed() {
        assert_eq!(decode(b"\xEF\xBB\xBF{}", None).unwrap(), "{}");
        assert_eq!(decode(b"{}", None).unwrap(), "{}");
        assert_eq!(decode(b"", None).unwrap(), "");
        assert_eq!(decode(b"\xEF\xBB\xBF", None).unwrap(), "");
    }

    // Charsets x letter case x notation, with and without a byte-order mark.
    #[test]
    fn a_declared_charset_is_read_in_any_spelling() {
        let text = "{\"name\":\"Blåbär\"}";
        let mut latin = text.replace('å', "\u{1}").replace('ä', "\u{2}").into_bytes();
        for byte in &mut latin {
            *byte = match *byte {
                1 => 0xE5,
                2 => 0xE4,
                byte => byte,
            };
        }
        let marked = format!("\u{feff}{text}");
        for (charset, bodies) in [
            ("utf-8", vec![text.as_bytes().to_vec(), marked.clone().into_bytes()]),
            ("utf8", vec![text.as_bytes().to_vec()]),
            ("utf-16le", vec![encoded(text, u16::to_le_bytes), encoded(&marked, u16::to_le_bytes)]),
            ("utf-16be", vec![encoded(text, u16::to_be_bytes), encoded(&marked, u16::to_be_bytes)]),
            ("utf-16", vec![encoded(text, u16::to_le_bytes), encoded(&marked, u16::to_be_bytes)]),
            ("iso-8859-1", vec![latin.clone(), text.as_bytes().to_vec()]),
            ("windows-1252", vec![latin.clone()]),
            ("latin1", vec![latin.clone()]),
            // A wrong declaration for UTF-8.
            ("utf-16", vec![text.as_bytes().to_vec()]),
            ("gb2312", vec![text.as_bytes().to_vec()]),
        ] {
            for name in [charset.to_owned(), charset.to_uppercase()] {
                for value in [
                    format!("application/json;charset={name}"),
                    format!("application/json; Charset=\"{name}\""),
                    format!("APPLICATION/JSON ; odata.metadata=minimal; CHARSET = '{name}' ;"),
                ] {
                    let headers =
                        HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_str(&value).unwrap())]);
                    let declared = charset_of(&headers);
                    assert_eq!(declared.as_deref(), Some(charset), "{value}");
                    for body in &bodies {
                        assert_eq!(decode(body, declared.as_deref()).unwrap(), text, "{value}: {body:?}");
                    }
                }
            }
        }
        for value in ["application/json", "", "a;b;charset=", "charset=utf-16", "\u{80}"] {
            let headers =
                HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_bytes(value.as_bytes()).unwrap())]);
            assert_eq!(charset_of(&headers), None, "{value}");
        }
    }

    #[test]
    fn utf_16_is_recognized_without_a_declaration() {
        assert_eq!(decode(b"\xFF\xFE{\0}\0", None).unwrap(), "{}");
        assert_eq!(decode(b"\xFE\xFF\0{\0}", None).unwrap(), "{}");
        assert_eq!(decode(b"{\0}\0", None).unwrap(), "{}");
        assert_eq!(decode(b"\0{\0}", None).unwrap(), "{}");
        assert_eq!(decode(&encoded("\u{feff}å", u16::to_le_bytes), None).unwrap(), "å");
    }

    #[test]
    fn invalid_text_is_rejected() {
        assert_eq!(decode(b"\xFF\xFE{", None), Err(TextError::Invalid), "half a unit");
        assert_eq!(decode(b"\xFF\xFE\x00\xD8", None), Err(TextError::Invalid), "half a surrogate pair");
        assert_eq!(decode(b"\x80", None), Err(TextError::Invalid));
        assert_eq!(decode(b"\x80", Some("utf-8")), Err(TextError::Invalid));
        assert_eq!(decode(b"\x80", Some("iso-8859-1")).unwrap(), "€", "decoded as Windows-1252");
        for (body, charset, named) in [
            (&b"\xB0\xA1"[..], "gb2312", "gb2312"),
            (b"\x80", "x, contoso", "an unknown charset"),
            (b"{\"name\":\"Bl+AOU-\"}", "utf-7", "utf-7"),
        ] {
            assert_eq!(decode(body, Some(charset)), Err(TextError::Charset(named.to_owned())));
        }
    }
}
