//! Sign-in hosts that answer badly, late or not at all.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use partner_center::clock::{Clock as _, ManualClock, Random};
use partner_center::credential::{
    AppRegistration, ClientCredentials, Credential, DeviceCode, MemoryStore, RefreshToken, StoredToken,
    TokenStore,
};
use partner_center::{Error, ErrorKind, Result};
use secrecy::ExposeSecret;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::support::kept;

const GOOD: &str = r#"{"token_type":"Bearer","access_token":"good","expires_in":3599}"#;

fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

fn good() -> String {
    answer("200 OK", "Content-Type: application/json; charset=utf-8\r\n", GOOD)
}

/// Answers each connection with the next text, byte for byte, and then with the last one again and again.
struct Host {
    address: String,
    requests: Arc<AtomicUsize>,
}

impl Host {
    async fn that_answers(script: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&requests);
        tokio::spawn(async move {
            loop {
                let (mut connection, _) = listener.accept().await.unwrap();
                let mut request = Vec::new();
                while !is_whole(&request) {
                    assert_ne!(connection.read_buf(&mut request).await.unwrap(), 0);
                }
                let number = counted.fetch_add(1, Ordering::SeqCst);
                let text = &script[number.min(script.len() - 1)];
                connection.write_all(text.as_bytes()).await.unwrap();
            }
        });
        Self { address, requests }
    }

    fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

/// Whether the body is as long as the head says.
fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    body.len() == length.parse::<usize>().unwrap()
}

#[derive(Debug)]
struct Half;

impl Random for Half {
    fn fraction(&self) -> f64 {
        0.5
    }

    fn uuid(&self) -> Uuid {
        Uuid::nil()
    }
}

fn app(address: &str, clock: &ManualClock) -> AppRegistration {
    AppRegistration::new("contoso.example", "11111111-2222-3333-4444-555555555555")
        .with_client_secret("secret")
        .with_authority(address)
        .with_clock(clock.clone())
        .with_random(Half)
}

async fn ask(address: &str, clock: &ManualClock) -> Result<String> {
    let token = ClientCredentials::new(&app(address, clock))?.token().await?;
    Ok(token.expose().to_owned())
}

async fn fail(script: Vec<String>) -> (Error, usize, Vec<Duration>) {
    let (host, clock) = (Host::that_answers(script).await, ManualClock::new());
    let error = ask(&host.address, &clock).await.unwrap_err();
    (error, host.requests(), clock.sleeps())
}

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[tokio::test]
async fn a_sign_in_host_that_is_down_for_a_moment_is_asked_again() {
    let clock = ManualClock::new();
    let host = Host::that_answers(vec![
        answer("503 Service Unavailable", "", r#"{"error":"temporarily_unavailable","error_codes":[90033]}"#),
        // Cut off in the middle.
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{".to_owned(),
        String::new(),
        good(),
    ])
    .await;
    assert_eq!(ask(&host.address, &clock).await.unwrap(), "good");
    assert_eq!(host.requests(), 4);
    assert_eq!(clock.sleeps(), [millis(250), millis(500), millis(1000)], "half of what it may wait");
}

#[tokio::test]
async fn a_sign_in_host_that_stays_down_is_given_up() {
    let (error, requests, sleeps) =
        fail(vec![answer("502 Bad Gateway", "", "<html>bad gateway</html>")]).await;
    assert_eq!((error.kind(), error.status(), error.attempts()), (ErrorKind::Unavailable, Some(502), 4));
    assert!(error.is_transient());
    assert_eq!((requests, sleeps.len()), (4, 3));
}

#[tokio::test]
async fn throttling_is_waited_out_if_that_takes_no_more_than_a_minute() {
    let clock = ManualClock::new();
    let throttled =
        |seconds: u32| answer("429 Too Many Requests", &format!("Retry-After: {seconds}\r\n"), "");
    let host = Host::that_answers(vec![throttled(7), good()]).await;
    assert_eq!(ask(&host.address, &clock).await.unwrap(), "good");
    assert_eq!(clock.sleeps(), [Duration::from_secs(7)]);

    let (error, requests, sleeps) = fail(vec![throttled(600)]).await;
    assert_eq!((error.kind(), error.retry_after()), (ErrorKind::Throttled, Some(Duration::from_secs(600))));
    assert_eq!((requests, sleeps.len()), (1, 0));
}

#[tokio::test]
async fn a_host_that_is_not_there_is_a_network_error() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = ask(&address, &ManualClock::new()).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Network, 4));
    assert!(error.advice().contains("proxy"), "{}", error.advice());
}

#[tokio::test]
async fn a_host_that_never_answers_is_not_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut open = Vec::new();
        loop {
            open.push(listener.accept().await.unwrap());
        }
    });
    // From here on time passes as fast as nothing happens.
    tokio::time::pause();
    let begun = tokio::time::Instant::now();
    let error = ask(&address, &ManualClock::new()).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Network, 4));
    assert!(begun.elapsed() <= Duration::from_secs(4 * 31), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn what_is_no_answer_of_a_sign_in_host_is_neither_believed_nor_repeated() {
    let json = "Content-Type: application/json\r\n";
    let endless = format!(r#"{{"access_token":"{}"}}"#, "x".repeat(300_000));
    for (script, status) in [
        (answer("200 OK", "Content-Type: text/html\r\n", "<html>Sign in to the hotel</html>"), Some(200)),
        (answer("200 OK", json, ""), Some(200)),
        (answer("200 OK", json, r#"{"token_type":"Bearer"}"#), None),
        (
            answer("200 OK", json, r#"{"token_type":"Bearer","access_token":"x","expires_in":"soon"}"#),
            Some(200),
        ),
        (answer("200 OK", json, &endless), Some(200)),
        (answer("302 Found", "Location: https://elsewhere.example/\r\n", ""), Some(302)),
        (answer("403 Forbidden", "", "<html>Blocked by the proxy</html>"), Some(403)),
        (answer("400 Bad Request", json, r#"{"message":"no"}"#), Some(400)),
    ] {
        let (error, requests, _) = fail(vec![script.clone()]).await;
        let head = script.lines().next().unwrap();
        assert_eq!((error.kind(), error.status()), (ErrorKind::InvalidAnswer, status), "{head}: {error}");
        assert_eq!(requests, 1, "{head}");
    }
}

#[tokio::test]
async fn a_mark_before_the_json_and_a_life_without_end_do_no_harm() {
    let body = format!("\u{feff}{}", GOOD.replace("3599", &u64::MAX.to_string()));
    let host = Host::that_answers(vec![answer("200 OK", "", &body)]).await;
    assert_eq!(ask(&host.address, &ManualClock::new()).await.unwrap(), "good");
}

fn device_code() -> String {
    answer(
        "200 OK",
        "",
        r#"{"device_code":"d","user_code":"u","verification_uri":"https://a.example","expires_in":900,"interval":5}"#,
    )
}

fn no(error: &str) -> String {
    answer("400 Bad Request", "", &format!(r#"{{"error":"{error}"}}"#))
}

#[tokio::test]
async fn a_poll_slows_down_when_it_is_told_to_and_outlives_a_bad_answer() {
    let clock = ManualClock::new();
    let last = GOOD.replace('}', r#","refresh_token":"successor"}"#);
    let host = Host::that_answers(vec![
        device_code(),
        no("authorization_pending"),
        no("slow_down"),
        no("authorization_pending"),
        answer("503 Service Unavailable", "", ""),
        answer("200 OK", "", &last),
    ])
    .await;
    let store = Arc::new(MemoryStore::new());
    let sign_in = DeviceCode::start(&app(&host.address, &clock), store.clone()).await.unwrap();
    let credential = sign_in.wait().await.unwrap();
    assert_eq!(credential.token().await.unwrap().expose(), "good");
    assert_eq!(clock.sleeps().iter().map(Duration::as_secs).collect::<Vec<_>>(), [5, 10, 10, 20]);
    assert_eq!(host.requests(), 6);
    assert_eq!(kept(&*store).await.refresh_token().expose_secret(), "successor");
}

#[tokio::test]
async fn a_sign_in_without_a_refresh_token_is_none() {
    let host = Host::that_answers(vec![device_code(), good()]).await;
    let store = Arc::new(MemoryStore::new());
    let sign_in = DeviceCode::start(&app(&host.address, &ManualClock::new()), store.clone()).await.unwrap();
    let error = sign_in.wait().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credential);
    assert!(error.advice().contains("offline_access"), "{}", error.advice());
    assert!(store.load().await.unwrap().is_none());
}

#[tokio::test]
async fn a_refresh_token_without_a_successor_is_kept() {
    let clock = ManualClock::new();
    let host = Host::that_answers(vec![good()]).await;
    let registration = app(&host.address, &clock);
    let token = StoredToken::new(
        registration.tenant(),
        registration.client_id(),
        "the only one",
        clock.system_time(),
    );
    let store = Arc::new(MemoryStore::holding(token));
    let credential = RefreshToken::new(&registration, store.clone()).unwrap();
    for _ in 0..2 {
        assert_eq!(credential.token().await.unwrap().expose(), "good");
        clock.advance(Duration::from_secs(3600));
    }
    assert_eq!(host.requests(), 2);
    assert_eq!(kept(&*store).await.refresh_token().expose_secret(), "the only one");
    assert!(RefreshToken::adopt(&registration, store, "another").await.is_ok());
}
