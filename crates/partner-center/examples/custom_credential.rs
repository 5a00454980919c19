//! Implements a custom credential. It gets tokens from a company's token service, caches them until they expire, and
//! gets a new one if Partner Center rejects a token.
//!
//! `cargo run -p partner-center --example custom_credential`
//!
//! The emulator's sign-in host acts as the token service.

#![expect(clippy::print_stdout, reason = "an example prints its result")]

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use partner_center::clock::BoxFuture;
use partner_center::credential::{AccessToken, Credential};
use partner_center::{PartnerCenter, Result};
use partner_center_emulator::{Emulator, TokenSpec};
use tokio::sync::Mutex;

struct TokenService {
    emulator: Arc<Emulator>,
    held: Mutex<Option<AccessToken>>,
}

impl TokenService {
    /// Replace this with a request to your vault, broker or sidecar.
    fn fetch(&self) -> AccessToken {
        println!("fetching a token");
        let token = self.emulator.entra().issue_access_token(&TokenSpec::user());
        AccessToken::new(token).expires_at(SystemTime::now() + Duration::from_secs(3600))
    }
}

impl Credential for TokenService {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken>> {
        Box::pin(async move {
            // The lock is held while a token is fetched, so that concurrent calls share one token.
            let mut held = self.held.lock().await;
            let soon = SystemTime::now() + Duration::from_secs(120);
            if let Some(token) = held.as_ref().filter(|token| token.expiry().is_none_or(|end| end > soon)) {
                return Ok(token.clone());
            }
            Ok(held.insert(self.fetch()).clone())
        })
    }

    fn refresh<'a>(&'a self, refused: &'a AccessToken) -> BoxFuture<'a, Result<Option<AccessToken>>> {
        Box::pin(async move {
            let mut held = self.held.lock().await;
            // Another call may already have replaced the token.
            if let Some(newer) = held.as_ref().filter(|token| *token != refused) {
                return Ok(Some(newer.clone()));
            }
            Ok(Some(held.insert(self.fetch()).clone()))
        })
    }
}

/// `Debug` of the client includes its credential, so this must not print the token.
impl fmt::Debug for TokenService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenService").finish_non_exhaustive()
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Box<dyn Error>> {
    let emulator = Arc::new(Emulator::builder().start().await?);
    let credential = Arc::new(TokenService { emulator: Arc::clone(&emulator), held: Mutex::default() });
    let partner =
        PartnerCenter::builder().base_url(emulator.base_url()).credential(credential.clone()).build()?;
    let licenses = partner.analytics().licenses();

    let usage = licenses.usage().get().await?;
    println!("{} rows with the first token", usage.items().len());
    let usage = licenses.usage().get().await?;
    println!("{} rows with the same token", usage.items().len());

    // Revoke the token, as an administrator might.
    let token = credential.token().await?;
    emulator.entra().revoke_access_token(token.expose());
    let usage = licenses.usage().get().await?;
    println!("{} rows with the second token, after the first was rejected", usage.items().len());
    Ok(())
}
