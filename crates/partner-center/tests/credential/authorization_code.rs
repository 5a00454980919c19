//! Sign-in with a browser: what is sent, what is not, and redirects and responses that belong to something else.

use std::sync::Arc;
use std::time::Duration;

use partner_center::clock::ManualClock;
use partner_center::credential::{
    AppRegistration, AuthorizationCode, MemoryStore, OauthError, Reason, RefreshToken, TokenStore,
};
use partner_center::{Error, ErrorKind};
use partner_center_emulator::{Application, Entra};
use partner_center_test_support::token::with_claims;
use partner_center_test_support::{FakeServer, Reply, json, reply};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{World, kept, text};

const REDIRECT: &str = "http://localhost:8400";

/// The form for the redirect address, after the user has answered on the emulator's page.
async fn redirected(sign_in: &AuthorizationCode, answer: &str) -> String {
    let (address, query) = sign_in.url().split_once('?').unwrap();
    let (host, path) = address.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let form = format!("{query}&answer={answer}");
    let request = format!(
        "POST /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    );
    let mut page = TcpStream::connect(host).await.unwrap();
    page.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    page.read_to_string(&mut response).await.unwrap();
    assert!(response.contains(&format!(r#"action="{REDIRECT}/""#)), "{response}");
    let fields = response.split(r#"<input type="hidden" name=""#).skip(1);
    let pairs = fields.map(|field| {
        // `code" value="..">`
        let parts: Vec<_> = field.split('"').collect();
        format!("{}={}", parts[0], parts[2].replace(' ', "+"))
    });
    pairs.collect::<Vec<_>>().join("&")
}

/// The value of a parameter of the address.
fn parameter(sign_in: &AuthorizationCode, name: &str) -> String {
    let pairs = sign_in.url().split(['?', '&']);
    let value = pairs.filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name).unwrap().1;
    value.to_owned()
}

/// A sign-in at a scripted host, with the answer that its redirect would have.
async fn at(host: &FakeServer, store: &Arc<MemoryStore>) -> (AuthorizationCode, String) {
    let app = AppRegistration::new("contoso.example", "11111111-2222-3333-4444-555555555555")
        .with_authority(host.url())
        .with_clock(ManualClock::new());
    let sign_in = AuthorizationCode::start(&app, store.clone(), REDIRECT).await.unwrap();
    let form = format!("code=the-code&state={}", parameter(&sign_in, "state"));
    (sign_in, form)
}

fn tokens(id_token: &str) -> Reply {
    json(
        200,
        format!(
            r#"{{"token_type":"Bearer","access_token":"a","expires_in":3599,"refresh_token":"r"{id_token}}}"#
        ),
    )
}

#[tokio::test]
async fn a_user_signs_in_and_the_next_process_uses_the_store() {
    let world = World::new().await;
    let store = Arc::new(MemoryStore::new());
    let sign_in = AuthorizationCode::start(&world.app(), store.clone(), REDIRECT).await.unwrap();
    assert_eq!(world.emulator.authority_requests().len(), 0, "nothing is sent before the user has answered");
    let form = redirected(&sign_in, "accept").await;
    assert!(sign_in.recognizes(&form));
    let credential = sign_in.finish(&form).await.unwrap();
    text(&credential).await;
    assert_eq!(world.entra().token_requests().refresh_token, 0, "the sign-in's own access token is used");
    assert!(kept(&*store).await.account().is_some());
    text(&RefreshToken::new(&world.app(), store).unwrap()).await;

    let requests = world.emulator.authority_requests();
    let (page, token) = (&requests[0], &requests[1]);
    assert_eq!(token.path(), format!("/{}/oauth2/v2.0/token", Entra::TENANT_ID));
    for (name, value) in [
        ("grant_type", "authorization_code"),
        ("client_id", Entra::CLIENT_ID),
        ("redirect_uri", REDIRECT),
        ("scope", "https://api.partnercenter.microsoft.com/.default offline_access openid"),
    ] {
        assert_eq!(token.form(name).as_deref(), Some(value));
    }
    assert!(form.contains(&token.form("code").unwrap()));
    for never in ["client_secret", "client_assertion", "state", "nonce", "code_challenge"] {
        assert_eq!(token.form(never), None, "{never}");
    }
    let verifier = token.form("code_verifier").unwrap();
    assert_eq!(page.form("code_verifier"), None);
    assert!(requests.iter().all(|request| !request.path_and_query().contains(&verifier)));
    let with_verifier = requests.iter().filter(|request| request.form("code_verifier").is_some());
    assert_eq!(with_verifier.count(), 1, "the verifier is sent once");
    assert_eq!(world.entra().token_requests().authorization_code, 1);
}

#[tokio::test]
async fn a_redirect_that_is_not_the_answer_sends_nothing() {
    let forms: [fn(&str) -> String; 7] = [
        |_| String::new(),
        |_| "code=c".to_owned(),
        |_| "code=c&state=".to_owned(),
        |_| "code=c&state=another".to_owned(),
        |_| "error=access_denied&state=another".to_owned(),
        |state| format!("code=c&state={state}&state={state}"),
        |state| format!("session_state=s&state={state}"),
    ];
    for form in forms {
        let world = World::new().await;
        let store = Arc::new(MemoryStore::new());
        let sign_in = AuthorizationCode::start(&world.app(), store.clone(), REDIRECT).await.unwrap();
        let form = form(&parameter(&sign_in, "state"));
        assert!(!sign_in.recognizes(&form), "{form}");
        let error = sign_in.finish(&form).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Credential, 0), "{form}");
        assert!(error.advice().starts_with("Start the sign-in again"), "{}", error.advice());
        assert_eq!(world.emulator.authority_requests().len(), 0, "{form}");
        assert!(store.load().await.unwrap().is_none());
    }
}

#[tokio::test]
async fn an_error_in_the_redirect_has_its_reason_and_sends_nothing() {
    let world = World::new().await;
    let sign_in = AuthorizationCode::start(&world.app(), world.signed_in(), REDIRECT).await.unwrap();
    let form = redirected(&sign_in, "cancel").await;
    assert!(sign_in.recognizes(&form));
    let error = sign_in.finish(&form).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Credential, Some("AADSTS65004")));
    assert_eq!(OauthError::of(&error).unwrap().reason(), Reason::Declined);

    for (error, description, kind, reason) in [
        ("access_denied", "AADSTS65004", ErrorKind::Credential, Reason::Declined),
        ("consent_required", "AADSTS65001", ErrorKind::Credential, Reason::Consent),
        ("access_denied", "AADSTS53003", ErrorKind::Credential, Reason::Policy),
        ("invalid_request", "AADSTS90013", ErrorKind::Credential, Reason::Request),
        ("unauthorized_client", "AADSTS700016", ErrorKind::Credential, Reason::Application),
        ("temporarily_unavailable", "", ErrorKind::Unavailable, Reason::Unavailable),
        ("server_error", "", ErrorKind::Unavailable, Reason::Unavailable),
        ("something_new", "", ErrorKind::Credential, Reason::Other),
        ("<script>", "", ErrorKind::Credential, Reason::Other),
    ] {
        let sign_in = AuthorizationCode::start(&world.app(), world.signed_in(), REDIRECT).await.unwrap();
        let state = parameter(&sign_in, "state");
        let form = format!("error={error}&error_description={description}%3A+sentinel&state={state}&code=c");
        let error = sign_in.finish(&form).await.unwrap_err();
        assert_eq!((error.kind(), OauthError::of(&error).unwrap().reason()), (kind, reason), "{form}");
        assert!(!format!("{error} {error:?}").contains("sentinel"), "the description may name people");
    }
    assert_eq!(world.entra().token_requests().authorization_code, 0);
}

#[tokio::test]
async fn a_response_to_another_sign_in_is_not_stored() {
    let host = FakeServer::repeating([tokens("")]);
    let other = with_claims(&json!({"nonce": "another"}));
    let none = with_claims(&json!({"aud": "x"}));
    let number = with_claims(&json!({"nonce": 7}));
    for id_token in [other.as_str(), &none, &number, "unreadable", ""] {
        let store = Arc::new(MemoryStore::new());
        host.push(tokens(&format!(r#","id_token":"{id_token}""#)));
        let (sign_in, form) = at(&host, &store).await;
        let error = sign_in.finish(&form).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{id_token}");
        assert!(store.load().await.unwrap().is_none(), "{id_token}");
    }
    let store = Arc::new(MemoryStore::new());
    let (sign_in, form) = at(&host, &store).await;
    let own = with_claims(&json!({"nonce": parameter(&sign_in, "nonce")}));
    host.push(tokens(&format!(r#","id_token":"{own}""#)));
    sign_in.finish(&form).await.unwrap();
    assert!(store.load().await.unwrap().is_some());
    // A service without OpenID Connect: the verifier alone ties the response to this sign-in.
    let (sign_in, form) = at(&host, &store).await;
    sign_in.finish(&form).await.unwrap();
}

#[tokio::test]
async fn a_code_that_is_not_accepted_is_not_called_a_refresh_token() {
    let world = World::new().await;
    let late = AuthorizationCode::start(&world.app(), Arc::new(MemoryStore::new()), REDIRECT).await.unwrap();
    let form = redirected(&late, "accept").await;
    world.advance(Duration::from_secs(600));
    let expired = late.finish(&form).await.unwrap_err();

    // The code of another sign-in, which has another verifier.
    let one = AuthorizationCode::start(&world.app(), Arc::new(MemoryStore::new()), REDIRECT).await.unwrap();
    let two = AuthorizationCode::start(&world.app(), Arc::new(MemoryStore::new()), REDIRECT).await.unwrap();
    let stolen =
        redirected(&one, "accept").await.replace(&parameter(&one, "state"), &parameter(&two, "state"));
    let unverified = two.finish(&stolen).await.unwrap_err();

    let used = r#"{"error":"invalid_grant","error_codes":[54005]}"#;
    let host = FakeServer::repeating([reply(400, &[], used)]);
    let (sign_in, form) = at(&host, &Arc::default()).await;
    let reused = sign_in.finish(&form).await.unwrap_err();
    assert_eq!(host.requests().len(), 1, "it is not redeemed again");

    for (error, code) in [(expired, "AADSTS70008"), (unverified, "AADSTS501481"), (reused, "AADSTS54005")] {
        assert_eq!((error.kind(), error.code(), error.attempts()), (ErrorKind::Credential, Some(code), 1));
        assert!(error.message().contains("authorization code"), "{error}");
        assert!(!format!("{error} {}", error.advice()).contains("refresh token"), "{error}");
    }
}

#[tokio::test]
async fn an_application_authenticates_when_it_redeems() {
    let confidential = Application::new("22222222-2222-3333-4444-555555555555").secret("s3cret");
    let federated = Application::new("33333333-2222-3333-4444-555555555555").federated("repo:contoso");
    let world = World::with(|builder| builder.application(confidential).application(federated)).await;
    let assertion = with_claims(&json!({
        "iss": "https://ci.example", "sub": "repo:contoso", "aud": "api://AzureADTokenExchange",
        "exp": 9_999_999_999_u64,
    }));
    let secret = world.app_of("22222222-2222-3333-4444-555555555555");
    let federated = world.app_of("33333333-2222-3333-4444-555555555555");
    let with_secret = secret.clone().with_client_secret("s3cret");
    let with_assertion = federated.with_assertion(move || std::future::ready(Ok(assertion.as_str().into())));
    for (app, member) in [(with_secret, "client_secret"), (with_assertion, "client_assertion")] {
        let sign_in = AuthorizationCode::start(&app, Arc::new(MemoryStore::new()), REDIRECT).await.unwrap();
        assert!(!sign_in.url().contains("s3cret"));
        let form = redirected(&sign_in, "accept").await;
        text(&sign_in.finish(&form).await.unwrap()).await;
        let last = world.emulator.authority_requests().pop().unwrap();
        assert!(last.form(member).is_some() && last.form("code_verifier").is_some(), "{member}");
    }
    let sign_in = AuthorizationCode::start(&secret, Arc::new(MemoryStore::new()), REDIRECT).await.unwrap();
    let form = redirected(&sign_in, "accept").await;
    let error = sign_in.finish(&form).await.unwrap_err();
    assert_eq!(error.code(), Some("AADSTS7000218"));
    assert!(error.advice().contains("Mobile and desktop applications"), "{}", error.advice());
}

#[tokio::test]
async fn a_temporary_error_does_not_waste_the_code() {
    let host = FakeServer::scripted([
        reply(503, &[], r#"{"error":"temporarily_unavailable"}"#),
        reply(400, &[], r#"{"error":"invalid_grant","error_codes":[90033]}"#),
        tokens(""),
    ]);
    let store = Arc::new(MemoryStore::new());
    let (sign_in, form) = at(&host, &store).await;
    sign_in.finish(&form).await.unwrap();
    let bodies: Vec<String> = host.requests().into_iter().map(|request| request.body).collect();
    assert_eq!(bodies.len(), 3);
    assert!(bodies.iter().all(|body| *body == bodies[0]));
    assert_eq!(bodies[0].matches("code_verifier=").count(), 1);
}

#[tokio::test]
async fn nothing_secret_is_printed() {
    // A host that repeats in its response what was sent to it.
    let host = FakeServer::responding(|request| {
        let body =
            json!({"error": "invalid_grant", "error_description": format!("AADSTS70000: {}", request.body)});
        reply(400, &[], body.to_string())
    });
    let (sign_in, form) = at(&host, &Arc::default()).await;
    let (state, nonce) = (parameter(&sign_in, "state"), parameter(&sign_in, "nonce"));
    let printed = format!("{sign_in:?} {sign_in:#?}");
    assert!(printed.contains(REDIRECT) && printed.contains("contoso.example"), "{printed}");
    let error: Error = sign_in.finish(&form).await.unwrap_err();
    let sent = host.requests().remove(0).body;
    let verifier = sent.split('&').find_map(|pair| pair.strip_prefix("code_verifier=")).unwrap();
    let refusal = OauthError::of(&error).unwrap();
    let texts = format!(
        "{printed} {error} {error:?} {} {:?} {:?} {refusal:?}",
        error.advice(),
        error.description(),
        refusal.description(),
    );
    assert!(texts.contains("[redacted]"), "the description is there: {texts}");
    for secret in [state.as_str(), &nonce, verifier, "the-code"] {
        assert!(secret.len() >= 8 && !texts.contains(secret), "{secret}: {texts}");
    }
}
