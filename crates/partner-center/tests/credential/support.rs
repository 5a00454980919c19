//! An emulator and a registration that share a clock.

use std::sync::Arc;
use std::time::Duration;

use partner_center::clock::{Clock as _, ManualClock};
use partner_center::credential::{AppRegistration, Credential, MemoryStore, StoredToken, TokenStore};
use partner_center_emulator::{Clock, Emulator, EmulatorBuilder, Entra};

pub(crate) const HOUR: Duration = Duration::from_secs(3600);
pub(crate) const DAY: Duration = Duration::from_secs(24 * 3600);

pub(crate) struct World {
    pub(crate) emulator: Emulator,
    pub(crate) clock: ManualClock,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(|builder| builder).await
    }

    pub(crate) async fn with(settings: impl FnOnce(EmulatorBuilder) -> EmulatorBuilder) -> Self {
        let clock = ManualClock::new();
        let builder = Emulator::builder().customers(1).clock(Clock::fixed(clock.system_time()));
        Self { emulator: settings(builder).start().await.unwrap(), clock }
    }

    /// Advances both clocks.
    pub(crate) fn advance(&self, by: Duration) {
        self.clock.advance(by);
        self.emulator.advance(by);
    }

    pub(crate) fn entra(&self) -> &Entra {
        self.emulator.entra()
    }

    /// A public client.
    pub(crate) fn app(&self) -> AppRegistration {
        self.app_of(Entra::CLIENT_ID)
    }

    pub(crate) fn app_of(&self, client_id: &str) -> AppRegistration {
        AppRegistration::new(Entra::TENANT_ID, client_id)
            .with_authority(self.emulator.authority())
            .with_clock(self.clock.clone())
    }

    /// The token that a sign-in would have stored.
    pub(crate) fn stored(&self) -> StoredToken {
        let token = self.entra().issue_refresh_token();
        StoredToken::new(Entra::TENANT_ID, Entra::CLIENT_ID, token, self.clock.system_time())
    }

    pub(crate) fn signed_in(&self) -> Arc<MemoryStore> {
        Arc::new(MemoryStore::holding(self.stored()))
    }
}

pub(crate) async fn text(credential: &impl Credential) -> String {
    credential.token().await.unwrap().expose().to_owned()
}

pub(crate) async fn kept(store: &impl TokenStore) -> StoredToken {
    store.load().await.unwrap().unwrap()
}
