//! Responds to requests for the redirect address: accepts the form of this sign-in once, and rejects everything else.
//!
//! The browser posts the form, so that no address contains the code. A query is accepted too, for sign-in hosts that do
//! not post. The response redirects, so that the code does not stay in the address bar and a reload does not send it
//! again. The page that follows waits for the result of the sign-in and shows it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, HeaderName, LOCATION, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Body;
use partner_center::credential::AuthorizationCode;
use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;
use tokio::sync::{Notify, oneshot, watch};
use tokio::time::timeout;

use super::page::{self, Page};
use crate::secrets;

/// The path of the last page.
const END: &str = "/done";
/// The longest head of a request, and the longest form. Codes have about two thousand bytes, and descriptions of errors
/// less.
pub(super) const LONGEST_TEXT: usize = 32 * 1024;
/// How long the head of a request may take to arrive, and then the form.
pub(super) const LONGEST_SILENCE: Duration = Duration::from_secs(10);

/// How a sign-in ended, for the page in the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    SignedIn,
    Declined,
    Failed,
}

/// The sign-in with its form or query.
pub(super) type Accepted = (AuthorizationCode, SecretString);

/// Responds to requests for the redirect address.
pub(super) struct RedirectHandler {
    port: u16,
    stage: Mutex<Stage>,
    ending: watch::Sender<Option<Ending>>,
    shown: Notify,
}

/// The progress of the sign-in.
enum Stage {
    Waiting {
        sign_in: Box<AuthorizationCode>,
        sender: oneshot::Sender<Accepted>,
    },
    /// The form was accepted, with this state.
    Accepted {
        state: Option<Zeroizing<String>>,
    },
}

/// The kind of response to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reply {
    /// A redirect to the last page.
    ToLastPage,
    LastPage,
    /// The form came again, for instance from a second tab.
    Again,
    Rejected(StatusCode),
}

impl RedirectHandler {
    /// A handler for requests to this port, and the receiver of the accepted form.
    pub(super) fn new(sign_in: AuthorizationCode, port: u16) -> (Self, oneshot::Receiver<Accepted>) {
        let (sender, accepted) = oneshot::channel();
        let stage = Mutex::new(Stage::Waiting { sign_in: Box::new(sign_in), sender });
        (Self { port, stage, ending: watch::Sender::new(None), shown: Notify::new() }, accepted)
    }

    /// Sets what the last page says. Requests for it wait until then.
    pub(super) fn end(&self, ending: Ending) {
        self.ending.send_replace(Some(ending));
    }

    /// Waits until a browser has received the last page.
    pub(super) async fn wait_for_end(&self) {
        self.shown.notified().await;
    }

    pub(super) fn end_was_shown(&self) {
        self.shown.notify_one();
    }

    /// The response, and whether it is the last page.
    pub(super) async fn respond<B: Body>(&self, request: Request<B>) -> (Response<Full<Bytes>>, bool)
    where
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let (parts, body) = request.into_parts();
        match self.reply(&parts, body).await {
            Reply::ToLastPage => {
                let mut response = response(StatusCode::SEE_OTHER, "");
                response.headers_mut().insert(LOCATION, HeaderValue::from_static(END));
                (response, false)
            }
            Reply::LastPage => {
                let mut ending = self.ending.subscribe();
                let ending = ending.wait_for(Option::is_some).await.map_or(None, |ending| *ending);
                (shown(StatusCode::OK, Page::of(ending.unwrap_or(Ending::Failed))), true)
            }
            Reply::Again => (shown(StatusCode::OK, Page::AGAIN), false),
            Reply::Rejected(status) => (shown(status, Page::REJECTED), false),
        }
    }

    async fn reply<B: Body>(&self, parts: &Parts, body: B) -> Reply
    where
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        const BAD: Reply = Reply::Rejected(StatusCode::BAD_REQUEST);
        let header = |name: HeaderName| parts.headers.get(name).and_then(|value| value.to_str().ok());
        // Another site can make its name resolve to this machine, but the browser still sends that name.
        if !header(HOST).is_some_and(|host| self.is_own(host)) || parts.uri.host().is_some() {
            return BAD;
        }
        match (&parts.method, parts.uri.path()) {
            (&Method::GET, "/") => self.accept(parts.uri.query().unwrap_or_default()),
            (&Method::POST, "/") => {
                let kind = header(CONTENT_TYPE).unwrap_or_default();
                if !kind.starts_with("application/x-www-form-urlencoded") {
                    return BAD;
                }
                match form(body).await {
                    Some(form) => self.accept(&form),
                    None => BAD,
                }
            }
            (&Method::GET, END) if matches!(*self.stage(), Stage::Accepted { .. }) => Reply::LastPage,
            (&Method::GET, _) => Reply::Rejected(StatusCode::NOT_FOUND),
            _ => BAD,
        }
    }

    fn is_own(&self, host: &str) -> bool {
        let Some((name, port)) = host.rsplit_once(':') else { return false };
        port.parse() == Ok(self.port)
            && (name.eq_ignore_ascii_case("localhost") || name == "127.0.0.1" || name == "[::1]")
    }

    /// Accepts the form or query of this sign-in, once.
    fn accept(&self, form: &str) -> Reply {
        const UNKNOWN: Reply = Reply::Rejected(StatusCode::BAD_REQUEST);
        let mut stage = self.stage();
        match &*stage {
            Stage::Waiting { sign_in, .. } if !sign_in.recognizes(form) => return UNKNOWN,
            Stage::Waiting { .. } => {}
            Stage::Accepted { state } => {
                let is_same = state.is_some() && *state == parameter(form, "state");
                return if is_same { Reply::Again } else { UNKNOWN };
            }
        }
        if let Some(code) = parameter(form, "code") {
            secrets::remember(&code);
        }
        let next = Stage::Accepted { state: parameter(form, "state") };
        if let Stage::Waiting { sign_in, sender } = std::mem::replace(&mut *stage, next) {
            // The receiver is gone only if the command has ended.
            let _ = sender.send((*sign_in, SecretString::from(form)));
        }
        Reply::ToLastPage
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The body of a request, if it is short and complete in time.
async fn form<B: Body>(body: B) -> Option<Zeroizing<String>>
where
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let body = timeout(LONGEST_SILENCE, Limited::new(body, LONGEST_TEXT).collect()).await.ok()?.ok()?;
    String::from_utf8(body.to_bytes().to_vec()).ok().map(Zeroizing::new)
}

fn parameter(form: &str, name: &str) -> Option<Zeroizing<String>> {
    let mut pairs = form_urlencoded::parse(form.as_bytes());
    pairs.find(|(key, _)| key == name).map(|(_, value)| Zeroizing::new(value.into_owned()))
}

fn shown(status: StatusCode, page: Page) -> Response<Full<Bytes>> {
    response(status, page.html())
}

/// A response that is not stored, loads and runs nothing, and sends no referrer.
fn response(status: StatusCode, html: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(html.into()));
    *response.status_mut() = status;
    let policy =
        HeaderValue::from_str(&page::policy()).unwrap_or(HeaderValue::from_static("default-src 'none'"));
    let headers: [(HeaderName, HeaderValue); 5] = [
        (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (CONTENT_SECURITY_POLICY, policy),
    ];
    response.headers_mut().extend(headers);
    response
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use partner_center::credential::{AppRegistration, MemoryStore};
    use secrecy::ExposeSecret;

    use super::*;

    const OWN: Option<&str> = Some("localhost:8400");

    /// A handler, the receiver of its form, and the state of its sign-in.
    async fn handler() -> (RedirectHandler, oneshot::Receiver<Accepted>, String) {
        let app = AppRegistration::new("contoso.example", "11111111-2222-3333-4444-555555555555");
        let store = Arc::new(MemoryStore::new());
        let sign_in = AuthorizationCode::start(&app, store, "http://localhost:8400").await.unwrap();
        let (_, query) = sign_in.url().split_once('?').unwrap();
        let state = parameter(query, "state").unwrap().to_string();
        let (handler, accepted) = RedirectHandler::new(sign_in, 8400);
        (handler, accepted, state)
    }

    async fn send(
        handler: &RedirectHandler,
        method: &Method,
        target: &str,
        host: Option<&str>,
        form: &str,
    ) -> Reply {
        let mut request = Request::builder().method(method).uri(target);
        if let Some(host) = host {
            request = request.header(HOST, host);
        }
        if !form.is_empty() {
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let (parts, body) = request.body(Full::new(Bytes::from(form.to_owned()))).unwrap().into_parts();
        handler.reply(&parts, body).await
    }

    #[tokio::test]
    async fn requests_of_others_are_rejected_and_change_nothing() {
        let (handler, mut accepted, state) = handler().await;
        let form = format!("code=c&state={state}");
        let good = format!("/?{form}");
        let (bad, none) = (StatusCode::BAD_REQUEST, StatusCode::NOT_FOUND);
        for (method, target, host, status) in [
            (Method::GET, "/", OWN, bad),
            (Method::GET, "/?code=c", OWN, bad),
            (Method::GET, "/?code=c&state=", OWN, bad),
            (Method::GET, "/?code=c&state=guess", OWN, bad),
            (Method::GET, &format!("/?state={state}"), OWN, bad),
            (Method::GET, &format!("/?code=&state={state}"), OWN, bad),
            (Method::GET, &format!("{good}&state={state}"), OWN, bad),
            (Method::GET, &format!("/favicon.ico?{form}"), OWN, none),
            (Method::GET, "/favicon.ico", OWN, none),
            (Method::GET, "/done", OWN, none),
            (Method::GET, "/elsewhere", OWN, none),
            (Method::HEAD, &good, OWN, bad),
            (Method::OPTIONS, &good, OWN, bad),
            (Method::GET, &good, None, bad),
            (Method::GET, &good, Some("evil.example"), bad),
            (Method::GET, &good, Some("evil.example:8400"), bad),
            (Method::GET, &good, Some("localhost.evil.example:8400"), bad),
            (Method::GET, &good, Some("localhost:8401"), bad),
            (Method::GET, &good, Some("localhost"), bad),
            (Method::GET, &format!("http://evil.example{good}"), OWN, bad),
            (Method::POST, &good, OWN, bad),
        ] {
            let reply = send(&handler, &method, target, host, "").await;
            assert_eq!(reply, Reply::Rejected(status), "{method} {target} {host:?}");
        }
        let long = format!("{form}&more={}", "x".repeat(LONGEST_TEXT));
        for (target, host, form) in [
            ("/", OWN, "code=c&state=guess"),
            ("/", OWN, "code=c"),
            ("/", OWN, &long),
            ("/done", OWN, &form),
            ("/elsewhere", OWN, &form),
            ("/", None, &form),
            ("/", Some("evil.example:8400"), &form),
        ] {
            let reply = send(&handler, &Method::POST, target, host, form).await;
            assert_eq!(reply, Reply::Rejected(bad), "{target} {host:?}");
        }
        assert!(accepted.try_recv().is_err());
        assert_eq!(send(&handler, &Method::POST, "/", OWN, &form).await, Reply::ToLastPage);
        let (_, received) = accepted.try_recv().unwrap();
        assert_eq!(received.expose_secret(), form);
    }

    #[tokio::test]
    async fn the_form_is_accepted_once_and_a_second_tab_shows_that() {
        for host in ["localhost:8400", "LOCALHOST:8400", "127.0.0.1:8400", "[::1]:8400"] {
            let (handler, mut accepted, state) = handler().await;
            let query = format!("/?error=access_denied&state={state}");
            assert_eq!(send(&handler, &Method::GET, &query, Some(host), "").await, Reply::ToLastPage);
            assert!(accepted.try_recv().is_ok());
            // The same again, and that of another attempt.
            assert_eq!(send(&handler, &Method::GET, &query, OWN, "").await, Reply::Again);
            let other = format!("code=d&state={state}");
            assert_eq!(send(&handler, &Method::POST, "/", OWN, &other).await, Reply::Again);
            let unknown = send(&handler, &Method::POST, "/", OWN, "code=d&state=guess").await;
            assert_eq!(unknown, Reply::Rejected(StatusCode::BAD_REQUEST));
            assert_eq!(send(&handler, &Method::GET, "/done", OWN, "").await, Reply::LastPage);
        }
    }

    #[tokio::test]
    async fn no_response_may_be_stored_or_load_anything() {
        let (handler, _accepted, state) = handler().await;
        handler.end(Ending::SignedIn);
        let good = format!("/?code=the-code&state={state}");
        for (target, status) in [("/x", 404), (good.as_str(), 303), (&good, 200), ("/done", 200)] {
            let request = Request::get(target).header(HOST, "localhost:8400");
            let request = request.body(Full::new(Bytes::new())).unwrap();
            let (response, _) = handler.respond(request).await;
            assert_eq!(response.status(), status, "{target}");
            let headers = format!("{:?}", response.headers());
            for expected in
                ["no-store", "no-referrer", "nosniff", "default-src 'none'", "frame-ancestors 'none'"]
            {
                assert!(headers.contains(expected), "{expected}: {headers}");
            }
            let body = format!("{:?}", response.body());
            assert!(!headers.contains("the-code") && !body.contains("the-code") && !body.contains(&state));
        }
    }
}
