//! The secure application model: a refresh token that a user consented to once, redeemed ever after.
//!
//! Every redemption yields the refresh token's successor. This module sees to it that the successor is in the store
//! before anybody uses the access token that came with it.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use secrecy::{ExposeSecret, SecretString};

use super::endpoint::{Grant, Issued, TokenEndpoint};
use super::notice::{Notice, Unusable};
use super::session::{Mint, Session};
use super::store::{is_keepable, is_newer};
use super::{AppRegistration, MemoryStore, StoredToken, TokenStore};
use crate::clock::{BoxFuture, ClockOffset};
use crate::credential::{AccessToken, Credential, Token};
use crate::error::{Error, ErrorKind, Result};

/// App+User access from a stored refresh token: what license analytics need, unattended.
///
/// Hands out one access token to all callers, replaces it some five minutes before its end without making them wait,
/// and lets concurrent callers share one refresh. The refresh token's successor is in the store before the new access
/// token is used, under the store's lock, so that a killed process or a second one loses nothing.
///
/// A refresh token dies of 90 days without use. Clones share the token.
///
/// ```no_run
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
    session: Session,
    endpoint: Arc<TokenEndpoint>,
}

impl RefreshToken {
    /// A credential that redeems what is in the store, when the first call asks.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] if the registration cannot be used. An empty store is found out by the first call.
    pub fn new(app: &AppRegistration, store: Arc<dyn TokenStore>) -> Result<Self> {
        Ok(Self::on(Arc::new(app.endpoint()?), store))
    }

    /// A credential that redeems this token and remembers its successors as long as the process lives.
    ///
    /// For jobs that are given the token at every start. Since each start redeems the same token, it dies 90 days
    /// after it was issued; with a store that lasts, it never does: see [`adopt`](Self::adopt).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] if the registration or the token cannot be used.
    pub fn from_token(app: &AppRegistration, refresh_token: impl Into<SecretString>) -> Result<Self> {
        let endpoint = Arc::new(app.endpoint()?);
        let token = stored(&endpoint, &refresh_token.into())?;
        Ok(Self::on(endpoint, Arc::new(MemoryStore::holding(token))))
    }

    /// Redeems a token that came out of a consent flow, and stores what came of it in place of what the store kept.
    ///
    /// The token is proven good before the store is touched. What `partner-center login --refresh-token-stdin` does.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] if the registration or the token cannot be used, [`ErrorKind::Credential`] if the
    /// sign-in service does not take the token, and the errors of the store.
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

    /// Stores what a sign-in yielded, and goes on from there. `redeemed` is what it was got with, where that may
    /// have no successor.
    pub(super) async fn begin(
        endpoint: Arc<TokenEndpoint>,
        store: Arc<dyn TokenStore>,
        issued: Issued,
        redeemed: Option<StoredToken>,
    ) -> Result<Self> {
        let whose = redeemed.clone().unwrap_or_else(|| {
            StoredToken::new(endpoint.tenant(), endpoint.client_id(), "", endpoint.clock().system_time())
        });
        let kept = redeemed.map(|token| of_whom(token, &issued.access));
        let token = successor_of(&endpoint, &issued, whose).or(kept).ok_or_else(|| {
            Error::new(ErrorKind::Credential, "the sign-in brought no refresh token").with_advice(
                "Let the app registration ask for offline_access (API permissions, Microsoft Graph, delegated), \
                 and sign in again: `partner-center login`.",
            )
        })?;
        let lock = store.lock().await?;
        refuse_if_newer(&*store).await?;
        store.save(&token).await?;
        drop(lock);
        let credential = Self::on(endpoint, store);
        credential.session.hold(issued.access);
        Ok(credential)
    }

    fn on(endpoint: Arc<TokenEndpoint>, store: Arc<dyn TokenStore>) -> Self {
        let (clock, random) = (Arc::clone(endpoint.clock()), Arc::clone(endpoint.random()));
        let redeemer = Redeemer { endpoint: Arc::clone(&endpoint), store, unsaved: Mutex::default() };
        Self { session: Session::new(redeemer, clock, random), endpoint }
    }
}

impl Credential for RefreshToken {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken>> {
        Box::pin(self.session.token())
    }

    fn refresh<'a>(&'a self, refused: &'a AccessToken) -> BoxFuture<'a, Result<Option<AccessToken>>> {
        Box::pin(self.session.refresh(refused))
    }

    fn settle(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.session.settle())
    }

    fn clock_offset(&self) -> Option<ClockOffset> {
        self.endpoint.clock_offset()
    }
}

/// Redeems the stored refresh token, and stores its successor.
struct Redeemer {
    endpoint: Arc<TokenEndpoint>,
    store: Arc<dyn TokenStore>,
    /// A successor that could not be saved, and the token it came of.
    unsaved: Mutex<Option<Unsaved>>,
}

struct Unsaved {
    redeemed: SecretString,
    successor: StoredToken,
}

impl Redeemer {
    async fn redeem(&self) -> Result<AccessToken> {
        // Held until the successor is saved: a second process then redeems the successor, not what it came of.
        let lock = self.store.lock().await?;
        let token = self.current().await?;
        self.refuse_if_anothers(&token)?;
        let issued = self.endpoint.request(&Grant::RefreshToken(&token.refresh_token)).await?;
        // No waiting between here and the first poll of `save`: what has begun to be written is written, even when
        // the runtime shuts down.
        let redeemed = token.refresh_token.clone();
        if let Some(successor) = successor_of(&self.endpoint, &issued, token) {
            self.save(redeemed, successor).await?;
        }
        drop(lock);
        Ok(issued.access)
    }

    /// What the store keeps, or a newer token that it could not be given before.
    async fn current(&self) -> Result<StoredToken> {
        let kept = self.store.load().await?.ok_or_else(|| {
            Error::new(ErrorKind::Credential, "nobody is signed in: the token store is empty")
                .with_advice("Sign in: `partner-center login`.")
        })?;
        let unsaved = self.unsaved.lock().unwrap_or_else(PoisonError::into_inner).take();
        match unsaved {
            Some(Unsaved { redeemed, successor })
                if redeemed.expose_secret() == kept.refresh_token.expose_secret() =>
            {
                self.save(redeemed, successor.clone()).await?;
                Ok(successor)
            }
            // Somebody else has stored another one since.
            _ => Ok(kept),
        }
    }

    async fn save(&self, redeemed: SecretString, successor: StoredToken) -> Result<()> {
        let saved = self.store.save(&successor).await;
        if saved.is_err() {
            // A full disk must not cost the successor; the next refresh tries again.
            *self.unsaved.lock().unwrap_or_else(PoisonError::into_inner) =
                Some(Unsaved { redeemed, successor });
        }
        saved
    }

    fn refuse_if_anothers(&self, token: &StoredToken) -> Result<()> {
        let wrong = if !token.client_id.eq_ignore_ascii_case(self.endpoint.client_id()) {
            "another application"
        } else if !token.tenant.eq_ignore_ascii_case(self.endpoint.tenant()) {
            "another tenant"
        } else {
            return Ok(());
        };
        Err(Error::new(ErrorKind::Credential, format!("the stored refresh token was issued to {wrong}")).with_advice(
            "Use the tenant and client id it was issued to, or sign in with these: `partner-center login`.",
        ))
    }
}

impl Mint for Redeemer {
    fn mint(&self) -> BoxFuture<'_, Result<AccessToken>> {
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

/// The successor of `kept`, if a store would give it back as it was. One that is not has no use, and must not cost the
/// token that it came of.
fn successor_of(endpoint: &TokenEndpoint, issued: &Issued, kept: StoredToken) -> Option<StoredToken> {
    let refresh_token = issued.refresh.clone()?;
    let text = refresh_token.expose_secret();
    let unusable = if text.trim().is_empty() {
        Unusable::Empty
    } else if text.bytes().all(|byte| byte.is_ascii_graphic()) {
        let obtained_at = endpoint.clock().system_time();
        let successor = StoredToken { refresh_token, obtained_at, ..of_whom(kept, &issued.access) };
        if is_keepable(&successor) {
            return Some(successor);
        }
        Unusable::TooLong
    } else {
        Unusable::Malformed
    };
    endpoint.tell(Notice::UnusableSuccessor(unusable));
    None
}

fn stored(endpoint: &TokenEndpoint, refresh_token: &SecretString) -> Result<StoredToken> {
    let text = refresh_token.expose_secret().trim();
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::new(
            ErrorKind::Configuration,
            "the refresh token is empty or holds spaces or breaks",
        )
        .with_advice("Give the refresh token as one word, without quotes."));
    }
    let now = endpoint.clock().system_time();
    let token = StoredToken::new(endpoint.tenant(), endpoint.client_id(), text, now);
    if !is_keepable(&token) {
        return Err(Error::new(ErrorKind::Configuration, "the refresh token is too long to be one")
            .with_advice("Refresh tokens are one to two thousand characters. Give the token alone."));
    }
    Ok(token)
}

/// What a later version of this program stored is not overwritten: asked before anybody is troubled to sign in.
pub(super) async fn refuse_if_newer(store: &dyn TokenStore) -> Result<()> {
    match store.load().await {
        Err(error) if is_newer(&error) => Err(error),
        // A sign-in replaces what cannot be read, and what is open to others.
        _ => Ok(()),
    }
}

/// Notes whose token it is, as far as the access token that came with it says so.
fn of_whom(token: StoredToken, access: &AccessToken) -> StoredToken {
    match Token::inspect(access.expose()).account() {
        Some(account) => token.with_account(account),
        None => token,
    }
}
