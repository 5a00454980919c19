//! The national clouds: which addresses belong together.
//!
//! Constants, all of them defaults: each can be overridden where it is used.

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
    /// Every cloud, for help texts.
    pub const ALL: [Self; 3] = [Self::Global, Self::UsGov, Self::China21Vianet];

    /// The name a profile or `PARTNER_CENTER_CLOUD` says it by: `global`, `usgov` or `china`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::UsGov => "usgov",
            Self::China21Vianet => "china",
        }
    }

    /// Where the API is.
    #[must_use]
    pub const fn base_url(self) -> &'static str {
        match self {
            Self::Global | Self::UsGov => "https://api.partnercenter.microsoft.com",
            Self::China21Vianet => "https://partner.partnercenterapi.microsoftonline.cn",
        }
    }

    /// What an access token is asked for: its audience. The API's own address, in every cloud.
    #[must_use]
    pub const fn resource(self) -> &'static str {
        self.base_url()
    }

    /// Where people and programs sign in.
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

    /// Reads a [`name`](Self::name), in any letter case.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] for any other text.
    fn from_str(text: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|cloud| cloud.name().eq_ignore_ascii_case(text.trim())).ok_or_else(|| {
            Error::new(ErrorKind::Configuration, "no cloud goes by this name")
                .with_advice("Name one of these clouds: global, usgov, china.")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cloud_is_read_by_its_name_and_nothing_else() {
        for cloud in Cloud::ALL {
            assert_eq!(cloud.to_string().to_uppercase().parse::<Cloud>().unwrap(), cloud);
            for url in [cloud.base_url(), cloud.authority(), cloud.resource()] {
                assert_eq!(crate::base_url::BaseUrl::parse(url).unwrap().text, url);
            }
        }
        assert_eq!("germany".parse::<Cloud>().unwrap_err().kind(), ErrorKind::Configuration);
    }
}
