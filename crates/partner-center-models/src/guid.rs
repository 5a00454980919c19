//! The [`Guid`] type: a GUID in any letter case, or a text that the service sends in its place.

use std::fmt;
use std::hash::{Hash, Hasher};

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::{Serialize, Serializer};
use uuid::Uuid;

/// An id that is documented as a GUID. Comparison ignores letter case; `Display` prints the original text.
///
/// The `/v1` operations send lower case, the commercial ones upper case, and some fields have been seen empty. A text
/// that is not a GUID is kept rather than rejected, and [`as_uuid`](Self::as_uuid) returns `None` for it.
///
/// ```
/// use partner_center_models::Guid;
///
/// let upper = Guid::from("0112A436-B14E-4888-967B-CA4BB2CF1234");
/// assert_eq!(upper, Guid::from("0112a436-b14e-4888-967b-ca4bb2cf1234"));
/// assert_eq!(upper.to_string(), "0112A436-B14E-4888-967B-CA4BB2CF1234");
/// assert_eq!(Guid::from("").as_uuid(), None);
/// ```
#[derive(Clone, Default)]
pub struct Guid(Form);

#[derive(Clone)]
enum Form {
    Lower(Uuid),
    Upper(Uuid),
    /// Mixed case, another notation, or not a GUID.
    Text(Box<str>),
}

impl Default for Form {
    fn default() -> Self {
        Self::Lower(Uuid::nil())
    }
}

impl Guid {
    /// Converts a GUID to lower case, in its usual form. A text that is not a GUID does not change.
    ///
    /// ```
    /// use partner_center_models::Guid;
    ///
    /// let id = Guid::from("0112A436-b14e-4888-967b-ca4bb2cf1234").into_lowercase();
    /// assert_eq!(id.to_string(), "0112a436-b14e-4888-967b-ca4bb2cf1234");
    /// assert_eq!(Guid::from("Not a GUID").into_lowercase().to_string(), "Not a GUID");
    /// ```
    #[must_use]
    pub fn into_lowercase(self) -> Self {
        self.as_uuid().map_or(self, Self::from)
    }

    /// Returns the GUID, or `None` if the text is not one.
    #[must_use]
    pub fn as_uuid(&self) -> Option<Uuid> {
        match &self.0 {
            Form::Lower(uuid) | Form::Upper(uuid) => Some(*uuid),
            Form::Text(text) => Uuid::try_parse(text).ok(),
        }
    }
}

impl From<&str> for Guid {
    fn from(text: &str) -> Self {
        Self(form(text).unwrap_or_else(|| Form::Text(text.into())))
    }
}

/// Parses a GUID in one letter case. `None` if printing it would not give the same text.
fn form(text: &str) -> Option<Form> {
    if text.len() != 36 {
        return None;
    }
    let uuid = Uuid::try_parse(text).ok()?;
    let upper = text.bytes().any(|byte| byte.is_ascii_uppercase());
    let lower = text.bytes().any(|byte| byte.is_ascii_lowercase());
    match (upper, lower) {
        (true, true) => None,
        (true, false) => Some(Form::Upper(uuid)),
        (false, _) => Some(Form::Lower(uuid)),
    }
}

impl From<Uuid> for Guid {
    fn from(uuid: Uuid) -> Self {
        Self(Form::Lower(uuid))
    }
}

impl PartialEq for Guid {
    fn eq(&self, other: &Self) -> bool {
        match (self.as_uuid(), other.as_uuid()) {
            (Some(this), Some(that)) => this == that,
            (None, None) => self.to_string() == other.to_string(),
            _ => false,
        }
    }
}

impl Eq for Guid {}

impl Hash for Guid {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self.as_uuid() {
            Some(uuid) => uuid.hash(state),
            None => self.to_string().hash(state),
        }
    }
}

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut buffer = Uuid::encode_buffer();
        f.pad(match &self.0 {
            Form::Lower(uuid) => uuid.as_hyphenated().encode_lower(&mut buffer),
            Form::Upper(uuid) => uuid.as_hyphenated().encode_upper(&mut buffer),
            Form::Text(text) => text,
        })
    }
}

impl fmt::Debug for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            // The text may be anything, including a name.
            Form::Text(_) => f.write_str("<not a GUID in one case>"),
            _ => write!(f, "{self}"),
        }
    }
}

impl Serialize for Guid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Guid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Guid;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Guid, E> {
                Ok(Guid::from(text))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Guid {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Guid".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "uuid" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_prints_the_original_text() {
        for text in [
            "4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04",
            "4D3CF487-70F4-4E1E-9FF1-B2BFCE8D9F04",
            "4D3cf487-70f4-4e1e-9ff1-b2bfce8d9f04",
            "11111111-1111-1111-1111-111111111111",
            "{4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04}",
            "",
            "CFQ7TTC0LH18:0001",
        ] {
            assert_eq!(Guid::from(text).to_string(), text);
        }
    }

    #[test]
    fn guids_compare_without_case_and_other_texts_exactly() {
        let lower = Guid::from("4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04");
        assert_eq!(lower, Guid::from("4D3CF487-70F4-4E1E-9FF1-B2BFCE8D9F04"));
        assert_eq!(lower, Guid::from("4D3cf487-70f4-4e1e-9ff1-b2bfce8d9f04"));
        assert_ne!(Guid::from("a"), Guid::from("A"), "texts that are not GUIDs compare exactly");
        assert_eq!(Guid::from("a").as_uuid(), None);
    }

    #[test]
    fn debug_prints_no_text_that_could_be_a_name() {
        assert!(!format!("{:?}", Guid::from("Contoso")).contains("Contoso"));
    }
}
