//! The validated base URL of the service: https, or plain http for loopback addresses.

use std::net::IpAddr;

use url::{Host, Url};

use crate::error::{Error, ErrorKind, ErrorReason, Result};

/// A validated base URL.
#[derive(Clone, Debug)]
pub(crate) struct BaseUrl {
    /// Without a trailing slash.
    pub(crate) text: String,
    pub(crate) url: Url,
    /// Whether the scheme is plain http, which is allowed only for loopback addresses.
    pub(crate) plain: bool,
}

impl BaseUrl {
    /// Parses and validates a base URL.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        Self::named("base URL", "https://api.partnercenter.microsoft.com", text)
            .map_err(|error| error.with_reason(ErrorReason::BaseUrl))
    }

    /// Parses another URL that secrets are sent to. Errors use the name and the example.
    pub(crate) fn named(name: &str, example: &str, text: &str) -> Result<Self> {
        let wrong = |what: &str| {
            Error::new(ErrorKind::Configuration, format!("the {name} is invalid: {what}"))
                .with_advice(format!("Use {example}, or http://127.0.0.1:PORT for the emulator."))
        };
        if text.trim().is_empty() {
            return Err(wrong("it is empty"));
        }
        let url = Url::parse(text.trim()).map_err(|error| wrong(&error.to_string()))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("it contains a user name or password"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("it has a query or a fragment"));
        }
        let plain = match url.scheme() {
            "https" => false,
            "http" if is_loopback(&url) => true,
            "http" => {
                return Err(wrong(
                    "plain http is accepted only for loopback addresses, because it would expose the token",
                ));
            }
            _ => return Err(wrong("it is neither https nor http")),
        };
        let text = url.as_str().trim_end_matches('/').to_owned();
        Ok(Self { text, url, plain })
    }

    /// The host, for logs.
    pub(crate) fn host(&self) -> String {
        self.url.host_str().unwrap_or_default().to_owned()
    }
}

/// Whether the URL's host is `localhost` or a loopback address.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use partner_center_client::without_user;

    use super::*;

    #[test]
    fn https_and_loopback_are_accepted() {
        for (text, plain) in [
            ("https://api.partnercenter.microsoft.com", false),
            ("https://api.partnercenter.microsoft.com/", false),
            ("http://127.0.0.1:8080", true),
            ("http://[::1]:8080/stem/", true),
            ("http://LOCALHOST", true),
        ] {
            let base = BaseUrl::parse(text).unwrap();
            assert_eq!(base.plain, plain, "{text}");
            assert!(!base.text.ends_with('/'), "{text}");
        }
    }

    #[test]
    fn other_urls_are_rejected_with_the_reason() {
        for (text, what) in [
            ("http://api.partnercenter.microsoft.com", "plain http"),
            ("http://127.0.0.1.example.com", "plain http"),
            ("http://localhost.example.com", "plain http"),
            ("ftp://127.0.0.1", "neither https nor http"),
            ("https://user:secret@example.com", "user name"),
            ("https://example.com?x=1", "query"),
            ("not a url", "relative URL"),
            ("", "it is empty"),
            (" ", "it is empty"),
        ] {
            let error = BaseUrl::parse(text).unwrap_err();
            assert!(error.message().contains(what), "{text}: {error}");
            assert!(!error.to_string().contains("secret"));
        }
    }

    #[test]
    fn a_password_in_an_address_is_not_shown() {
        for (text, shown) in [
            ("https://user:secret@example.com/a", "https://[redacted]@example.com/a"),
            ("user:secret@example.com", "[redacted]@example.com"),
            ("https://user:se/cr@et@example.com", "https://[redacted]@example.com"),
            ("https://example.com/a?b", "https://example.com/a?b"),
            ("", ""),
        ] {
            assert_eq!(without_user(text), shown);
        }
        let builder = crate::PartnerCenter::builder()
            .base_url("https://user:secret@example.com")
            .proxy("http://user:secret@proxy.example");
        assert!(!format!("{builder:?}").contains("secret"));
    }
}
