//! Sign-in with a browser: opens the browser, waits for the redirect, and redeems the code.

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use partner_center::clock::in_words;
use partner_center::credential::{
    AppRegistration, AuthorizationCode, OauthError, Reason, RefreshToken, TokenStore,
};
use tokio::time::{Instant, sleep_until, timeout};

use super::listener::Listener;
use super::redirect::{Ending, RedirectHandler};
use super::spinner;
use crate::console::Console;
use crate::exit::Exit;
use crate::problem::{Problem, Stop};
use crate::terminal::text::showable;

/// How long the user may take, unless `--timeout` is given. Signing in with a second factor takes a minute or two.
pub(super) const PATIENCE: Duration = Duration::from_secs(5 * 60);
/// How long the browser may take to show the last page. A redirect is followed at once.
const LAST_PAGE: Duration = Duration::from_secs(2);

/// Opens an address in the browser that `BROWSER` names, or else in the default browser. Returns whether one was started.
fn open(url: &str) -> bool {
    // On other systems the library reads the variable.
    let named = env::var("BROWSER").ok().filter(|_| cfg!(any(windows, target_os = "macos")));
    let named = named.and_then(|named| command(&named, url));
    named.is_some_and(|mut browser| {
        browser.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().is_ok()
    }) || webbrowser::open(url).is_ok()
}

/// The command that `BROWSER` names: the path of a program, or a program and its arguments. `%s` in an argument stands
/// for the address, which is otherwise the last argument.
fn command(named: &str, url: &str) -> Option<Command> {
    // A path may contain spaces.
    let words = if Path::new(named).is_file() { vec![named] } else { named.split_whitespace().collect() };
    let (program, arguments) = words.split_first()?;
    let mut command = Command::new(program);
    command.args(arguments.iter().map(|argument| argument.replace("%s", url)));
    if !arguments.iter().any(|argument| argument.contains("%s")) {
        command.arg(url);
    }
    Some(command)
}

/// A sign-in with a browser.
pub(super) struct BrowserSignIn<'a> {
    pub(super) app: &'a AppRegistration,
    pub(super) store: Arc<dyn TokenStore>,
    pub(super) patience: Duration,
    /// Whether the application authenticates. Its redirect address is then one of the platform *Web*.
    pub(super) confidential: bool,
    /// Whether a device code cannot be used instead.
    pub(super) is_only_way: bool,
}

/// The result, unless the sign-in failed.
pub(super) enum Outcome {
    SignedIn(RefreshToken),
    /// Why no browser can be used.
    Unavailable(String),
}

impl BrowserSignIn<'_> {
    pub(super) async fn run(self, console: Console) -> Result<Outcome, Stop> {
        let listener = match Listener::bind().await {
            Ok(listener) => listener,
            Err(error) if self.is_only_way => {
                let problem =
                    Problem::new(Exit::Unexpected, "could not listen for the browser on 127.0.0.1 or [::1]");
                return Err(problem.because(error.to_string()).into());
            }
            Err(error) => {
                return Ok(Outcome::Unavailable(format!(
                    "no port of 127.0.0.1 or [::1] could be opened ({error})"
                )));
            }
        };
        let port = listener.port();
        // Only the port may differ from the address that is registered.
        let redirect = format!("http://localhost:{port}");
        let sign_in = AuthorizationCode::start(self.app, Arc::clone(&self.store), redirect).await?;
        let url = sign_in.url().to_owned();
        let (handler, mut accepted) = RedirectHandler::new(sign_in, port);
        let handler = Arc::new(handler);
        let serving = listener.serve(&handler);

        Console::say(&format!(
            "Opening a browser to sign in. If none opens, open this address in a browser on this machine:\n  {}\n",
            showable(&url)
        ));
        // On its own thread: a browser in the terminal runs until the user quits it.
        let mut opening = tokio::task::spawn_blocking(move || open(&url));
        let mut is_opening = true;
        console.note(&self.while_waiting());
        let spinner = spinner();
        let deadline = Instant::now() + self.patience;
        let (sign_in, form) = loop {
            tokio::select! {
                Ok(accepted) = &mut accepted => break accepted,
                opened = &mut opening, if is_opening => {
                    is_opening = false;
                    if matches!(opened, Ok(true)) {
                        continue;
                    }
                    if !self.is_only_way {
                        spinner.finish_and_clear();
                        return Ok(Outcome::Unavailable("no browser could be opened".to_owned()));
                    }
                    spinner.suspend(|| console.note("no browser could be opened: open the address above yourself"));
                }
                () = sleep_until(deadline) => {
                    spinner.finish_and_clear();
                    return Err(self.timed_out().into());
                }
            }
        };
        let result = sign_in.finish(secrecy::ExposeSecret::expose_secret(&form)).await;
        spinner.finish_and_clear();
        handler.end(match &result {
            Ok(_) => Ending::SignedIn,
            Err(error) if OauthError::of(error).is_some_and(|error| error.reason() == Reason::Declined) => {
                Ending::Declined
            }
            Err(_) => Ending::Failed,
        });
        // The process ends soon. Without this wait, the browser could fail to load the last page.
        let _ = timeout(LAST_PAGE, handler.wait_for_end()).await;
        drop(serving);
        Ok(Outcome::SignedIn(result?))
    }

    fn while_waiting(&self) -> String {
        format!(
            "waiting for the browser, {} at most. {} Ctrl-C stops waiting.",
            in_words(self.patience),
            self.redirect_advice()
        )
    }

    fn timed_out(&self) -> Problem {
        Problem::new(
            Exit::Network,
            format!("the sign-in was not completed within {}", in_words(self.patience)),
        )
        .advice(format!("{} --timeout allows more time.", self.redirect_advice()))
    }

    /// Advice for a registration without the redirect address: Microsoft's page shows an error and does not redirect.
    fn redirect_advice(&self) -> &'static str {
        if self.confidential {
            "If Microsoft's page shows AADSTS50011, the app registration lacks the redirect address http://localhost of the \
             platform \"Web\": add it under Authentication."
        } else {
            "If Microsoft's page shows AADSTS50011, the app registration lacks the redirect address http://localhost of the \
             platform \"Mobile and desktop applications\": add it under Authentication, or run `partner-center login \
             --device-code`."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_names_a_program_with_or_without_arguments() {
        const URL: &str = "https://login.example/?a=%20b&c=%s";
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a browser");
        std::fs::write(&path, "").unwrap();
        let path = path.to_str().unwrap();
        for (named, words) in [
            ("firefox", &["firefox", URL][..]),
            (path, &[path, URL]),
            ("open -a Safari", &["open", "-a", "Safari", URL]),
            (" firefox\t--new-window  %s ", &["firefox", "--new-window", URL]),
            ("browser --url=%s --quiet", &["browser", &format!("--url={URL}"), "--quiet"]),
        ] {
            let command = command(named, URL).unwrap();
            let found: Vec<_> = std::iter::once(command.get_program()).chain(command.get_args()).collect();
            assert_eq!(found, words, "{named}");
        }
        for named in ["", " "] {
            assert!(command(named, URL).is_none());
        }
    }
}
