//! From the bytes of a body to text: byte-order marks and UTF-16, which the service has been seen to send.

use std::borrow::Cow;

/// The bytes are not text in the encoding they claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotText;

/// Text without its byte-order mark: UTF-8 unless a UTF-16 mark says otherwise.
pub(crate) fn decode(body: &[u8]) -> Result<Cow<'_, str>, NotText> {
    match body {
        [0xEF, 0xBB, 0xBF, rest @ ..] => std::str::from_utf8(rest).map(Cow::Borrowed).map_err(|_| NotText),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        rest => std::str::from_utf8(rest).map(Cow::Borrowed).map_err(|_| NotText),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Cow<'_, str>, NotText> {
    let (pairs, odd) = bytes.as_chunks::<2>();
    if !odd.is_empty() {
        return Err(NotText);
    }
    let units = pairs.iter().map(|pair| unit(*pair));
    char::decode_utf16(units).collect::<Result<String, _>>().map(Cow::Owned).map_err(|_| NotText)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_stripped_only_where_there_is_one() {
        assert_eq!(decode(b"\xEF\xBB\xBF{}").unwrap(), "{}");
        assert_eq!(decode(b"{}").unwrap(), "{}");
        assert_eq!(decode(b"").unwrap(), "");
        assert_eq!(decode(b"\xEF\xBB\xBF").unwrap(), "");
    }

    #[test]
    fn utf_16_is_recognised_by_its_mark() {
        assert_eq!(decode(b"\xFF\xFE{\0}\0").unwrap(), "{}");
        assert_eq!(decode(b"\xFE\xFF\0{\0}").unwrap(), "{}");
        assert_eq!(
            decode("\u{feff}å".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>().as_slice())
                .unwrap(),
            "å"
        );
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert_eq!(decode(b"\xFF\xFE{"), Err(NotText), "half a unit");
        assert_eq!(decode(b"\xFF\xFE\x00\xD8"), Err(NotText), "half a surrogate pair");
        assert_eq!(decode(b"\x80"), Err(NotText));
    }
}
