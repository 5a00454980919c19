//! Applications alone, and every way for an application to prove itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use partner_center::credential::inspect::{Expected, Level, TokenKind, Topic};
use partner_center::credential::{
    AppRegistration, ClientCredentials, Credential, Reason, RefreshToken, Refusal, Token,
};
use partner_center::{Error, ErrorKind};
use partner_center_emulator::Entra;

use crate::support::{HOUR, World, text};

#[tokio::test]
async fn an_application_alone_gets_a_token_and_a_new_one_when_it_ends() {
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
    let token = Token::inspect(&first);
    assert_eq!(token.kind(), TokenKind::AppOnly);
    world.advance(HOUR);
    assert_ne!(text(&credential).await, first);
    assert_eq!(world.entra().token_requests().client_credentials, 2);
}

#[tokio::test]
async fn what_cannot_work_is_refused_before_anything_is_sent() {
    let world = World::new().await;
    let secret = |app: AppRegistration| app.with_client_secret("secret");
    let id = Entra::CLIENT_ID;
    for (app, what) in [
        (world.app(), "a secret or a certificate"),
        (secret(AppRegistration::new("common", id)), "one tenant"),
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
async fn a_callers_assertion_is_asked_for_with_every_token_request() {
    let world = World::new().await;
    let asked = Arc::new(AtomicU32::new(0));
    let app = world.app().with_assertion({
        let asked = Arc::clone(&asked);
        move || {
            let number = asked.fetch_add(1, Ordering::Relaxed);
            async move { Ok(format!("assertion-{number}").into()) }
        }
    });
    let credential = RefreshToken::new(&app, world.signed_in()).unwrap();
    // The emulator does not know the issuer; what counts here is what it was sent.
    let error = credential.token().await.unwrap_err();
    assert_eq!(Refusal::of(&error).unwrap().reason(), Reason::Client);
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
    assert_eq!((requests.len(), asked.load(Ordering::Relaxed)), (2, 2));
}

#[tokio::test]
async fn an_assertion_that_cannot_be_had_is_the_callers_error() {
    let world = World::new().await;
    let app =
        world.app().with_assertion(|| async { Err(Error::new(ErrorKind::Credential, "no identity here")) });
    let error = ClientCredentials::new(&app).unwrap().token().await.unwrap_err();
    assert_eq!(error.message(), "no identity here");
    assert_eq!(world.emulator.authority_requests().len(), 0);
}

#[tokio::test]
async fn what_the_emulator_issues_passes_the_preflight() {
    let world = World::new().await;
    let credential = RefreshToken::new(&world.app(), world.signed_in()).unwrap();
    let token = Token::inspect(&text(&credential).await);
    let now = partner_center::clock::Clock::system_time(&world.clock);
    let findings = token.findings(&Expected::of(&world.app()), now);
    assert!(findings.iter().all(|finding| finding.level == Level::Ok), "{findings:?}");
    world.entra().issue_with_mfa(false);
    world.advance(HOUR);
    let token = Token::inspect(&text(&credential).await);
    let findings = token.findings(&Expected::of(&world.app()), now + HOUR);
    let bad: Vec<_> = findings.iter().filter(|finding| finding.level == Level::Problem).collect();
    assert_eq!((bad.len(), bad[0].topic, bad[0].code), (1, Topic::Mfa, Some("900421")));
}
