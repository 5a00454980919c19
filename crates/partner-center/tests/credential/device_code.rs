//! Sign-in by device code.

use std::sync::Arc;
use std::time::Duration;

use partner_center::ErrorKind;
use partner_center::clock::Clock as _;
use partner_center::credential::{DeviceCode, MemoryStore, OauthError, Reason, RefreshToken, TokenStore};
use partner_center_emulator::{Application, Entra};

use crate::support::{World, kept, text};

#[tokio::test]
async fn a_user_signs_in_and_the_next_process_uses_the_store() {
    let world = World::with(|builder| builder.approve_device_codes_after(3).device_interval(7)).await;
    let store = Arc::new(MemoryStore::new());
    let sign_in = DeviceCode::start(&world.app(), store.clone()).await.unwrap();
    assert_eq!(world.entra().pending_device_codes(), [sign_in.user_code()]);
    assert_eq!(sign_in.verification_uri(), format!("{}/device", world.emulator.authority()));
    let left = sign_in.expires_at().duration_since(world.clock.system_time()).unwrap();
    assert_eq!(left, Duration::from_secs(900));

    let credential = sign_in.wait().await.unwrap();
    assert_eq!(
        world.clock.sleeps(),
        [Duration::from_secs(7); 3],
        "as often as the service allows, by the clock"
    );
    assert_eq!(world.entra().token_requests().device_code, 4);
    text(&credential).await;
    assert_eq!(world.entra().token_requests().refresh_token, 0, "the sign-in's own access token is used");
    assert!(kept(&*store).await.account().is_some());
    // The next process needs only the store.
    text(&RefreshToken::new(&world.app(), store).unwrap()).await;

    let requests = world.emulator.authority_requests();
    assert_eq!(requests[0].path(), format!("/{}/oauth2/v2.0/devicecode", Entra::TENANT_ID));
    assert_eq!(
        requests[0].form("scope").unwrap(),
        "https://api.partnercenter.microsoft.com/.default offline_access"
    );
    assert_eq!(requests[1].form("grant_type").unwrap(), "urn:ietf:params:oauth:grant-type:device_code");
    assert_eq!(requests[1].form("client_secret"), None);
}

#[tokio::test]
async fn numbers_may_be_strings() {
    let world = World::with(|builder| {
        builder.approve_device_codes_after(1).numbers_as_strings(true).device_interval(3)
    })
    .await;
    let sign_in = DeviceCode::start(&world.app(), Arc::new(MemoryStore::new())).await.unwrap();
    text(&sign_in.wait().await.unwrap()).await;
    assert_eq!(world.clock.sleeps(), [Duration::from_secs(3)]);
}

#[tokio::test]
async fn a_failed_sign_in_reports_the_reason_and_stores_nothing() {
    type Decision = fn(&Entra, &str) -> bool;
    let cases: [(Decision, Reason, Option<&str>); 2] = [
        (Entra::decline_device_code, Reason::Declined, Some("AADSTS65004")),
        (Entra::expire_device_code, Reason::CodeExpired, Some("AADSTS70019")),
    ];
    for (decide, reason, code) in cases {
        let world = World::new().await;
        let store = Arc::new(MemoryStore::new());
        let sign_in = DeviceCode::start(&world.app(), store.clone()).await.unwrap();
        assert!(decide(world.entra(), sign_in.user_code()));
        let error = sign_in.wait().await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Credential, code));
        assert_eq!(OauthError::of(&error).unwrap().reason(), reason);
        assert!(error.advice().starts_with("Start again"), "{}", error.advice());
        assert!(store.load().await.unwrap().is_none());
    }
}

#[tokio::test]
async fn a_code_that_is_not_used_expires() {
    let world = World::new().await;
    let sign_in = DeviceCode::start(&world.app(), Arc::new(MemoryStore::new())).await.unwrap();
    // The emulator's clock does not advance, so the client gives up.
    let error = sign_in.wait().await.unwrap_err();
    assert_eq!(OauthError::of(&error).unwrap().reason(), Reason::CodeExpired);
    assert!(world.clock.elapsed() >= Duration::from_secs(900));
    assert!(world.clock.elapsed() < Duration::from_secs(910));
}

#[tokio::test]
async fn an_application_without_public_client_flows_gets_specific_advice() {
    let confidential = Application::new(Entra::CLIENT_ID).secret("secret");
    let world = World::with(|builder| builder.application(confidential)).await;
    let error = DeviceCode::start(&world.app(), Arc::new(MemoryStore::new())).await.unwrap_err();
    assert_eq!(error.code(), Some("AADSTS7000218"));
    assert!(error.advice().contains("Allow public client flows"), "{}", error.advice());
}
