//! The keys of a profile, and the rules for their values.

use std::fmt;
use std::str::FromStr;

use partner_center_client::check_proxy;
use serde::de::{Deserialize, Deserializer, Visitor};

use super::input::{self, Kind};
use super::profile::StoreKind;
use super::{Setting, Settings, Source, credential, variables};
use crate::base_url::BaseUrl;
use crate::cloud::Cloud;
use crate::credential::{check_authority, check_client_id, check_tenant};
use crate::error::{Error, ErrorKind, ErrorReason, Result};
use crate::suggestion::likely;

/// A key of a profile.
///
/// ```
/// use partner_center::settings::ProfileKey;
///
/// let key: ProfileKey = "tenant-id".parse()?;
/// assert_eq!(key.check("\"contoso.onmicrosoft.com\"\r\n")?, "contoso.onmicrosoft.com");
/// assert!("client-secret".parse::<ProfileKey>().is_err());
/// # Ok::<(), partner_center::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ProfileKey {
    /// The national cloud.
    Cloud,
    /// The base URL, instead of the cloud's.
    BaseUrl,
    /// The sign-in host, instead of the cloud's.
    Authority,
    /// The partner tenant.
    TenantId,
    /// The application (client) id of the app registration.
    ClientId,
    /// The PEM file with the certificate of the app registration and its private key.
    ClientCertificatePath,
    /// The file with the token of a federated identity.
    FederatedTokenFile,
    /// The proxy for calls and sign-in.
    Proxy,
    /// The hosts that are reached without the proxy.
    NoProxy,
    /// Where the sign-in is stored.
    Store,
}

impl ProfileKey {
    /// All keys, in the order in which errors list them.
    pub const ALL: &'static [Self] = &[
        Self::Cloud,
        Self::BaseUrl,
        Self::Authority,
        Self::TenantId,
        Self::ClientId,
        Self::ClientCertificatePath,
        Self::FederatedTokenFile,
        Self::Proxy,
        Self::NoProxy,
        Self::Store,
    ];

    const NAMES: [&'static str; Self::ALL.len()] = {
        let mut names = [""; Self::ALL.len()];
        let mut place = 0;
        while place < names.len() {
            names[place] = Self::ALL[place].name();
            place += 1;
        }
        names
    };

    /// The key as it is written in the file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cloud => "cloud",
            Self::BaseUrl => "base-url",
            Self::Authority => "authority",
            Self::TenantId => "tenant-id",
            Self::ClientId => "client-id",
            Self::ClientCertificatePath => "client-certificate-path",
            Self::FederatedTokenFile => "federated-token-file",
            Self::Proxy => "proxy",
            Self::NoProxy => "no-proxy",
            Self::Store => "store",
        }
    }

    fn of_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|key| key.name() == name)
    }

    /// The kind of its value, which determines what is removed around it.
    pub(super) fn kind(self) -> Kind {
        match self {
            Self::TenantId | Self::ClientId => Kind::Id,
            _ => Kind::Text,
        }
    }

    /// Checks a value with the rules that apply when it is used, and returns it as it belongs in the file: without
    /// whitespace, quotes and braces around it. Files that it names need not exist.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] if a call or a sign-in with this value would fail. The message does not repeat
    /// the value.
    pub fn check(self, text: &str) -> Result<String> {
        self.checked(text).map_err(|error| error.with_fact("setting", self.name()))
    }

    fn checked(self, text: &str) -> Result<String> {
        let invalid = |why: &str, advice: &'static str| {
            Error::new(ErrorKind::Configuration, format!("the value of {self} {why}")).with_advice(advice)
        };
        let value =
            input::bare(text, self.kind()).map_err(|unusable| invalid(unusable.why, unusable.advice))?;
        if value.is_empty() {
            return Err(invalid("is empty", "Give it a value, or remove the key."));
        }
        if value.contains(char::is_control) {
            return Err(invalid(
                "contains a line break or another control character",
                "Write it on one line.",
            ));
        }
        match self {
            Self::Cloud => return Ok(value.parse::<Cloud>()?.name().to_owned()),
            Self::BaseUrl => _ = BaseUrl::parse(value)?,
            Self::Authority => _ = check_authority(value)?,
            Self::TenantId => check_tenant(value)?,
            Self::ClientId => _ = check_client_id(value)?,
            Self::Proxy => check_proxy_address(value)?,
            Self::Store => credential::check_store(value.parse()?)?,
            Self::ClientCertificatePath | Self::FederatedTokenFile | Self::NoProxy => {}
        }
        Ok(value.to_owned())
    }
}

impl fmt::Display for ProfileKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for ProfileKey {
    type Err = Error;

    /// Parses the [`name`](Self::name) of a key.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] for any other text, with [`ErrorReason::SecretInProfile`] for the name of a secret.
    fn from_str(name: &str) -> Result<Self> {
        Self::of_name(name).ok_or_else(|| {
            let unknown = |message: String| Error::new(ErrorKind::Configuration, message);
            if is_secret(name) {
                return secret(unknown(format!("{name} is not a key of a profile, because it is a secret")));
            }
            let error = unknown(format!("there is no key named {name}"));
            let error = match likely(name, &Self::NAMES) {
                Some(key) => error.with_advice(format!("Use {key}, if you meant it.")),
                None => error.with_advice("Use one of these keys."),
            };
            error.with_fact("keys", Self::NAMES.join(", "))
        })
    }
}

impl<'de> Deserialize<'de> for ProfileKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Name;

        impl Visitor<'_> for Name {
            type Value = ProfileKey;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key of a profile")
            }

            fn visit_str<E: serde::de::Error>(self, name: &str) -> std::result::Result<ProfileKey, E> {
                ProfileKey::of_name(name).ok_or_else(|| E::unknown_field(name, &ProfileKey::NAMES))
            }
        }

        deserializer.deserialize_identifier(Name)
    }
}

/// Rejects the address of a proxy that cannot be used.
pub(super) fn check_proxy_address(address: &str) -> Result<()> {
    check_proxy(address).map_err(|error| {
        let message = "the address of the proxy is invalid";
        Error::new(ErrorKind::Configuration, message)
            .with_source(error)
            .with_advice("Write it as http://host:port, or http://user:password@host:port. Nothing was sent.")
    })
}

/// Whether the name of an unknown key is that of a secret.
pub(super) fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["secret", "token", "password"].iter().any(|word| name.contains(word))
}

/// An error about a secret in a profile, with the advice for it.
pub(super) fn secret(error: Error) -> Error {
    error.with_reason(ErrorReason::SecretInProfile).with_advice(format!(
        "Secrets do not belong in this file: pass them as {} or {}.",
        variables::CLIENT_SECRET,
        variables::REFRESH_TOKEN
    ))
}

impl Settings {
    /// The value of a key that is used, from any source; `None` if it has no value and no default. The value of the proxy
    /// may contain a password.
    #[must_use]
    pub fn value_of(&self, key: ProfileKey) -> Option<Setting<String>> {
        let or_default = |setting: &Option<Setting<String>>, default: &str| {
            let default = || Setting::new(default.to_owned(), Source::Default);
            Some(setting.clone().unwrap_or_else(default))
        };
        let path = |setting: &Option<Setting<std::path::PathBuf>>| {
            setting.clone().map(|setting| setting.map(|path| path.display().to_string()))
        };
        match key {
            ProfileKey::Cloud => Some(self.cloud.clone().map(|cloud| cloud.name().to_owned())),
            ProfileKey::BaseUrl => or_default(&self.base_url, self.cloud.value.base_url()),
            ProfileKey::Authority => or_default(&self.authority, self.cloud.value.authority()),
            ProfileKey::TenantId => self.tenant_id.clone(),
            ProfileKey::ClientId => self.client_id.clone(),
            ProfileKey::ClientCertificatePath => path(&self.client_certificate_path),
            ProfileKey::FederatedTokenFile => path(&self.federated_token_file),
            ProfileKey::Proxy => self.proxy.clone(),
            ProfileKey::NoProxy => self.no_proxy.clone(),
            ProfileKey::Store => Some(self.store.clone().map(|store: StoreKind| store.name().to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_checked_and_normalized() {
        const ID: &str = "00000000-1111-2222-3333-444444444444";
        for (key, text, value) in [
            (ProfileKey::Cloud, " UsGov\n", "usgov"),
            (ProfileKey::BaseUrl, "\"http://127.0.0.1:8080\"", "http://127.0.0.1:8080"),
            (ProfileKey::Authority, "https://login.example/", "https://login.example/"),
            (ProfileKey::TenantId, "contoso.onmicrosoft.com\r\n", "contoso.onmicrosoft.com"),
            (ProfileKey::ClientId, &format!("{{{ID}}}"), ID),
            (ProfileKey::ClientCertificatePath, "C:\\Users\\Robin\\app.pem", "C:\\Users\\Robin\\app.pem"),
            (ProfileKey::FederatedTokenFile, "/nowhere/token", "/nowhere/token"),
            (ProfileKey::Proxy, "http://proxy.example:8080", "http://proxy.example:8080"),
            (ProfileKey::NoProxy, "*", "*"),
            (ProfileKey::Store, "'file'", "file"),
        ] {
            assert_eq!(key.check(text).unwrap(), value, "{key}");
        }
        for (key, text, message) in [
            (ProfileKey::Cloud, "germany", "unknown cloud name"),
            (ProfileKey::BaseUrl, "http://partner.example", "the base URL is invalid: plain http"),
            (
                ProfileKey::BaseUrl,
                "https://user:hush@partner.example",
                "the base URL is invalid: it contains a user",
            ),
            (ProfileKey::Authority, "login.example", "the authority is invalid"),
            (ProfileKey::TenantId, "no tenant", "the tenant is neither a GUID nor a domain"),
            (ProfileKey::ClientId, "hush", "the client id is not a GUID"),
            (ProfileKey::Proxy, "socks5://hush:1080", "the address of the proxy is invalid"),
            (ProfileKey::Store, "memory", "unknown place for the sign-in"),
            (ProfileKey::ClientCertificatePath, " ", "the value of client-certificate-path is empty"),
            (ProfileKey::NoProxy, "a.example\nhush.example", "the value of no-proxy contains a line break"),
            (ProfileKey::BaseUrl, "https://hush\t.example", "the value of base-url contains a line break"),
            (ProfileKey::FederatedTokenFile, "/hush\u{1b}[m", "the value of federated-token-file contains a"),
            (ProfileKey::NoProxy, "{\"hush\":1}", "the value of no-proxy is JSON, not a plain value"),
        ] {
            let error = key.check(text).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration, "{key}");
            assert!(error.message().starts_with(message), "{error}");
            assert!(error.facts().any(|fact| fact == ("setting", key.name())), "{error}");
            assert!(!format!("{error} {error:?}").contains("hush"), "{error:?}");
        }
        let keyring = ProfileKey::Store.check("keyring");
        assert_eq!(keyring.is_ok(), cfg!(feature = "keyring"));
    }

    #[test]
    fn an_unknown_key_gets_a_suggestion_and_a_secret_its_advice() {
        for (name, suggestion) in [
            ("tenant", "Use tenant-id,"),
            ("tenant_id", "Use tenant-id,"),
            ("clientid", "Use client-id,"),
            ("colour", "Use one of"),
        ] {
            let error = name.parse::<ProfileKey>().unwrap_err();
            assert!(error.advice().starts_with(suggestion), "{name}: {}", error.advice());
            assert!(error.facts().any(|(_, keys)| ProfileKey::NAMES.iter().all(|key| keys.contains(key))));
        }
        for name in ["client-secret", "refresh-token", "ACCESS_TOKEN", "password"] {
            let error = name.parse::<ProfileKey>().unwrap_err();
            assert_eq!(error.reason(), Some(ErrorReason::SecretInProfile), "{name}");
        }
        for key in ProfileKey::ALL {
            assert_eq!(key.name().parse::<ProfileKey>().unwrap(), *key);
        }
    }

    /// Every key can be read from a profile, and its value found in the settings.
    #[test]
    fn every_key_is_read() {
        let directory = tempfile::tempdir().unwrap();
        let values = [
            "usgov",
            "https://base.example",
            "https://login.example",
            "contoso.example",
            "id",
            "cert",
            "token",
            "http://proxy.example:1",
            "hosts",
            "keyring",
        ];
        let lines = ProfileKey::ALL.iter().zip(values).map(|(key, value)| format!("{key} = \"{value}\"\n"));
        let text = format!("[profile.default]\n{}", lines.collect::<String>());
        std::fs::write(directory.path().join("config.toml"), text).unwrap();
        let read = |name: &str| {
            let builder = Settings::builder().directory(directory.path()).environment(|_| None);
            builder.profile(name).new_profile_allowed().read().unwrap()
        };
        let settings = read("default");
        for (key, value) in ProfileKey::ALL.iter().zip(values) {
            let found = settings.value_of(*key).unwrap();
            assert_eq!((found.value.as_str(), found.source.to_string()), (value, "profile default".into()));
        }
        let new = read("new");
        let defaults: Vec<_> = ProfileKey::ALL.iter().filter_map(|key| new.value_of(*key)).collect();
        assert!(defaults.len() == 4 && defaults.iter().all(|found| found.source == Source::Default));
        assert_eq!(new.store_path().unwrap().file_name().unwrap(), "new.json");
    }

    #[test]
    fn a_name_that_no_profile_can_have_is_rejected_before_the_file_is_read() {
        for name in ["", "a/b", "../x", "zwölf", "a.b"] {
            let builder = Settings::builder().directory("/nowhere").environment(|_| None).profile(name);
            for error in [builder.locate().unwrap_err(), builder.new_profile_allowed().read().unwrap_err()] {
                assert_eq!(error.message(), "a profile name may contain letters, digits, - and _");
            }
        }
    }
}
