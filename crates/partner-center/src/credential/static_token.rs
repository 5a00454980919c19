//! A fixed access token that is never refreshed.

use secrecy::SecretString;

use super::{AccessToken, Credential};
use crate::clock::BoxFuture;
use crate::error::{Error, ErrorKind, Result};

/// One access token, used until the service rejects it.
///
/// For experiments and for programs that obtain their token elsewhere. Access tokens are valid for about an hour; use a
/// refreshing credential for anything longer.
///
/// ```
/// use partner_center::credential::StaticToken;
///
/// let credential = StaticToken::new("eyJ0eXAiOi...")?;
/// # Ok::<(), partner_center::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct StaticToken(AccessToken);

impl StaticToken {
    /// Creates a credential that always returns this token.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] if the text is empty or cannot be sent in a header.
    pub fn new(token: impl Into<String>) -> Result<Self> {
        let token: String = token.into();
        let trimmed = token.trim();
        if trimmed.is_empty() {
            return Err(Error::new(ErrorKind::Configuration, "the access token is empty"));
        }
        if !trimmed.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::new(
                ErrorKind::Configuration,
                "the access token contains a character that cannot be sent in a header",
            ));
        }
        Ok(Self(AccessToken::new(SecretString::from(trimmed))))
    }
}

impl Credential for StaticToken {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken>> {
        Box::pin(std::future::ready(Ok(self.0.clone())))
    }

    fn refresh<'a>(&'a self, _refused: &'a AccessToken) -> BoxFuture<'a, Result<Option<AccessToken>>> {
        Box::pin(std::future::ready(Ok(None)))
    }
}
