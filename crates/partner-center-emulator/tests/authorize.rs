//! Tests of the sign-in page and of the codes that it issues.

#![expect(clippy::unwrap_used, reason = "a test may panic")]
#![expect(clippy::unreadable_literal, reason = "codes are searched for as the service prints them")]

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use partner_center_emulator::{Application, Clock, Emulator, Entra};
use reqwest::{Client, Response, StatusCode};
use serde_json::Value;

const SCOPE: &str = "https://api.partnercenter.microsoft.com/.default offline_access openid";
/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A request of a public client, as pairs that a test changes.
const ASKED: [(&str, &str); 9] = [
    ("client_id", Entra::CLIENT_ID),
    ("redirect_uri", "http://localhost:9"),
    ("response_type", "code"),
    ("response_mode", "query"),
    ("scope", SCOPE),
    ("state", "s<1>"),
    ("nonce", "n1"),
    ("code_challenge", CHALLENGE),
    ("code_challenge_method", "S256"),
];

async fn start() -> Emulator {
    let clock = Clock::fixed(SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_000_000));
    let confidential = Application::new("app").secret("s3cret");
    let public = Application::new(Entra::CLIENT_ID).public();
    Emulator::builder().clock(clock).application(public).application(confidential).start().await.unwrap()
}

fn encoded(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// The pairs with one value replaced, or left out if it is empty.
fn with<'a>(name: &str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    let others = ASKED.iter().copied().filter(|(key, _)| *key != name);
    let name = ASKED.iter().map(|(key, _)| *key).find(|key| *key == name);
    others.chain(name.filter(|_| !value.is_empty()).map(|name| (name, value))).collect()
}

fn client() -> Client {
    Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

fn page_address(emulator: &Emulator) -> String {
    format!("{}/common/oauth2/v2.0/authorize", emulator.authority())
}

async fn show(emulator: &Emulator, pairs: &[(&str, &str)]) -> Response {
    client().get(format!("{}?{}", page_address(emulator), encoded(pairs))).send().await.unwrap()
}

async fn post(address: &str, pairs: &[(&str, &str)]) -> Response {
    let form = "application/x-www-form-urlencoded";
    client().post(address).header("Content-Type", form).body(encoded(pairs)).send().await.unwrap()
}

/// The parameters of the redirect after an answer on the page.
async fn answer(emulator: &Emulator, pairs: &[(&str, &str)], answer: &str) -> Vec<(String, String)> {
    let pairs = [pairs, &[("answer", answer)]].concat();
    redirected(&post(&page_address(emulator), &pairs).await)
}

fn redirected(response: &Response) -> Vec<(String, String)> {
    assert_eq!(response.status(), 302);
    assert_eq!(response.headers()["cache-control"], "no-store");
    let query =
        response.headers()["location"].to_str().unwrap().strip_prefix("http://localhost:9/?").unwrap();
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

fn get<'a>(pairs: &'a [(String, String)], name: &str) -> &'a str {
    pairs.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
}

async fn code(emulator: &Emulator, pairs: &[(&str, &str)]) -> String {
    get(&answer(emulator, pairs, "accept").await, "code").to_owned()
}

async fn redeem(emulator: &Emulator, code: &str, more: &[(&str, &str)]) -> (StatusCode, Value) {
    let all = [("grant_type", "authorization_code"), ("code", code), ("scope", SCOPE)];
    let defaults = [
        ("client_id", Entra::CLIENT_ID),
        ("redirect_uri", "http://localhost:9"),
        ("code_verifier", VERIFIER),
    ];
    let given = |name: &str| more.iter().any(|(key, _)| *key == name);
    let defaults = defaults.into_iter().filter(|(name, _)| !given(name));
    let more = more.iter().copied().filter(|(_, value)| !value.is_empty());
    let form: Vec<_> = all.into_iter().chain(defaults).chain(more).collect();
    let address = format!("{}/{}/oauth2/v2.0/token", emulator.authority(), Entra::TENANT_ID);
    let response = post(&address, &form).await;
    (response.status(), serde_json::from_slice(&response.bytes().await.unwrap()).unwrap())
}

#[tokio::test]
async fn the_page_asks_and_its_buttons_redirect() {
    let emulator = start().await;
    let response = show(&emulator, &ASKED).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
    let page = response.text().await.unwrap();
    assert!(page.contains("Accept</button>") && page.contains("Cancel</button>"), "{page}");
    assert!(page.contains(r#"name="state" value="s&lt;1&gt;""#), "texts are escaped\n{page}");

    let accepted = answer(&emulator, &ASKED, "accept").await;
    assert_eq!(get(&accepted, "state"), "s<1>");
    assert_eq!(get(&accepted, "code").len(), 48);
    let declined = answer(&emulator, &ASKED, "cancel").await;
    assert_eq!((get(&declined, "error"), get(&declined, "state")), ("access_denied", "s<1>"));
    assert!(get(&declined, "error_description").starts_with("AADSTS65004: "));
    assert_eq!(get(&declined, "code"), "");
}

#[tokio::test]
async fn an_answer_is_posted_if_the_application_asks_for_it() {
    let emulator = start().await;
    for (answer, expected) in [("accept", r#"name="code" value=""#), ("cancel", r#"value="access_denied""#)] {
        let pairs = [with("response_mode", "form_post"), vec![("answer", answer)]].concat();
        let response = post(&page_address(&emulator), &pairs).await;
        assert_eq!((response.status().as_u16(), response.headers().get("location")), (200, None));
        let page = response.text().await.unwrap();
        for part in
            [r#"<form method="post" action="http://localhost:9/">"#, r#"value="s&lt;1&gt;""#, expected]
        {
            assert!(page.contains(part), "{part}\n{page}");
        }
    }
}

#[tokio::test]
async fn requests_that_could_send_the_browser_elsewhere_get_a_page() {
    let emulator = start().await;
    for (name, value, number) in [
        ("client_id", "", 900144),
        ("client_id", "unknown", 700016),
        ("redirect_uri", "", 900144),
        ("redirect_uri", "https://evil.example", 50011),
        ("redirect_uri", "http://localhost.evil.example", 50011),
        ("redirect_uri", "http://localhost:1@evil.example", 50011),
    ] {
        for response in [
            show(&emulator, &with(name, value)).await,
            post(&page_address(&emulator), &[with(name, value), vec![("answer", "accept")]].concat()).await,
        ] {
            assert_eq!(response.status(), 400, "{name} {value}");
            assert!(!response.headers().contains_key("location"));
            let page = response.text().await.unwrap();
            assert!(page.contains(&format!("AADSTS{number}: ")), "{name} {value}\n{page}");
        }
    }
}

#[tokio::test]
async fn other_mistakes_go_back_to_the_application() {
    let emulator = start().await;
    for (name, value, error, number) in [
        ("response_type", "token", "unsupported_response_type", 70005),
        ("response_mode", "fragment", "invalid_request", 90013),
        ("scope", "", "invalid_request", 900144),
        ("scope", "https://graph.microsoft.com/User.Read", "invalid_scope", 70011),
        ("code_challenge_method", "plain", "invalid_request", 90013),
        ("code_challenge_method", "", "invalid_request", 90013),
        ("code_challenge", "short", "invalid_request", 501491),
    ] {
        let back = redirected(&show(&emulator, &with(name, value)).await);
        assert_eq!((get(&back, "error"), get(&back, "state")), (error, "s<1>"), "{name} {value}");
        assert!(get(&back, "error_description").starts_with(&format!("AADSTS{number}: ")), "{back:?}");
    }
}

#[tokio::test]
async fn a_redirect_address_keeps_its_query() {
    let emulator = start().await;
    let pairs = with("redirect_uri", "http://localhost:9?x=/y");
    let response = post(&page_address(&emulator), &[pairs, vec![("answer", "cancel")]].concat()).await;
    let location = response.headers()["location"].to_str().unwrap();
    assert!(location.starts_with("http://localhost:9/?x=/y&error=access_denied&"), "{location}");
}

#[tokio::test]
async fn other_methods_are_rejected() {
    let emulator = start().await;
    for method in ["DELETE", "PUT", "PATCH", "OPTIONS"] {
        let method = method.parse().unwrap();
        let address = format!("{}?{}&answer=accept", page_address(&emulator), encoded(&ASKED));
        let response = client().request(method, address).send().await.unwrap();
        assert_eq!(response.status(), 405);
        assert_eq!(response.headers()["allow"], "GET, HEAD, POST");
    }
}

#[tokio::test]
async fn a_code_is_redeemed_once_with_its_verifier_and_its_redirect() {
    let emulator = start().await;
    let first = code(&emulator, &ASKED).await;
    for (name, value, error, number) in [
        ("code_verifier", "", "invalid_grant", 501481),
        ("code_verifier", "another-verifier-of-forty-three-characters-", "invalid_grant", 501481),
        ("redirect_uri", "http://localhost:10", "invalid_request", 90013),
        ("client_id", "app", "invalid_client", 7000218),
    ] {
        let (_, body) = redeem(&emulator, &first, &[(name, value)]).await;
        assert_eq!(
            (&body["error"], &body["error_codes"][0]),
            (&error.into(), &number.into()),
            "{name} {value}"
        );
    }
    let (status, body) = redeem(&emulator, &first, &[]).await;
    assert_eq!(status, 200, "a rejected request does not use up the code: {body}");
    assert!(body["refresh_token"].is_string());
    let (status, body) = redeem(&emulator, &first, &[]).await;
    assert_eq!((status.as_u16(), &body["error_codes"][0]), (400, &54005.into()));

    let second = code(&emulator, &ASKED).await;
    emulator.advance(Duration::from_secs(600));
    let (status, body) = redeem(&emulator, &second, &[]).await;
    assert_eq!((status.as_u16(), &body["error_codes"][0]), (400, &70008.into()));
}

#[tokio::test]
async fn an_id_token_has_the_nonce_if_openid_was_requested() {
    let emulator = start().await;
    let claims = |body: &Value| -> Option<Value> {
        let payload = body["id_token"].as_str()?.split('.').nth(1).unwrap();
        Some(serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap())
    };
    let (_, body) = redeem(&emulator, &code(&emulator, &ASKED).await, &[]).await;
    let token = claims(&body).unwrap();
    assert_eq!((&token["nonce"], &token["aud"]), (&"n1".into(), &Entra::CLIENT_ID.into()));
    let plain = with("scope", "https://api.partnercenter.microsoft.com/.default offline_access");
    let (_, body) = redeem(&emulator, &code(&emulator, &plain).await, &[]).await;
    assert_eq!(claims(&body), None);
}

#[tokio::test]
async fn a_confidential_application_redeems_with_its_secret() {
    let emulator = start().await;
    let asked: Vec<_> = with("client_id", "app");
    let code = code(&emulator, &asked).await;
    let app = ("client_id", "app");
    for (secret, number) in [("", 7000218), ("wrong", 7000215)] {
        let (status, body) = redeem(&emulator, &code, &[app, ("client_secret", secret)]).await;
        assert_eq!((status.as_u16(), &body["error_codes"][0]), (401, &number.into()));
    }
    assert_eq!(redeem(&emulator, &code, &[app, ("client_secret", "s3cret")]).await.0, 200);
}
