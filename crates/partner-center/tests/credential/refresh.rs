//! Refresh tokens: redeemed, rotated, shared, revoked.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use partner_center::clock::{BoxFuture, Clock as _};
use partner_center::credential::{
    Credential, FileStore, MemoryStore, OauthError, Reason, RefreshToken, StoreLock, StoredToken, TokenScope,
    TokenStore,
};
use partner_center::{Cloud, Error, ErrorKind};
use partner_center_emulator::{Application, Entra};
use secrecy::ExposeSecret;

use crate::support::{DAY, HOUR, World, kept, text};

/// An id of another application or tenant.
const OTHER: &str = "11111111-2222-3333-4444-555555555555";

type Change<'a> = &'a dyn Fn(&Entra);

#[tokio::test]
async fn a_stored_token_is_redeemed_and_its_successor_stored_before_the_access_token_is_used() {
    let world = World::new().await;
    let store = world.signed_in();
    let first = kept(&*store).await;
    let app = world.app().with_client_secret(Entra::CLIENT_SECRET);
    let credential = RefreshToken::new(&app, store.clone()).unwrap();
    assert_eq!(world.emulator.authority_requests().len(), 0, "nothing is sent before the first call");

    let token = credential.token().await.unwrap();
    let requests = world.emulator.authority_requests();
    assert_eq!(requests.len(), 1);
    let request = &requests[0];
    assert_eq!(
        (request.method().as_str(), request.path_and_query()),
        ("POST", format!("/{}/oauth2/v2.0/token", Entra::TENANT_ID).as_str(),)
    );
    assert_eq!(request.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(request.header("accept"), Some("application/json"));
    assert!(!request.token_attached(), "a proxy may log a secret in a header");
    for (name, value) in [
        ("grant_type", Some("refresh_token")),
        ("client_id", Some(Entra::CLIENT_ID)),
        ("client_secret", Some(Entra::CLIENT_SECRET)),
        ("refresh_token", Some(first.refresh_token().expose_secret())),
        ("scope", Some("https://api.partnercenter.microsoft.com/.default offline_access")),
        ("client_assertion", None),
        ("resource", None),
    ] {
        assert_eq!(request.form(name).as_deref(), value, "{name}");
    }
    let successor = kept(&*store).await;
    assert_ne!(successor.refresh_token().expose_secret(), first.refresh_token().expose_secret());
    assert_eq!((successor.tenant(), successor.client_id()), (Entra::TENANT_ID, Entra::CLIENT_ID));
    assert!(successor.account().is_some(), "the account is read from the access token");
    let life = token.expiry().unwrap().duration_since(world.clock.system_time()).unwrap();
    assert_eq!(life, Entra::DEFAULT_LIFETIME);
    assert_eq!(text(&credential).await, token.expose());
    assert_eq!(world.emulator.authority_requests().len(), 1, "a valid token is cached");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_calls_on_an_expired_token_cause_one_token_request() {
    let world = World::with(|builder| builder.single_use_refresh_tokens(true)).await;
    let credential = RefreshToken::new(&world.app(), world.signed_in()).unwrap();
    let first = text(&credential).await;
    world.advance(HOUR);
    let calls: Vec<_> = (0..200)
        .map(|_| {
            let credential = credential.clone();
            tokio::spawn(async move { text(&credential).await })
        })
        .collect();
    for call in calls {
        assert_ne!(call.await.unwrap(), first);
    }
    assert_eq!(world.entra().token_requests().refresh_token, 2);
    assert_eq!(world.entra().token_requests().refused, 0);
}

#[tokio::test]
async fn a_job_that_runs_weekly_for_a_year_never_signs_in_again() {
    let world = World::with(|builder| builder.single_use_refresh_tokens(true)).await;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("tokens").join("default.json");
    let store = FileStore::new(&path);
    store.save(&world.stored()).await.unwrap();
    for _ in 0..52 {
        world.advance(7 * DAY);
        // A new process each week: only the file is shared.
        let credential = RefreshToken::new(&world.app(), Arc::new(FileStore::new(&path))).unwrap();
        text(&credential).await;
    }
    assert_eq!(world.entra().token_requests().refused, 0);
    // Without a run for three months, the token expires.
    world.advance(90 * DAY);
    let credential = RefreshToken::new(&world.app(), Arc::new(store)).unwrap();
    let error = credential.token().await.unwrap_err();
    assert_eq!(error.code(), Some("AADSTS700082"));
}

#[tokio::test]
async fn credentials_that_share_a_store_do_not_lose_each_others_rotation() {
    // Each refresh token works once: redeeming an old one fails the test.
    let world = World::with(|builder| builder.single_use_refresh_tokens(true)).await;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("token.json");
    FileStore::new(&path).save(&world.stored()).await.unwrap();
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let app = world.app();
            let path = path.clone();
            tokio::spawn(async move {
                for _ in 0..5 {
                    let credential = RefreshToken::new(&app, Arc::new(FileStore::new(&path))).unwrap();
                    text(&credential).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let requests = world.entra().token_requests();
    assert_eq!((requests.refresh_token, requests.refused), (40, 0));
}

#[tokio::test]
async fn scopes_resource_and_tenant_are_sent_as_configured() {
    let world = World::new().await;
    let app = world.app().with_cloud(Cloud::China21Vianet).with_scope(TokenScope::UserImpersonation);
    text(&RefreshToken::new(&app, world.signed_in()).unwrap()).await;
    let app = world.app().with_resource("https://api.partnercenter.microsoft.com/");
    text(&RefreshToken::new(&app, world.signed_in()).unwrap()).await;
    let scopes: Vec<_> =
        world.emulator.authority_requests().iter().map(|r| r.form("scope").unwrap()).collect();
    assert_eq!(
        scopes,
        [
            "https://partner.partnercenterapi.microsoftonline.cn/user_impersonation offline_access",
            "https://api.partnercenter.microsoft.com/.default offline_access",
        ]
    );
}

#[tokio::test]
async fn numbers_may_be_strings() {
    let world = World::with(|builder| builder.numbers_as_strings(true)).await;
    let token = RefreshToken::new(&world.app(), world.signed_in()).unwrap().token().await.unwrap();
    let life = token.expiry().unwrap().duration_since(world.clock.system_time()).unwrap();
    assert_eq!(life, Entra::DEFAULT_LIFETIME);
}

#[tokio::test]
async fn a_token_from_a_consent_flow_is_redeemed_before_it_replaces_another() {
    let world = World::new().await;
    let store = world.signed_in();
    let before = kept(&*store).await;
    let refused = RefreshToken::adopt(&world.app(), store.clone(), "1.nonsense.0").await.unwrap_err();
    assert_eq!(OauthError::of(&refused).unwrap().reason(), Reason::SignInAgain);
    assert_eq!(kept(&*store).await.refresh_token().expose_secret(), before.refresh_token().expose_secret());
    for unusable in ["", "  ", "two words", "line\nbreak"] {
        let error = RefreshToken::adopt(&world.app(), store.clone(), unusable).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
    }
    assert_eq!(world.entra().token_requests().refresh_token, 1);

    let token = world.entra().issue_refresh_token();
    // With a line break, as read from a pipe.
    let credential = RefreshToken::adopt(&world.app(), store.clone(), format!("{token}\n")).await.unwrap();
    text(&credential).await;
    assert_eq!(
        world.entra().token_requests().refresh_token,
        2,
        "the access token from the redemption is used"
    );
    let after = kept(&*store).await;
    assert_ne!(after.refresh_token().expose_secret(), before.refresh_token().expose_secret());
}

#[tokio::test]
async fn a_token_given_at_every_start_needs_no_store() {
    let world = World::with(|builder| builder.single_use_refresh_tokens(true)).await;
    let credential = RefreshToken::from_token(&world.app(), world.entra().issue_refresh_token()).unwrap();
    text(&credential).await;
    world.advance(HOUR);
    text(&credential).await;
    assert_eq!(world.entra().token_requests().refused, 0, "the successor was used");
}

#[tokio::test]
async fn a_token_of_another_application_or_tenant_is_not_sent() {
    let world = World::new().await;
    let now = world.clock.system_time();
    for (tenant, client, wrong) in
        [(Entra::TENANT_ID, OTHER, "application"), (OTHER, Entra::CLIENT_ID, "tenant")]
    {
        let store = MemoryStore::holding(StoredToken::new(tenant, client, "token", now));
        let error = RefreshToken::new(&world.app(), Arc::new(store)).unwrap().token().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credential);
        assert!(error.message().contains(wrong), "{error}");
        assert!(error.advice().contains("sign in again"), "{}", error.advice());
    }
    let error =
        RefreshToken::new(&world.app(), Arc::new(MemoryStore::new())).unwrap().token().await.unwrap_err();
    assert!(error.message().contains("not signed in"), "{error}");
    assert_eq!(world.emulator.authority_requests().len(), 0);
}

#[tokio::test]
async fn each_sign_in_error_has_a_reason_and_advice() {
    let world = World::with(|builder| {
        builder
            .application(Application::new(Entra::CLIENT_ID).secret("right").public())
            .application(Application::new(OTHER).secret("right"))
    })
    .await;
    let entra = world.entra();
    let app = world.app().with_client_secret("right");
    let cases: [(Change<'_>, Change<'_>, &str, Reason, &str); 5] = [
        (&|e| e.revoke_refresh_tokens(), &|_| (), "AADSTS50173", Reason::SignInAgain, "sign in again"),
        (&|e| e.demand_mfa(), &|_| (), "AADSTS50076", Reason::Interaction, "Multi-factor"),
        (
            &|e| e.set_consent(Entra::CLIENT_ID, false),
            &|e| e.set_consent(Entra::CLIENT_ID, true),
            "AADSTS65001",
            Reason::Consent,
            "Global Administrator",
        ),
        (
            &|e| e.expire_secret(Entra::CLIENT_ID),
            &|e| e.change_secret(Entra::CLIENT_ID, "right"),
            "AADSTS7000222",
            Reason::Client,
            "client secret has expired",
        ),
        (
            &|e| e.change_secret(Entra::CLIENT_ID, "new"),
            &|e| e.change_secret(Entra::CLIENT_ID, "right"),
            "AADSTS7000215",
            Reason::Client,
            "client secret is wrong",
        ),
    ];
    for (spoil, repair, code, reason, advice) in cases {
        let credential = RefreshToken::new(&app, world.signed_in()).unwrap();
        spoil(entra);
        let error = credential.token().await.unwrap_err();
        repair(entra);
        assert_eq!((error.kind(), error.code()), (ErrorKind::Credential, Some(code)));
        assert!(error.is_unauthorized());
        let refusal = OauthError::of(&error).unwrap();
        assert_eq!(refusal.reason(), reason, "{code}");
        assert!(refusal.trace_id().is_some() && refusal.correlation_id().is_some());
        assert!(error.advice().contains(advice), "{code}: {}", error.advice());
        assert!(!error.to_string().contains("AADSTS50173:"), "the service's text is not shown: {error}");
    }
    // Another application's token, and an unknown application.
    let stolen = entra.issue_refresh_token_to(OTHER, true);
    let error = RefreshToken::from_token(&app, stolen).unwrap().token().await.unwrap_err();
    assert_eq!(error.code(), Some("AADSTS700007"));
    let unknown = world.app_of("99999999-2222-3333-4444-555555555555");
    let error =
        RefreshToken::from_token(&unknown, entra.issue_refresh_token()).unwrap().token().await.unwrap_err();
    assert_eq!(
        (error.code(), OauthError::of(&error).unwrap().reason()),
        (Some("AADSTS700016"), Reason::Application)
    );
}

#[tokio::test]
async fn a_revoked_sign_in_is_reported_when_the_old_token_is_rejected_and_fixed_by_a_new_sign_in() {
    let world = World::new().await;
    let store = world.signed_in();
    let credential = RefreshToken::new(&world.app(), store.clone()).unwrap();
    let token = credential.token().await.unwrap();
    world.entra().revoke_refresh_tokens();
    assert_eq!(credential.token().await.unwrap(), token, "the access token is still valid");
    let error = credential.refresh(&token).await.unwrap_err();
    assert_eq!(error.code(), Some("AADSTS50173"));
    for _ in 0..100 {
        assert_eq!(credential.token().await.unwrap_err().code(), Some("AADSTS50173"));
    }
    assert_eq!(world.entra().token_requests().refresh_token, 2, "a rejected refresh is not retried at once");
    // A user signs in, in another process.
    store.save(&world.stored()).await.unwrap();
    world.advance(HOUR);
    text(&credential).await;
}

/// A store on a disk that is sometimes full.
#[derive(Debug)]
struct Flaky {
    store: MemoryStore,
    full: AtomicBool,
}

impl TokenStore for Flaky {
    fn lock(&self) -> BoxFuture<'_, Result<StoreLock, Error>> {
        self.store.lock()
    }

    fn load(&self) -> BoxFuture<'_, Result<Option<StoredToken>, Error>> {
        self.store.load()
    }

    fn save<'a>(&'a self, token: &'a StoredToken) -> BoxFuture<'a, Result<(), Error>> {
        if self.full.load(Ordering::Relaxed) {
            return Box::pin(std::future::ready(Err(Error::new(
                ErrorKind::Configuration,
                "the disk is full",
            ))));
        }
        self.store.save(token)
    }

    fn clear(&self) -> BoxFuture<'_, Result<(), Error>> {
        self.store.clear()
    }
}

#[tokio::test]
async fn a_successor_that_could_not_be_saved_is_saved_later_and_its_access_token_never_used() {
    let world = World::with(|builder| builder.single_use_refresh_tokens(true)).await;
    let store = Arc::new(Flaky { store: MemoryStore::holding(world.stored()), full: AtomicBool::new(true) });
    let credential = RefreshToken::new(&world.app(), store.clone()).unwrap();
    let error = credential.token().await.unwrap_err();
    assert_eq!(error.message(), "the disk is full");
    world.advance(HOUR);
    store.full.store(false, Ordering::Relaxed);
    text(&credential).await;
    assert_eq!(world.entra().token_requests().refused, 0, "the successor was redeemed, not the used token");
    // The stored token is valid for another process.
    text(&RefreshToken::new(&world.app(), store).unwrap()).await;
    assert_eq!(world.entra().token_requests().refused, 0);
}
