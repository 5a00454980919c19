//! The `open_enum!` macro: enums with a variant per known text, which keep unknown texts.
//!
//! The service adds values without notice. A closed enum would fail to deserialize every response with a new value.

/// Declares an open enum: `open_enum! { /// Docs. pub enum Name { /// Docs. Variant = "text", } }`.
///
/// Texts are matched without regard to case, as the service does. A known text is serialized as the contract spells it.
macro_rules! open_enum {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$meta])*
        ///
        /// An open set: an unknown text is kept in [`Other`](Self::Other).
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)*
            /// A text that this version does not know, unchanged.
            Other(String),
        }

        impl $name {
            /// The texts that this version knows.
            pub const KNOWN: &'static [&'static str] = &[$($text),*];

            /// Returns the text as it is serialized.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Other(text) => text,
                }
            }

            fn known(text: &str) -> Option<Self> {
                $(if text.eq_ignore_ascii_case($text) { return Some(Self::$variant); })*
                None
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::known(text).unwrap_or_else(|| Self::Other(text.to_owned()))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Visitor;
                impl serde::de::Visitor<'_> for Visitor {
                    type Value = $name;
                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("a string")
                    }
                    fn visit_str<E>(self, text: &str) -> Result<$name, E> {
                        Ok($name::from(text))
                    }
                }
                deserializer.deserialize_str(Visitor)
            }
        }

        #[cfg(feature = "schemars")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string" })
            }
        }
    };
}

pub(crate) use open_enum;

#[cfg(test)]
mod tests {
    use crate::Channel;

    #[test]
    fn known_texts_compare_without_case_and_others_are_kept() {
        assert_eq!(Channel::from("Reseller"), Channel::Reseller);
        assert_eq!(serde_json::from_str::<Channel>("\"RESELLER\"").unwrap(), Channel::Reseller);
        let other: Channel = serde_json::from_str("\"Direct\"").unwrap();
        assert_eq!(other, Channel::Other("Direct".into()));
        assert_eq!(serde_json::to_string(&other).unwrap(), "\"Direct\"");
        assert!(serde_json::from_str::<Channel>("5").is_err());
    }
}
