//! Uses a credential of the Azure SDK for Rust, a `TokenCredential` of `azure_core`, with this SDK.
//!
//! `cargo run -p partner-center-azure-credential`
//!
//! A sign-in with the emulator acts as the credential. Replace it with one of `azure_identity`. License analytics need the
//! token of a user who signed in with multi-factor authentication: an application or a managed identity alone can read
//! customers, but not licenses.

#![expect(clippy::print_stdout, reason = "an example prints its result")]

mod azure_credential;

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use partner_center::PartnerCenter;
use partner_center_emulator::{DOCUMENTED_CUSTOMER, Emulator, TokenSpec};

use azure_credential::{AzureCredential, SCOPE};

/// Signs in with the emulator each time. The first token lasts four minutes, later ones an hour.
struct EmulatedSignIn {
    emulator: Arc<Emulator>,
    sign_ins: AtomicU32,
}

#[async_trait::async_trait]
impl TokenCredential for EmulatedSignIn {
    async fn get_token(
        &self,
        scopes: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        let sign_in = self.sign_ins.fetch_add(1, Ordering::Relaxed) + 1;
        let lifetime = Duration::from_secs(if sign_in == 1 { 4 * 60 } else { 60 * 60 });
        println!("sign-in {sign_in}, for {}: {} minutes", scopes.join(" "), lifetime.as_secs() / 60);
        let token = self.emulator.entra().issue_access_token(&TokenSpec::user().lifetime(lifetime));
        Ok(AccessToken::new(token, (SystemTime::now() + lifetime).into()))
    }
}

impl fmt::Debug for EmulatedSignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmulatedSignIn").finish_non_exhaustive()
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let emulator = Arc::new(Emulator::builder().start().await?);
    let azure = EmulatedSignIn { emulator: Arc::clone(&emulator), sign_ins: AtomicU32::new(0) };
    let partner = PartnerCenter::builder()
        .base_url(emulator.base_url())
        .credential(AzureCredential::new(Arc::new(azure), SCOPE))
        .build()?;

    let licenses = partner.customers().by_id(DOCUMENTED_CUSTOMER).analytics().licenses();
    for insight in licenses.deployment().get().await?.items() {
        if let (Some(name), Some(deployed), Some(sold)) =
            (&insight.product_name, insight.licenses_deployed, insight.licenses_sold)
        {
            println!("{name}: {deployed} of {sold} deployed");
        }
    }
    // The first token would expire within five minutes, so this call gets another; the last call uses that one again.
    let usage = licenses.usage().get().await?;
    let totals = partner.analytics().licenses().usage().get().await?;
    println!("{} rows of usage, {} of all customers", usage.items().len(), totals.items().len());
    Ok(())
}
