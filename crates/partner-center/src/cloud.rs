//! The national clouds and their default addresses.
//!
//! Every address can be overridden where it is used.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, ErrorKind, Result};

/// A national cloud of Partner Center.
///
/// Its addresses are defaults: the base URL, the authority and the token resource can each be overridden.
///
/// ```
/// use partner_center::Cloud;
///
/// assert_eq!("usgov".parse::<Cloud>()?, Cloud::UsGov);
/// assert_eq!(Cloud::UsGov.authority(), "https://login.microsoftonline.us");
/// assert_eq!(Cloud::UsGov.base_url(), Cloud::Global.base_url());
/// # Ok::<(), partner_center::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cloud {
    /// The worldwide cloud.
    #[default]
    Global,
    /// Microsoft Cloud for US Government: the worldwide API with its own sign-in host.
    UsGov,
    /// The cloud operated by 21Vianet in China.
    ///
    /// Sources disagree about its sign-in host; the documented one is the default, and the authority can be
    /// overridden with `https://login.partner.microsoftonline.cn`.
    China21Vianet,
}

impl Cloud {
    /// All clouds, for help texts.
    pub const ALL: [Self; 3] = [Self::Global, Self::UsGov, Self::China21Vianet];

    /// The short name, as parsed by `FromStr`: `global`, `usgov` or `china`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::UsGov => "usgov",
            Self::China21Vianet => "china",
        }
    }

    /// The base URL of the API.
    #[must_use]
    pub const fn base_url(self) -> &'static str {
        match self {
            Self::Global | Self::UsGov => "https://api.partnercenter.microsoft.com",
            Self::China21Vianet => "https://partner.partnercenterapi.microsoftonline.cn",
        }
    }

    /// The audience of access tokens. In every cloud this is the base URL of the API.
    #[must_use]
    pub const fn resource(self) -> &'static str {
        self.base_url()
    }

    /// The sign-in host.
    #[must_use]
    pub const fn authority(self) -> &'static str {
        match self {
            Self::Global => "https://login.microsoftonline.com",
            Self::UsGov => "https://login.microsoftonline.us",
            Self::China21Vianet => "https://login.chinacloudapi.cn",
        }
    }
}

impl fmt::Display for Cloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Cloud {
    type Err = Error;

    /// Parses a [`name`](Self::name), ignoring case.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] for any other text.
    fn from_str(text: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|cloud| cloud.name().eq_ignore_ascii_case(text.trim())).ok_or_else(|| {
            Error::new(ErrorKind::Configuration, "unknown cloud name")
                .with_advice("Use one of these names: global, usgov, china.")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clouds_parse_from_their_names_only() {
        for cloud in Cloud::ALL {
            assert_eq!(cloud.to_string().to_uppercase().parse::<Cloud>().unwrap(), cloud);
            for url in [cloud.base_url(), cloud.authority(), cloud.resource()] {
                assert_eq!(crate::base_url::BaseUrl::parse(url).unwrap().text, url);
            }
        }
        assert_eq!("germany".parse::<Cloud>().unwrap_err().kind(), ErrorKind::Configuration);
    }
}
