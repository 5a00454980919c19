//! Reports on all customers from both sources of the emulator.

#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use partner_center::clock::ManualClock;
use partner_center::credential::StaticToken;
use partner_center::licenses::Source;
use partner_center::licenses::{
    Batch, DeploymentRow, Fallback, LicenseReport, LicenseReportStream, LicenseRow, SourceChoice, UsageRow,
};
use partner_center::sweep::{Checkpoint, Order, Outcome};
use partner_center::{ErrorKind, PartnerCenter};
use partner_center_emulator::{CustomerState, Emulator, EmulatorBuilder, TokenSpec};

const CUSTOMERS: usize = 60;
const COMMERCIAL: &str = "/partner/v1/analytics/commercial/";

fn partner(emulator: &Emulator, token: impl Into<String>) -> PartnerCenter {
    PartnerCenter::builder()
        .credential(StaticToken::new(token).unwrap())
        .base_url(emulator.base_url())
        .clock(ManualClock::new())
        .build()
        .unwrap()
}

fn builder() -> EmulatorBuilder {
    Emulator::builder().customers(CUSTOMERS)
}

async fn with_faults(faults: &str) -> (Emulator, PartnerCenter) {
    let emulator = builder().faults(faults.parse::<partner_center_emulator::FaultScript>().unwrap());
    let emulator = emulator.start().await.unwrap();
    let partner = partner(&emulator, "opaque");
    (emulator, partner)
}

fn in_order<R: LicenseRow>(partner: &PartnerCenter) -> LicenseReport<R> {
    partner.customers().report().order(Order::Customer)
}

async fn all<R: LicenseRow>(stream: &mut LicenseReportStream<R>) -> Vec<Batch<R>> {
    let mut portions = Vec::new();
    while let Some(batch) = stream.try_next().await.unwrap() {
        portions.push(batch);
    }
    portions
}

fn rows<R: LicenseRow + Clone>(portions: &[Batch<R>]) -> Vec<R> {
    let rows = portions.iter().filter_map(|batch| match &batch.outcome {
        Outcome::Rows(rows) => Some(rows.value().iter().cloned()),
        _ => None,
    });
    rows.flatten().collect()
}

/// The expected deployment rows of all customers from this source.
fn truth(emulator: &Emulator, source: Source) -> Vec<String> {
    let mut lines = Vec::new();
    for customer in emulator.book().customers() {
        for row in customer.deployment() {
            let processed = match source {
                Source::Classic => row.processed.classic(),
                _ => row.processed.commercial(),
            };
            lines.push(format!(
                "{source:?} {} {} {} {} {processed}",
                customer.id, row.product.name, row.licenses_sold, row.licenses_deployed
            ));
        }
    }
    lines.sort_unstable();
    lines
}

fn lines(rows: &[DeploymentRow]) -> Vec<String> {
    let line = |row: &DeploymentRow| {
        format!(
            "{:?} {} {} {} {} {}",
            row.source,
            row.customer_id.unwrap(),
            row.product_name.as_deref().unwrap(),
            row.licenses_sold.unwrap(),
            row.licenses_deployed.unwrap(),
            row.processed_date_time.as_ref().unwrap()
        )
    };
    let mut lines: Vec<_> = rows.iter().map(line).collect();
    lines.sort_unstable();
    lines
}

fn requests_to(emulator: &Emulator, path: &str) -> usize {
    emulator.requests().iter().filter(|request| request.path().starts_with(path)).count()
}

/// Every customer is listed, with or without rows, even if the report was resumed.
fn covers_all(emulator: &Emulator, stream: &LicenseReportStream<DeploymentRow>) {
    let coverage = stream.coverage().unwrap();
    let customers = emulator.book().customers();
    let active: Vec<String> = customers
        .filter(|customer| customer.state == CustomerState::Active)
        .map(|customer| customer.id.to_string())
        .collect();
    let mut with_rows: Vec<_> = coverage.with_rows().map(|customer| customer.to_string()).collect();
    with_rows.sort_unstable();
    let mut expected = active;
    expected.sort_unstable();
    assert_eq!(with_rows, expected);
    assert_eq!(coverage.listed(), Some(emulator.book().customers().count() as u64));
    assert_eq!(coverage.without_rows().count() + with_rows.len(), emulator.book().customers().count());
    assert!(coverage.without_rows().all(|(_, name)| name.is_some()) && coverage.refused().is_none());
}

#[tokio::test]
async fn the_commercial_query_needs_few_requests() {
    let emulator = builder().page_size(50).start().await.unwrap();
    let partner = partner(&emulator, "opaque");
    let mut stream = partner.customers().report::<DeploymentRow>().stream();
    assert_eq!(stream.source(), None);
    let portions = all(&mut stream).await;
    assert!(portions.iter().all(|batch| batch.customer.is_none()));
    let rows = rows(&portions);
    assert_eq!(lines(&rows), truth(&emulator, Source::Commercial));
    assert!(
        rows.iter().all(|row| row.product_id.is_some() && row.deployment_percent.is_some()),
        "all sold some"
    );

    assert_eq!((stream.source(), stream.fallback().is_none()), (Some(Source::Commercial), true));
    assert_eq!(stream.progress().summary.rows, rows.len() as u64);
    assert!(stream.checkpoint().is_finished());
    assert_eq!(
        (requests_to(&emulator, COMMERCIAL), requests_to(&emulator, "/v1/customers/")),
        (portions.len(), 0)
    );
    let lists = emulator.request_count() - portions.len() as u64;
    assert_eq!(requests_to(&emulator, "/v1/customers") as u64, lists);
    covers_all(&emulator, &stream);
    let again = partner.customers().report::<DeploymentRow>().resume(stream.checkpoint());
    let mut again = again.stream();
    assert!(all(&mut again).await.is_empty(), "returned rows are not returned again");
    covers_all(&emulator, &again);
    let without = partner.customers().report::<DeploymentRow>().without_list();
    let mut without = without.stream();
    let _ = all(&mut without).await;
    assert_eq!(
        requests_to(&emulator, "/v1/customers") as u64,
        2 * lists,
        "the list is read only if requested"
    );
    assert_eq!(without.coverage().unwrap().listed(), None);
    let debug = format!("{:?}", rows[5]);
    assert!(!debug.contains(rows[5].customer_name.as_deref().unwrap()), "{debug}");
}

#[tokio::test]
async fn without_the_commercial_query_every_customer_is_read() {
    for refusal in ["404", "400", "403", "501"] {
        let (emulator, partner) = with_faults(&format!("{COMMERCIAL}* {refusal}")).await;
        let mut stream = in_order::<DeploymentRow>(&partner).stream();
        let portions = all(&mut stream).await;
        assert_eq!(lines(&rows(&portions)), truth(&emulator, Source::Classic), "{refusal}");
        let refused = match stream.fallback() {
            Some(Fallback::Refused(error)) => error.status().unwrap().to_string(),
            other => panic!("{other:?}"),
        };
        assert_eq!((refused.as_str(), stream.source()), (refusal, Some(Source::Classic)));
        assert_eq!(requests_to(&emulator, COMMERCIAL), 1, "{refusal}");

        let mut customers: Vec<_> = emulator.book().customers().collect();
        customers.sort_unstable_by_key(|customer| customer.id);
        assert_eq!(portions.len(), customers.len());
        for (batch, customer) in portions.iter().zip(customers) {
            assert_eq!(batch.customer.unwrap().as_uuid(), customer.id);
            let standing = match &batch.outcome {
                Outcome::Rows(rows) => {
                    assert!(rows.value().iter().all(|row| row.deployment_percent.is_some()));
                    CustomerState::Active
                }
                Outcome::Empty(_) => CustomerState::Empty,
                Outcome::Skipped(_) => CustomerState::Lapsed,
                Outcome::Failed(error) => panic!("{error}"),
            };
            assert_eq!(standing, customer.state);
        }
    }
}

#[tokio::test]
async fn a_commercial_query_without_rows_falls_back() {
    let (emulator, partner) = with_faults(&format!("{COMMERCIAL}* 204")).await;
    let mut stream = in_order::<UsageRow>(&partner).stream();
    let rows = rows(&all(&mut stream).await);
    assert!(matches!(stream.fallback(), Some(Fallback::Empty)));
    let expected: usize = emulator.book().customers().map(|customer| customer.usage().len()).sum();
    assert_eq!(rows.len(), expected);
    assert!(rows.iter().all(|row| row.source == Source::Classic && row.workload_name.is_some()));

    let mut stream = in_order::<UsageRow>(&partner).source(SourceChoice::Commercial).stream();
    assert_eq!(
        all(&mut stream).await.len(),
        0,
        "with the commercial source alone, the empty result is returned"
    );
    assert!(stream.fallback().is_none() && stream.checkpoint().is_finished());
}

#[tokio::test]
async fn a_failing_query_does_not_fall_back() {
    for (faults, kind) in [
        ("503", ErrorKind::Unavailable),
        ("429(retry-after=1)", ErrorKind::Throttled),
        ("html", ErrorKind::InvalidResponse),
        ("reset", ErrorKind::Network),
    ] {
        let (emulator, partner) = with_faults(&format!("{COMMERCIAL}* {faults}")).await;
        let mut stream = partner.customers().report::<DeploymentRow>().stream();
        let interrupted = stream.try_next().await.unwrap_err();
        assert_eq!(interrupted.error().kind(), kind);
        assert!(!interrupted.checkpoint().is_finished());
        assert!(stream.try_next().await.unwrap().is_none());
        assert_eq!(requests_to(&emulator, "/v1/"), 0, "{faults}");
    }

    let emulator = builder().start().await.unwrap();
    let token = emulator.entra().issue_access_token(&TokenSpec::application());
    let partner = partner(&emulator, token);
    let interrupted = partner.customers().report::<DeploymentRow>().stream().try_next().await.unwrap_err();
    assert_eq!(interrupted.error().kind(), ErrorKind::AppOnlyToken);
    assert_eq!(emulator.request_count(), 1);
}

#[tokio::test]
async fn a_chosen_source_is_the_only_one() {
    let (emulator, partner) = with_faults(&format!("{COMMERCIAL}* 404")).await;
    let book = in_order::<DeploymentRow>(&partner).source(SourceChoice::Commercial);
    assert_eq!(book.stream().try_next().await.unwrap_err().error().kind(), ErrorKind::NotFound);
    assert_eq!(requests_to(&emulator, "/v1/"), 0);

    let mut stream = in_order::<DeploymentRow>(&partner).source(SourceChoice::Classic).stream();
    assert_eq!(stream.source(), Some(Source::Classic));
    assert_eq!(lines(&rows(&all(&mut stream).await)), truth(&emulator, Source::Classic));
    assert_eq!(requests_to(&emulator, COMMERCIAL), 1, "the earlier request");
}

/// Reads this many batches at a time, and resumes in a new stream until the end.
async fn in_pieces(partner: &PartnerCenter, portions: usize) -> Vec<Batch<DeploymentRow>> {
    let (mut read, mut saved) = (Vec::new(), None::<String>);
    loop {
        let mut book = in_order(partner);
        if let Some(saved) = saved {
            book = book.resume(serde_json::from_str::<Checkpoint>(&saved).unwrap());
        }
        let mut stream = book.stream();
        for _ in 0..portions {
            match stream.try_next().await {
                Ok(Some(batch)) => read.push(batch),
                Ok(None) => return read,
                Err(interrupted) => panic!("{interrupted}"),
            }
        }
        saved = Some(serde_json::to_string(&stream.checkpoint()).unwrap());
    }
}

#[tokio::test]
async fn a_report_resumes_with_the_source_it_was_started_with() {
    let emulator = builder().page_size(20).start().await.unwrap();
    let partner = partner(&emulator, "opaque");
    let portions = in_pieces(&partner, 2).await;
    assert!(portions.len() > 4);
    assert_eq!(lines(&rows(&portions)), truth(&emulator, Source::Commercial));

    let (emulator, partner) = with_faults(&format!("{COMMERCIAL}* 404")).await;
    let portions = in_pieces(&partner, 7).await;
    assert_eq!(lines(&rows(&portions)), truth(&emulator, Source::Classic));
    assert_eq!(requests_to(&emulator, COMMERCIAL), 1, "not tried again");
}

#[tokio::test]
async fn an_interrupted_query_is_resumed_and_not_mixed_with_the_other_source() {
    let faults = format!("#2 {COMMERCIAL}* 404");
    let emulator = builder()
        .page_size(50)
        .faults(faults.parse::<partner_center_emulator::FaultScript>().unwrap())
        .start()
        .await
        .unwrap();
    let partner = partner(&emulator, "opaque");
    let mut stream = partner.customers().report::<DeploymentRow>().stream();
    let mut portions = vec![stream.try_next().await.unwrap().unwrap()];
    let interrupted = stream.try_next().await.unwrap_err();
    assert_eq!(interrupted.error().kind(), ErrorKind::NotFound);
    let checkpoint = interrupted.into_parts().1;
    assert_eq!(checkpoint.summary().rows, 50);

    // Not through a checkpoint either.
    let classic = partner.customers().report::<DeploymentRow>().source(SourceChoice::Classic);
    let refused = classic.resume(checkpoint.clone()).stream().try_next().await.unwrap_err();
    assert_eq!(refused.error().kind(), ErrorKind::InvalidInput);
    assert_eq!(*refused.checkpoint(), checkpoint);
    let refused = partner.customers().sweep(partner_center::sweep::deployment).resume(checkpoint.clone());
    assert_eq!(refused.stream().try_next().await.unwrap_err().error().kind(), ErrorKind::InvalidInput);

    let mut rest = partner.customers().report().resume(checkpoint).stream();
    portions.extend(all(&mut rest).await);
    assert_eq!(lines(&rows(&portions)), truth(&emulator, Source::Commercial));
    assert_eq!(requests_to(&emulator, "/v1/customers/"), 0);
    covers_all(&emulator, &rest);
}

#[tokio::test]
async fn one_source_is_chosen_for_both_row_types() {
    let decide = async |faults: &str| {
        let (emulator, partner) = with_faults(faults).await;
        let decided = SourceChoice::Auto.decide(&partner).await;
        (decided, emulator.request_count())
    };
    let (decided, requests) = decide("").await;
    let (source, fallback) = decided.unwrap();
    assert_eq!((source, fallback.is_none(), requests), (Source::Commercial, true, 2));

    let (decided, requests) = decide("/partner/v1/analytics/commercial/usage/* 404").await;
    let (source, fallback) = decided.unwrap();
    assert_eq!((source, requests), (Source::Classic, 2));
    assert!(matches!(fallback, Some(Fallback::Refused(_))));

    let (decided, requests) = decide("/partner/v1/analytics/commercial/deployment/* 204").await;
    let (source, fallback) = decided.unwrap();
    assert_eq!((source, requests), (Source::Classic, 1));
    assert!(matches!(fallback, Some(Fallback::Empty)));

    let (decided, _) = decide("/partner/v1/* 503").await;
    assert_eq!(decided.unwrap_err().kind(), ErrorKind::Unavailable);

    let (emulator, partner) = with_faults("").await;
    for (choice, source) in
        [(SourceChoice::Classic, Source::Classic), (SourceChoice::Commercial, Source::Commercial)]
    {
        assert_eq!(choice.decide(&partner).await.unwrap().0, source);
    }
    assert_eq!(emulator.request_count(), 0, "an explicit choice sends no request");
}
