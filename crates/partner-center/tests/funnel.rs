//! The funnel of an emulator's whole data set (its book), read customer by customer and with the commercial queries,
//! must match the book.

#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use futures_util::TryStreamExt as _;
use partner_center::clock::ManualClock;
use partner_center::credential::StaticToken;
use partner_center::funnel::{
    Flag, Funnel, FunnelBatch, FunnelReport, FunnelReportStream, FunnelTotals, InputRows, Join, JoinReport,
};
use partner_center::licenses::{DeploymentRow, Fallback, Source, SourceChoice};
use partner_center::sweep::{Checkpoint, Order, Outcome};
use partner_center::{CustomerId, ErrorKind, PartnerCenter};
use partner_center_emulator::{Book, CustomerState, Emulator, FaultScript};

const CUSTOMERS: usize = 60;
const COMMERCIAL: &str = "/partner/v1/analytics/commercial/";

fn partner(emulator: &Emulator) -> PartnerCenter {
    PartnerCenter::builder()
        .credential(StaticToken::new("opaque").unwrap())
        .base_url(emulator.base_url())
        .clock(ManualClock::new())
        .build()
        .unwrap()
}

async fn with_faults(faults: &str) -> (Emulator, PartnerCenter) {
    let faults = faults.parse::<FaultScript>().unwrap();
    let emulator =
        Emulator::builder().customers(CUSTOMERS).page_size(50).faults(faults).start().await.unwrap();
    let partner = partner(&emulator);
    (emulator, partner)
}

fn requests_to(emulator: &Emulator, path: &str) -> usize {
    emulator.requests().iter().filter(|request| request.path().starts_with(path)).count()
}

/// Sold, deployed, active, shelfware and idle, computed from the book.
fn truth(book: &Book) -> [i64; 5] {
    let [mut sold, mut deployed, mut active, mut shelfware, mut idle] = [0_u64; 5];
    for customer in book.customers() {
        let usage = customer.usage();
        for row in customer.deployment() {
            sold += row.licenses_sold;
            deployed += row.licenses_deployed;
            shelfware += row.licenses_sold.saturating_sub(row.licenses_deployed);
            let of_product = usage.iter().filter(|used| used.product.id == row.product.id);
            if let Some(most) = of_product.map(|used| used.licenses_active).max() {
                active += most;
                idle += row.licenses_deployed.saturating_sub(most);
            }
        }
        // The documented commercial responses report usage of products that have no deployment.
        for used in &usage {
            if customer.deployment().iter().all(|row| row.product.id != used.product.id) {
                active += used.licenses_active;
            }
        }
    }
    [sold, deployed, active, shelfware, idle].map(u64::cast_signed)
}

fn sums(totals: &FunnelTotals) -> [i64; 5] {
    let all = totals.overall();
    [all.licenses_sold, all.licenses_deployed, all.licenses_active, all.shelfware, all.idle]
        .map(|tally| tally.sum)
}

#[tokio::test]
async fn the_funnel_is_the_same_from_both_sources() {
    let emulator = Emulator::builder().customers(CUSTOMERS).start().await.unwrap();
    let partner = partner(&emulator);

    let (mut classic, mut report) = (FunnelTotals::default(), JoinReport::default());
    for customer in emulator.book().customers() {
        let id = CustomerId::from(customer.id);
        let Ok(funnel) = Funnel::read(partner.customers().by_id(id)).await else {
            assert!(customer.deployment().is_empty(), "only lapsed customers are rejected");
            continue;
        };
        let funnel = funnel.into_value();
        assert_eq!(funnel.report.flagged(Flag::Summed) + funnel.report.left_out(), 0);
        report.merge(&funnel.report);
        for row in &funnel.rows {
            classic.add(row);
        }
    }
    assert_eq!(sums(&classic), truth(emulator.book()));
    assert!(report.flagged(Flag::WithoutUsage) > 0 && report.flagged(Flag::DeployedExceedsSold) > 0);
    assert_eq!(report.flagged(Flag::JoinedByName) + report.flagged(Flag::Ambiguous), 0);

    let (mut join, mut commercial) = (Join::new(), FunnelTotals::default());
    let licenses = partner.analytics().commercial().licenses();
    let usage: Vec<_> = licenses.usage().top(100).stream().try_collect().await.unwrap();
    for row in usage {
        join.usage(&row.into());
    }
    let deployment: Vec<_> = licenses.deployment().top(100).stream().try_collect().await.unwrap();
    for row in deployment {
        join.deployment(&row.into());
    }
    let mut rows = join.finish();
    rows.by_ref().for_each(|row| commercial.add(&row));
    let mut report_of_commercial = rows.report().clone();
    assert_eq!(sums(&commercial), sums(&classic));
    // The classic operations compute usage days before deployment, the commercial queries on one day.
    assert!(report.flags.remove(&Flag::MixedAges) > report_of_commercial.flags.remove(&Flag::MixedAges));
    assert_eq!(report_of_commercial, report);
    assert_eq!(commercial.products().len(), classic.products().len());
}

async fn all(stream: &mut FunnelReportStream) -> (Vec<FunnelBatch>, FunnelTotals) {
    let (mut batches, mut totals) = (Vec::new(), FunnelTotals::default());
    while let Some(batch) = stream.try_next().await.unwrap() {
        batch.rows().iter().for_each(|row| totals.add(row));
        batches.push(batch);
    }
    (batches, totals)
}

#[tokio::test]
async fn all_customers_take_few_requests_with_the_commercial_queries() {
    let (emulator, partner) = with_faults("").await;
    let mut stream = partner.customers().funnel().stream();
    assert_eq!((stream.source(), stream.coverage().is_none(), stream.checkpoint()), (None, true, None));
    assert_eq!(emulator.request_count(), 0);
    assert_eq!(stream.decide().await.unwrap(), Source::Commercial);
    assert_eq!((emulator.request_count(), stream.decide().await.unwrap()), (2, Source::Commercial));

    let (batches, totals) = all(&mut stream).await;
    assert_eq!(sums(&totals), truth(emulator.book()));
    let pages = batches.iter().take_while(|batch| matches!(batch, FunnelBatch::Page(_))).count();
    assert_eq!(requests_to(&emulator, COMMERCIAL), pages + 2, "the first two decide on the source");
    assert_eq!(requests_to(&emulator, "/v1/customers/"), 0);

    // Every customer is one batch, in order of id.
    let joined: Vec<_> = batches[pages..].iter().map(FunnelBatch::rows).collect();
    assert!(joined.iter().all(|rows| rows.iter().all(|row| row.source == Source::Commercial)));
    let ids: Vec<_> = joined.iter().map(|rows| rows[0].customer_id).collect();
    assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
    let customers = emulator.book().customers();
    let active = customers.filter(|customer| customer.state == CustomerState::Active).count();
    assert_eq!(ids.len(), active);

    let report = stream.report();
    assert_eq!(report.funnel_rows, totals.overall().rows);
    assert_eq!(stream.progress().summary.rows, report.deployment_rows + report.usage_rows);
    assert!(stream.fallback().is_none() && stream.checkpoint().is_none(), "few requests are repeated");
    let coverage = stream.coverage().unwrap();
    assert_eq!(coverage.listed(), Some(CUSTOMERS as u64));
    assert_eq!(coverage.with_rows().len(), ids.len());
    assert_eq!(coverage.without_rows().count(), CUSTOMERS - ids.len());
    assert_eq!((stream.empty_pages(), stream.list_findings().unreadable_count()), (0, 0));
    assert!(stream.try_next().await.unwrap().is_none());
}

#[tokio::test]
async fn without_the_commercial_queries_every_customer_is_read() {
    let (emulator, partner) = with_faults(&format!("{COMMERCIAL}* 404")).await;
    let mut stream = partner.customers().funnel().order(Order::Customer).stream();
    let (batches, totals) = all(&mut stream).await;
    assert_eq!(sums(&totals), truth(emulator.book()));
    assert_eq!((stream.source(), stream.coverage().is_none()), (Some(Source::Classic), true));
    assert!(matches!(stream.fallback(), Some(Fallback::Refused(error)) if error.status() == Some(404)));
    assert_eq!(requests_to(&emulator, COMMERCIAL), 1);

    let mut customers: Vec<_> = emulator.book().customers().collect();
    customers.sort_unstable_by_key(|customer| customer.id);
    assert_eq!(batches.len(), customers.len());
    let mut report = JoinReport::default();
    for (batch, expected) in batches.iter().zip(customers) {
        let FunnelBatch::Customer(customer) = batch else { panic!("{batch:?}") };
        assert_eq!(customer.customer.as_uuid(), expected.id);
        let state = match &customer.outcome {
            Outcome::Rows(funnel) => {
                assert_eq!(funnel.value().rows, batch.rows());
                report.merge(&funnel.value().report);
                CustomerState::Active
            }
            Outcome::Empty(_) => CustomerState::Empty,
            Outcome::Skipped(_) => CustomerState::Lapsed,
            Outcome::Failed(error) => panic!("{error}"),
        };
        assert_eq!((state, batch.rows().is_empty()), (expected.state, state != CustomerState::Active));
    }
    assert_eq!(*stream.report(), report);
    assert_eq!(stream.progress().summary.rows, report.deployment_rows + report.usage_rows);
}

#[tokio::test]
async fn a_funnel_resumes_with_the_classic_operations() {
    let (emulator, partner) = with_faults(&format!("{COMMERCIAL}* 404")).await;
    let funnel = || partner.customers().funnel().order(Order::Customer);
    let (mut totals, mut saved, mut batches) = (FunnelTotals::default(), None::<String>, 0);
    loop {
        let mut report = funnel();
        if let Some(saved) = saved {
            report = report.resume(serde_json::from_str::<Checkpoint>(&saved).unwrap());
        }
        let (mut stream, before) = (report.stream(), batches);
        for _ in 0..25 {
            let Some(batch) = stream.try_next().await.unwrap() else { break };
            batch.rows().iter().for_each(|row| totals.add(row));
            batches += 1;
        }
        let checkpoint = stream.checkpoint().unwrap();
        if batches == before {
            assert!(checkpoint.is_finished());
            break;
        }
        saved = Some(serde_json::to_string(&checkpoint).unwrap());
    }
    assert_eq!((batches, sums(&totals)), (CUSTOMERS, truth(emulator.book())));
    assert_eq!(requests_to(&emulator, COMMERCIAL), 1, "the source is not decided again");
}

/// The input rows are asked for before or after the checkpoint is given, and for either source.
#[tokio::test]
async fn a_funnel_returns_its_input_rows_on_request() {
    let (_emulator, partner) = with_faults("").await;
    let funnel = |source| partner.customers().funnel().source(source);
    for source in [SourceChoice::Classic, SourceChoice::Commercial, SourceChoice::Auto] {
        let mut stream = funnel(source).with_input().stream();
        let (mut deployment, mut usage) = (0, 0);
        while let Some(batch) = stream.try_next().await.unwrap() {
            let input = batch.input();
            deployment += input.map_or(0, |input| input.deployment.len());
            usage += input.map_or(0, |input| input.usage.len());
        }
        let report = stream.report();
        let counts = [deployment, usage].map(|rows| u64::try_from(rows).unwrap());
        assert_eq!(counts, [report.deployment_rows, report.usage_rows], "{source:?}");
        assert!(deployment > 0 && usage > 0);
    }

    let mut begun = funnel(SourceChoice::Classic).order(Order::Customer).stream();
    for _ in 0..CUSTOMERS - 1 {
        begun.try_next().await.unwrap().unwrap();
    }
    let resumed = || funnel(SourceChoice::Classic).resume(begun.checkpoint().unwrap());
    for report in [resumed().with_input(), resumed()] {
        let mut stream = report.stream();
        assert!(stream.try_next().await.unwrap().is_some());
        assert!(stream.try_next().await.unwrap().is_none(), "only one customer is left");
    }
    let mut without = funnel(SourceChoice::Classic).stream();
    while let Some(batch) = without.try_next().await.unwrap() {
        let is_empty = |input: &InputRows| input.deployment.is_empty() && input.usage.is_empty();
        assert!(batch.input().is_none_or(is_empty));
    }
}

async fn refused(report: FunnelReport, checkpoint: &Checkpoint) {
    let mut stream = report.resume(checkpoint.clone()).stream();
    assert_eq!(stream.try_next().await.unwrap_err().kind(), ErrorKind::InvalidInput);
    assert_eq!(stream.checkpoint().as_ref(), Some(checkpoint));
    assert!(stream.try_next().await.unwrap().is_none());
}

#[tokio::test]
async fn a_checkpoint_of_another_source_is_refused() {
    let (emulator, partner) = with_faults("").await;
    let funnel = |source| partner.customers().funnel().source(source);
    let mut classic = funnel(SourceChoice::Classic).stream();
    let _ = classic.try_next().await.unwrap();
    let mut commercial = partner.customers().report::<DeploymentRow>().stream();
    let _ = commercial.try_next().await.unwrap();

    let requests = emulator.request_count();
    refused(funnel(SourceChoice::Commercial), &classic.checkpoint().unwrap()).await;
    refused(funnel(SourceChoice::Auto), &commercial.checkpoint()).await;
    assert_eq!(emulator.request_count(), requests, "nothing is sent");
}

#[tokio::test]
async fn an_error_of_a_query_ends_the_funnel() {
    // Two requests decide on the source. Deployment has two pages or more.
    for (faults, before) in
        [("/partner/v1/* 503", 0), ("#3 /partner/v1/* 400", 0), ("#4 /partner/v1/* 400", 1)]
    {
        let (emulator, partner) = with_faults(faults).await;
        let mut stream = partner.customers().funnel().stream();
        let mut batches = 0;
        let error = loop {
            match stream.try_next().await {
                Ok(Some(FunnelBatch::Page(_))) => batches += 1,
                Ok(other) => panic!("{other:?}"),
                Err(error) => break error,
            }
        };
        assert!(matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Rejected), "{faults}: {error}");
        assert_eq!((batches, stream.checkpoint()), (before, None), "{faults}");
        assert!(stream.try_next().await.unwrap().is_none(), "{faults}");
        assert_eq!(requests_to(&emulator, "/v1/"), 0, "{faults}");
    }
}
