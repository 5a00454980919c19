//! What the listener answers: the redirect of this sign-in is accepted once, and everything else is turned away.
//!
//! The redirect is answered with another redirect, so that the code does not stay in the address bar. The page that
//! follows waits for the result of the sign-in and shows it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, HeaderName, LOCATION, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderValue, Method, Request, Response, StatusCode, Uri};
use http_body_util::Full;
use partner_center::credential::AuthorizationCode;
use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;
use tokio::sync::{Notify, oneshot, watch};

use super::page::{self, Page};
use crate::secrets;

/// The path of the last page.
const END: &str = "/done";

/// How a sign-in ended, for the page in the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    SignedIn,
    Declined,
    Failed,
}

/// The sign-in with the query of its redirect.
pub(super) type Redirected = (AuthorizationCode, SecretString);

/// Answers the requests to the redirect address.
pub(super) struct Desk {
    port: u16,
    stage: Mutex<Stage>,
    ending: watch::Sender<Option<Ending>>,
    shown: Notify,
}

/// How far the sign-in is.
enum Stage {
    Waiting {
        sign_in: Box<AuthorizationCode>,
        redirected: oneshot::Sender<Redirected>,
    },
    /// The redirect has arrived, with this state.
    Redirected {
        state: Option<Zeroizing<String>>,
    },
}

/// What to do with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    /// To the last page.
    Onward,
    End,
    /// The redirect again, for instance in a second tab.
    Again,
    Refused(StatusCode),
}

impl Desk {
    /// A desk for requests to this port, and the redirect that it will have accepted.
    pub(super) fn new(sign_in: AuthorizationCode, port: u16) -> (Self, oneshot::Receiver<Redirected>) {
        let (redirected, accepted) = oneshot::channel();
        let stage = Mutex::new(Stage::Waiting { sign_in: Box::new(sign_in), redirected });
        (Self { port, stage, ending: watch::Sender::new(None), shown: Notify::new() }, accepted)
    }

    /// Sets what the last page says. Until then it is not sent.
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
    pub(super) async fn respond<B>(&self, request: &Request<B>) -> (Response<Full<Bytes>>, bool) {
        let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
        let answer = self.answer(request.method(), request.uri(), host);
        match answer {
            Answer::Onward => {
                let mut response = response(StatusCode::SEE_OTHER, "");
                response.headers_mut().insert(LOCATION, HeaderValue::from_static(END));
                (response, false)
            }
            Answer::End => {
                let mut ending = self.ending.subscribe();
                let ending = ending.wait_for(Option::is_some).await.map_or(None, |ending| *ending);
                (shown(StatusCode::OK, Page::of(ending.unwrap_or(Ending::Failed))), true)
            }
            Answer::Again => (shown(StatusCode::OK, Page::AGAIN), false),
            Answer::Refused(status) => (shown(status, Page::REFUSED), false),
        }
    }

    fn answer(&self, method: &Method, uri: &Uri, host: Option<&str>) -> Answer {
        // A page of another site can make its name resolve to this machine, but it cannot change its name.
        if !host.is_some_and(|host| self.is_own(host)) || method != Method::GET || uri.host().is_some() {
            return Answer::Refused(StatusCode::BAD_REQUEST);
        }
        match uri.path() {
            "/" => self.redirect(uri.query().unwrap_or_default()),
            END if matches!(*self.stage(), Stage::Redirected { .. }) => Answer::End,
            _ => Answer::Refused(StatusCode::NOT_FOUND),
        }
    }

    fn is_own(&self, host: &str) -> bool {
        let Some((name, port)) = host.rsplit_once(':') else { return false };
        port.parse() == Ok(self.port)
            && (name.eq_ignore_ascii_case("localhost") || name == "127.0.0.1" || name == "[::1]")
    }

    /// Accepts the redirect, once.
    fn redirect(&self, query: &str) -> Answer {
        const UNKNOWN: Answer = Answer::Refused(StatusCode::BAD_REQUEST);
        let mut stage = self.stage();
        match &*stage {
            Stage::Waiting { sign_in, .. } if !sign_in.recognizes(query) => return UNKNOWN,
            Stage::Waiting { .. } => {}
            Stage::Redirected { state } => {
                let is_same = state.is_some() && *state == parameter(query, "state");
                return if is_same { Answer::Again } else { UNKNOWN };
            }
        }
        if let Some(code) = parameter(query, "code") {
            secrets::remember(&code);
        }
        let answered = Stage::Redirected { state: parameter(query, "state") };
        if let Stage::Waiting { sign_in, redirected } = std::mem::replace(&mut *stage, answered) {
            // The receiver is gone only if the command has ended.
            let _ = redirected.send((*sign_in, SecretString::from(query)));
        }
        Answer::Onward
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn parameter(query: &str, name: &str) -> Option<Zeroizing<String>> {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find(|(key, _)| key == name).map(|(_, value)| Zeroizing::new(value.into_owned()))
}

fn shown(status: StatusCode, page: Page) -> Response<Full<Bytes>> {
    response(status, page.html())
}

/// A response that no one keeps, and that loads, runs and reveals nothing.
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

    /// A desk, what it accepts, and the state of its sign-in.
    async fn desk() -> (Desk, oneshot::Receiver<Redirected>, String) {
        let app = AppRegistration::new("contoso.example", "11111111-2222-3333-4444-555555555555");
        let store = Arc::new(MemoryStore::new());
        let sign_in = AuthorizationCode::start(&app, store, "http://localhost:8400").await.unwrap();
        let (_, query) = sign_in.url().split_once('?').unwrap();
        let state = parameter(query, "state").unwrap().to_string();
        let (desk, accepted) = Desk::new(sign_in, 8400);
        (desk, accepted, state)
    }

    fn ask(desk: &Desk, method: &Method, target: &str, host: Option<&str>) -> Answer {
        desk.answer(method, &target.parse().unwrap(), host)
    }

    #[tokio::test]
    async fn requests_of_others_are_refused_and_change_nothing() {
        let (desk, mut accepted, state) = desk().await;
        let good = format!("/?code=c&state={state}");
        let (bad, none) = (StatusCode::BAD_REQUEST, StatusCode::NOT_FOUND);
        for (method, target, host, status) in [
            (Method::GET, "/", OWN, bad),
            (Method::GET, "/?code=c", OWN, bad),
            (Method::GET, "/?code=c&state=", OWN, bad),
            (Method::GET, "/?code=c&state=guess", OWN, bad),
            (Method::GET, &format!("/?state={state}"), OWN, bad),
            (Method::GET, &format!("/?code=&state={state}"), OWN, bad),
            (Method::GET, &format!("{good}&state={state}"), OWN, bad),
            (Method::GET, &format!("/favicon.ico?code=c&state={state}"), OWN, none),
            (Method::GET, "/favicon.ico", OWN, none),
            (Method::GET, "/done", OWN, none),
            (Method::GET, "/elsewhere", OWN, none),
            (Method::POST, &good, OWN, bad),
            (Method::HEAD, &good, OWN, bad),
            (Method::OPTIONS, &good, OWN, bad),
            (Method::GET, &good, None, bad),
            (Method::GET, &good, Some("evil.example"), bad),
            (Method::GET, &good, Some("evil.example:8400"), bad),
            (Method::GET, &good, Some("localhost.evil.example:8400"), bad),
            (Method::GET, &good, Some("localhost:8401"), bad),
            (Method::GET, &good, Some("localhost"), bad),
            (Method::GET, &format!("http://evil.example{good}"), OWN, bad),
        ] {
            let answer = ask(&desk, &method, target, host);
            assert_eq!(answer, Answer::Refused(status), "{method} {target} {host:?}");
        }
        assert!(accepted.try_recv().is_err());
        assert_eq!(ask(&desk, &Method::GET, &good, OWN), Answer::Onward);
        let (_, query) = accepted.try_recv().unwrap();
        assert_eq!(query.expose_secret(), &good[2..]);
    }

    #[tokio::test]
    async fn the_redirect_is_accepted_once_and_a_second_tab_is_told_so() {
        for host in ["localhost:8400", "LOCALHOST:8400", "127.0.0.1:8400", "[::1]:8400"] {
            let (desk, mut accepted, state) = desk().await;
            let good = format!("/?error=access_denied&state={state}");
            assert_eq!(ask(&desk, &Method::GET, &good, Some(host)), Answer::Onward);
            assert!(accepted.try_recv().is_ok());
            // The same address, and that of another attempt.
            assert_eq!(ask(&desk, &Method::GET, &good, OWN), Answer::Again);
            let other = format!("/?code=d&state={state}");
            assert_eq!(ask(&desk, &Method::GET, &other, OWN), Answer::Again);
            let unknown = ask(&desk, &Method::GET, "/?code=d&state=guess", OWN);
            assert_eq!(unknown, Answer::Refused(StatusCode::BAD_REQUEST));
            assert_eq!(ask(&desk, &Method::GET, "/done", OWN), Answer::End);
        }
    }

    #[tokio::test]
    async fn every_response_forbids_to_keep_or_load_anything() {
        let (desk, _accepted, state) = desk().await;
        desk.end(Ending::SignedIn);
        let good = format!("/?code=the-code&state={state}");
        for (target, status) in [("/x", 404), (good.as_str(), 303), (&good, 200), ("/done", 200)] {
            let request = Request::get(target).header(HOST, "localhost:8400").body(()).unwrap();
            let (response, _) = desk.respond(&request).await;
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
