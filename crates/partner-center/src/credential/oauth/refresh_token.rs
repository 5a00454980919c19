//! The secure application model: App+User access from a refresh token that a user consented to once.
//!
//! Every redemption returns a new refresh token, the successor. This module stores the successor before it returns the
//! access token that came with it.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use secrecy::{ExposeSecret, SecretString};

use super::notice::{Notice, UnusableReason};
use super::store::{is_newer, is_storable};
use super::token_cache::{TokenCache, TokenSource};
use super::token_endpoint::{Grant, Issued, TokenEndpoint};
use super::{AppRegistration, MemoryStore, StoredToken, TokenStore};
use crate::clock::{BoxFuture, ClockOffset};
use crate::credential::{AccessToken, Credential, TokenClaims};
use crate::error::{Error, ErrorKind, Result};

/// App+User access from a stored refresh token, as license analytics require, without user interaction.
///
/// All callers share one access token. It is refreshed about five minutes before it expires, in the background, and
/// concurrent callers share one refresh. The new refresh token is stored before the new access token is used, under the
/// store's lock, so no token is lost if the process is killed or if several processes share the store.
///
/// A refresh token expires after 90 days without use. Clones share the token.
///
/// ```
/// use std::sync::Arc;
/// use partner_center::credential::{AppRegistration, FileStore, RefreshToken};
///
/// let app = AppRegistration::new("contoso.onmicrosoft.com", "00000000-1111-2222-3333-444444444444")
///     .with_client_secret("the secret's value");
/// let credential = RefreshToken::new(&app, Arc::new(FileStore::new("/var/lib/licenses/token.json")))?;
/// # Ok::<(), partner_center::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct RefreshToken {
    cache: TokenCache,
    endpoint: Arc<TokenEndpoint>,
}

impl RefreshToken {
    /// Creates a credential that redeems the token in the store when the first call needs it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] if the registration is invalid. If the store is empty, the first call fails.
    pub fn new(app: &AppRegistration, store: Arc<dyn TokenStore>) -> Result<Self> {
        Ok(Self::on(Arc::new(app.endpoint()?), store))
    }

    /// Creates a credential that redeems this token and keeps its successors in memory.
    ///
    /// For jobs that receive the token at every start. Every start redeems the same token, so it expires 90 days after
    /// it was issued. With a persistent store it does not expire as long as it is used: see [`adopt`](Self::adopt).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] if the registration or the token is invalid.
    pub fn from_token(app: &AppRegistration, refresh_token: impl Into<SecretString>) -> Result<Self> {
        let endpoint = Arc::new(app.endpoint()?);
        let token = stored(&endpoint, &refresh_token.into())?;
        Ok(Self::on(endpoint, Arc::new(MemoryStore::holding(token))))
    }

    /// Redeems a token from a consent flow, and replaces the token in the store with its successor.
    ///
    /// The store is changed only after the token was redeemed.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] if the registration or the token is invalid, [`ErrorKind::Credential`] if the
    /// sign-in service does not accept the token, and the errors of the store.
    pub async fn adopt(
        app: &AppRegistration,
        store: Arc<dyn TokenStore>,
        refresh_token: impl Into<SecretString>,
    ) -> Result<Self> {
        let endpoint = Arc::new(app.endpoint()?);
        let token = stored(&endpoint, &refresh_token.into())?;
        refuse_if_newer(&*store).await?;
        let issued = endpoint.request(&Grant::RefreshToken(&token.refresh_token)).await?;
        Self::begin(endpoint, store, issued, Some(token)).await
    }

    /// Stores the refresh token of a sign-in and returns a credential that uses it. `redeemed` is the token that was
    /// redeemed, if any; it is kept when there is no successor.
    pub(super) async fn begin(
        endpoint: Arc<TokenEndpoint>,
        store: Arc<dyn TokenStore>,
        issued: Issued,
        redeemed: Option<StoredToken>,
    ) -> Result<Self> {
        let whose = redeemed.clone().unwrap_or_else(|| {
            StoredToken::new(endpoint.tenant(), endpoint.client_id(), "", endpoint.clock().system_time())
        });
        let kept = redeemed.map(|token| with_account_of(token, &issued.access));
        let token = successor_of(&endpoint, &issued, whose).or(kept).ok_or_else(|| {
            Error::new(ErrorKind::Credential, "the sign-in returned no refresh token").with_advice(
                "Add offline_access to the app registration (API permissions, Microsoft Graph, delegated), and sign in \
                 again.",
            )
        })?;
        let lock = store.lock().await?;
        refuse_if_newer(&*store).await?;
        store.save(&token).await?;
        drop(lock);
        let credential = Self::on(endpoint, store);
        credential.cache.hold(issued.access);
        Ok(credential)
    }

    fn on(endpoint: Arc<TokenEndpoint>, store: Arc<dyn TokenStore>) -> Self {
        let (clock, random) = (Arc::clone(endpoint.clock()), Arc::clone(endpoint.random()));
        let redeemer = Redeemer { endpoint: Arc::clone(&endpoint), store, unsaved: Mutex::default() };
        Self { cache: TokenCache::new(redeemer, clock, random), endpoint }
    }
}

impl Credential for RefreshToken {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken>> {
        Box::pin(self.cache.token())
    }

    fn refresh<'a>(&'a self, refused: &'a AccessToken) -> BoxFuture<'a, Result<Option<AccessToken>>> {
        Box::pin(self.cache.refresh(refused))
    }

    fn settle(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.cache.settle())
    }

    fn clock_offset(&self) -> Option<ClockOffset> {
        self.endpoint.clock_offset()
    }
}

/// Redeems the stored refresh token, and stores its successor.
struct Redeemer {
    endpoint: Arc<TokenEndpoint>,
    store: Arc<dyn TokenStore>,
    /// A successor that could not be saved, and the token that was redeemed for it.
    unsaved: Mutex<Option<Unsaved>>,
}

struct Unsaved {
    redeemed: SecretString,
    successor: StoredToken,
}

impl Redeemer {
    async fn redeem(&self) -> Result<AccessToken> {
        // Held until the successor is saved, so that a second process redeems the successor.
        let lock = self.store.lock().await?;
        let token = self.current().await?;
        self.check_owner(&token)?;
        let issued = self.endpoint.request(&Grant::RefreshToken(&token.refresh_token)).await?;
        // No await point between here and the first poll of `save`: a write that has started finishes even if the
        // runtime shuts down.
        let redeemed = token.refresh_token.clone();
        if let Some(successor) = successor_of(&self.endpoint, &issued, token) {
            self.save(redeemed, successor).await?;
        }
        drop(lock);
        Ok(issued.access)
    }

    /// The stored token, or a newer one that could not be saved before.
    async fn current(&self) -> Result<StoredToken> {
        let kept = self.store.load().await?.ok_or_else(|| {
            Error::new(ErrorKind::Credential, "not signed in: the token store is empty")
                .with_advice("Sign in, which fills the token store.")
        })?;
        let unsaved = self.unsaved.lock().unwrap_or_else(PoisonError::into_inner).take();
        match unsaved {
            Some(Unsaved { redeemed, successor })
                if redeemed.expose_secret() == kept.refresh_token.expose_secret() =>
            {
                self.save(redeemed, successor.clone()).await?;
                Ok(successor)
            }
            // Another process has stored a different token since.
            _ => Ok(kept),
        }
    }

    async fn save(&self, redeemed: SecretString, successor: StoredToken) -> Result<()> {
        let saved = self.store.save(&successor).await;
        if saved.is_err() {
            // A full disk must not lose the successor; the next refresh tries again.
            *self.unsaved.lock().unwrap_or_else(PoisonError::into_inner) =
                Some(Unsaved { redeemed, successor });
        }
        saved
    }

    fn check_owner(&self, token: &StoredToken) -> Result<()> {
        let wrong = if !token.client_id.eq_ignore_ascii_case(self.endpoint.client_id()) {
            "another application"
        } else if !token.tenant.eq_ignore_ascii_case(self.endpoint.tenant()) {
            "another tenant"
        } else {
            return Ok(());
        };
        Err(Error::new(ErrorKind::Credential, format!("the stored refresh token was issued to {wrong}"))
            .with_advice("Use the tenant and client id it was issued to, or sign in again."))
    }
}

impl TokenSource for Redeemer {
    fn request_token(&self) -> BoxFuture<'_, Result<AccessToken>> {
        Box::pin(self.redeem())
    }
}

impl fmt::Debug for Redeemer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redeemer")
            .field("endpoint", &self.endpoint)
            .field("store", &self.store)
            .finish_non_exhaustive()
    }
}

/// The successor of `kept`, if a store can keep it. An unusable successor must not replace the current token.
fn successor_of(endpoint: &TokenEndpoint, issued: &Issued, kept: StoredToken) -> Option<StoredToken> {
    let refresh_token = issued.refresh.clone()?;
    let text = refresh_token.expose_secret();
    let unusable = if text.trim().is_empty() {
        UnusableReason::Empty
    } else if text.bytes().all(|byte| byte.is_ascii_graphic()) {
        let obtained_at = endpoint.clock().system_time();
        let successor = StoredToken { refresh_token, obtained_at, ..with_account_of(kept, &issued.access) };
        if is_storable(&successor) {
            return Some(successor);
        }
        UnusableReason::TooLong
    } else {
        UnusableReason::Malformed
    };
    endpoint.notify(Notice::UnusableRefreshToken(unusable));
    None
}

fn stored(endpoint: &TokenEndpoint, refresh_token: &SecretString) -> Result<StoredToken> {
    let text = refresh_token.expose_secret().trim();
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::new(
            ErrorKind::Configuration,
            "the refresh token is empty or contains spaces or line breaks",
        )
        .with_advice("Pass the refresh token as one word, without quotes."));
    }
    let now = endpoint.clock().system_time();
    let token = StoredToken::new(endpoint.tenant(), endpoint.client_id(), text, now);
    if !is_storable(&token) {
        return Err(Error::new(ErrorKind::Configuration, "the refresh token is too long")
            .with_advice("Refresh tokens are one to two thousand characters. Pass the token alone."));
    }
    Ok(token)
}

/// Fails if a newer version of this program wrote the store. Called before a user has to sign in.
pub(super) async fn refuse_if_newer(store: &dyn TokenStore) -> Result<()> {
    match store.load().await {
        Err(error) if is_newer(&error) => Err(error),
        // A sign-in replaces a store that is unreadable or open to other users.
        _ => Ok(()),
    }
}

/// Adds the account from the access token, if it names one.
fn with_account_of(token: StoredToken, access: &AccessToken) -> StoredToken {
    match TokenClaims::inspect(access.expose()).account() {
        Some(account) => token.with_account(account),
        None => token,
    }
}
