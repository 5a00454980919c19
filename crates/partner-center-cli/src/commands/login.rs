//! `login` and `logout`: a person signs in once, and later runs go on from there.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use partner_center::credential::inspect::{Expected, Level};
use partner_center::credential::{Credential, DeviceCode, RefreshToken, Token};
use secrecy::SecretString;

use crate::cli::Global;
use crate::console::Console;
use crate::credentials::{Registration, Store};
use crate::exit::Exit;
use crate::output::text::showable;
use crate::report::{Problem, Stop};
use crate::secrets;
use crate::settings::door::{self, Kind};
use crate::settings::{ACCESS_TOKEN, REFRESH_TOKEN, Settings};

pub(crate) async fn login(global: &Global, from_stdin: bool, console: Console) -> Result<Exit, Stop> {
    refuse_emulator(global)?;
    let settings = Settings::of(global)?;
    let registration = Registration::new(&settings, None)?;
    let Store { store, place } = Store::needed(&settings).await?;
    let credential = if from_stdin {
        RefreshToken::adopt(&registration.app, store, read_token(global.timeout).await?).await?
    } else {
        let sign_in = DeviceCode::start(&registration.app, store).await?;
        Console::say(&format!(
            "To sign in, open {} on any device and enter {}\n",
            showable(sign_in.verification_uri()),
            showable(sign_in.user_code())
        ));
        let spinner = spinner();
        let credential = sign_in.wait().await;
        spinner.finish_and_clear();
        credential?
    };
    let token = Token::inspect(credential.token().await?.expose());
    let who = token.user().map_or_else(String::new, |user| format!(" as {user}"));
    console.note(&format!("signed in{who}; the refresh token is kept in {place}"));
    // Better told now than by the first job that fails.
    let (expected, now) = (Expected::of(&registration.app), std::time::SystemTime::now());
    for finding in token.findings_by_service_time(&expected, now, credential.clock_offset()) {
        if finding.level != Level::Ok {
            console.note(&finding.to_string());
        }
    }
    for (name, setting) in [(ACCESS_TOKEN, &settings.access_token), (REFRESH_TOKEN, &settings.refresh_token)]
    {
        if setting.is_some() {
            console.note(&format!("{name} is set and wins over this sign-in"));
        }
    }
    Ok(Exit::Done)
}

pub(crate) async fn logout(global: &Global, console: Console) -> Result<Exit, Stop> {
    refuse_emulator(global)?;
    let settings = Settings::of(global)?;
    let Store { store, place } = Store::needed(&settings).await?;
    let lock = store.lock().await?;
    // One that cannot be read is forgotten all the same.
    let nobody = matches!(store.load().await, Ok(None));
    store.clear().await?;
    drop(lock);
    console.note(&if nobody {
        format!("nobody was signed in: {place} is empty")
    } else {
        format!("signed out; {place} is empty now. Other copies of the token are still good until revoked in Entra")
    });
    Ok(Exit::Done)
}

fn refuse_emulator(global: &Global) -> Result<(), Problem> {
    if global.emulator {
        return Err(Problem::new(Exit::Usage, "--emulator signs in by itself")
            .advice("To try a sign-in out, run `partner-center emulator` and do as it says."));
    }
    Ok(())
}

/// The token that a consent flow gave, piped in: typed at a terminal it would show, and stay in the scrollback.
async fn read_token(at_most: Option<Duration>) -> Result<SecretString, Problem> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        return Err(Problem::new(Exit::Usage, "--refresh-token-stdin takes the token from a pipe or a file")
            .advice("Such as: partner-center login --refresh-token-stdin < token.txt"));
    }
    let unreadable = |cause: &dyn std::fmt::Display| {
        Problem::new(Exit::Usage, "stdin cannot be read").because(cause.to_string())
    };
    // On a thread of its own: Ctrl-C is to be heard meanwhile.
    let bytes = tokio::task::spawn_blocking(move || door::read_stdin(at_most)).await;
    let bytes = bytes.map_err(|error| unreadable(&error))?.map_err(|error| unreadable(&error))?;
    let text = door::text(&bytes);
    let token = text.as_ref().map_err(|unusable| *unusable).and_then(|text| door::bare(text, Kind::Token));
    let token = token.map_err(|unusable| {
        Problem::new(Exit::Usage, format!("what is on stdin {}", unusable.why)).advice(unusable.advice)
    })?;
    secrets::remember(token);
    Ok(SecretString::from(token))
}

/// Shows that something is waited for; on a terminal only.
fn spinner() -> ProgressBar {
    let spinner = ProgressBar::new_spinner().with_message("waiting for the sign-in");
    // The template is fixed, and right.
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
        spinner.set_style(style);
    }
    spinner.enable_steady_tick(Duration::from_millis(120));
    spinner
}
