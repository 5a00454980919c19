//! App-only access, and every kind of client authentication.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::RsaKeyPair;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use partner_center::credential::{
    AppRegistration, Certificate, ClientCredentials, Credential, OauthError, Reason, RefreshToken,
    TokenClaims, TokenKind,
};
use partner_center::{Error, ErrorKind};
use partner_center_emulator::{Application, Entra};
use partner_center_test_support::token::with_claims;
use serde_json::json;

use crate::support::{HOUR, World, text};

#[tokio::test]
async fn an_app_only_token_is_cached_and_replaced_when_it_expires() {
    let world = World::new().await;
    let app = world.app().with_client_secret(Entra::CLIENT_SECRET);
    let credential = ClientCredentials::new(&app).unwrap();
    let first = text(&credential).await;
    let request = &world.emulator.authority_requests()[0];
    for (name, value) in [
        ("grant_type", Some("client_credentials")),
        ("scope", Some("https://api.partnercenter.microsoft.com/.default")),
        ("client_id", Some(Entra::CLIENT_ID)),
        ("client_secret", Some(Entra::CLIENT_SECRET)),
    ] {
        assert_eq!(request.form(name).as_deref(), value, "{name}");
    }
    let token = TokenClaims::inspect(&first);
    assert_eq!(token.kind(), TokenKind::AppOnly);
    world.advance(HOUR);
    assert_ne!(text(&credential).await, first);
    assert_eq!(world.entra().token_requests().client_credentials, 2);
}

#[tokio::test]
async fn invalid_registrations_are_rejected_before_anything_is_sent() {
    let world = World::new().await;
    let secret = |app: AppRegistration| app.with_client_secret("secret");
    let id = Entra::CLIENT_ID;
    for (app, what) in [
        (world.app(), "a client secret, a certificate"),
        (secret(AppRegistration::new("common", id)), "a single tenant"),
        (secret(AppRegistration::new("", id)), "tenant"),
        (secret(AppRegistration::new("contoso/../other", id)), "tenant"),
        (secret(AppRegistration::new("contoso.example", "partner-center")), "client id"),
        (secret(world.app()).with_authority("http://login.example"), "authority"),
        (secret(world.app()).with_authority("login.example"), "authority"),
        (secret(world.app()).with_resource("http://api.example"), "token resource"),
        (secret(world.app()).with_proxy("::"), "proxy"),
        (secret(world.app()).with_root_certificate("-----BEGIN CERTIFICATE-----\n!"), "root certificate"),
    ] {
        let error = ClientCredentials::new(&app).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{what}: {error}");
        assert!(error.message().contains(what), "{what}: {error}");
    }
    assert_eq!(world.emulator.authority_requests().len(), 0);
}

#[tokio::test]
async fn the_callers_assertion_source_is_called_for_every_token_request() {
    let world = World::new().await;
    let requested = Arc::new(AtomicU32::new(0));
    let app = world.app().with_assertion({
        let requested = Arc::clone(&requested);
        move || {
            let number = requested.fetch_add(1, Ordering::Relaxed);
            async move { Ok(format!("assertion-{number}").into()) }
        }
    });
    let credential = RefreshToken::new(&app, world.signed_in()).unwrap();
    // The emulator does not know the issuer; only the request matters here.
    let error = credential.token().await.unwrap_err();
    assert_eq!(OauthError::of(&error).unwrap().reason(), Reason::Client);
    world.advance(HOUR);
    credential.token().await.unwrap_err();
    let requests = world.emulator.authority_requests();
    for (number, request) in requests.iter().enumerate() {
        assert_eq!(request.form("client_assertion").unwrap(), format!("assertion-{number}"));
        assert_eq!(
            request.form("client_assertion_type").unwrap(),
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        );
        assert_eq!(request.form("client_secret"), None);
    }
    assert_eq!((requests.len(), requested.load(Ordering::Relaxed)), (2, 2));
}

fn pem(label: &str, der: &[u8]) -> Vec<u8> {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", BASE64_STANDARD.encode(der)).into_bytes()
}

#[tokio::test]
async fn a_certificate_and_a_federated_identity_replace_the_secret_for_every_grant() {
    let key = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let key = pem("PRIVATE KEY", AsDer::<Pkcs8V1Der<'_>>::as_der(&key).unwrap().as_ref());
    let certificate = Certificate::from_pem(&pem("CERTIFICATE", b"any"), &key).unwrap();
    let federated = |subject: &'static str| {
        with_claims(&json!({
            "iss": "https://ci.example", "sub": subject, "aud": "api://AzureADTokenExchange", "exp": 9_999_999_999_u64,
        }))
    };
    let world = World::with(|builder| {
        builder.application(Application::new(Entra::CLIENT_ID).federated("repo:contoso"))
    })
    .await;
    for app in [
        world.app().with_certificate(certificate),
        world.app().with_assertion(move || async move { Ok(federated("repo:contoso").into()) }),
    ] {
        text(&ClientCredentials::new(&app).unwrap()).await;
        text(&RefreshToken::new(&app, world.signed_in()).unwrap()).await;
    }
    let requests = world.emulator.authority_requests();
    assert!(requests.iter().all(|request| request.form("client_secret").is_none()));
    assert_eq!(world.entra().token_requests().refused, 0);
    let stranger = world.app().with_assertion(move || async move { Ok(federated("repo:stranger").into()) });
    let error = ClientCredentials::new(&stranger).unwrap().token().await.unwrap_err();
    assert_eq!(
        (error.code(), OauthError::of(&error).unwrap().reason()),
        (Some("AADSTS70021"), Reason::Client)
    );
}

#[tokio::test]
async fn an_error_of_the_assertion_source_is_returned() {
    let world = World::new().await;
    let app =
        world.app().with_assertion(|| async { Err(Error::new(ErrorKind::Credential, "no identity here")) });
    let error = ClientCredentials::new(&app).unwrap().token().await.unwrap_err();
    assert_eq!(error.message(), "no identity here");
    assert_eq!(world.emulator.authority_requests().len(), 0);
}

#[tokio::test]
async fn tokens_of_the_emulator_have_the_claims_of_entra() {
    let world = World::new().await;
    let credential = RefreshToken::new(&world.app(), world.signed_in()).unwrap();
    let token = TokenClaims::inspect(&text(&credential).await);
    assert_eq!((token.kind(), token.mfa()), (TokenKind::AppUser, Some(true)));
    assert_eq!((token.tenant(), token.app()), (Some(Entra::TENANT_ID), Some(Entra::CLIENT_ID)));
    assert_eq!(token.audiences(), [world.app().resource()]);
    assert_eq!(token.scopes(), ["user_impersonation"]);
    let now = partner_center::clock::Clock::system_time(&world.clock);
    assert!(token.expires_at().is_some_and(|end| end > now) && token.clock_skew(now).is_zero());
    world.entra().issue_with_mfa(false);
    world.advance(HOUR);
    let token = TokenClaims::inspect(&text(&credential).await);
    assert_eq!((token.kind(), token.mfa()), (TokenKind::AppUser, Some(false)));
}
