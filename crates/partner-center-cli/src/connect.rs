//! From settings to a client of the service: with `--emulator`, to one of the emulator in this process.

use partner_center::PartnerCenter;
use partner_center::credential::StaticToken;
use partner_center_emulator::Emulator;

use crate::cli::Global;
use crate::console::Console;
use crate::exit::Exit;
use crate::report::{Problem, Stop};
use crate::settings::{self, Setting, Source};

/// A client, and the emulator it talks to if there is one.
pub(crate) struct Session {
    pub(crate) partner: PartnerCenter,
    /// Serves for as long as it is held.
    _emulator: Option<Emulator>,
}

/// Connects. Nothing is sent yet.
pub(crate) async fn connect(global: &Global, console: Console) -> Result<Session, Stop> {
    if global.emulator {
        let emulator = Emulator::with_defaults().await.map_err(|error| {
            Problem::new(Exit::Unexpected, "the embedded emulator could not be started")
                .because(error.to_string())
        })?;
        console.note("sample data of the embedded emulator, not of Partner Center");
        let url = Setting { value: emulator.base_url().to_owned(), source: Source::Flag("--emulator") };
        // Any token will do, and the user's own must not go to where it is not for.
        let partner = build(global, Some(url), StaticToken::new("emulator")?)?;
        return Ok(Session { partner, _emulator: Some(emulator) });
    }
    let environment = |name: &str| std::env::var(name);
    let base_url = settings::base_url(global, &environment)?;
    let Some(token) = settings::variable(settings::ACCESS_TOKEN, &environment)? else {
        // A setting that cannot be used is told first: it would still be there once there are credentials.
        let _ = build(global, base_url, StaticToken::new("none")?)?;
        return Err(no_credentials().into());
    };
    let credential = StaticToken::new(token.value)
        .map_err(|error| Problem::of_call(&error, None).fact("from", token.source.to_string()))?;
    Ok(Session { partner: build(global, base_url, credential)?, _emulator: None })
}

fn build(
    global: &Global,
    base_url: Option<Setting<String>>,
    credential: StaticToken,
) -> Result<PartnerCenter, Problem> {
    let mut builder = PartnerCenter::builder().credential(credential).application("partner-center-cli");
    let source = base_url.as_ref().map(|url| url.source);
    if let Some(url) = base_url {
        builder = builder.base_url(url.value);
    }
    if let Some(locale) = &global.locale {
        builder = builder.locale(locale);
    }
    if let Some(timeout) = global.timeout {
        builder = builder.timeout(timeout);
    }
    if let Some(attempts) = global.max_attempts {
        builder = builder.max_attempts(attempts);
    }
    builder.build().map_err(|error| {
        let problem = Problem::of_call(&error, None);
        match source {
            Some(source) if error.message().contains("base URL") => problem.fact("from", source.to_string()),
            _ => problem,
        }
    })
}

fn no_credentials() -> Problem {
    Problem::new(Exit::Credentials, "there are no credentials")
        .fact("looked for", format!("{} in the environment: not set, or empty", settings::ACCESS_TOKEN))
        .advice("Set it to an App+User access token for Partner Center, or try --emulator. Nothing was sent.")
}
