//! Serves the emulator's data, and computes a digest of it that a sweep must reproduce.

use std::collections::hash_map::DefaultHasher;
use std::error::Error;
use std::hash::{Hash, Hasher};
use std::io::Read as _;
use std::time::Duration;

use partner_center::sweep::{CustomerOutcome, Outcome};
use partner_center_emulator::{Book, CustomerState, Emulator, FaultScript};

use partner_center::models::CustomerLicensesDeploymentInsightsCollection as Deployments;

/// A digest of the outcomes of all customers, independent of their order.
#[derive(Default)]
pub(crate) struct Digest(u64);

impl Digest {
    fn add(&mut self, outcome: impl Hash) {
        let mut hasher = DefaultHasher::new();
        outcome.hash(&mut hasher);
        self.0 = self.0.wrapping_add(hasher.finish());
    }

    /// Adds an outcome of a sweep. A failure never matches the emulator's data.
    pub(crate) fn add_swept(&mut self, swept: &CustomerOutcome<Deployments>) {
        let id = swept.customer.as_uuid();
        match &swept.outcome {
            Outcome::Rows(rows) => self.add((
                id,
                rows.items()
                    .iter()
                    .map(|row| (row.product_name.clone(), row.licenses_sold, row.licenses_deployed))
                    .collect::<Vec<_>>(),
            )),
            Outcome::Empty(_) => self.add((id, "empty")),
            Outcome::Skipped(_) => self.add((id, "skipped")),
            Outcome::Failed(_) => self.add((id, "failed")),
        }
    }

    /// The digest of the expected outcomes.
    fn of(book: &Book) -> Self {
        let mut digest = Self::default();
        for customer in book.customers() {
            match customer.state {
                CustomerState::Lapsed => digest.add((customer.id, "skipped")),
                CustomerState::Empty => digest.add((customer.id, "empty")),
                _ => digest.add((
                    customer.id,
                    customer
                        .deployment()
                        .into_iter()
                        .map(|row| {
                            (
                                Some(row.product.name.to_owned()),
                                i64::try_from(row.licenses_sold).ok(),
                                i64::try_from(row.licenses_deployed).ok(),
                            )
                        })
                        .collect::<Vec<_>>(),
                )),
            }
        }
        digest
    }
}

impl std::fmt::Display for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Serves the data and prints the base URL. When stdin is closed, prints the number of requests and the digest.
#[expect(clippy::print_stdout, reason = "prints its result")]
pub(crate) async fn serve(
    customers: usize,
    latency: u64,
    page_size: usize,
    faults: FaultScript,
) -> Result<(), Box<dyn Error>> {
    let emulator = Emulator::builder()
        .customers(customers)
        .latency(Duration::from_millis(latency))
        .faults(faults)
        .page_size(page_size)
        .recorded_requests(0)
        .start()
        .await?;
    println!("{}", emulator.base_url());
    tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await??;
    println!("requests={} digest={}", emulator.request_count(), Digest::of(emulator.book()));
    Ok(())
}
