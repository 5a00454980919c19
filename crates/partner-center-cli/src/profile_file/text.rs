//! Changes values in the text of `config.toml`, and keeps comments, order, encoding, byte order mark and line ends.
//!
//! `toml_edit` finds the value, and only that part of the text is replaced. If a profile is written in an unusual form,
//! such as an inline table, `toml_edit` rewrites the text.

use std::ops::Range;

use partner_center::settings::ProfileKey;
use partner_center::settings::input;
use toml_edit::{Document, DocumentMut, InlineTable, Item, TomlError, Value, table};

/// The values to set, and the keys to remove.
pub(crate) type Values<'a> = &'a [(ProfileKey, Option<&'a str>)];

/// The content of a file with these values in a profile. The settings must accept the content.
pub(super) fn changed(bytes: &[u8], profile: &str, values: Values<'_>) -> Result<Vec<u8>, String> {
    let text = input::text(bytes).map_err(|unusable| unusable.to_string())?;
    let change = |text: String, (key, value): &(ProfileKey, Option<&str>)| {
        with_value(&text, profile, key.name(), *value)
    };
    let text = values.iter().try_fold(text, change).map_err(|error: TomlError| error.message().to_owned())?;
    Ok(Encoding::of(bytes).encode(&text))
}

/// How a text is encoded. All but the first have a byte order mark.
#[derive(Clone, Copy)]
enum Encoding {
    Utf8,
    MarkedUtf8,
    Utf16Le,
    Utf16Be,
}

impl Encoding {
    fn of(bytes: &[u8]) -> Self {
        match bytes {
            [0xef, 0xbb, 0xbf, ..] => Self::MarkedUtf8,
            [0xff, 0xfe, ..] => Self::Utf16Le,
            [0xfe, 0xff, ..] => Self::Utf16Be,
            _ => Self::Utf8,
        }
    }

    fn encode(self, text: &str) -> Vec<u8> {
        let marked = || format!("\u{feff}{text}");
        match self {
            Self::Utf8 => text.as_bytes().to_vec(),
            Self::MarkedUtf8 => marked().into_bytes(),
            Self::Utf16Le => marked().encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Self::Utf16Be => marked().encode_utf16().flat_map(u16::to_be_bytes).collect(),
        }
    }
}

/// The text with another value of one key, or without the key.
fn with_value(text: &str, profile: &str, key: &str, value: Option<&str>) -> Result<String, TomlError> {
    let document = Document::parse(text)?;
    let profiles = document.as_table().get("profile");
    let (name, table) = match profiles {
        None => return Ok(with_profile(text, profile, key, value)),
        Some(Item::Table(profiles)) => match profiles.get_key_value(profile) {
            None => return Ok(with_profile(text, profile, key, value)),
            Some((name, Item::Table(table))) => (name, table),
            Some(_) => return rewritten(text, profile, key, value),
        },
        Some(_) => return rewritten(text, profile, key, value),
    };
    let known = table.get_key_value(key).map(|(key, item)| (key.span(), item.span()));
    let spliced = match (known, value) {
        (None, None) => Some(text.to_owned()),
        (Some((_, Some(old))), Some(value)) => spliced(text, old, &literal(value)),
        (Some((Some(key), Some(old))), None) => spliced(text, lines(text, key.start, old.end), ""),
        (None, Some(value)) if !table.is_dotted() => {
            let last = table.iter().filter_map(|(_, item)| item.span()).map(|span| span.end).max();
            last.or_else(|| Some(name.span()?.end)).and_then(|end| {
                let end = lines(text, end, end).end;
                // The last line may have no line end.
                let before = if text.get(..end)?.ends_with('\n') { "" } else { line_end(text) };
                spliced(text, end..end, &format!("{before}{key} = {}{}", literal(value), line_end(text)))
            })
        }
        _ => None,
    };
    spliced.map_or_else(|| rewritten(text, profile, key, value), Ok)
}

fn literal(value: &str) -> String {
    Value::from(value).to_string()
}

/// The text with this place replaced; `None` if the place is not in it.
fn spliced(text: &str, place: Range<usize>, part: &str) -> Option<String> {
    Some(format!("{}{part}{}", text.get(..place.start)?, text.get(place.end..)?))
}

/// The whole lines around a part of the text, with the end of the last one.
fn lines(text: &str, start: usize, end: usize) -> Range<usize> {
    let before = text.get(..start).and_then(|before| before.rfind('\n'));
    let after = text.get(end..).and_then(|after| after.find('\n'));
    before.map_or(0, |place| place + 1)..after.map_or(text.len(), |place| end + place + 1)
}

fn line_end(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// The text with a new profile at the end.
fn with_profile(text: &str, profile: &str, key: &str, value: Option<&str>) -> String {
    let Some(value) = value else { return text.to_owned() };
    let end = line_end(text);
    let before = match text {
        "" => String::new(),
        text if text.ends_with('\n') => end.to_owned(),
        _ => format!("{end}{end}"),
    };
    format!("{text}{before}[profile.{profile}]{end}{key} = {}{end}", literal(value))
}

/// The text as `toml_edit` writes it.
fn rewritten(text: &str, profile: &str, key: &str, value: Option<&str>) -> Result<String, TomlError> {
    let mut document: DocumentMut = text.replace("\r\n", "\n").parse()?;
    let profiles = document.entry("profile").or_insert(table());
    if let Some(profiles) = profiles.as_table_like_mut() {
        // An inline table can contain only inline tables; other tables can contain them too.
        let values = profiles.entry(profile).or_insert(toml_edit::value(InlineTable::new()));
        if let Some(values) = values.as_table_like_mut() {
            match value {
                Some(value) => _ = values.insert(key, toml_edit::value(value)),
                None => _ = values.remove(key),
            }
        }
    }
    let text_now = document.to_string();
    Ok(if line_end(text) == "\n" { text_now } else { text_now.replace('\n', "\r\n") })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use partner_center::settings::ProfileFile;

    use super::*;

    const FULL: &str = "# Who we are.\n\
        [profile.default] # the usual one\n\
        # Asked for in March.\n\
        tenant-id   = 'old.example'   # ours\n\
        cloud = \"global\"\n\
        \n\
        # The other one.\n\
        [profile.work]\n\
        client-id = \"x\"\n\
        # The end.";

    #[test]
    fn only_the_value_changes() {
        use ProfileKey::{Cloud, Proxy, TenantId};

        for (before, profile, key, value, after) in [
            ("", "default", TenantId, Some("a.example"), "[profile.default]\ntenant-id = \"a.example\"\n"),
            ("# c", "w", TenantId, Some("a"), "# c\n\n[profile.w]\ntenant-id = \"a\"\n"),
            (
                FULL,
                "default",
                TenantId,
                Some("new.example"),
                &FULL.replace("'old.example'", "\"new.example\""),
            ),
            (FULL, "default", Proxy, Some("p"), &FULL.replace("\"global\"\n", "\"global\"\nproxy = \"p\"\n")),
            (FULL, "work", Cloud, Some("C:\\x"), &FULL.replace("\"x\"\n", "\"x\"\ncloud = 'C:\\x'\n")),
            (FULL, "new", Cloud, Some("a"), &format!("{FULL}\n\n[profile.new]\ncloud = \"a\"\n")),
            (FULL, "default", TenantId, None, &FULL.replace("tenant-id   = 'old.example'   # ours\n", "")),
            (FULL, "default", Proxy, None, FULL),
            (FULL, "new", Proxy, None, FULL),
            ("[profile.default]", "default", Cloud, Some("a"), "[profile.default]\ncloud = \"a\"\n"),
            (
                "[profile.default]\n# none\n",
                "default",
                Cloud,
                Some("a"),
                "[profile.default]\ncloud = \"a\"\n# none\n",
            ),
            ("[profile.default]\ncloud = \"a\"", "default", Cloud, None, "[profile.default]\n"),
            // Unusual forms.
            (
                "profile.default.cloud = \"a\"\n",
                "default",
                Cloud,
                Some("b"),
                "profile.default.cloud = \"b\"\n",
            ),
            ("profile.default.cloud = \"a\"\n", "default", Cloud, None, ""),
            (
                "[profile]\ndefault = { cloud = \"a\" } # c\n",
                "default",
                Cloud,
                Some("b"),
                "[profile]\ndefault = { cloud = \"b\" } # c\n",
            ),
            ("profile = {}\n", "x", Cloud, Some("b"), "profile = { x = { cloud = \"b\" } }\n"),
            (
                "[profile]\n\"default\".cloud = \"a\"\n",
                "default",
                Proxy,
                Some("p"),
                "[profile]\n\"default\".cloud = \"a\"\n\"default\".proxy = \"p\"\n",
            ),
        ] {
            // Windows editors write the same with other line ends and in other encodings.
            for (line_end, encoding) in [
                ("\n", Encoding::Utf8),
                ("\r\n", Encoding::Utf8),
                ("\r\n", Encoding::MarkedUtf8),
                ("\r\n", Encoding::Utf16Le),
                ("\n", Encoding::Utf16Be),
            ] {
                if line_end == "\r\n" && !before.contains('\n') {
                    continue;
                }
                let encoded = |text: &str| encoding.encode(&text.replace('\n', line_end));
                let changed = changed(&encoded(before), profile, &[(key, value)]).unwrap();
                let text = input::text(&changed).unwrap();
                assert_eq!(changed, encoded(after), "{before:?} {key} {value:?}\n{text}");
                let file = ProfileFile::parse(Path::new("x"), changed).unwrap();
                assert_eq!(
                    file.value(profile, key),
                    value.map(|value| input::bare(value, input::Kind::Text).unwrap())
                );
            }
        }
    }

    // Both line ends in one file, as after an edit on another system.
    #[test]
    fn mixed_line_ends_stay() {
        let before = "[profile.default]\r\ncloud = \"global\"\nproxy = \"p\"\r\n";
        let changed = changed(before.as_bytes(), "default", &[(ProfileKey::Cloud, Some("china"))]).unwrap();
        assert_eq!(String::from_utf8(changed).unwrap(), before.replace("global", "china"));
    }
}
