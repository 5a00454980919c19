//! The page on which a user signs in with a browser, and the authorization codes that it issues.

use std::borrow::Cow;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderValue, Method, StatusCode, Uri, header};
use sha2::{Digest as _, Sha256};

use super::endpoint::{ids, outside};
use super::grants::audience_of;
use super::{Entra, MOST_CODES, OauthError, remove_oldest};
use crate::lock;
use crate::recorder::RecordedRequest;
use crate::response::ServiceResponse;

/// A code that the browser takes back to the application.
#[derive(Debug)]
pub(super) struct AuthorizationCode {
    pub(super) client_id: String,
    pub(super) redirect_uri: String,
    pub(super) issued: u64,
    /// The order in which codes were issued.
    serial: u64,
    pub(super) redeemed: bool,
    /// The challenge of PKCE, with the method S256.
    pub(super) challenge: Option<String>,
    /// The nonce for the ID token, if `openid` was requested: empty if there was none.
    pub(super) nonce: Option<String>,
}

impl AuthorizationCode {
    /// Whether this is the verifier of the challenge. Without a challenge no verifier is needed.
    pub(super) fn is_verified_by(&self, verifier: Option<&str>) -> bool {
        let digest = |verifier: &str| URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
        self.challenge.as_ref().is_none_or(|challenge| verifier.map(digest).as_ref() == Some(challenge))
    }
}

/// The request of an application. Its id and redirect address are checked before the browser is redirected.
struct AuthorizationRequest {
    parameters: Vec<(String, String)>,
    client_id: String,
    redirect_uri: String,
}

impl AuthorizationRequest {
    fn get(&self, name: &str) -> Option<&str> {
        get(&self.parameters, name)
    }

    /// Checks the other parameters.
    fn check(&self) -> Result<(), OauthError> {
        let require = |name| self.get(name).ok_or_else(|| OauthError::about(900144, name));
        if require("response_type")? != "code" {
            return Err(OauthError::about(70005, require("response_type")?));
        }
        if self.get("response_mode").is_some_and(|mode| !["query", "form_post"].contains(&mode)) {
            return Err(OauthError::new(90013));
        }
        audience_of(require("scope")?)?;
        match (self.get("code_challenge"), self.get("code_challenge_method")) {
            (None, None) => Ok(()),
            // The base64url of 32 bytes.
            (Some(challenge), Some("S256")) if challenge.len() == 43 => Ok(()),
            (Some(_), Some("S256")) => Err(OauthError::new(501491)),
            _ => Err(OauthError::new(90013)),
        }
    }

    /// Sends the browser back to the application, with the query of a redirect or with a form, as `response_mode` says. An
    /// address without a path gets one, as in Entra.
    fn back(&self, response: &[(&str, &str)]) -> ServiceResponse {
        let state = self.get("state").map(|state| ("state", state));
        let pairs: Vec<(&str, &str)> = response.iter().copied().chain(state).collect();
        let address = with_path(&self.redirect_uri);
        if self.get("response_mode") == Some("form_post") {
            return page(StatusCode::OK, &posting_page(&address, &pairs));
        }
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let separator = if address.contains('?') { '&' } else { '?' };
        match HeaderValue::from_str(&format!("{address}{separator}{query}")) {
            Ok(location) => {
                ServiceResponse::new(StatusCode::FOUND, None, "").with(header::LOCATION, location)
            }
            Err(_) => ServiceResponse::new(StatusCode::BAD_REQUEST, None, ""),
        }
    }
}

/// Shows the page (GET), or redirects as the user chose on it (POST with `answer`). A request that could send the browser
/// to a wrong place gets a page with the error; other errors go back to the application.
pub(super) fn respond(entra: &Entra, request: &RecordedRequest, body: &[u8]) -> ServiceResponse {
    let is_answer = match *request.method() {
        Method::POST => true,
        Method::GET | Method::HEAD => false,
        _ => {
            let refused = ServiceResponse::new(StatusCode::METHOD_NOT_ALLOWED, None, "");
            return outside(refused.with(header::ALLOW, HeaderValue::from_static("GET, HEAD, POST")));
        }
    };
    let text = if is_answer { body } else { request.query().unwrap_or_default().as_bytes() };
    let parameters: Vec<(String, String)> = form_urlencoded::parse(text).into_owned().collect();
    let response = match entra.check_application(parameters) {
        Ok(authorization) => match authorization.check() {
            Ok(()) if !is_answer => page(StatusCode::OK, &sign_in_page(request.path(), &authorization)),
            Ok(()) => entra.answer(&authorization),
            Err(error) => {
                lock(&entra.state).counts.refused += 1;
                authorization.back(&[
                    ("error", error.error()),
                    ("error_description", &description(entra, request, &error)),
                ])
            }
        },
        Err(error) => {
            lock(&entra.state).counts.refused += 1;
            page(StatusCode::BAD_REQUEST, &error_page(&description(entra, request, &error)))
        }
    };
    outside(response).with(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))
}

impl Entra {
    /// Checks the application and the redirect address.
    fn check_application(
        &self,
        parameters: Vec<(String, String)>,
    ) -> Result<AuthorizationRequest, OauthError> {
        let require = |name| get(&parameters, name).ok_or_else(|| OauthError::about(900144, name));
        let (client_id, redirect_uri) = (require("client_id")?, require("redirect_uri")?);
        let state = lock(&self.state);
        let app = state.application(client_id).ok_or_else(|| OauthError::about(700016, client_id))?;
        if !is_loopback(redirect_uri) {
            return Err(OauthError::about(50011, redirect_uri));
        }
        let (client_id, redirect_uri) = (app.client_id.clone(), redirect_uri.to_owned());
        Ok(AuthorizationRequest { parameters, client_id, redirect_uri })
    }

    /// Redirects to the application: with a code if the user accepted, or else with an error.
    fn answer(&self, authorization: &AuthorizationRequest) -> ServiceResponse {
        if authorization.get("answer") != Some("accept") {
            return authorization.back(&[
                ("error", "access_denied"),
                ("error_subcode", "cancel"),
                ("error_description", &OauthError::new(65004).message()),
            ]);
        }
        let is_openid =
            authorization.get("scope").is_some_and(|scope| scope.split(' ').any(|word| word == "openid"));
        let mut state = lock(&self.state);
        let code = state.code(self.key, 48);
        remove_oldest(&mut state.codes, MOST_CODES, |code| code.serial);
        let issued = AuthorizationCode {
            client_id: authorization.client_id.clone(),
            redirect_uri: authorization.redirect_uri.clone(),
            issued: self.clock.unix_seconds(),
            serial: state.serial,
            redeemed: false,
            challenge: authorization.get("code_challenge").map(str::to_owned),
            nonce: is_openid.then(|| authorization.get("nonce").unwrap_or_default().to_owned()),
        };
        state.codes.insert(code.clone(), issued);
        authorization.back(&[("code", &code)])
    }
}

fn get<'a>(parameters: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let found = parameters.iter().find(|(key, value)| key == name && !value.is_empty());
    found.map(|(_, value)| value.as_str())
}

/// The address with a path before its query. Addresses of this machine begin with `http://`.
fn with_path(redirect_uri: &str) -> String {
    let (address, query) = redirect_uri.split_at(redirect_uri.find('?').unwrap_or(redirect_uri.len()));
    let has_path = address.trim_start_matches("http://").contains('/');
    format!("{address}{}{query}", if has_path { "" } else { "/" })
}

/// Whether an address is on this machine, with any port. Entra ignores the port of `http://localhost`.
fn is_loopback(redirect_uri: &str) -> bool {
    let Ok(uri) = redirect_uri.parse::<Uri>() else { return false };
    let host = uri.host().unwrap_or_default();
    let is_plain = uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
    uri.scheme_str() == Some("http")
        && ["localhost", "127.0.0.1", "[::1]"].contains(&host)
        && is_plain
        && !redirect_uri.contains('#')
}

/// The description of an error, as in the response of the token endpoint.
fn description(entra: &Entra, request: &RecordedRequest, error: &OauthError) -> String {
    let body = error.to_response(&entra.clock, ids(request), false).body;
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
    body["error_description"].as_str().unwrap_or_default().to_owned()
}

fn page(status: StatusCode, html: &str) -> ServiceResponse {
    ServiceResponse::new(status, Some("text/html; charset=utf-8"), html.to_owned())
}

/// The page with the two buttons. It sends the parameters of the request again, with the answer.
fn sign_in_page(path: &str, authorization: &AuthorizationRequest) -> String {
    let parameters = authorization.parameters.iter().filter(|(name, _)| name != "answer");
    let fields = fields(parameters.map(|(name, value)| (name.as_str(), value.as_str())));
    html(
        "Sign in to the emulator",
        &format!(
            "<p>The application {app} asks to use Partner Center as {user}, with these permissions: {scope}</p>\n\
             <form method=\"post\" action=\"{path}\">\n{fields}\
             <button name=\"answer\" value=\"accept\">Accept</button>\n\
             <button name=\"answer\" value=\"cancel\">Cancel</button>\n</form>",
            app = escaped(&authorization.client_id),
            user = escaped(Entra::USER),
            scope = escaped(authorization.get("scope").unwrap_or_default()),
            path = escaped(path),
        ),
    )
}

/// The page that posts the response to the application, as Entra's does for `form_post`.
fn posting_page(address: &str, pairs: &[(&str, &str)]) -> String {
    html(
        "Working...",
        &format!(
            "<form method=\"post\" action=\"{}\">\n{}<noscript><button>Continue</button></noscript>\n</form>\n\
             <script>document.forms[0].submit()</script>",
            escaped(address),
            fields(pairs.iter().copied()),
        ),
    )
}

/// Hidden fields of a form.
fn fields<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut fields = String::new();
    for (name, value) in pairs {
        let (name, value) = (escaped(name), escaped(value));
        let _ = writeln!(fields, "<input type=\"hidden\" name=\"{name}\" value=\"{value}\">");
    }
    fields
}

fn error_page(description: &str) -> String {
    html(
        "Sign in to the emulator",
        &format!("<p>Sorry, but we're having trouble signing you in.</p>\n<p>{}</p>", escaped(description)),
    )
}

fn html(title: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><link rel=\"icon\" href=\"data:,\"><title>{title}</title></head>\n\
         <body>\n<h1>{title}</h1>\n{body}\n</body>\n</html>\n"
    )
}

fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    Cow::Owned(safe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_this_machine_are_registered() {
        for good in [
            "http://localhost",
            "http://localhost/",
            "http://localhost:8400",
            "http://127.0.0.1:1/back",
            "http://[::1]:80",
        ] {
            assert!(is_loopback(good), "{good}");
        }
        for bad in [
            "",
            "localhost",
            "https://localhost",
            "http://localhost.evil.example",
            "http://localhost:80@evil.example/",
            "http://localhost@evil.example",
            "http://evil.example",
            "http://localhost/#code",
        ] {
            assert!(!is_loopback(bad), "{bad}");
        }
    }

    #[test]
    fn the_path_comes_before_the_query() {
        for (address, expected) in [
            ("http://localhost:9", "http://localhost:9/"),
            ("http://localhost:9/", "http://localhost:9/"),
            ("http://localhost/back?x=y", "http://localhost/back?x=y"),
            ("http://localhost?x=y", "http://localhost/?x=y"),
            ("http://localhost?x=/y", "http://localhost/?x=/y"),
        ] {
            assert_eq!(with_path(address), expected);
        }
    }

    // All codes were discarded, and those just issued with them.
    #[test]
    fn only_the_oldest_codes_are_discarded() {
        let clock = crate::Clock::fixed(std::time::SystemTime::UNIX_EPOCH);
        let entra = Entra::new(1, clock, Vec::new(), super::super::EntraSettings::default());
        let authorization = AuthorizationRequest {
            parameters: vec![("answer".to_owned(), "accept".to_owned())],
            client_id: String::new(),
            redirect_uri: "http://localhost".to_owned(),
        };
        let codes: Vec<String> = (0..MOST_CODES + 2)
            .map(|_| {
                let response = entra.answer(&authorization);
                let location = response.headers.iter().find(|(name, _)| *name == header::LOCATION);
                location.unwrap().1.to_str().unwrap().rsplit_once("code=").unwrap().1.to_owned()
            })
            .collect();
        let state = lock(&entra.state);
        let kept: Vec<bool> = codes.iter().map(|code| state.codes.contains_key(code)).collect();
        assert_eq!(kept.iter().position(|kept| *kept), Some(2));
        assert_eq!(kept.iter().filter(|kept| **kept).count(), MOST_CODES);
    }

    #[test]
    fn the_verifier_of_the_specification_matches_its_challenge() {
        let mut code = AuthorizationCode {
            client_id: String::new(),
            redirect_uri: String::new(),
            issued: 0,
            serial: 0,
            redeemed: false,
            // RFC 7636, appendix B.
            challenge: Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".to_owned()),
            nonce: None,
        };
        assert!(code.is_verified_by(Some("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")));
        assert!(!code.is_verified_by(Some("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXx")));
        assert!(!code.is_verified_by(None));
        code.challenge = None;
        assert!(code.is_verified_by(None));
    }

    #[test]
    fn texts_of_the_request_are_escaped() {
        assert_eq!(escaped("a<b>\"'&c"), "a&lt;b&gt;&quot;&#39;&amp;c");
    }
}
