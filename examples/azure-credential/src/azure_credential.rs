//! A credential of the Azure SDK as a credential of this SDK. Copy this file into your program.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use azure_core::credentials::TokenCredential;
use azure_core::error::ErrorKind as AzureErrorKind;
use partner_center::clock::BoxFuture;
use partner_center::credential::{AccessToken, Credential};
use partner_center::{Error, ErrorKind, Result};
use tokio::sync::Mutex;

/// The permissions of the app registration for Partner Center, in the global cloud and in US Government.
pub(crate) const SCOPE: &str = "https://api.partnercenter.microsoft.com/.default";

/// How long before its expiry a token is replaced. The Azure SDK uses the same time for its own services.
const BEFORE_EXPIRY: Duration = Duration::from_secs(5 * 60);

/// Gets tokens from a [`TokenCredential`], and keeps each until shortly before it expires.
pub(crate) struct AzureCredential {
    azure: Arc<dyn TokenCredential>,
    scope: String,
    // Locked while a token is requested, so that concurrent calls share one request.
    cached: Mutex<Option<AccessToken>>,
}

impl AzureCredential {
    pub(crate) fn new(azure: Arc<dyn TokenCredential>, scope: impl Into<String>) -> Self {
        Self { azure, scope: scope.into(), cached: Mutex::default() }
    }

    async fn request(&self) -> Result<AccessToken> {
        let token = self.azure.get_token(&[&self.scope], None).await.map_err(into_error)?;
        Ok(AccessToken::new(token.token.secret().to_owned()).expires_at(token.expires_on.into()))
    }
}

impl Credential for AzureCredential {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken>> {
        Box::pin(async move {
            let mut cached = self.cached.lock().await;
            let now = SystemTime::now();
            let lasts = |token: &&AccessToken, time| token.expiry().is_none_or(|expiry| expiry > time);
            if let Some(token) = cached.as_ref().filter(|token| lasts(token, now + BEFORE_EXPIRY)) {
                return Ok(token.clone());
            }
            match self.request().await {
                Ok(token) => Ok(cached.insert(token).clone()),
                // The sign-in service may be back before the token expires.
                Err(error) => cached.as_ref().filter(|token| lasts(token, now)).cloned().ok_or(error),
            }
        })
    }

    fn refresh<'a>(&'a self, rejected: &'a AccessToken) -> BoxFuture<'a, Result<Option<AccessToken>>> {
        Box::pin(async move {
            let mut cached = self.cached.lock().await;
            // Another call may already have replaced the token.
            if let Some(newer) = cached.as_ref().filter(|token| *token != rejected) {
                return Ok(Some(newer.clone()));
            }
            // Credentials of the Azure SDK have their own cache, which cannot be emptied. If it returns the same token,
            // that would be rejected again.
            let token = self.request().await?;
            Ok((token != *rejected).then(|| cached.insert(token).clone()))
        })
    }
}

/// Temporary errors are transient, so that a call waits and tries again, within its limits.
fn into_error(error: azure_core::Error) -> Error {
    let kind = match error.kind() {
        AzureErrorKind::Connection | AzureErrorKind::Io => ErrorKind::Network,
        AzureErrorKind::HttpResponse { status, .. } => match u16::from(*status) {
            429 => ErrorKind::Throttled,
            408 | 500.. => ErrorKind::Unavailable,
            _ => ErrorKind::Credential,
        },
        _ => ErrorKind::Credential,
    };
    Error::new(kind, "the credential of the Azure SDK returned no token")
        .with_advice("The source of this error says why.")
        .with_source(error)
}

/// `Debug` of the client includes its credential, so this must not print the token.
impl fmt::Debug for AzureCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AzureCredential").field("scope", &self.scope).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::sync::Mutex as StdMutex;

    use azure_core::credentials::{AccessToken as AzureToken, TokenRequestOptions};

    use super::*;

    /// Returns these results in order.
    #[derive(Debug)]
    struct Scripted(StdMutex<VecDeque<azure_core::Result<AzureToken>>>);

    #[async_trait::async_trait]
    impl TokenCredential for Scripted {
        async fn get_token(
            &self,
            scopes: &[&str],
            _: Option<TokenRequestOptions<'_>>,
        ) -> azure_core::Result<AzureToken> {
            assert_eq!(scopes, [SCOPE]);
            self.0.lock().unwrap().pop_front().expect("no more requests are expected")
        }
    }

    fn token(text: &'static str, seconds: u64) -> AzureToken {
        AzureToken::new(text, (SystemTime::now() + Duration::from_secs(seconds)).into())
    }

    fn failed(kind: AzureErrorKind) -> azure_core::Error {
        azure_core::Error::with_message(kind, "no")
    }

    fn scripted(results: impl IntoIterator<Item = azure_core::Result<AzureToken>>) -> AzureCredential {
        AzureCredential::new(Arc::new(Scripted(StdMutex::new(results.into_iter().collect()))), SCOPE)
    }

    #[tokio::test]
    async fn a_token_is_kept_until_shortly_before_its_expiry() {
        let credential = scripted([Ok(token("one", 299)), Ok(token("two", 3600))]);
        for expected in ["one", "two", "two", "two"] {
            assert_eq!(credential.token().await.unwrap().expose(), expected);
        }
    }

    #[tokio::test]
    async fn a_token_that_is_still_valid_outlives_an_outage() {
        let unavailable = || Err(failed(AzureErrorKind::Io));
        let credential = scripted([Ok(token("one", 200)), unavailable(), Ok(token("two", 0)), unavailable()]);
        for expected in ["one", "one", "two"] {
            assert_eq!(credential.token().await.unwrap().expose(), expected);
        }
        let error = credential.token().await.unwrap_err();
        assert!(error.is_transient(), "{error}");
    }

    #[tokio::test]
    async fn a_rejected_token_is_replaced_once() {
        let credential = scripted([Ok(token("one", 3600)), Ok(token("two", 3600)), Ok(token("two", 3600))]);
        let one = credential.token().await.unwrap();
        let two = credential.refresh(&one).await.unwrap().unwrap();
        assert_eq!(two.expose(), "two");
        assert_eq!(credential.refresh(&one).await.unwrap(), Some(two.clone()), "the one that replaced it");
        assert_eq!(credential.refresh(&two).await.unwrap(), None, "the same token would be rejected again");
    }

    #[tokio::test]
    async fn an_error_of_the_credential_is_final_and_shows_no_token() {
        let credential = scripted([Err(failed(AzureErrorKind::Credential))]);
        let error = credential.token().await.unwrap_err();
        assert_eq!((error.kind(), error.is_transient()), (ErrorKind::Credential, false));

        let credential = scripted([Ok(token("secret", 3600))]);
        credential.token().await.unwrap();
        assert!(!format!("{credential:?}").contains("secret"));
    }
}
