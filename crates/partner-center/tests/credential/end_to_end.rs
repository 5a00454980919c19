//! End to end: sign-in, calls, expiry, refresh, revocation, and the advice afterwards.

use std::sync::Arc;

use partner_center::credential::{DeviceCode, FileStore, OauthError, Reason, RefreshToken};
use partner_center::{CustomerId, ErrorKind, PartnerCenter};
use partner_center_emulator::{DOCUMENTED_CUSTOMER, RecordedRequest};

use crate::support::{HOUR, World};

#[tokio::test]
async fn from_the_device_code_to_the_revocation() {
    let world = World::with(|builder| builder.approve_device_codes_after(1)).await;
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(FileStore::new(directory.path().join("token.json")));
    let customer: CustomerId = DOCUMENTED_CUSTOMER.into();

    let credential = DeviceCode::start(&world.app(), store.clone()).await.unwrap().wait().await.unwrap();
    let partner = |credential: RefreshToken| {
        PartnerCenter::builder()
            .credential(credential)
            .base_url(world.emulator.base_url())
            .clock(world.clock.clone())
            .build()
            .unwrap()
    };
    let signed_in = partner(credential);
    let deployment = signed_in.customers().by_id(customer).analytics().licenses().deployment();
    assert!(!deployment.get().await.unwrap().items().is_empty());
    assert_eq!(world.entra().token_requests().refresh_token, 0);

    // An hour later, in the same process.
    world.advance(HOUR);
    deployment.get().await.unwrap();
    assert_eq!(world.entra().token_requests().refresh_token, 1);
    assert_eq!(world.emulator.requests().len(), 2, "the expired token was never sent");

    // The emulator's clock is ahead of the client's: the service rejects a token that is valid for the client.
    world.emulator.advance(HOUR);
    let response = deployment.get().await.unwrap();
    assert_eq!(world.entra().token_requests().refresh_token, 2);
    let statuses: Vec<_> = world.emulator.requests().iter().filter_map(RecordedRequest::status).collect();
    assert_eq!(statuses, [200, 200, 401, 200], "one forced refresh and one repeated request");
    drop(response);

    // The next day, in another process, after an administrator has revoked the sign-in.
    world.advance(24 * HOUR);
    world.entra().revoke_refresh_tokens();
    let unattended = partner(RefreshToken::new(&world.app(), store).unwrap());
    let error = unattended.analytics().licenses().usage().get().await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Credential, Some("AADSTS50173")));
    assert_eq!(OauthError::of(&error).map(OauthError::reason), Some(Reason::SignInAgain));
    assert!(error.advice().contains("must sign in again"), "{}", error.advice());
    assert_eq!(world.emulator.requests().len(), 4, "nothing was sent to Partner Center");
}
