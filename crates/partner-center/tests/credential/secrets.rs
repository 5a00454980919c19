//! `Debug`, `Display` and error output contain no secrets.

use std::error::Error as _;
use std::fmt::{Debug, Write as _};
use std::sync::Arc;

use partner_center::clock::ManualClock;
use partner_center::credential::{
    AccessToken, AppRegistration, ClientCredentials, Credential, DeviceCode, FileStore, MemoryStore,
    OauthError, RefreshToken, StaticToken, StoredToken, TokenClaims, TokenStore,
};
use partner_center::{Error, PartnerCenter};
use partner_center_emulator::Entra;
use partner_center_test_support::{FakeServer, reply};
use secrecy::ExposeSecret;

use crate::support::{World, kept};

#[derive(Default)]
struct Printed(String);

impl Printed {
    fn debug(&mut self, value: &dyn Debug) {
        writeln!(self.0, "{value:?}\n{value:#?}").unwrap();
    }

    fn error(&mut self, error: &Error) {
        self.debug(error);
        writeln!(self.0, "{error}\n{}", error.advice()).unwrap();
        let mut source = error.source();
        while let Some(error) = source {
            writeln!(self.0, "{error}\n{error:?}").unwrap();
            source = error.source();
        }
    }

    fn holds_none_of(&self, secrets: &[&str]) {
        assert!(self.0.len() > 1000, "nothing was printed");
        for secret in secrets {
            assert!(!secret.is_empty());
            assert!(!self.0.contains(secret), "{secret} was printed:\n{}", self.0);
        }
    }
}

#[tokio::test]
async fn no_credential_store_or_error_prints_a_secret() {
    let world = World::new().await;
    let directory = tempfile::tempdir().unwrap();
    let file = FileStore::new(directory.path().join("token.json"));
    let store: Arc<MemoryStore> = world.signed_in();
    let app = world
        .app()
        .with_client_secret("sentinel-secret")
        .with_proxy("http://user:sentinel-proxy@127.0.0.1:1");
    let mut printed = Printed::default();
    printed.debug(&app);
    printed.debug(&StaticToken::new("sentinel-static").unwrap());
    printed.debug(&AccessToken::new("sentinel-access"));
    printed.debug(&world.app().with_assertion(|| async { Ok("sentinel-assertion".into()) }));
    printed.debug(&ClientCredentials::new(&app).unwrap());

    // A wrong secret, through a proxy that does not exist, and without a proxy.
    let proxied = RefreshToken::new(&app, store.clone()).unwrap();
    printed.error(&proxied.token().await.unwrap_err());
    printed.debug(&proxied);
    let wrong = RefreshToken::new(&world.app().with_client_secret("sentinel-secret"), store.clone()).unwrap();
    printed.error(&wrong.token().await.unwrap_err());

    // A successful sign-in.
    let first = kept(&*store).await;
    file.save(&first).await.unwrap();
    let credential = RefreshToken::new(&world.app(), Arc::new(file.clone())).unwrap();
    let access = credential.token().await.unwrap();
    let second = kept(&file).await;
    let partner = PartnerCenter::builder().credential(credential.clone()).build().unwrap();
    printed.debug(&partner);
    printed.debug(&credential);
    printed.debug(&access);
    printed.debug(&TokenClaims::inspect(access.expose()));
    printed.debug(&second);
    printed.debug(&file);
    printed.debug(&store);
    printed.debug(&file.lock().await.unwrap());
    let sign_in = DeviceCode::start(&world.app(), store.clone()).await.unwrap();
    printed.debug(&sign_in);
    let user_code = sign_in.user_code().to_owned();

    world.entra().revoke_refresh_tokens();
    let error = credential.refresh(&access).await.unwrap_err();
    printed.error(&error);

    // The error of an unreadable store must not quote its content.
    std::fs::write(file.path(), r#"{"version":1,"refresh_token":"sentinel-file","tenant":7}"#).unwrap();
    printed.error(&file.load().await.unwrap_err());

    printed.holds_none_of(&[
        "sentinel",
        Entra::USER,
        &user_code,
        access.expose(),
        first.refresh_token().expose_secret(),
        second.refresh_token().expose_secret(),
    ]);
}

#[tokio::test]
async fn an_unreadable_response_is_not_quoted() {
    let world = World::new().await;
    // A host that responds with 200 and other content, as a captive portal does.
    let app = AppRegistration::new(Entra::TENANT_ID, Entra::CLIENT_ID)
        .with_client_secret("sentinel-secret")
        .with_authority(world.emulator.foreign_host());
    let error = ClientCredentials::new(&app).unwrap().token().await.unwrap_err();
    assert_eq!(error.kind(), partner_center::ErrorKind::InvalidResponse);
    assert_eq!(error.attempts(), 1, "a retry would not help");
    let mut printed = Printed::default();
    printed.error(&error);
    printed.debug(&app);
    printed.debug(&StoredToken::new("tenant", "client", "sentinel-token", std::time::SystemTime::now()));
    assert!(!printed.0.contains("sentinel"), "{}", printed.0);
}

#[tokio::test]
async fn secrets_that_a_sign_in_host_echoes_are_not_in_error_texts() {
    let (token, secret) = ("sentinel~refresh~token", "sentinel~client~secret");
    let echo = "refresh_token=sentinel%7Erefresh%7Etoken&client_secret=SENTINEL~client~secret";
    let body = format!(r#"{{"error":"invalid_grant","error_description":"AADSTS70008: {echo} {token}"}}"#);
    let host = FakeServer::repeating([reply(400, &[], &body)]);
    let app = crate::wire::app(host.url(), &ManualClock::new()).with_client_secret(secret);
    let error = RefreshToken::from_token(&app, token).unwrap().token().await.unwrap_err();
    let refusal = OauthError::of(&error).unwrap();
    assert_eq!(refusal.aadsts(), Some(70008));
    for text in [error.description(), refusal.description()] {
        assert_eq!(
            text.unwrap(),
            "AADSTS70008: refresh_token=[redacted]&client_secret=[redacted] [redacted]"
        );
    }
    assert_eq!(host.requests().len(), 1);
}
