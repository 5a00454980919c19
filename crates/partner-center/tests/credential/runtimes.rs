//! Refreshes with several runtimes, runtimes that shut down, and processes that are told to stop.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use partner_center::PartnerCenter;
use partner_center::clock::FixedRandom;
use partner_center::credential::{
    AppRegistration, Credential, FileStore, RefreshToken, StoredToken, TokenStore,
};
use partner_center_emulator::{Clock, DOCUMENTED_CUSTOMER, Entra, FaultScript};
use partner_center_test_support::{FakeServer, Reply, ok};
use secrecy::ExposeSecret;
use tokio::runtime::Runtime;
use tracing::instrument::{Instrument, WithSubscriber};
use tracing::span::{Attributes, Id};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

use crate::support::World;

const LONG: Duration = Duration::from_secs(30);
const SHORT: Duration = Duration::from_millis(50);

/// A sign-in host that holds its responses back until they are released.
struct SignInHost {
    server: FakeServer,
    open: mpsc::Sender<()>,
}

impl SignInHost {
    fn new() -> Self {
        let (open, opened) = mpsc::channel();
        let (count, opened) = (AtomicUsize::new(0), Mutex::new(opened));
        let server = FakeServer::responding(move |_| {
            let number = count.fetch_add(1, Ordering::SeqCst) + 1;
            if opened.lock().unwrap().recv().is_err() {
                return Reply::Cut(Vec::new());
            }
            ok(format!(
                r#"{{"token_type":"Bearer","access_token":"good-{number}","expires_in":3599,"refresh_token":"r-{number}"}}"#
            ))
        });
        Self { server, open }
    }

    fn release_one(&self) {
        self.open.send(()).unwrap();
    }

    fn requests(&self) -> usize {
        self.server.requests().len()
    }

    fn app(&self) -> AppRegistration {
        AppRegistration::new("contoso.example", "11111111-2222-3333-4444-555555555555")
            .with_authority(self.server.url())
    }
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

struct Signed {
    _directory: tempfile::TempDir,
    store: FileStore,
    credential: RefreshToken,
}

impl Signed {
    fn into(host: &SignInHost) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = FileStore::new(directory.path().join("token.json"));
        let app = host.app();
        let token =
            StoredToken::new(app.tenant(), app.client_id(), "first", std::time::SystemTime::UNIX_EPOCH);
        runtime().block_on(store.save(&token)).unwrap();
        let credential = RefreshToken::new(&app, Arc::new(store.clone())).unwrap();
        Self { _directory: directory, store, credential }
    }

    /// The stored token, as another process sees it.
    fn kept(&self) -> String {
        let store = FileStore::new(self.store.path());
        let token = runtime().block_on(store.load()).unwrap().unwrap();
        token.refresh_token().expose_secret().to_owned()
    }
}

/// Requests a token on this runtime, and gives up before the response arrives.
fn begin(on: &Runtime, signed: &Signed, host: &SignInHost) {
    on.block_on(async {
        let token = tokio::time::timeout(SHORT, signed.credential.token()).await;
        assert!(token.is_err(), "no response was sent yet");
    });
    host.server.wait_for_requests(1);
}

// The refresh was a task of the first runtime, and stalled with it while it held the lock.
#[test]
fn a_refresh_started_on_an_idle_runtime_serves_another() {
    let (host, a, b) = (SignInHost::new(), runtime(), runtime());
    let signed = Signed::into(&host);
    begin(&a, &signed, &host);
    host.release_one();
    let token = b.block_on(async { tokio::time::timeout(LONG, signed.credential.token()).await });
    assert_eq!(token.unwrap().unwrap().expose(), "good-1", "the refresh that was started");
    let other = FileStore::new(signed.store.path());
    assert!(b.block_on(async { tokio::time::timeout(LONG, other.lock()).await }).unwrap().is_ok());
    assert_eq!((host.requests(), signed.kept().as_str()), (1, "r-1"));
    drop(a);
}

// The refresh ended with the runtime, and the new refresh token was lost.
#[test]
fn a_refresh_outlives_the_runtime_it_was_started_on() {
    let (host, a) = (SignInHost::new(), runtime());
    let signed = Signed::into(&host);
    begin(&a, &signed, &host);
    drop(a);
    host.release_one();
    runtime().block_on(async { tokio::time::timeout(LONG, signed.credential.settle()).await }).unwrap();
    assert_eq!(signed.kept(), "r-1");
    let token = runtime().block_on(signed.credential.token()).unwrap();
    assert_eq!((token.expose(), host.requests()), ("good-1", 1));
}

// A process can wait for refreshes in progress, for a bounded time, without starting any.
#[test]
fn a_process_that_is_told_to_stop_waits_for_the_successor_for_a_bounded_time() {
    for round in 0..10 {
        let (host, a) = (SignInHost::new(), runtime());
        let signed = Signed::into(&host);
        let partner = PartnerCenter::builder()
            .base_url("http://127.0.0.1:9")
            .credential(signed.credential.clone())
            .build()
            .unwrap();
        assert!(a.block_on(partner.settle(Duration::ZERO)), "there is nothing to wait for");
        a.block_on(async {
            let call = partner.customers().by_id(DOCUMENTED_CUSTOMER);
            tokio::select! {
                _ = call.get() => panic!("no response was sent yet"),
                () = tokio::time::sleep(SHORT) => {}
            }
        });
        host.server.wait_for_requests(1);
        assert!(!a.block_on(partner.settle(SHORT)), "{round}: it is still in progress");
        host.release_one();
        assert!(a.block_on(partner.settle(LONG)), "{round}");
        assert_eq!((signed.kept().as_str(), host.requests()), ("r-1", 1), "{round}");
    }
}

// One transient error failed 444 of 500 customers, because the next refresh was delayed for five seconds.
#[tokio::test]
async fn a_transient_refresh_error_fails_no_call() {
    let world = World::with(|builder| {
        builder
            .clock(Clock::system())
            .faults("#2-5 /*/oauth2/* aadsts(90033,status=400)".parse::<FaultScript>().unwrap())
    })
    .await;
    let app = AppRegistration::new(Entra::TENANT_ID, Entra::CLIENT_ID)
        .with_authority(world.emulator.authority())
        .with_random(FixedRandom::new(0.0));
    world.entra().issue_for(Duration::from_secs(1));
    let credential = RefreshToken::new(&app, world.signed_in()).unwrap();
    credential.token().await.unwrap();
    world.entra().issue_for(Duration::from_secs(3600));
    tokio::time::sleep(Duration::from_millis(1001)).await;
    let partner =
        PartnerCenter::builder().base_url(world.emulator.base_url()).credential(credential).build().unwrap();
    let calls: Vec<_> = (0..500)
        .map(|_| {
            let partner = partner.clone();
            tokio::spawn(async move { partner.customers().by_id(DOCUMENTED_CUSTOMER).get().await.map(drop) })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    // Faults are injected in front of the sign-in host, which does not count them.
    assert_eq!(world.entra().token_requests().refresh_token, 2, "one after the failed one");
    assert_eq!(world.emulator.authority_requests().len(), 6);
}

/// Records spans, what they follow from, and the span of each event of this crate.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<Seen>>);

#[derive(Default)]
struct Seen {
    /// Id, name, and whether it has no parent.
    spans: Vec<(Id, &'static str, bool)>,
    follows: Vec<(Id, Id)>,
    events: Vec<Option<&'static str>>,
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Spans {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let root = context.span(id).is_some_and(|span| span.parent().is_none());
        self.0.lock().unwrap().spans.push((id.clone(), attributes.metadata().name(), root));
    }

    fn on_follows_from(&self, span: &Id, follows: &Id, _: Context<'_, S>) {
        self.0.lock().unwrap().follows.push((span.clone(), follows.clone()));
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if event.metadata().target().starts_with("partner_center") {
            let span = context.event_span(event).map(|span| span.name());
            self.0.lock().unwrap().events.push(span);
        }
    }
}

// The events of a refresh had no span, or that of an arbitrary call.
#[tokio::test]
async fn a_refresh_has_its_own_span_that_follows_from_the_callers_span() {
    let world =
        World::with(|builder| builder.faults("#1 /*/oauth2/* 503".parse::<FaultScript>().unwrap())).await;
    let credential = RefreshToken::new(&world.app(), world.signed_in()).unwrap();
    let spans = Spans::default();
    let subscriber = tracing_subscriber::registry().with(spans.clone());
    async {
        // Created while the subscriber is active.
        let callers = tracing::info_span!("the caller's");
        credential.token().instrument(callers).await.unwrap();
        credential.settle().await;
    }
    .with_subscriber(subscriber)
    .await;
    let seen = spans.0.lock().unwrap();
    let id = |name| seen.spans.iter().find(|span| span.1 == name).unwrap().0.clone();
    let refresh = seen.spans.iter().find(|span| span.1 == "partner_center.token_refresh").unwrap();
    assert!(refresh.2, "it is a root span");
    assert_eq!(seen.follows, [(refresh.0.clone(), id("the caller's"))]);
    assert_eq!(seen.events, [Some("partner_center.token_refresh")], "the second attempt is logged there");
}
