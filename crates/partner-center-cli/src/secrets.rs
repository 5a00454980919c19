//! The secrets that this process holds, and their removal from every text that it shows.
//!
//! A host can repeat in its answer what was sent to it, tokens included, as it is or encoded in one way or another. So
//! everything that is shown on stderr or in a document goes through [`conceal`]. The SDK does the same with its errors;
//! this is the last gate.

use std::borrow::Cow;
use std::sync::{Mutex, PoisonError};

use secrecy::{ExposeSecret, SecretString};

/// Stands in place of a secret.
const REMOVED: &str = "[secret removed]";

/// A shorter text is too much like others to be looked for.
const SHORTEST: usize = 6;

/// So much of a secret's beginning is removed too: texts are cut off.
const ENOUGH: usize = 16;

/// How many are kept in mind. A long run renews its tokens every hour.
const MOST: usize = 64;

static KNOWN: Mutex<Known> = Mutex::new(Known(Vec::new()));

/// Keeps a secret in mind for as long as the process runs.
pub(crate) fn remember(secret: &str) {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner).add(secret);
}

/// The text without any secret that this process holds.
pub(crate) fn conceal(text: &str) -> Cow<'_, str> {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner).conceal(text)
}

struct Known(Vec<SecretString>);

impl Known {
    fn add(&mut self, secret: &str) {
        let secret = secret.trim();
        if secret.len() < SHORTEST || self.0.iter().any(|known| known.expose_secret() == secret) {
            return;
        }
        if self.0.len() == MOST {
            self.0.remove(0);
        }
        self.0.push(SecretString::from(secret));
    }

    fn conceal<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut without: Option<String> = None;
        let (mut from, mut at) = (0, 0);
        while let Some(rest) = text.as_bytes().get(at..).filter(|rest| rest.len() >= SHORTEST) {
            // The longest: tokens begin alike, and what is left of one that was taken for another would show.
            let matching =
                self.0.iter().filter_map(|secret| matching(rest, secret.expose_secret().as_bytes()));
            match matching.max() {
                // Only whole characters: what matches is ASCII, or equal to the secret's own text up to where it ends.
                Some(length) if text.is_char_boundary(at) && text.is_char_boundary(at + length) => {
                    let without = without.get_or_insert_with(String::new);
                    without.push_str(text.get(from..at).unwrap_or_default());
                    without.push_str(REMOVED);
                    at += length;
                    from = at;
                }
                _ => at += 1,
            }
        }
        match without {
            None => Cow::Borrowed(text),
            Some(mut without) => {
                without.push_str(text.get(from..).unwrap_or_default());
                Cow::Owned(without)
            }
        }
    }
}

/// How many bytes at the beginning of a text are the secret or enough of it, in whatever encoding.
fn matching(text: &[u8], secret: &[u8]) -> Option<usize> {
    let enough = secret.len().min(ENOUGH);
    // As it is, which may itself look like something encoded; or with every byte in any form.
    let same = text.iter().zip(secret).take_while(|(one, other)| one == other).count();
    let (mut at, mut matched) = (0, 0);
    while let (Some(rest), Some(wanted)) = (text.get(at..), secret.get(matched)) {
        let Some(length) = encoded(rest, *wanted) else { break };
        at += length;
        matched += 1;
    }
    let encoded = if matched >= enough { at } else { 0 };
    let plain = if same >= enough { same } else { 0 };
    Some(plain.max(encoded)).filter(|length| *length > 0)
}

/// How many bytes at the beginning of a text stand for this byte: percent-encoded, escaped as in JSON or HTML, or as it
/// is.
fn encoded(text: &[u8], wanted: u8) -> Option<usize> {
    let hexadecimal = |digits: &[u8]| {
        let digits = std::str::from_utf8(digits).ok()?;
        u32::from_str_radix(digits, 16).ok().filter(|value| *value == u32::from(wanted))
    };
    match text {
        // Encoded twice as well.
        [b'%', b'2', b'5', high, low, ..] if hexadecimal(&[*high, *low]).is_some() => Some(5),
        [b'%', high, low, ..] if hexadecimal(&[*high, *low]).is_some() => Some(3),
        [b'\\', b'u', digits @ ..] if digits.get(..4).is_some_and(|digits| hexadecimal(digits).is_some()) => {
            Some(6)
        }
        [b'\\', b'\\', b'\\', escaped, ..] if *escaped == wanted => Some(4),
        [b'\\', escaped, ..] if *escaped == wanted => Some(2),
        [b'&', ..] if entity(text).is_some_and(|(value, _)| value == u32::from(wanted)) => {
            entity(text).map(|(_, length)| length)
        }
        [b'+', ..] if wanted == b' ' => Some(1),
        [first, ..] if *first == wanted => Some(1),
        _ => None,
    }
}

/// The character that an HTML entity stands for, and how long the entity is.
fn entity(text: &[u8]) -> Option<(u32, usize)> {
    let end = text.iter().take(10).position(|byte| *byte == b';')?;
    let name = std::str::from_utf8(text.get(1..end)?).ok()?;
    let value = match name {
        "amp" => u32::from('&'),
        "lt" => u32::from('<'),
        "gt" => u32::from('>'),
        "quot" => u32::from('"'),
        "apos" => u32::from('\''),
        _ => {
            let digits = name.strip_prefix('#')?;
            match digits.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => digits.parse().ok()?,
            }
        }
    };
    Some((value, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "0.AXg/Zm9v+YmFy==~\"Q&A\"%41b\\cd";

    fn conceal(text: &str) -> String {
        let mut known = Known(Vec::new());
        known.add(SECRET);
        known.add("hunter2");
        known.add("x");
        known.conceal(text).into_owned()
    }

    /// Every byte but letters and digits, by one rule.
    fn each(rule: impl Fn(char) -> String) -> String {
        let plain = |character: char| character.is_ascii_alphanumeric();
        SECRET.chars().map(|c| if plain(c) { c.to_string() } else { rule(c) }).collect()
    }

    // R18
    #[test]
    fn a_secret_is_removed_in_whatever_form_it_is_repeated() {
        let percent = each(|c| format!("%{:02X}", u32::from(c)));
        for (form, text) in [
            ("as it is", SECRET.to_owned()),
            ("percent", percent.clone()),
            ("percent, lower case", each(|c| format!("%{:02x}", u32::from(c)))),
            ("percent, every byte", SECRET.bytes().map(|byte| format!("%{byte:02x}")).collect()),
            ("percent, twice", percent.replace('%', "%25")),
            ("json", serde_json::to_string(SECRET).unwrap().trim_matches('"').to_owned()),
            ("json in json", {
                let once = serde_json::to_string(SECRET).unwrap();
                serde_json::to_string(once.trim_matches('"')).unwrap().trim_matches('"').to_owned()
            }),
            ("json, escaped slash", each(|c| format!("\\u{:04x}", u32::from(c)))),
            (
                "json, as PHP has it",
                each(|c| if c == '/' { "\\/".to_owned() } else { format!("\\u{:04X}", u32::from(c)) }),
            ),
            ("html", SECRET.replace('&', "&amp;").replace('"', "&quot;")),
            ("html, by number", each(|c| format!("&#{};", u32::from(c)))),
            ("html, by hexadecimal number", each(|c| format!("&#x{:X};", u32::from(c)))),
            ("cut off", SECRET.chars().take(19).collect()),
        ] {
            for (before, after) in [("", ""), ("refresh_token=", "&client"), ("ä\"", "\"ö"), ("0.AX", "…")]
            {
                let shown = conceal(&format!("{before}{text}{after}"));
                assert_eq!(shown, format!("{before}{REMOVED}{after}"), "{form}");
            }
        }
        assert_eq!(conceal("hunter2, hunter2"), format!("{REMOVED}, {REMOVED}"));
    }

    #[test]
    fn what_is_no_secret_stays() {
        for text in ["", "x", "hunter", "hunter 2", "0.AXg/Zm9v", "&amp;%41\\u0041", "ä%", "%2", "\\"] {
            assert_eq!(conceal(text), text);
        }
    }

    #[test]
    fn old_ones_make_room() {
        let mut known = Known(Vec::new());
        for number in 0..200 {
            known.add(&format!("secret number {number}"));
            known.add(&format!("secret number {number}"));
        }
        assert_eq!(known.0.len(), MOST);
        assert_eq!(known.conceal("secret number 199"), REMOVED);
        assert_eq!(
            known.conceal("of two that begin alike: secret number 199."),
            format!("of two that begin alike: {REMOVED}.")
        );
    }
}
