//! Sweeps over all customers of the emulator, which throttles, injects faults, and knows the expected results.

#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use partner_center::clock::ManualClock;
use partner_center::credential::StaticToken;
use partner_center::models::CustomerLicensesDeploymentInsightsCollection as Deployments;
use partner_center::sweep::{self, Checkpoint, CustomerOutcome, Order, Outcome, Rate, Rows, SweepStream};
use partner_center::{CustomerId, ErrorKind, PartnerCenter};
use partner_center_emulator::{Book, CustomerState, Emulator, EmulatorBuilder, FaultScript, TokenSpec};

/// Attempts per call. With four, four injected faults in a row would occasionally fail a customer.
const ATTEMPTS: u32 = 8;

struct Service {
    emulator: Emulator,
    partner: PartnerCenter,
}

async fn service(builder: EmulatorBuilder) -> Service {
    let clock =
        partner_center_emulator::Clock::fixed(SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000));
    let emulator = builder.clock(clock).start().await.unwrap();
    // The emulator's throttling windows end as well. They are in whole seconds; fractions must not be lost.
    let emulator_clock = emulator.clock().clone();
    let clock = ManualClock::new().on_sleep(move |wait| emulator_clock.advance(wait));
    let partner = PartnerCenter::builder()
        .credential(StaticToken::new("opaque").unwrap())
        .base_url(emulator.base_url())
        .clock(clock)
        .max_attempts(ATTEMPTS)
        .build()
        .unwrap();
    Service { emulator, partner }
}

fn faults(text: &str) -> FaultScript {
    text.parse().unwrap()
}

/// One line per product, or one for another outcome.
fn lines(swept: &CustomerOutcome<Deployments>) -> String {
    let mut text = String::new();
    let id = swept.customer;
    match &swept.outcome {
        Outcome::Rows(rows) => {
            for row in rows.items() {
                let (product, sold, deployed) =
                    (&row.product_name, &row.licenses_sold, &row.licenses_deployed);
                writeln!(
                    text,
                    "{id} {:?} {:?} {:?}",
                    product.as_deref().unwrap(),
                    sold.unwrap(),
                    deployed.unwrap()
                )
                .unwrap();
            }
        }
        Outcome::Empty(_) => writeln!(text, "{id} empty").unwrap(),
        Outcome::Skipped(error) => writeln!(text, "{id} skipped {}", error.code().unwrap()).unwrap(),
        other @ Outcome::Failed(_) => panic!("{id}: {other:?}"),
    }
    text
}

/// The same from the emulator's book, by customer id.
fn truth(book: &Book) -> Vec<String> {
    let mut customers: Vec<_> = book.customers().collect();
    customers.sort_unstable_by_key(|customer| customer.id);
    customers
        .into_iter()
        .map(|customer| match customer.state {
            CustomerState::Lapsed => format!("{} skipped 20002\n", customer.id),
            CustomerState::Empty => format!("{} empty\n", customer.id),
            _ => customer.deployment().into_iter().fold(String::new(), |mut text, row| {
                let (product, sold) = (row.product.name, row.licenses_sold);
                writeln!(text, "{} {product:?} {sold:?} {:?}", customer.id, row.licenses_deployed).unwrap();
                text
            }),
        })
        .collect()
}

async fn all<T: Rows + Send + 'static>(stream: &mut SweepStream<T>) -> Vec<CustomerOutcome<T>> {
    let mut swept = Vec::new();
    while let Some(next) = stream.try_next().await.unwrap() {
        swept.push(next);
    }
    swept
}

#[tokio::test]
async fn a_book_of_300_comes_out_as_it_is_although_one_answer_in_ten_is_wrong() {
    let script = "seed=7; 4% most=2 429(retry-after=2); 4% most=2 503; 2% most=2 reset";
    comes_out_as_it_is(300, 50, script, &[Order::Customer, Order::Completion]).await;
}

/// The benchmark measures the duration.
#[tokio::test]
async fn a_book_of_10_000_comes_out_as_it_is_although_one_answer_in_twenty_is_wrong() {
    let script = "seed=11; 2.5% most=2 429(retry-after=1); 1.5% most=2 503; 1% most=2 500";
    comes_out_as_it_is(10_000, 500, script, &[Order::Completion]).await;
}

async fn comes_out_as_it_is(customers: usize, page_size: usize, script: &str, orders: &[Order]) {
    let builder = Emulator::builder().customers(customers).page_size(page_size).faults(faults(script));
    let Service { emulator, partner } = service(builder).await;
    let customers = u64::try_from(customers).unwrap();
    let expected = truth(emulator.book());
    for order in orders.iter().copied() {
        let mut stream = partner.customers().sweep(sweep::deployment).concurrency(16).order(order).stream();
        let swept = all(&mut stream).await;
        let mut found: Vec<_> = swept.iter().map(lines).collect();
        let mut expected = expected.clone();
        if order == Order::Completion {
            found.sort_unstable();
            expected.sort_unstable();
        }
        assert!(found == expected, "{} outcomes differ from the emulator's data", found.len());

        let progress = stream.progress();
        let summary = progress.summary;
        assert_eq!((summary.customers, summary.failed, summary.without_id), (customers, 0, 0));
        let ending = |end: &str| expected.iter().filter(|lines| lines.ends_with(end)).count() as u64;
        assert_eq!((summary.empty, summary.skipped), (ending(" empty\n"), ending(" 20002\n")));
        assert!(summary.empty > 10 && summary.skipped > 5, "{summary:?}");
        assert_eq!(summary.with_rows + summary.empty + summary.skipped, customers);
        assert_eq!(summary.rows + summary.empty + summary.skipped, expected.concat().lines().count() as u64);
        // Throttled attempts lowered the limit, although retries succeeded.
        assert!(progress.throttled >= Duration::from_secs(2), "{progress:?}");
        assert!(progress.limit <= 16 && progress.all_known, "{progress:?}");
    }
    assert!(emulator.request_count() > customers * 26 / 25, "too few faults were injected");
    assert!(emulator.stray_requests().is_empty());
}

#[tokio::test]
async fn an_operation_of_two_calls_is_one_outcome() {
    let Service { emulator, partner } = service(Emulator::builder().customers(30)).await;
    let both = partner.customers().sweep(|customer| async move {
        let licenses = customer.analytics().licenses();
        let deployment = licenses.deployment().get().await?;
        let usage = licenses.usage().get().await?;
        Ok(deployment.map(|deployment| (deployment, usage.into_value())))
    });
    for swept in all(&mut both.stream()).await {
        let customer = emulator.book().find(swept.customer.as_uuid()).unwrap();
        assert_eq!(swept.name.as_deref(), Some(&*customer.company_name));
        assert!(!format!("{swept:?}").contains(&*customer.company_name));
        match swept.outcome {
            Outcome::Rows(rows) => {
                assert_eq!(rows.value().0.items.len(), customer.deployment().len());
                assert_eq!(rows.value().1.items.len(), customer.usage().len());
            }
            Outcome::Empty(_) => assert_eq!(customer.state, CustomerState::Empty),
            Outcome::Skipped(_) => assert_eq!(customer.state, CustomerState::Lapsed),
            other @ Outcome::Failed(_) => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn the_output_of_a_stopped_and_resumed_sweep_is_identical() {
    let script = "seed=3; 5% most=2 429(retry-after=1); 5% most=2 503";
    let builder = Emulator::builder().customers(60).page_size(7).faults(faults(script));
    let Service { emulator, partner } = service(builder).await;
    let expected = truth(emulator.book()).concat();

    // The data on disk: the output, and the checkpoint with the length of the output at that time.
    let (mut output, mut saved): (String, Option<(String, usize)>) = (String::new(), None);
    let mut kills = (0_usize..).map(|kill| 1 + kill * 7 % 11);
    loop {
        let mut sweep = partner.customers().sweep(sweep::deployment).order(Order::Customer);
        if let Some((checkpoint, length)) = &saved {
            output.truncate(*length);
            sweep = sweep.resume(serde_json::from_str::<Checkpoint>(checkpoint).unwrap());
        }
        let mut stream = sweep.stream();
        let kill_after = kills.next().unwrap();
        let mut finished = false;
        for number in 0..kill_after {
            let Some(swept) = stream.try_next().await.unwrap() else {
                finished = true;
                break;
            };
            output.push_str(&lines(&swept));
            // Saved occasionally: later output is discarded and requested again.
            if number % 3 == 0 {
                let checkpoint = serde_json::to_string(&stream.checkpoint()).unwrap();
                saved = Some((checkpoint, output.len()));
            }
        }
        if finished {
            assert!(stream.checkpoint().is_finished());
            assert_eq!(stream.checkpoint().summary().customers, 60);
            break;
        }
    }
    assert_eq!(output, expected);
}

#[tokio::test]
async fn the_quota_of_a_throttling_service_is_used() {
    let builder = Emulator::builder().customers(200).rate_per_minute(60);
    let Service { emulator, partner } = service(builder).await;
    let mut stream = partner.customers().sweep(sweep::deployment).concurrency(8).stream();
    let swept = all(&mut stream).await;
    let found: HashSet<_> = swept.iter().map(lines).collect();
    assert_eq!(found, truth(emulator.book()).into_iter().collect());
    // 201 requests take four windows. At the end of each of the first three, requests in progress are rejected.
    let requests = emulator.requests();
    let refused = requests.iter().filter(|request| request.status() == Some(429)).count();
    assert!((3..=24).contains(&refused), "{refused} of {}", requests.len());
    assert_eq!(requests.len(), 201 + refused);
    // At least: this clock advances while rejections are still on the wire, and each is counted on arrival.
    let throttled = stream.progress().throttled;
    assert!(throttled.as_secs() >= 170, "{throttled:?}");
}

#[tokio::test]
async fn a_client_side_rate_avoids_throttling() {
    let builder = Emulator::builder().customers(150).rate_per_minute(60);
    let Service { emulator, partner } = service(builder).await;
    let rate = Rate::per_minute(60).unwrap();
    let mut stream = partner.customers().sweep(sweep::usage).concurrency(8).rate(rate).stream();
    assert_eq!(all(&mut stream).await.len(), 150);
    assert!(emulator.requests().iter().all(|request| request.status() != Some(429)));
    assert_eq!(emulator.request_count(), 151);
    assert_eq!(stream.progress().throttled, Duration::ZERO);
}

#[tokio::test]
async fn a_sweep_with_a_failed_list_can_be_resumed() {
    // The third page fails whenever the sweep requests it.
    let builder = Emulator::builder().customers(50).page_size(10).faults(faults("#3-60 /v1/customers 503"));
    let Service { emulator, partner } = service(builder).await;
    let mut stream = partner.customers().sweep(sweep::deployment).stream();
    let mut found = HashSet::new();
    let interrupted = loop {
        match stream.try_next().await {
            Ok(swept) => assert!(found.insert(lines(&swept.unwrap()))),
            Err(interrupted) => break interrupted,
        }
    };
    assert_eq!(found.len(), 20, "the listed customers");
    assert_eq!(interrupted.error().kind(), ErrorKind::Unavailable);
    let lists = emulator.requests().iter().filter(|request| request.path() == "/v1/customers").count();
    assert!((20..60).contains(&lists), "{lists}");
    emulator.set_faults(FaultScript::new());
    assert!(stream.try_next().await.unwrap().is_none());

    let checkpoint = interrupted.into_parts().1;
    let rest = all(&mut partner.customers().sweep(sweep::deployment).resume(checkpoint).stream()).await;
    assert_eq!(rest.len(), 30);
    assert!(rest.iter().all(|swept| found.insert(lines(swept))));
    assert_eq!(found, truth(emulator.book()).into_iter().collect());
}

#[tokio::test]
async fn a_token_that_is_rejected_for_all_customers_ends_the_sweep_at_the_first() {
    let emulator = Emulator::builder().customers(100).start().await.unwrap();
    let token = emulator.entra().issue_access_token(&TokenSpec::application());
    let partner = PartnerCenter::builder()
        .credential(StaticToken::new(token).unwrap())
        .base_url(emulator.base_url())
        .clock(ManualClock::new())
        .build()
        .unwrap();
    let interrupted = partner.customers().sweep(sweep::deployment).stream().try_next().await.unwrap_err();
    assert_eq!(interrupted.error().kind(), ErrorKind::AppOnlyToken);
    assert_eq!(interrupted.checkpoint().summary().customers, 0);
    assert!(emulator.request_count() < 10, "{}", emulator.request_count());
}

#[tokio::test]
async fn only_the_given_customers_are_read() {
    let Service { emulator, partner } = service(Emulator::builder().customers(20)).await;
    let mut named: Vec<CustomerId> =
        emulator.book().customers().step_by(3).map(|customer| customer.id.into()).collect();
    let sweep = partner.customers().sweep(sweep::deployment).only(named.clone()).order(Order::Customer);
    let swept = all(&mut sweep.stream()).await;
    named.sort_unstable();
    assert_eq!(swept.iter().map(|swept| swept.customer).collect::<Vec<_>>(), named);
    assert!(swept.iter().all(|swept| swept.name.is_none()), "their names are unknown");
    assert_eq!(emulator.request_count(), named.len() as u64, "the list was not requested");
}

#[tokio::test]
async fn a_dropped_sweep_sends_nothing_more() {
    let Service { emulator, partner } = service(Emulator::builder().customers(300)).await;
    let mut stream = partner.customers().sweep(sweep::deployment).concurrency(4).stream();
    for _ in 0..20 {
        stream.try_next().await.unwrap().unwrap();
    }
    drop(stream);
    // Requests on the wire may still arrive.
    tokio::time::sleep(Duration::from_millis(20)).await;
    let before = emulator.request_count();
    assert!(before < 60, "{before}");
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(emulator.request_count(), before);
}

#[test]
fn a_sweep_can_be_moved_to_another_task() {
    fn is_send<T: Send>() {}
    is_send::<SweepStream<Deployments>>();
    is_send::<Arc<Checkpoint>>();
}
