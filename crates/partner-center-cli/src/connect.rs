//! Builds the client from the settings; with `--emulator`, a client of the embedded emulator.

use std::sync::Arc;

use partner_center::credential::{AppRegistration, Credential, RefreshToken, StaticToken};
use partner_center::settings::Settings;
use partner_center::{PartnerCenter, PartnerCenterBuilder};
use partner_center_emulator::{Emulator, Entra};

use crate::args::Global;
use crate::console::Console;
use crate::exit::Exit;
use crate::problem::{Problem, Stop};
use crate::{credentials, settings};

/// A client, and the emulator it talks to if there is one.
pub(crate) struct Session {
    pub(crate) partner: PartnerCenter,
    /// Serves until it is dropped.
    _emulator: Option<Emulator>,
}

/// How a run reaches the service. Reports also write the partner's tenant, which is one of the settings.
pub(crate) struct Connection<'a> {
    pub(crate) global: &'a Global,
    /// `None` with the embedded emulator.
    settings: Option<Settings>,
}

impl<'a> Connection<'a> {
    /// Reads the settings, once for the whole run.
    pub(crate) fn read(global: &'a Global) -> Result<Self, Problem> {
        let settings = (!global.emulator).then(|| settings::read(global)).transpose()?;
        Ok(Self { global, settings })
    }

    /// The partner's tenant, if it is known.
    pub(crate) fn tenant(&self) -> Option<&str> {
        Some(self.settings.as_ref()?.tenant_id.as_ref()?.value.as_str())
    }

    /// The service and tenant: one file must not mix the customers of two partners.
    pub(crate) fn name(&self) -> String {
        let Some(settings) = &self.settings else { return "the embedded emulator".to_owned() };
        let place = match &settings.base_url {
            Some(url) => url.value.as_str(),
            None => settings.cloud.value.name(),
        };
        let tenant = self.tenant().map_or_else(String::new, |tenant| format!(" as {tenant}"));
        format!("{place}{tenant}")
    }

    /// Builds the client. Nothing is sent yet.
    pub(crate) async fn open(&self, console: Console) -> Result<Session, Stop> {
        let Some(settings) = &self.settings else {
            let DemoEmulator { emulator, credential, .. } = DemoEmulator::start(console).await?;
            let builder = PartnerCenter::builder().base_url(emulator.base_url()).credential(credential);
            return Ok(Session { partner: build(self.global, builder)?, _emulator: Some(emulator) });
        };
        let found = credentials::find(settings).await;
        let credential: Arc<dyn Credential> = match &found {
            Ok(found) => Arc::clone(&found.credential),
            // Invalid settings are reported before missing credentials.
            Err(_) => Arc::new(StaticToken::new("none")?),
        };
        let builder = settings.configure(PartnerCenter::builder())?.credential(credential);
        let partner = build(self.global, builder)?;
        found?;
        Ok(Session { partner, _emulator: None })
    }
}

/// Builds the client of a command that needs no settings itself.
pub(crate) async fn connect(global: &Global, console: Console) -> Result<Session, Stop> {
    Connection::read(global)?.open(console).await
}

/// The embedded emulator and credentials for it: a real sign-in at its own sign-in host, so that the user's tokens are
/// never sent there.
pub(crate) struct DemoEmulator {
    pub(crate) emulator: Emulator,
    pub(crate) app: AppRegistration,
    pub(crate) credential: RefreshToken,
}

impl DemoEmulator {
    pub(crate) async fn start(console: Console) -> Result<Self, Stop> {
        let emulator = Emulator::with_defaults().await.map_err(|error| {
            Problem::new(Exit::Unexpected, "could not start the embedded emulator").because(error.to_string())
        })?;
        console.note("sample data from the embedded emulator, not from Partner Center");
        let app = AppRegistration::new(Entra::TENANT_ID, Entra::CLIENT_ID)
            .with_authority(emulator.authority())
            .with_client_secret(Entra::CLIENT_SECRET);
        let credential = RefreshToken::from_token(&app, emulator.entra().issue_refresh_token())?;
        Ok(Self { emulator, app, credential })
    }
}

/// A client that never retries a request.
pub(crate) fn once(global: &Global, builder: PartnerCenterBuilder) -> Result<PartnerCenter, Problem> {
    finish(with_flags(global, builder).max_attempts(1))
}

fn build(global: &Global, builder: PartnerCenterBuilder) -> Result<PartnerCenter, Problem> {
    finish(with_flags(global, builder))
}

fn with_flags(global: &Global, builder: PartnerCenterBuilder) -> PartnerCenterBuilder {
    let mut builder = builder.application("partner-center-cli");
    if let Some(locale) = &global.locale {
        builder = builder.locale(locale);
    }
    if let Some(timeout) = global.timeout {
        builder = builder.timeout(timeout);
    }
    if let Some(attempts) = global.max_attempts {
        builder = builder.max_attempts(attempts);
    }
    builder
}

fn finish(builder: PartnerCenterBuilder) -> Result<PartnerCenter, Problem> {
    builder.build().map_err(|error| Problem::of_call(&error, None))
}
