//! Removes secrets from text that is about to be shown.
//!
//! A host that echoes a request puts the token it was sent into its error body. Errors of this crate are cleaned with
//! this before anybody sees them; a program that shows other text of such a host cleans it the same way.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::fmt::Write as _;
use std::ops::Range;

use zeroize::Zeroizing;

/// What stands in the place of a secret.
const REPLACEMENT: &str = "[redacted]";
/// A shorter text is no secret: it would take ordinary words out of sentences.
const SHORTEST_SECRET: usize = 8;
/// A piece of a secret this long is taken out too: hosts cut what they echo.
const PIECE: usize = 16;

/// Removes the secrets it was given from text, in any letter case, whole or in pieces, and as they are escaped in URLs,
/// JSON and HTML.
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
    /// In lower case, in every form that differs.
    secrets: Vec<Zeroizing<Vec<u8>>>,
}

impl Redactor {
    /// A redactor that knows no secret yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a secret. Texts of fewer than eight characters are ignored: they are no secrets, and removing them would
    /// remove ordinary words.
    pub fn add(&mut self, secret: &str) {
        let secret = secret.trim();
        if secret.len() < SHORTEST_SECRET {
            return;
        }
        for form in [Form::Plain, Form::Uri, Form::HtmlForm, Form::Json, Form::Html] {
            let written = form.write(secret);
            if !self.secrets.contains(&written) {
                self.secrets.push(written);
            }
        }
    }

    /// The text without the secrets, each replaced by `[redacted]`.
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

    /// Whether the text holds a secret or a piece of one.
    pub(crate) fn finds(&self, text: &str) -> bool {
        !self.find(text).is_empty()
    }

    /// Where the text holds secrets: in order, apart, and on character boundaries.
    fn find(&self, text: &str) -> Vec<Range<usize>> {
        let lower = Zeroizing::new(text.to_ascii_lowercase().into_bytes());
        // The text is indexed and the secret walked over: texts are short and secrets long.
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
        merged(found, text)
    }
}

/// Ranges in order, those that touch made one, and widened to character boundaries.
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

/// How a text may be written by who echoes it.
#[derive(Clone, Copy)]
enum Form {
    Plain,
    /// Percent-encoded, as in a path or by `encodeURIComponent`.
    Uri,
    /// As a form's field, which escapes `~` too.
    HtmlForm,
    Json,
    Html,
}

impl Form {
    /// The text in this form, in lower case.
    fn write(self, text: &str) -> Zeroizing<Vec<u8>> {
        let mut written = Zeroizing::new(String::with_capacity(text.len() * 3));
        for character in text.chars() {
            let plain = character.is_ascii_alphanumeric() || matches!(character, '-' | '.' | '_');
            match (self, character) {
                (Self::HtmlForm, ' ') => written.push('+'),
                (Self::Uri, '~') | (Self::HtmlForm, '*') => written.push(character),
                (Self::Uri | Self::HtmlForm, _) if !plain => {
                    for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                        // Writing to a String does not fail.
                        let _ = write!(written, "%{byte:02x}");
                    }
                }
                (Self::Json, '"' | '\\' | '/') => written.extend(['\\', character]),
                (Self::Html, '&') => written.push_str("&amp;"),
                (Self::Html, '<') => written.push_str("&lt;"),
                (Self::Html, '>') => written.push_str("&gt;"),
                (Self::Html, '"') => written.push_str("&quot;"),
                (Self::Html, '\'') => written.push_str("&#39;"),
                _ => written.push(character),
            }
        }
        written.make_ascii_lowercase();
        Zeroizing::new(written.as_bytes().to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "eyJ0eXAiOiJKV1Qi/LCJhbGciOi~JSUzI1NiIs+Ing1dCI6\"Ik1&uQ19WWmNB==";

    fn redactor(secret: &str) -> Redactor {
        let mut redactor = Redactor::new();
        redactor.add(secret);
        redactor
    }

    // R18
    #[test]
    fn a_secret_is_found_however_it_is_written() {
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
        ] {
            let text = format!("Sent: Bearer {written}; å");
            assert_eq!(redactor(SECRET).redact(&text), "Sent: Bearer [redacted]; å", "{written}");
        }
    }

    #[test]
    fn a_piece_of_a_secret_is_found_too() {
        let redactor = redactor(SECRET);
        let (head, tail) = (&SECRET[..20], &SECRET[30..]);
        assert_eq!(redactor.redact(&format!("{head}...")), "[redacted]...");
        assert_eq!(redactor.redact(&format!("{head}\n{tail}")), "[redacted]\n[redacted]");
        assert_eq!(redactor.redact(&SECRET[..12]), &SECRET[..12], "too short to tell from a word");
    }

    #[test]
    fn other_text_stays_as_it_is() {
        let mut redactor = redactor(SECRET);
        redactor.add("none");
        redactor.add("");
        redactor.add("hemlighet-åäö");
        for text in ["", "none", "Bearer", "å", "a sentence that is longer than any piece of a secret"] {
            assert!(matches!(redactor.redact(text), Cow::Borrowed(same) if same == text));
        }
        assert_eq!(redactor.redact("Åhemlighet-åäöÅ"), "Å[redacted]Å");
        assert_eq!(format!("{redactor:?}"), "Redactor { .. }");
    }
}
