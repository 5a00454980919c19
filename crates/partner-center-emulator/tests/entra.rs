//! Tests of the sign-in host: all grants, the errors that tests can cause, and how the API treats the tokens.

#![expect(clippy::unwrap_used, reason = "a test may panic")]
#![expect(clippy::unreadable_literal, reason = "codes are searched for as the service prints them")]

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use partner_center_emulator::{
    Application, Clock, DOCUMENTED_CUSTOMER, Emulator, EmulatorBuilder, Entra, TokenSpec,
};
use partner_center_test_support::token::{claims, with_header};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

const SCOPE: &str = "https://api.partnercenter.microsoft.com/.default offline_access openid profile";
const V2: &str = "oauth2/v2.0/token";

async fn start(builder: EmulatorBuilder) -> Emulator {
    let clock = Clock::fixed(SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_000_000));
    builder.clock(clock).start().await.unwrap()
}

async fn post(emulator: &Emulator, path: &str, form: &[(&str, &str)]) -> (StatusCode, Value) {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let response = Client::new()
        .post(format!("{}/{}/{path}", emulator.authority(), Entra::TENANT_ID))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(body)
        .send()
        .await
        .unwrap();
    assert!(!response.headers().contains_key("ms-requestid"), "the sign-in host sent ids of Partner Center");
    let status = response.status();
    (status, serde_json::from_slice(&response.bytes().await.unwrap()).unwrap())
}

async fn refresh(emulator: &Emulator, token: &str) -> (StatusCode, Value) {
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", Entra::CLIENT_ID),
        ("client_secret", Entra::CLIENT_SECRET),
        ("refresh_token", token),
        ("scope", SCOPE),
    ];
    post(emulator, V2, &form).await
}

/// Sends an API request with a token and returns the status and error code.
async fn call(emulator: &Emulator, path: &str, token: &str) -> (u16, Option<u64>) {
    let response =
        Client::new().get(format!("{}{path}", emulator.base_url())).bearer_auth(token).send().await.unwrap();
    let status = response.status().as_u16();
    let body = response.bytes().await.unwrap();
    let code = serde_json::from_slice::<Value>(&body).ok().and_then(|body| body["code"].as_u64());
    (status, code)
}

async fn analytics(emulator: &Emulator, token: &str) -> (u16, Option<u64>) {
    call(emulator, &format!("/v1/customers/{DOCUMENTED_CUSTOMER}/analytics/licenses/usage"), token).await
}

#[track_caller]
fn refused((status, body): &(StatusCode, Value), expected: u16, error: &str, number: u32) {
    assert_eq!(*status, expected, "{body}");
    assert_eq!(body["error"], error, "{body}");
    assert_eq!(body["error_codes"], json!([number]), "{body}");
    assert!(body["error_description"].as_str().unwrap().starts_with(&format!("AADSTS{number}: ")), "{body}");
    for member in ["timestamp", "trace_id", "correlation_id", "error_uri"] {
        assert!(body[member].is_string(), "{member}");
    }
}

#[tokio::test]
async fn a_refresh_token_gives_an_access_token_with_the_claims_and_a_new_refresh_token() {
    let emulator = start(Emulator::builder()).await;
    let first = emulator.entra().issue_refresh_token();
    let (status, body) = refresh(&emulator, &first).await;
    assert_eq!(status, 200);
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(body["expires_in"], 3599);
    let access = body["access_token"].as_str().unwrap();
    let claims = claims(access);
    assert_eq!(claims["aud"], "https://api.partnercenter.microsoft.com");
    assert_eq!(claims["tid"], Entra::TENANT_ID);
    assert_eq!(claims["appid"], Entra::CLIENT_ID);
    assert_eq!(claims["amr"], json!(["pwd", "mfa"]));
    assert_eq!(claims["idtyp"], "user");
    assert_eq!(claims["scp"], "user_impersonation");
    assert_eq!(claims["exp"].as_u64().unwrap(), 1_790_000_000 + 3599);
    assert_eq!(analytics(&emulator, access).await, (200, None));

    // A refresh token is rotated, and the old one remains valid.
    let second = body["refresh_token"].as_str().unwrap();
    assert_ne!(second, first);
    assert_eq!(refresh(&emulator, second).await.0, 200);
    assert_eq!(refresh(&emulator, &first).await.0, 200);
    assert_eq!(emulator.entra().token_requests().refresh_token, 3);
    assert_eq!(emulator.entra().token_requests().refused, 0);

    let recorded = &emulator.authority_requests()[0];
    assert_eq!(recorded.form("grant_type").unwrap(), "refresh_token");
    assert_eq!(recorded.form("refresh_token").unwrap(), first);
    assert!(!format!("{recorded:?}").contains(Entra::CLIENT_SECRET));
}

#[tokio::test]
async fn a_rotation_does_not_extend_the_lifetime_of_the_old_token() {
    let emulator = start(Emulator::builder()).await;
    let first = emulator.entra().issue_refresh_token();
    emulator.advance(Duration::from_secs(89 * 24 * 3600));
    let (_, body) = refresh(&emulator, &first).await;
    let second = body["refresh_token"].as_str().unwrap();
    emulator.advance(Duration::from_secs(24 * 3600));
    refused(&refresh(&emulator, &first).await, 400, "invalid_grant", 700082);
    assert_eq!(refresh(&emulator, second).await.0, 200);
}

#[tokio::test]
async fn without_offline_access_there_is_no_rotation() {
    let emulator = start(Emulator::builder()).await;
    let token = emulator.entra().issue_refresh_token();
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", Entra::CLIENT_ID),
        ("refresh_token", &token),
        ("scope", "https://api.partnercenter.microsoft.com/user_impersonation"),
    ];
    let (status, body) = post(&emulator, V2, &form).await;
    assert_eq!(status, 200);
    assert!(body["refresh_token"].is_null());
    assert_eq!(body["scope"], "https://api.partnercenter.microsoft.com/user_impersonation");
}

#[tokio::test]
async fn the_v1_endpoint_sends_numbers_as_strings() {
    let emulator = start(Emulator::builder()).await;
    let token = emulator.entra().issue_refresh_token();
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", Entra::CLIENT_ID),
        ("refresh_token", &token),
        ("resource", "https://api.partnercenter.microsoft.com"),
    ];
    let (status, body) = post(&emulator, "oauth2/token", &form).await;
    assert_eq!(status, 200);
    assert_eq!(body["expires_in"], "3599");
    assert_eq!(body["expires_on"], "1790003599");
    assert_eq!(body["resource"], "https://api.partnercenter.microsoft.com");
    assert!(body["refresh_token"].is_string());

    emulator.entra().demand_mfa();
    refused(&post(&emulator, "oauth2/token", &form).await, 400, "interaction_required", 50076);

    let strings = start(Emulator::builder().numbers_as_strings(true)).await;
    let token = strings.entra().issue_refresh_token();
    assert_eq!(refresh(&strings, &token).await.1["expires_in"], "3599");
}

#[tokio::test]
async fn an_application_only_token_allows_customers_but_not_analytics() {
    let emulator = start(Emulator::builder()).await;
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", Entra::CLIENT_ID),
        ("client_secret", Entra::CLIENT_SECRET),
        ("scope", "https://api.partnercenter.microsoft.com/.default"),
    ];
    let (status, body) = post(&emulator, V2, &form).await;
    assert_eq!(status, 200);
    assert!(body["refresh_token"].is_null());
    let token = body["access_token"].as_str().unwrap();
    assert_eq!(claims(token)["idtyp"], "app");
    assert!(claims(token)["upn"].is_null());
    assert_eq!(call(&emulator, "/v1/customers", token).await, (200, None));
    assert_eq!(analytics(&emulator, token).await, (403, Some(900329)));

    let mut wrong = form;
    wrong[3].1 = "https://api.partnercenter.microsoft.com/user_impersonation";
    refused(&post(&emulator, V2, &wrong).await, 400, "invalid_scope", 1002012);
    let refusal = post(&emulator, V2, &[form[0], form[1], form[3]]).await;
    refused(&refusal, 401, "invalid_client", 7000218);
    assert_eq!(emulator.entra().token_requests().client_credentials, 3);
    assert_eq!(emulator.entra().token_requests().refused, 2);
}

#[tokio::test]
async fn the_secret_may_be_sent_in_a_basic_header() {
    let emulator = start(Emulator::builder()).await;
    let ask = |secret: &str| {
        let basic = STANDARD.encode(format!("{}:{secret}", Entra::CLIENT_ID));
        Client::new()
            .post(format!("{}/organizations/{V2}", emulator.authority()))
            .header("Authorization", format!("Basic {basic}"))
            .body("grant_type=client_credentials&scope=https%3A%2F%2Fapi.partnercenter.microsoft.com%2F.default")
            .send()
    };
    assert_eq!(ask(Entra::CLIENT_SECRET).await.unwrap().status(), 200);
    assert_eq!(ask("wrong").await.unwrap().status(), 401);
}

#[tokio::test]
async fn the_api_rejects_the_tokens_that_the_service_rejects() {
    let emulator = start(Emulator::builder()).await;
    let entra = emulator.entra();
    let good = entra.issue_access_token(&TokenSpec::user());
    assert_eq!(analytics(&emulator, &good).await, (200, None));
    assert_eq!(analytics(&emulator, "opaque").await, (200, None));
    assert_eq!(
        analytics(&emulator, &entra.issue_access_token(&TokenSpec::user().without_mfa())).await,
        (401, Some(900421))
    );
    let graph = entra.issue_access_token(&TokenSpec::user().audience("https://graph.windows.net"));
    assert_eq!(analytics(&emulator, &graph).await, (401, Some(900420)));
    let altered = good.replace("eyJ", "eyK");
    assert_eq!(analytics(&emulator, &altered).await.0, 200, "not in the form of a JWT any more, so opaque");
    let forged = format!("{good}x");
    assert_eq!(analytics(&emulator, &forged).await, (401, Some(400)));

    let short = entra.issue_access_token(&TokenSpec::user().lifetime(Duration::from_secs(60)));
    emulator.advance(Duration::from_secs(59));
    assert_eq!(analytics(&emulator, &short).await, (200, None));
    emulator.advance(Duration::from_secs(1));
    assert_eq!(analytics(&emulator, &short).await, (401, Some(400)));

    let picky = start(Emulator::builder().accept_token("known")).await;
    assert_eq!(analytics(&picky, "known").await, (200, None));
    assert_eq!(analytics(&picky, "unknown").await, (401, Some(400)));
    assert_eq!(analytics(&picky, &picky.entra().issue_access_token(&TokenSpec::user())).await, (200, None));
}

#[tokio::test]
async fn lifetime_audience_and_mfa_of_issued_tokens_can_be_set() {
    let emulator = start(Emulator::builder()).await;
    let refresh_token = emulator.entra().issue_refresh_token();
    emulator.entra().issue_for(Duration::from_secs(5));
    emulator.entra().issue_with_mfa(false);
    let (_, body) = refresh(&emulator, &refresh_token).await;
    assert_eq!(body["expires_in"], 5);
    assert_eq!(claims(body["access_token"].as_str().unwrap())["amr"], json!(["pwd"]));
    emulator.entra().issue_to_audience(Some("https://graph.windows.net"));
    let (_, body) = refresh(&emulator, &refresh_token).await;
    assert_eq!(claims(body["access_token"].as_str().unwrap())["aud"], "https://graph.windows.net");

    let weak = emulator.entra().issue_refresh_token_to(Entra::CLIENT_ID, false);
    emulator.entra().issue_with_mfa(true);
    let (_, body) = refresh(&emulator, &weak).await;
    assert_eq!(claims(body["access_token"].as_str().unwrap())["amr"], json!(["pwd"]));
}

#[tokio::test]
async fn refresh_token_requests_get_the_errors_of_entra() {
    let emulator = start(Emulator::builder()).await;
    let entra = emulator.entra();
    let token = entra.issue_refresh_token();

    refused(&refresh(&emulator, "made-up").await, 400, "invalid_grant", 70000);
    let others = entra.issue_refresh_token_to("somebody-else", true);
    refused(&refresh(&emulator, &others).await, 400, "invalid_grant", 700007);

    entra.set_consent(Entra::CLIENT_ID, false);
    let refusal = refresh(&emulator, &token).await;
    refused(&refusal, 400, "invalid_grant", 65001);
    assert_eq!(refusal.1["suberror"], "consent_required");
    entra.set_consent(Entra::CLIENT_ID, true);

    entra.demand_mfa();
    let refusal = refresh(&emulator, &token).await;
    refused(&refusal, 400, "invalid_grant", 50076);
    assert_eq!(refusal.1["suberror"], "basic_action");

    let token = entra.issue_refresh_token();
    assert_eq!(refresh(&emulator, &token).await.0, 200);
    assert!(entra.revoke_refresh_token(&token));
    refused(&refresh(&emulator, &token).await, 400, "invalid_grant", 50173);
    let token = entra.issue_refresh_token();
    entra.revoke_refresh_tokens();
    refused(&refresh(&emulator, &token).await, 400, "invalid_grant", 50173);

    let token = entra.issue_refresh_token();
    entra.expire_secret(Entra::CLIENT_ID);
    refused(&refresh(&emulator, &token).await, 401, "invalid_client", 7000222);
    entra.change_secret(Entra::CLIENT_ID, "another");
    refused(&refresh(&emulator, &token).await, 401, "invalid_client", 7000215);

    let unknown = [("grant_type", "refresh_token"), ("client_id", "nobody"), ("refresh_token", "x")];
    refused(&post(&emulator, V2, &unknown).await, 400, "unauthorized_client", 700016);
    refused(&post(&emulator, V2, &[]).await, 400, "invalid_request", 900144);
    refused(&post(&emulator, V2, &[("grant_type", "magic")]).await, 400, "unsupported_grant_type", 70003);
}

#[tokio::test]
async fn a_single_use_refresh_token_is_rejected_when_reused() {
    let emulator = start(Emulator::builder().single_use_refresh_tokens(true)).await;
    let first = emulator.entra().issue_refresh_token();
    let (_, body) = refresh(&emulator, &first).await;
    refused(&refresh(&emulator, &first).await, 400, "invalid_grant", 70000);
    assert_eq!(refresh(&emulator, body["refresh_token"].as_str().unwrap()).await.0, 200);
}

async fn begin_device(emulator: &Emulator) -> Value {
    let form = [("client_id", Entra::CLIENT_ID), ("scope", SCOPE)];
    let (status, body) = post(emulator, "oauth2/v2.0/devicecode", &form).await;
    assert_eq!(status, 200);
    body
}

async fn poll(emulator: &Emulator, started: &Value) -> (StatusCode, Value) {
    let form = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        ("client_id", Entra::CLIENT_ID),
        ("device_code", started["device_code"].as_str().unwrap()),
        ("scope", SCOPE),
    ];
    post(emulator, V2, &form).await
}

#[tokio::test]
async fn a_device_code_waits_for_its_user() {
    let emulator = start(Emulator::builder()).await;
    let started = begin_device(&emulator).await;
    assert_eq!(started["expires_in"], 900);
    assert_eq!(started["interval"], 5);
    let user_code = started["user_code"].as_str().unwrap();
    assert!(started["message"].as_str().unwrap().contains(user_code));
    refused(&poll(&emulator, &started).await, 400, "authorization_pending", 70016);
    assert_eq!(emulator.entra().pending_device_codes(), [user_code]);
    assert!(emulator.entra().approve_device_code(user_code));
    assert!(!emulator.entra().approve_device_code(user_code));
    let (status, body) = poll(&emulator, &started).await;
    assert_eq!(status, 200);
    assert_eq!(analytics(&emulator, body["access_token"].as_str().unwrap()).await, (200, None));
    assert_eq!(refresh(&emulator, body["refresh_token"].as_str().unwrap()).await.0, 200);
    refused(&poll(&emulator, &started).await, 400, "bad_verification_code", 70018);
    let counts = emulator.entra().token_requests();
    assert_eq!((counts.device_authorization, counts.device_code, counts.refused), (1, 3, 1));
}

#[tokio::test]
async fn a_device_code_can_be_declined_expire_or_be_approved_automatically() {
    let emulator = start(Emulator::builder().approve_device_codes_after(2).device_interval(1)).await;
    let started = begin_device(&emulator).await;
    assert_eq!(started["interval"], 1);
    assert_eq!(poll(&emulator, &started).await.0, 400);
    assert_eq!(poll(&emulator, &started).await.0, 400);
    assert_eq!(poll(&emulator, &started).await.0, 200);

    let started = begin_device(&emulator).await;
    let page = format!(
        "{}?user_code={}&answer=decline",
        started["verification_uri"].as_str().unwrap(),
        started["user_code"].as_str().unwrap()
    );
    assert_eq!(Client::new().get(page).send().await.unwrap().bytes().await.unwrap(), "Declined.");
    refused(&poll(&emulator, &started).await, 400, "authorization_declined", 65004);

    let started = begin_device(&emulator).await;
    emulator.entra().expire_device_code(started["user_code"].as_str().unwrap());
    refused(&poll(&emulator, &started).await, 400, "expired_token", 70019);

    let started = begin_device(&emulator).await;
    emulator.advance(Duration::from_secs(900));
    refused(&poll(&emulator, &started).await, 400, "expired_token", 70019);
}

#[tokio::test]
async fn confidential_applications_get_no_device_codes() {
    let emulator = start(Emulator::builder().application(Application::new("app").secret("s"))).await;
    let refusal = post(&emulator, "oauth2/v2.0/devicecode", &[("client_id", "app")]).await;
    refused(&refusal, 401, "invalid_client", 7000218);
    let unknown = post(&emulator, "oauth2/v2.0/devicecode", &[("client_id", Entra::CLIENT_ID)]).await;
    refused(&unknown, 400, "unauthorized_client", 700016);
}

#[tokio::test]
async fn a_client_assertion_replaces_the_secret() {
    let app = Application::new("app").federated("repo:contoso/reports");
    let emulator = start(Emulator::builder().application(app)).await;
    let endpoint = format!("{}/{}/{V2}", emulator.authority(), Entra::TENANT_ID);
    let ask = async |assertion: String| {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", "app"),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", &assertion),
            ("scope", "https://api.partnercenter.microsoft.com/.default"),
        ];
        post(&emulator, V2, &form).await
    };
    let header = json!({"alg": "PS256", "x5t#S256": "abc"});
    let now = 1_790_000_000;
    let claims = |change: (&str, Value)| {
        let mut claims = json!({"iss": "app", "sub": "app", "aud": endpoint, "nbf": now, "exp": now + 600});
        claims[change.0] = change.1;
        claims
    };
    let good = claims(("jti", json!("1")));
    assert_eq!(ask(with_header(&header, &good)).await.0, 200);
    let refusal = ask(with_header(&json!({"alg": "PS256"}), &good)).await;
    refused(&refusal, 401, "invalid_client", 700027);
    refused(&ask(with_header(&json!({"alg": "none"}), &good)).await, 401, "invalid_client", 50027);
    refused(&ask("nonsense".to_owned()).await, 401, "invalid_client", 50027);
    let elsewhere = claims(("aud", json!("https://elsewhere")));
    refused(&ask(with_header(&header, &elsewhere)).await, 401, "invalid_client", 700023);
    let old = claims(("exp", json!(now - 301)));
    refused(&ask(with_header(&header, &old)).await, 401, "invalid_client", 700024);

    let federated = |subject: &str| {
        let claims = json!({
            "iss": "https://token.actions.example", "sub": subject, "aud": "api://AzureADTokenExchange",
            "exp": now + 600,
        });
        with_header(&json!({"alg": "RS256"}), &claims)
    };
    assert_eq!(ask(federated("repo:contoso/reports")).await.0, 200);
    refused(&ask(federated("repo:contoso/other")).await, 401, "invalid_client", 70021);
}
