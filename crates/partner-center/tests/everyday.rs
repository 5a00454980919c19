//! What an everyday program writes compiles, and runs.

use std::sync::Arc;

use futures_util::FutureExt as _;
use partner_center::chain::{
    Analytics, CommercialLicensesQuery, CustomerHandle, CustomerLicensesDeployment, CustomerList, Customers,
};
use partner_center::credential::{Credential, StaticToken};
use partner_center::filter::Deployment;
use partner_center::funnel::{FunnelReport, FunnelReportStream};
use partner_center::licenses::{DeploymentRow, LicenseReport, LicenseReportStream};
use partner_center::models::{CustomerCollection, CustomerLicensesDeploymentInsightsCollection};
use partner_center::paging::{Items, Pages};
use partner_center::sweep::{self, Sweep, SweepStream};
use partner_center::{Continuation, CustomerId, Error, ErrorKind, PartnerCenter, Response};
use partner_center_emulator::{DOCUMENTED_CUSTOMER, Emulator, FaultScript};

async fn partner() -> Result<(Emulator, PartnerCenter), Box<dyn std::error::Error>> {
    let emulator = Emulator::builder().customers(3).start().await?;
    let credential: Arc<dyn Credential> = Arc::new(StaticToken::new("any")?);
    let partner =
        PartnerCenter::builder().base_url(emulator.base_url()).credential(Arc::clone(&credential)).build()?;
    Ok((emulator, partner))
}

#[test]
fn handles_and_results_can_be_sent_to_other_threads_and_kept() {
    fn is_owned<T: Send + Sync + 'static>() {}
    fn is_sent<T: Send + 'static>() {}
    is_owned::<PartnerCenter>();
    is_owned::<Customers>();
    is_owned::<CustomerHandle>();
    is_owned::<CustomerLicensesDeployment>();
    is_owned::<CustomerList>();
    is_owned::<Analytics>();
    is_owned::<CommercialLicensesQuery<Deployment>>();
    is_owned::<Response<CustomerLicensesDeploymentInsightsCollection>>();
    is_owned::<Continuation>();
    is_owned::<Error>();

    is_sent::<Pages<CustomerCollection>>();
    is_sent::<Items<CustomerCollection>>();
    is_sent::<Sweep<CustomerLicensesDeploymentInsightsCollection>>();
    is_sent::<SweepStream<CustomerLicensesDeploymentInsightsCollection>>();
    is_sent::<LicenseReport<DeploymentRow>>();
    is_sent::<LicenseReportStream<DeploymentRow>>();
    is_sent::<FunnelReport>();
    is_sent::<FunnelReportStream>();
}

// Futures own their handles.
#[tokio::test]
async fn calls_can_be_joined_spawned_and_kept() {
    let (_emulator, partner) = partner().await.unwrap();
    let id: CustomerId = DOCUMENTED_CUSTOMER.into();
    let licenses = || partner.customers().by_id(id).analytics().licenses();

    let (deployment, usage) = tokio::join!(licenses().deployment().get(), licenses().usage().get());
    assert_eq!(deployment.unwrap().items().len(), 3);
    assert!(!usage.unwrap().items().is_empty());

    let spawned = tokio::spawn(licenses().deployment().get());
    assert_eq!(spawned.await.unwrap().unwrap().into_items().len(), 3);

    let page = partner.analytics().commercial().licenses().deployment().top(1).get();
    let customer = partner.customers().by_id(id).get();
    let totals = partner.analytics().licenses().usage().get();
    assert_eq!(page.await.unwrap().items().len(), 1);
    assert_eq!(customer.await.unwrap().into_value().id.to_string(), id.to_string());
    assert!(!totals.await.unwrap().items().is_empty());
}

#[tokio::test]
async fn rows_are_read_in_a_plain_loop() {
    let (_emulator, partner) = partner().await.unwrap();
    let response = partner
        .customers()
        .by_id(DOCUMENTED_CUSTOMER)
        .analytics()
        .licenses()
        .deployment()
        .get()
        .await
        .unwrap();
    let total = response.value().total_count;
    let mut rows = 0;
    for row in response.into_items() {
        assert!(row.licenses_sold.is_some());
        rows += 1;
    }
    assert_eq!(total, Some(rows));
}

// Without a runtime a call is an error, not a panic.
#[test]
fn a_call_without_a_runtime_is_a_configuration_error() {
    let partner = PartnerCenter::builder().credential(StaticToken::new("any").unwrap()).build().unwrap();
    let call = partner.customers().by_id(DOCUMENTED_CUSTOMER).get();
    let error = call.now_or_never().expect("the call waits for nothing").unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Configuration, 0));
    assert!(error.message().contains("Tokio runtime"), "{error}");
}

// The SDK's error is in the source chain.
#[tokio::test]
async fn the_error_of_a_sweep_has_the_error_of_the_sdk_as_its_source() {
    let emulator = Emulator::builder()
        .faults("100% 403(code=900150)".parse::<FaultScript>().unwrap())
        .start()
        .await
        .unwrap();
    let partner = PartnerCenter::builder()
        .base_url(emulator.base_url())
        .credential(StaticToken::new("any").unwrap())
        .build()
        .unwrap();
    let mut stream = partner.customers().sweep(sweep::deployment).stream();
    let error: Box<dyn std::error::Error> = Box::new(stream.try_next().await.unwrap_err());
    let source = error.source().and_then(|source| source.downcast_ref::<Error>()).expect("the SDK's error");
    assert!(source.is_forbidden(), "{source}");
    assert!(!error.to_string().contains(source.message()), "a chain that is printed says it once");
}

// What cannot work is found at `build`.
#[test]
fn settings_that_cannot_work_are_refused_by_build() {
    let builder = || PartnerCenter::builder().credential(StaticToken::new("any").unwrap());
    let zero = std::time::Duration::ZERO;
    for (builder, named) in [
        (builder().locale("no tag"), "locale"),
        (builder().locale(""), "locale"),
        (builder().body_limit(0), "body_limit"),
        (builder().connect_timeout(zero), "connect_timeout"),
        (builder().timeout(zero), "timeout"),
        (builder().attempt_timeout(zero), "attempt_timeout"),
        (builder().stall_timeout(zero), "stall_timeout"),
        (builder().max_attempts(0), "max_attempts"),
        (builder().max_concurrent_requests(0), "max_concurrent_requests"),
        (builder().application("a\nb"), "application"),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{named}");
        assert!(error.message().contains(named), "{named}: {error}");
    }
}
