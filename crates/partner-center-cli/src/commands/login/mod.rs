//! `login` and `logout`: store a sign-in for later runs, and delete it.

mod browser;
mod listener;
mod page;
mod redirect;
mod way;

use std::io::IsTerminal;
use std::sync::Arc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use partner_center::credential::{
    AppRegistration, Credential, DeviceCode, RefreshToken, TokenClaims, TokenStore,
};
use partner_center::settings::ProfileStore;
use partner_center::settings::input::{Kind, bare, text};
use partner_center::settings::variables::{
    ACCESS_TOKEN, CLIENT_CERTIFICATE_PATH, CLIENT_SECRET, FEDERATED_TOKEN_FILE, REFRESH_TOKEN,
};
use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;

use self::browser::{BrowserSignIn, Outcome};
use self::way::{Machine, Way};
use super::doctor::findings::{self, Expected, Level};
use super::login_profile;
use crate::args::{Global, Login};
use crate::console::Console;
use crate::exit::Exit;
use crate::problem::{Problem, Stop};
use crate::terminal::text::showable;
use crate::{credentials, input, secrets, settings};

pub(crate) async fn login(arguments: &Login, global: &Global, console: Console) -> Result<Exit, Stop> {
    refuse_emulator(global)?;
    let settings =
        settings::read_to_sign_in(global, [arguments.tenant.as_deref(), arguments.client.as_deref()])?;
    settings::note_earlier_directory(settings.earlier_directory.as_ref(), console);
    let registration = login_profile::registration(&settings)?;
    let is_confidential = settings.client_secret.is_some()
        || settings.client_certificate_path.is_some()
        || settings.federated_token_file.is_some();
    if arguments.confidential && !is_confidential {
        return Err(no_client_credential().into());
    }
    let ProfileStore { store, place, .. } = credentials::store(&settings).await?;
    let app = &registration.app;
    let credential = if arguments.refresh_token_stdin {
        RefreshToken::adopt(app, store, read_token(global.timeout).await?).await?
    } else {
        sign_in(app, store, is_confidential, arguments, global, console).await?
    };
    let token = TokenClaims::inspect(credential.token().await?.expose());
    let who = token.user().map_or_else(String::new, |user| format!(" as {user}"));
    console.note(&format!("signed in{who}; the refresh token is stored in {place}"));
    login_profile::record(&settings, &registration, global, console)?;
    // Report problems now, before the first job fails.
    let (expected, now) = (Expected::of(&registration.app), std::time::SystemTime::now());
    for finding in findings::of_new_token(&token, &expected, now, credential.clock_offset()) {
        if finding.level != Level::Ok {
            console.note(&finding.to_string());
        }
    }
    for (name, setting) in [(ACCESS_TOKEN, &settings.access_token), (REFRESH_TOKEN, &settings.refresh_token)]
    {
        if setting.is_some() {
            console.note(&format!("{name} is set and takes precedence over this sign-in"));
        }
    }
    Ok(Exit::Done)
}

/// Signs a user in, with a browser or a device code. `is_confidential`: whether the application authenticates.
async fn sign_in(
    app: &AppRegistration,
    store: Arc<dyn TokenStore>,
    is_confidential: bool,
    arguments: &Login,
    global: &Global,
    console: Console,
) -> Result<RefreshToken, Stop> {
    let why = match way::choose(arguments, Machine::this())? {
        Way::DeviceCode => None,
        Way::DeviceCodeBecause(why) => Some(why.to_owned()),
        Way::Browser => {
            let sign_in = BrowserSignIn {
                app,
                store: Arc::clone(&store),
                patience: global.timeout.unwrap_or(browser::PATIENCE),
                confidential: is_confidential,
                is_only_way: arguments.browser || arguments.confidential,
            };
            match Box::pin(sign_in.run(console)).await? {
                Outcome::SignedIn(credential) => return Ok(credential),
                Outcome::Unavailable(why) => Some(why),
            }
        }
    };
    let sign_in = DeviceCode::start(app, store).await?;
    Console::say(&format!(
        "To sign in, open {} on any device and enter {}\n",
        showable(sign_in.verification_uri()),
        showable(sign_in.user_code())
    ));
    if let Some(why) = why {
        console
            .note(&format!("using a device code, because {why}; --browser uses a browser on this machine"));
    }
    let spinner = spinner();
    let credential = sign_in.wait().await;
    spinner.finish_and_clear();
    Ok(credential?)
}

fn no_client_credential() -> Problem {
    Problem::new(Exit::Usage, "--confidential needs a client secret, a certificate or a federated identity, and none is set")
        .advice(format!(
            "Set {CLIENT_SECRET}, {CLIENT_CERTIFICATE_PATH} or {FEDERATED_TOKEN_FILE}. An application without them is a \
             public client: leave out --confidential."
        ))
}

pub(crate) async fn logout(global: &Global, console: Console) -> Result<Exit, Stop> {
    refuse_emulator(global)?;
    let settings = settings::read(global)?;
    settings::note_earlier_directory(settings.earlier_directory.as_ref(), console);
    let ProfileStore { store, place, .. } = credentials::store(&settings).await?;
    let lock = store.lock().await?;
    // A sign-in that cannot be read is deleted too.
    let was_empty = matches!(store.load().await, Ok(None));
    store.clear().await?;
    drop(lock);
    console.note(&if was_empty {
        format!("not signed in: {place} is empty")
    } else {
        format!("signed out; {place} is now empty. Other copies of the token stay valid until they are revoked in Entra")
    });
    Ok(Exit::Done)
}

fn refuse_emulator(global: &Global) -> Result<(), Problem> {
    if global.emulator {
        return Err(Problem::new(Exit::Usage, "--emulator signs in automatically")
            .advice("To try a sign-in, run `partner-center emulator` and follow its instructions."));
    }
    Ok(())
}

/// Reads the token of a consent flow from a pipe or a file: typed at a terminal, it would stay in the scrollback.
async fn read_token(at_most: Option<Duration>) -> Result<SecretString, Problem> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        return Err(Problem::new(Exit::Usage, "--refresh-token-stdin reads the token from a pipe or a file")
            .advice("For example: partner-center login --refresh-token-stdin < token.txt"));
    }
    let unreadable = |cause: &dyn std::fmt::Display| {
        Problem::new(Exit::Usage, "could not read stdin").because(cause.to_string())
    };
    // On its own thread, so that Ctrl-C is handled meanwhile.
    let bytes = tokio::task::spawn_blocking(move || input::read_stdin(at_most)).await;
    let bytes = bytes.map_err(|error| unreadable(&error))?.map_err(|error| unreadable(&error))?;
    let text = text(&bytes).map(Zeroizing::new);
    let token = text.as_ref().map_err(|unusable| *unusable).and_then(|text| bare(text, Kind::Token));
    let token = token.map_err(|unusable| {
        Problem::new(Exit::Usage, format!("the input on stdin {}", unusable.why)).advice(unusable.advice)
    })?;
    secrets::remember(token);
    Ok(SecretString::from(token))
}

/// Shows a spinner while waiting; on a terminal only.
fn spinner() -> ProgressBar {
    let spinner = ProgressBar::new_spinner().with_message("waiting for the sign-in");
    // The template is a valid constant.
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
        spinner.set_style(style);
    }
    spinner.enable_steady_tick(Duration::from_millis(120));
    spinner
}
