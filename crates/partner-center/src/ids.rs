//! The validated ids of customers and subscriptions.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use crate::error::{Error, ErrorKind};

macro_rules! id {
    ($(#[$meta:meta])* $name:ident, $what:literal, $advice:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// The GUID.
            #[must_use]
            pub fn as_uuid(&self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl FromStr for $name {
            type Err = Error;

            /// Parses a hyphenated GUID, ignoring case.
            ///
            /// # Errors
            ///
            /// [`ErrorKind::InvalidInput`], with the reason. The message does not repeat the text, which may be a
            /// customer's name pasted by mistake.
            fn from_str(text: &str) -> Result<Self, Error> {
                parse(text).map(Self).map_err(|reason| {
                    Error::new(ErrorKind::InvalidInput, format!("not a {} id: {reason}", $what))
                        .with_advice($advice)
                })
            }
        }

        /// Accepts what [`FromStr`] accepts.
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if !deserializer.is_human_readable() {
                    return Uuid::deserialize(deserializer).map(Self);
                }
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                text.parse().map_err(|error: Error| serde::de::Error::custom(error.message()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }
    };
}

id! {
    /// The id of a customer. It is the id of the customer's Microsoft Entra tenant.
    ///
    /// ```
    /// use partner_center::CustomerId;
    ///
    /// let id: CustomerId = "4D3CF487-70F4-4E1E-9FF1-B2BFCE8D9F04".parse()?;
    /// assert_eq!(id.to_string(), "4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04");
    ///
    /// let error = "4d3cf487-70f4-4e1e-9ff1".parse::<CustomerId>().unwrap_err();
    /// assert_eq!(error.message(), "not a customer id: it has 23 characters, and a GUID has 36");
    /// # Ok::<(), partner_center::Error>(())
    /// ```
    CustomerId,
    "customer",
    "A customer id is the GUID of the customer's tenant, such as 4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04; the list of \
     customers has them."
}

id! {
    /// The id of a subscription.
    ///
    /// ```
    /// use partner_center::SubscriptionId;
    ///
    /// let id: SubscriptionId = "A356AC8C-E310-44F4-BF85-C7F29044AF99".parse()?;
    /// assert_eq!(id.to_string(), "a356ac8c-e310-44f4-bf85-c7f29044af99");
    /// # Ok::<(), partner_center::Error>(())
    /// ```
    SubscriptionId,
    "subscription",
    "A subscription id is a GUID, such as a356ac8c-e310-44f4-bf85-c7f29044af99; the list of a customer's \
     subscriptions has them."
}

/// Parses a hyphenated GUID. The error is the reason, without the text.
fn parse(text: &str) -> Result<Uuid, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("it is empty".into());
    }
    let count = text.chars().count();
    if count != 36 {
        let s = if count == 1 { "" } else { "s" };
        return Err(format!("it has {count} character{s}, and a GUID has 36"));
    }
    for (index, character) in text.chars().enumerate() {
        let hyphen = matches!(index, 8 | 13 | 18 | 23);
        if hyphen && character != '-' {
            return Err(format!("character {} must be a hyphen", index + 1));
        }
        if !hyphen && !character.is_ascii_hexdigit() {
            return Err(format!("character {} is not a hexadecimal digit", index + 1));
        }
    }
    match Uuid::try_parse(text) {
        Ok(uuid) if uuid.is_nil() => Err("it is all zeros".into()),
        Ok(uuid) => Ok(uuid),
        Err(_) => Err("it is not a GUID".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> String {
        text.parse::<CustomerId>().unwrap_err().message().to_owned()
    }

    #[test]
    fn errors_give_the_reason_without_repeating_the_text() {
        assert_eq!(message(" "), "not a customer id: it is empty");
        assert_eq!(message("x"), "not a customer id: it has 1 character, and a GUID has 36");
        assert_eq!(
            message("4d3cf487x70f4-4e1e-9ff1-b2bfce8d9f04"),
            "not a customer id: character 9 must be a hyphen"
        );
        assert_eq!(
            message("4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f0g"),
            "not a customer id: character 36 is not a hexadecimal digit"
        );
        assert_eq!(message("00000000-0000-0000-0000-000000000000"), "not a customer id: it is all zeros");
        assert_eq!(
            message("åäöåäöåä-70f4-4e1e-9ff1-b2bfce8d9f04"),
            "not a customer id: character 1 is not a hexadecimal digit"
        );
        assert!(!message("Contoso").contains("Contoso"));
    }

    #[test]
    fn json_and_text_accept_the_same_ids() {
        for text in [
            "4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04",
            "4D3CF487-70F4-4E1E-9FF1-B2BFCE8D9F04",
            " 4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04 ",
            "4d3cf48770f44e1e9ff1b2bfce8d9f04",
            "{4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04}",
            "urn:uuid:4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04",
            "00000000-0000-0000-0000-000000000000",
            "Contoso",
            "",
        ] {
            let json = serde_json::from_value::<CustomerId>(text.into());
            assert_eq!(json.as_ref().ok(), text.parse().ok().as_ref(), "{text}");
            if let Err(error) = json {
                assert!(!error.to_string().contains("Contoso"), "{error}");
            }
        }
    }
}
