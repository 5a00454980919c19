//! `--anonymize`: stable pseudonyms for customers, in everything that a command shows.
//!
//! A pseudonym is made from the HMAC-SHA256 of a customer's id under a random key of this machine: a plain hash could be
//! undone by trying ids that are known. Like the secrets of the process, the key is set once, before anything is sent.

use std::sync::OnceLock;

use hmac::{Hmac, Mac as _};
use partner_center::models::Guid;
use partner_center::{CustomerId, Error};
use sha2::Sha256;
use uuid::{Builder, Uuid};

/// The length of a key in bytes.
pub(crate) const KEY_LENGTH: usize = 32;

static ANONYMIZER: OnceLock<Anonymizer> = OnceLock::new();

/// Makes pseudonyms. Nothing else does.
pub(crate) struct Anonymizer {
    mac: Hmac<Sha256>,
}

/// The anonymizer of this process, with `--anonymize`.
pub(crate) fn anonymizer() -> Option<&'static Anonymizer> {
    ANONYMIZER.get()
}

/// Makes pseudonyms with this key until the process ends.
pub(crate) fn install(key: &[u8; KEY_LENGTH]) {
    let _ = ANONYMIZER.set(Anonymizer::new(key));
}

/// The message of an error, as it may be shown. It is a text of the SDK, which does not repeat texts of the service.
pub(crate) fn message(error: &Error) -> String {
    match anonymizer() {
        Some(anonymizer) => anonymizer.without_ids(error.message()),
        None => error.message().to_owned(),
    }
}

/// The service's code of an error, as it may be shown. With `--anonymize`, only what can be a code: a name or an id in
/// its place is left out.
pub(crate) fn code(error: &Error) -> Option<&str> {
    let is_code = |code: &&str| {
        code.len() <= 6 && code.bytes().all(|byte| byte.is_ascii_digit()) || *code == "InvalidQueryParameters"
    };
    error.code().filter(|code| anonymizer().is_none() || is_code(code))
}

/// The id of a customer as it may be shown: with `--anonymize`, its pseudonym.
pub(crate) fn shown_id(id: CustomerId) -> CustomerId {
    anonymizer().map_or(id, |anonymizer| anonymizer.id(id))
}

impl Anonymizer {
    fn new(key: &[u8; KEY_LENGTH]) -> Self {
        // A key that is shorter than the block is padded with zeros.
        let mut block = [0; 64];
        block.iter_mut().zip(key).for_each(|(padded, byte)| *padded = *byte);
        Self { mac: Hmac::new(&block.into()) }
    }

    /// The pseudonym of a customer's id.
    pub(crate) fn id(&self, id: CustomerId) -> CustomerId {
        CustomerId::from(self.guid("id", &id.to_string()))
    }

    /// Replaces the id and the name of a row's customer.
    pub(crate) fn customer(&self, id: &mut Option<CustomerId>, name: &mut Option<String>) {
        *name = name.take().map(|name| self.name(*id, &name));
        *id = id.map(|id| self.id(id));
    }

    /// The pseudonym of an id in the list of customers, which need not be a GUID.
    pub(crate) fn listed_id(&self, id: &Guid) -> Guid {
        Guid::from(self.guid("id", &id.to_string().trim().to_lowercase()).to_string().as_str())
    }

    /// The pseudonym of a customer's name. It begins as that of the id, so that a customer has one pseudonym; without an
    /// id it is made from the name.
    pub(crate) fn name(&self, id: Option<CustomerId>, name: &str) -> String {
        match id {
            Some(id) => self.name_of(&id.to_string()),
            None => named(self.guid("name", &name.trim().to_lowercase())),
        }
    }

    /// The pseudonym of the name of a customer in the list of customers.
    pub(crate) fn listed_name(&self, id: &Guid) -> String {
        self.name_of(&id.to_string().trim().to_lowercase())
    }

    fn name_of(&self, id: &str) -> String {
        named(self.guid("id", id))
    }

    /// Identifies the key without revealing it.
    pub(crate) fn fingerprint(&self) -> String {
        let text = self.guid("key", "").simple().to_string();
        text.chars().take(8).collect()
    }

    /// The text with every GUID replaced by its pseudonym.
    fn without_ids(&self, text: &str) -> String {
        let (mut shown, mut rest) = (String::new(), text);
        while let Some(character) = rest.chars().next() {
            let id = rest.get(..36).and_then(|start| Uuid::try_parse(start).ok());
            let length = if let Some(id) = id {
                shown.push_str(&self.id(id.into()).to_string());
                36
            } else {
                shown.push(character);
                character.len_utf8()
            };
            rest = rest.get(length..).unwrap_or_default();
        }
        shown
    }

    /// A GUID of version 8, whose contents are up to the program that makes it.
    fn guid(&self, what: &str, text: &str) -> Uuid {
        let mut mac = self.mac.clone();
        // What is hashed is part of it, so that a name that is an id has another pseudonym.
        mac.update(what.as_bytes());
        mac.update(&[0]);
        mac.update(text.as_bytes());
        let digest: [u8; 32] = mac.finalize().into_bytes().into();
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(digest).for_each(|(byte, of_digest)| *byte = of_digest);
        Builder::from_custom_bytes(bytes).into_uuid()
    }
}

/// `Customer 1a2b3c4d`: the first digits of the pseudonym of the id.
fn named(id: Uuid) -> String {
    let digits: String = id.simple().to_string().chars().take(8).collect();
    format!("Customer {digits}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04";

    #[test]
    fn a_customer_has_one_pseudonym_per_key() {
        let (one, other) = (Anonymizer::new(&[1; 32]), Anonymizer::new(&[2; 32]));
        let id: CustomerId = ID.parse().unwrap();
        let pseudonym = one.id(id);
        // HMAC-SHA256 as other programs compute it.
        assert_eq!(pseudonym.to_string(), "3996ad74-d27b-8045-922d-dd391701039b");
        assert_eq!(
            (pseudonym.as_uuid().get_version_num(), pseudonym.as_uuid().get_variant()),
            (8, uuid::Variant::RFC4122)
        );
        assert_ne!(other.id(id), pseudonym);
        assert_ne!(other.fingerprint(), one.fingerprint());
        for spelled in [ID.to_owned(), ID.to_uppercase(), format!(" {ID}")] {
            assert_eq!(one.listed_id(&Guid::from(spelled.as_str())).to_string(), pseudonym.to_string());
            assert_eq!(one.listed_name(&Guid::from(spelled.as_str())), one.name(Some(id), "Contoso"));
        }
        assert_eq!(one.name(Some(id), "Contoso"), one.name(Some(id), "Fabrikam"));
        assert_eq!(one.name(Some(id), "Contoso"), format!("Customer {}", &pseudonym.to_string()[..8]));
        assert_eq!(
            one.name(None, "Contoso"),
            one.name(None, " CONTOSO "),
            "groups fold names in the same way"
        );
        assert_ne!(one.name(None, "Contoso"), one.name(None, "Fabrikam"));
        assert_ne!(one.name(None, ID), one.name(Some(id), "Contoso"));
    }

    #[test]
    fn ids_in_texts_are_replaced() {
        let one = Anonymizer::new(&[1; 32]);
        let pseudonym = one.id(ID.parse().unwrap());
        let text = format!("é {ID}, GET /v1/customers/{}/x ä", ID.to_uppercase());
        assert_eq!(one.without_ids(&text), format!("é {pseudonym}, GET /v1/customers/{pseudonym}/x ä"));
        for text in ["", "no id", "4d3cf487-70f4", "ä".repeat(40).as_str()] {
            assert_eq!(one.without_ids(text), text);
        }
    }
}
