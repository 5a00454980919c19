//! Sign-in with a browser: the authorization code flow with PKCE, without the listener that receives the redirect.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use oauth2::{CsrfToken, PkceCodeChallenge, RedirectUrl};
use secrecy::{ExposeSecret, SecretString};
use url::{Url, form_urlencoded};

use super::oauth_error::{OauthError, Reason};
use super::refresh_token::refuse_if_newer;
use super::token_endpoint::{Grant, TokenEndpoint, breach};
use super::{AppRegistration, RefreshToken, TokenStore};
use crate::base_url::is_loopback;
use crate::credential::inspect;
use crate::error::{Error, ErrorKind, Result};

/// A sign-in with a browser that waits for the redirect: the authorization code flow with PKCE.
///
/// Open [`url`](Self::url) in the user's browser. At the end the browser posts a form to the redirect address; pass the body
/// of that request to [`finish`](Self::finish). The form keeps the code out of addresses, which browsers store. Your
/// program receives it, for instance with an HTTP server on a loopback address.
///
/// For a desktop program, register the redirect address `http://localhost` for the platform *Mobile and desktop
/// applications* and use any port; for an application with a secret or a certificate, register it for the platform *Web*.
///
/// Programs without a browser use a [`DeviceCode`](super::DeviceCode). The requests and responses are those of
/// [Microsoft's description](https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow).
///
/// ```no_run
/// use std::sync::Arc;
/// use partner_center::credential::{AppRegistration, AuthorizationCode, FileStore};
///
/// # async fn sign_in(form_from_browser: impl AsyncFn(&str) -> String) -> partner_center::Result<()> {
/// let app = AppRegistration::new("contoso.onmicrosoft.com", "00000000-1111-2222-3333-444444444444");
/// let store = Arc::new(FileStore::new("token.json"));
/// let sign_in = AuthorizationCode::start(&app, store, "http://localhost:8400").await?;
/// // Opens the address in a browser, and receives the form: `code=..&state=..`.
/// let form = form_from_browser(sign_in.url()).await;
/// let credential = sign_in.finish(&form).await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "a sign-in does nothing until it is finished"]
pub struct AuthorizationCode {
    endpoint: Arc<TokenEndpoint>,
    store: Arc<dyn TokenStore>,
    redirect: RedirectUrl,
    url: String,
    state: SecretString,
    nonce: SecretString,
    verifier: SecretString,
}

impl AuthorizationCode {
    /// Begins a sign-in that ends at this redirect address. The refresh token will be kept in `store`. Sends nothing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] if the registration or the redirect address is invalid, and
    /// [`ErrorKind::TokenStore`] if a later version of this program wrote the store.
    pub async fn start(
        app: &AppRegistration,
        store: Arc<dyn TokenStore>,
        redirect: impl Into<String>,
    ) -> Result<Self> {
        let endpoint = Arc::new(app.endpoint()?);
        let redirect = redirect_address(redirect.into())?;
        refuse_if_newer(&*store).await?;
        // Not the injected random numbers: those are for jitter and ids, and need not be secret.
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (state, nonce) = (CsrfToken::new_random(), CsrfToken::new_random());
        let url = endpoint.sign_in_url(&redirect, challenge, &state, &nonce);
        Ok(Self {
            endpoint,
            store,
            redirect,
            url,
            state: state.into_secret().into(),
            nonce: nonce.into_secret().into(),
            verifier: verifier.into_secret().into(),
        })
    }

    /// The address to open in the user's browser. It contains no secret of the application, and nothing with which a
    /// code could be redeemed.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether this form, or the query of a redirect, belongs to this sign-in: it has the `state` of the sign-in, and a
    /// code or an error.
    ///
    /// Anyone can send requests to the redirect address. Ignore those with other forms, and keep waiting.
    #[must_use]
    pub fn recognizes(&self, form: &str) -> bool {
        Redirect::parse(form).is_some_and(|redirect| {
            self.owns(&redirect) && (redirect.code.is_some() || redirect.error.is_some())
        })
    }

    /// Redeems the code in the form that the browser posted, stores the refresh token, and returns a credential that uses it.
    ///
    /// A code can be redeemed once, within about ten minutes. The query of a redirect has the same form and is accepted too,
    /// for sign-in services that do not post forms.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Credential`] if the form does not belong to this sign-in, if the user declined, if the sign-in
    /// service does not accept the code, or if it returns no refresh token; [`ErrorKind::InvalidResponse`] if its
    /// response belongs to another sign-in; and the errors of the store. Nothing is sent unless the form belongs to
    /// this sign-in and has a code.
    pub async fn finish(self, form: &str) -> Result<RefreshToken> {
        let redirect = Redirect::parse(form).filter(|redirect| self.owns(redirect)).ok_or_else(|| {
            Error::new(ErrorKind::Credential, "the redirect does not belong to this sign-in")
                .with_advice("Start the sign-in again, and complete it in the browser that it opens.")
        })?;
        if let Some(error) = redirect.error {
            return Err(OauthError::new(&error, redirect.description.as_deref()).into_error());
        }
        let code = redirect.code.ok_or_else(|| {
            Error::new(ErrorKind::Credential, "the redirect has no authorization code")
                .with_advice("Start the sign-in again.")
        })?;
        let grant =
            Grant::AuthorizationCode { code: &code, verifier: &self.verifier, redirect: &self.redirect };
        let issued = self.endpoint.request(&grant).await.map_err(of_redemption)?;
        if let Some(token) = &issued.id_token {
            let nonce = inspect::nonce(token.expose_secret()).unwrap_or_default();
            if !are_equal(&nonce, &self.nonce) {
                return Err(breach("the sign-in service's response belongs to another sign-in"));
            }
        }
        RefreshToken::begin(self.endpoint, self.store, issued, None).await
    }

    fn owns(&self, redirect: &Redirect) -> bool {
        are_equal(&redirect.state, &self.state)
    }
}

impl fmt::Debug for AuthorizationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the address: it contains the state and the nonce.
        f.debug_struct("AuthorizationCode")
            .field("endpoint", &self.endpoint)
            .field("redirect", &self.redirect.as_str())
            .finish_non_exhaustive()
    }
}

/// The parameters of a redirect.
struct Redirect {
    state: String,
    code: Option<SecretString>,
    error: Option<String>,
    description: Option<String>,
}

impl Redirect {
    /// Reads a form or a query. `None` if it has no state, or a parameter twice.
    fn parse(form: &str) -> Option<Self> {
        let (mut state, mut code, mut error, mut description) = (None, None, None, None);
        let form = form.strip_prefix('?').unwrap_or(form);
        for (name, value) in form_urlencoded::parse(form.as_bytes()) {
            let place = match &*name {
                "state" => &mut state,
                "code" => &mut code,
                "error" => &mut error,
                "error_description" => &mut description,
                _ => continue,
            };
            if place.replace(value.into_owned()).is_some() {
                return None;
            }
        }
        let some = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        Some(Self {
            state: state?,
            code: some(code).map(SecretString::from),
            error: some(error),
            description: some(description),
        })
    }
}

/// Compares in a time that does not depend on how much of a guess is right.
fn are_equal(given: &str, secret: &SecretString) -> bool {
    verify_slices_are_equal(given.as_bytes(), secret.expose_secret().as_bytes()).is_ok()
}

/// Checks a redirect address. A code must not travel through a network in plain text.
fn redirect_address(text: String) -> Result<RedirectUrl> {
    let invalid = || {
        Error::new(ErrorKind::Configuration, "the redirect address is invalid").with_advice(
            "Use http://localhost with a port, or an https address; without a user, query or fragment.",
        )
    };
    let url = Url::parse(&text).map_err(|_| invalid())?;
    let is_safe = match url.scheme() {
        "http" => is_loopback(&url),
        "https" => true,
        _ => false,
    };
    let is_plain = url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    if !is_safe || !is_plain {
        return Err(invalid());
    }
    RedirectUrl::new(text).map_err(|_| invalid())
}

/// Replaces the texts for an invalid grant, which are about refresh tokens.
fn of_redemption(error: Error) -> Error {
    match OauthError::of(&error).filter(|error| error.reason() == Reason::SignInAgain) {
        Some(oauth_error) => oauth_error
            .clone()
            .into_error_of(
                ErrorKind::Credential,
                "the sign-in service did not accept the authorization code",
                "Start the sign-in again, and complete it once: a code is valid for ten minutes and one redemption.",
            )
            .with_attempts(error.attempts()),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credential::MemoryStore;

    const CLIENT: &str = "11111111-2222-3333-4444-555555555555";

    async fn start(redirect: &str) -> Result<AuthorizationCode> {
        let app = AppRegistration::new("contoso.example", CLIENT);
        AuthorizationCode::start(&app, Arc::new(MemoryStore::new()), redirect).await
    }

    #[tokio::test]
    async fn the_address_has_the_challenge_and_not_the_verifier() {
        let sign_in = start("http://localhost:8400").await.unwrap();
        let url = Url::parse(sign_in.url()).unwrap();
        assert_eq!(url.host_str(), Some("login.microsoftonline.com"));
        assert_eq!(url.path(), "/contoso.example/oauth2/v2.0/authorize");
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let get = |name: &str| {
            let mut found = pairs.iter().filter(|(key, _)| key == name);
            let value = found.next().unwrap_or_else(|| panic!("no {name}")).1.clone();
            assert!(found.next().is_none(), "{name} twice");
            value
        };
        let verifier = sign_in.verifier.expose_secret();
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, verifier.as_bytes());
        let challenge = base64::Engine::encode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, digest);
        for (name, value) in [
            ("client_id", CLIENT),
            ("response_type", "code"),
            ("response_mode", "form_post"),
            ("redirect_uri", "http://localhost:8400"),
            ("scope", "https://api.partnercenter.microsoft.com/.default offline_access openid"),
            ("prompt", "select_account"),
            ("code_challenge_method", "S256"),
            ("code_challenge", &challenge),
            ("state", sign_in.state.expose_secret()),
            ("nonce", sign_in.nonce.expose_secret()),
        ] {
            assert_eq!(get(name), value);
        }
        assert_eq!(pairs.len(), 10, "nothing else is in the address");
        assert!(!sign_in.url().contains(verifier));
        assert!(verifier.len() >= 43 && sign_in.state.expose_secret().len() >= 22);
        let other = start("http://localhost:8400").await.unwrap();
        for (one, two) in [
            (&sign_in.state, &other.state),
            (&sign_in.nonce, &other.nonce),
            (&sign_in.verifier, &other.verifier),
            (&sign_in.state, &sign_in.nonce),
        ] {
            assert_ne!(one.expose_secret(), two.expose_secret());
        }
    }

    #[tokio::test]
    async fn a_code_does_not_travel_in_plain_text() {
        for good in [
            "http://localhost",
            "http://localhost:1",
            "http://127.0.0.1:8400/back",
            "http://[::1]:8400",
            "https://contoso.example/back",
        ] {
            assert!(start(good).await.is_ok(), "{good}");
        }
        for bad in [
            "",
            "localhost",
            "http://contoso.example",
            "http://localhost.contoso.example",
            "http://localhost@contoso.example",
            "https://user@contoso.example",
            "http://localhost/?a=b",
            "http://localhost/#a",
            "http://192.0.2.1",
            "file:///x",
            "javascript:alert(1)",
        ] {
            let error = start(bad).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration, "{bad}");
        }
    }

    #[tokio::test]
    async fn only_the_redirect_of_this_sign_in_is_recognized() {
        let sign_in = start("http://localhost").await.unwrap();
        let state = sign_in.state.expose_secret();
        for (query, recognized) in [
            (format!("code=c&state={state}"), true),
            (format!("?state={state}&code=c&session_state=s"), true),
            (format!("error=access_denied&state={state}"), true),
            (format!("state={state}"), false),
            (format!("code=&state={state}"), false),
            (format!("code=c&state={state}x"), false),
            (format!("code=c&state={}", &state[1..]), false),
            (format!("code=c&state={state}&state={state}"), false),
            (format!("code=c&code=d&state={state}"), false),
            ("code=c&state=".to_owned(), false),
            ("code=c".to_owned(), false),
            (String::new(), false),
        ] {
            assert_eq!(sign_in.recognizes(&query), recognized, "{query}");
        }
    }
}
