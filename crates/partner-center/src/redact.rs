//! Removes secrets from text before it is shown.
//!
//! A host that echoes a request may put the access token into its error body. This crate redacts its errors with this
//! type; a program that shows other text from a host should do the same.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::ops::Range;

use zeroize::Zeroizing;

/// The replacement for a secret.
const REPLACEMENT: &str = "[redacted]";
/// Shorter texts are not treated as secrets, because redacting them would remove ordinary words.
const SHORTEST_SECRET: usize = 8;
/// Parts of a secret of this length are redacted too, because hosts truncate what they echo.
const PIECE: usize = 16;
/// The number of nested encodings that are decoded: a link in a JSON string, a JSON string in another.
const LAYERS: usize = 2;

/// Removes known secrets from text.
///
/// It finds them in any letter case, in whole or in part, and escaped for URLs, JSON or HTML, also with two of these
/// encodings nested.
///
/// ```
/// use partner_center::credential::Redactor;
///
/// let mut redactor = Redactor::new();
/// redactor.add("0.AXoA-the-refresh-token");
/// assert_eq!(redactor.redact("cannot read 0.AXoA-the-refresh-token here"), "cannot read [redacted] here");
/// ```
#[derive(Clone, Default)]
pub struct Redactor {
    /// In lower case.
    secrets: Vec<Zeroizing<Vec<u8>>>,
}

impl Redactor {
    /// Creates a redactor without secrets.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a secret. Texts of fewer than eight characters are ignored, because redacting them would remove ordinary
    /// words.
    pub fn add(&mut self, secret: &str) {
        let secret = secret.trim();
        if secret.len() < SHORTEST_SECRET {
            return;
        }
        let secret = Zeroizing::new(secret.to_ascii_lowercase().into_bytes());
        if !self.secrets.contains(&secret) {
            self.secrets.push(secret);
        }
    }

    /// Replaces each secret in the text with `[redacted]`.
    #[must_use]
    pub fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let found = self.find(text);
        if found.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut clean = String::with_capacity(text.len());
        let mut rest = 0;
        for range in found {
            clean.push_str(text.get(rest..range.start).unwrap_or_default());
            clean.push_str(REPLACEMENT);
            rest = range.end;
        }
        clean.push_str(text.get(rest..).unwrap_or_default());
        Cow::Owned(clean)
    }

    /// Whether the text contains a secret or a part of one.
    pub(crate) fn finds(&self, text: &str) -> bool {
        !self.find(text).is_empty()
    }

    /// Finds the ranges to redact: sorted, disjoint, and on character boundaries.
    fn find(&self, text: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let mut view = Some(View::of(text));
        for _ in 0..=LAYERS {
            let Some(shown) = view else { break };
            found.extend(self.find_in(&shown.bytes).into_iter().filter_map(|range| shown.of_text(&range)));
            view = shown.decoded();
        }
        merged(found, text)
    }

    /// Finds secrets and parts of them in lower-case bytes.
    fn find_in(&self, lower: &[u8]) -> Vec<Range<usize>> {
        // Index the text and iterate over the secret: texts are short and secrets are long.
        let mut indexes: HashMap<usize, HashMap<&[u8], Vec<usize>>> = HashMap::new();
        let mut found = Vec::new();
        for secret in &self.secrets {
            let length = secret.len().min(PIECE);
            if lower.len() < length {
                continue;
            }
            let index = indexes.entry(length).or_insert_with(|| {
                let mut index: HashMap<&[u8], Vec<usize>> = HashMap::new();
                for (place, piece) in lower.windows(length).enumerate() {
                    index.entry(piece).or_default().push(place);
                }
                index
            });
            for piece in secret.windows(length) {
                found.extend(index.remove(piece).into_iter().flatten().map(|start| start..start + length));
            }
        }
        found
    }
}

/// A text in lower case, possibly decoded, with the source position of each byte.
struct View {
    bytes: Zeroizing<Vec<u8>>,
    /// The position of each byte in the original text, and the end of the last one.
    places: Vec<usize>,
}

impl View {
    fn of(text: &str) -> Self {
        let bytes = Zeroizing::new(text.to_ascii_lowercase().into_bytes());
        Self { places: (0..=bytes.len()).collect(), bytes }
    }

    /// Decodes one layer of encoding. Returns `None` if nothing is encoded.
    fn decoded(&self) -> Option<Self> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(self.bytes.len()));
        let mut places = Vec::with_capacity(self.places.len());
        let (mut at, mut is_encoded) = (0, false);
        while let Some(rest) = self.bytes.get(at..).filter(|rest| !rest.is_empty()) {
            let place = self.places.get(at).copied()?;
            let length = if let Some((decoded, length)) = decode(rest) {
                is_encoded = true;
                bytes.extend(decoded.bytes().map(|byte| byte.to_ascii_lowercase()));
                length
            } else {
                bytes.extend(rest.first());
                1
            };
            places.resize(bytes.len(), place);
            at += length;
        }
        places.push(self.places.last().copied()?);
        is_encoded.then_some(Self { bytes, places })
    }

    /// Maps a range of this view to the range of the original text.
    fn of_text(&self, range: &Range<usize>) -> Option<Range<usize>> {
        Some(*self.places.get(range.start)?..*self.places.get(range.end)?)
    }
}

/// Decodes one escape at the start of a lower-case text, and returns its length: percent-encoding, a JSON escape or an
/// HTML entity.
fn decode(text: &[u8]) -> Option<(Decoded, usize)> {
    match text {
        [b'%', digits @ ..] => {
            let byte = u8::try_from(number(digits.get(..2)?, 16)?).ok()?;
            Some((Decoded::Byte(byte), 3))
        }
        [b'\\', b'u', digits @ ..] => {
            let character = char::from_u32(number(digits.get(..4)?, 16)?)?;
            Some((Decoded::Character(character), 6))
        }
        [b'\\', escaped @ (b'"' | b'\'' | b'\\' | b'/'), ..] => Some((Decoded::Byte(*escaped), 2)),
        [b'&', entity @ ..] => {
            let end = entity.iter().take(8).position(|byte| *byte == b';')?;
            let character = match entity.get(..end)? {
                b"amp" => '&',
                b"lt" => '<',
                b"gt" => '>',
                b"quot" => '"',
                b"apos" => '\'',
                [b'#', b'x', digits @ ..] => char::from_u32(number(digits, 16)?)?,
                [b'#', digits @ ..] => char::from_u32(number(digits, 10)?)?,
                _ => return None,
            };
            Some((Decoded::Character(character), end + 2))
        }
        _ => None,
    }
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    // `from_str_radix` accepts a sign.
    let digits = digits.iter().all(u8::is_ascii_hexdigit).then_some(digits)?;
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()
}

enum Decoded {
    Byte(u8),
    Character(char),
}

impl Decoded {
    fn bytes(&self) -> impl Iterator<Item = u8> + use<> {
        let mut bytes = [0; 4];
        let length = match self {
            Self::Byte(byte) => {
                bytes = [*byte, 0, 0, 0];
                1
            }
            Self::Character(character) => character.encode_utf8(&mut bytes).len(),
        };
        bytes.into_iter().take(length)
    }
}

/// Sorts ranges, widens them to character boundaries and merges those that touch.
fn merged(mut ranges: Vec<Range<usize>>, text: &str) -> Vec<Range<usize>> {
    ranges.sort_unstable_by_key(|range| range.start);
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        let start = (0..=range.start).rev().find(|place| text.is_char_boundary(*place)).unwrap_or_default();
        let end = (range.end..text.len()).find(|place| text.is_char_boundary(*place)).unwrap_or(text.len());
        match merged.last_mut() {
            Some(last) if start <= last.end => last.end = last.end.max(end),
            _ => merged.push(start..end),
        }
    }
    merged
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redactor").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "eyJ0eXAiOiJKV1Qi/LCJhbGciOi~JSUzI1NiIs+Ing1dCI6\"Ik1&uQ19WWmNB==";

    /// Applies a rule to every character of the secret except letters and digits.
    fn each(rule: fn(char) -> String) -> String {
        let plain = |character: char| character.is_ascii_alphanumeric();
        SECRET.chars().map(|c| if plain(c) { c.to_string() } else { rule(c) }).collect()
    }

    fn json(text: &str) -> String {
        serde_json::to_string(text).unwrap().trim_matches('"').to_owned()
    }

    fn redactor(secret: &str) -> Redactor {
        let mut redactor = Redactor::new();
        redactor.add(secret);
        redactor
    }

    #[test]
    fn a_secret_is_found_in_every_encoding() {
        let uri = "eyJ0eXAiOiJKV1Qi%2FLCJhbGciOi~JSUzI1NiIs%2BIng1dCI6%22Ik1%26uQ19WWmNB%3D%3D";
        for written in [
            SECRET.to_owned(),
            SECRET.to_uppercase(),
            SECRET.to_lowercase(),
            uri.to_owned(),
            uri.to_lowercase(),
            uri.replace('~', "%7E"),
            serde_json::to_string(SECRET).unwrap().trim_matches('"').to_owned(),
            SECRET.replace('/', "\\/").replace('"', "\\\""),
            SECRET.replace('&', "&amp;").replace('"', "&quot;"),
            each(|character| format!("%{:02x}", u32::from(character))),
            SECRET.bytes().fold(String::new(), |text, byte| text + &format!("%{byte:02X}")),
            uri.replace('%', "%25"),
            each(|character| format!("\\u{:04X}", u32::from(character))),
            each(|character| format!("\\\\u{:04x}", u32::from(character))),
            each(|character| format!("&#{};", u32::from(character))),
            each(|character| format!("&#x{:X};", u32::from(character))),
            json(&json(SECRET)),
            json(uri).replace('&', "&amp;"),
        ] {
            let text = format!("SendResult: Bearer {written}; å");
            assert_eq!(redactor(SECRET).redact(&text), "SendResult: Bearer [redacted]; å", "{written}");
        }
    }

    #[test]
    fn a_part_of_a_secret_is_found_too() {
        let redactor = redactor(SECRET);
        let (head, tail) = (&SECRET[..20], &SECRET[30..]);
        assert_eq!(redactor.redact(&format!("{head}...")), "[redacted]...");
        assert_eq!(redactor.redact(&format!("{head}\n{tail}")), "[redacted]\n[redacted]");
        assert_eq!(redactor.redact(&SECRET[..12]), &SECRET[..12], "too short to distinguish from a word");
    }

    #[test]
    fn other_text_is_unchanged() {
        let mut redactor = redactor(SECRET);
        redactor.add("none");
        redactor.add("");
        redactor.add("hemlighet-åäö");
        for text in [
            "",
            "none",
            "Bearer",
            "å",
            "%",
            "%4",
            "\\u",
            "&#x;",
            "&;",
            "a%41b\\u0041&amp;",
            "a sentence that is longer than any piece of a secret",
        ] {
            assert!(matches!(redactor.redact(text), Cow::Borrowed(same) if same == text));
        }
        assert_eq!(redactor.redact("Åhemlighet-åäöÅ"), "Å[redacted]Å");
        assert_eq!(format!("{redactor:?}"), "Redactor { .. }");
    }
}
