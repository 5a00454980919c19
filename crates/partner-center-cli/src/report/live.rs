//! `licenses funnel --live`: the licenses in the tenants of customers now, beside the rows of the funnel.
//!
//! The SKUs of all customers are read first, and kept as a few numbers each. Rows of the funnel then take theirs, by
//! customer and by product id, which is the id of the SKU. What no row takes becomes a row of its own.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::sync::Arc;

use partner_center::funnel::{Flag, FunnelRow};
use partner_center::licenses::Source;
use partner_center::models::{Guid, ProductSku, SubscribedSku, SubscribedSkuCollection};
use partner_center::sweep::{CustomerOutcome, Outcome, Progress, SweepStream};
use partner_center::{CustomerId, Error};
use serde_json::{Value, json};

use super::batch::{Batch, BatchRows};
use super::in_words::row_counts;
use super::owned::count_refusal;
use super::selected_customers::{Odd, customers};
use crate::free_skus;
use crate::output::Position;
use crate::output::rows::{AnnotatedRow, Live, LiveMatch};
use crate::terminal::text::{counted, grouped};

/// The SKUs of customers, and what became of them.
#[derive(Default)]
pub(super) struct LiveSkus {
    /// The rest of the reading; `None` once all is read.
    reading: Option<Box<SweepStream<SubscribedSkuCollection>>>,
    customers: BTreeMap<CustomerId, Tenant>,
    /// The names of SKUs, which are the same for many customers.
    names: HashMap<Guid, Arc<str>>,
    /// Findings about the responses, until a batch takes them.
    odd: Odd,
    counts: Counts,
}

#[derive(Default)]
struct Counts {
    /// Customers whose SKUs were read.
    read: u64,
    failed: u64,
    /// Customers without a relationship or a tenant.
    skipped: u64,
    /// Customers whose SKUs the user may not read, by the code of the error.
    refused: BTreeMap<String, u64>,
    /// Free SKUs that are not in a row.
    free: u64,
    /// Rows, by their match.
    rows: BTreeMap<LiveMatch, u64>,
}

/// The SKUs in a customer's tenant, or why they are unknown.
enum Tenant {
    Read { name: Option<String>, skus: Vec<Sku> },
    Unread(LiveMatch),
}

struct Sku {
    id: Option<Guid>,
    name: Option<Arc<str>>,
    is_free: bool,
    total: Option<i64>,
    assigned: Option<i64>,
}

impl LiveSkus {
    pub(super) fn new(reading: SweepStream<SubscribedSkuCollection>) -> Self {
        Self { reading: Some(Box::new(reading)), ..Self::default() }
    }

    /// The progress of the reading, while it lasts.
    pub(super) fn progress(&self) -> Option<Progress> {
        self.reading.as_ref().map(|reading| reading.progress())
    }

    /// Reads the SKUs. Returns a customer whose SKUs could not be read; `None` once all is read. Cancel safe.
    pub(super) async fn read(&mut self) -> Result<Option<(CustomerId, Error)>, Error> {
        while let Some(reading) = &mut self.reading {
            let Some(CustomerOutcome { customer, name, outcome }) = reading.try_next().await? else {
                self.reading = None;
                break;
            };
            match outcome {
                Outcome::Rows(response) | Outcome::Empty(response) => {
                    self.counts.read += 1;
                    if !response.findings().is_empty() {
                        self.odd.push((Position::of_customer(customer), response.findings().clone()));
                    }
                    let skus = response.into_items().into_iter().map(|sku| self.keep(sku)).collect();
                    self.customers.insert(customer, Tenant::Read { name, skus });
                }
                Outcome::Failed(error) if !error.is_forbidden() => {
                    self.counts.failed += 1;
                    self.customers.insert(customer, Tenant::Unread(LiveMatch::Failed));
                    return Ok(Some((customer, error)));
                }
                Outcome::Failed(error) => {
                    count_refusal(&mut self.counts.refused, &error);
                    self.customers.insert(customer, Tenant::Unread(LiveMatch::Refused));
                }
                Outcome::Skipped(_) => {
                    self.counts.skipped += 1;
                    self.customers.insert(customer, Tenant::Unread(LiveMatch::Skipped));
                }
            }
        }
        Ok(None)
    }

    fn keep(&mut self, sku: SubscribedSku) -> Sku {
        let ProductSku { id, name, sku_part_number, .. } = sku.product_sku.unwrap_or_default();
        let text = id.as_ref().map(ToString::to_string);
        let is_free = free_skus::contains(text.as_deref(), sku_part_number.as_deref());
        let name = name.or(sku_part_number).map(|name| match &id {
            Some(id) => Arc::clone(self.names.entry(id.clone()).or_insert_with(|| Arc::from(name))),
            None => Arc::from(name),
        });
        Sku { id, name, is_free, total: sku.total_units, assigned: sku.consumed_units }
    }

    /// The rows of a batch with their live licenses, and the rows that only the tenants have.
    pub(super) fn beside(&mut self, batch: Batch<FunnelRow>, source: Source) -> Batch<AnnotatedRow> {
        let Batch { customer, name, rows, mut odd } = batch;
        odd.append(&mut self.odd);
        let rows = match (rows, customer) {
            (BatchRows::Rows(rows), Some(customer)) => {
                BatchRows::Rows(self.of_customer(customer, rows, source))
            }
            (BatchRows::Rows(rows), None) => BatchRows::Rows(self.of_customers(rows, source)),
            (BatchRows::Empty, Some(customer)) => match self.of_customer(customer, Vec::new(), source) {
                rows if rows.is_empty() => BatchRows::Empty,
                rows => BatchRows::Rows(rows),
            },
            (other, customer) => {
                // The analytics of this customer were not read, so its SKUs cannot be compared.
                if let Some(customer) = customer {
                    self.customers.remove(&customer);
                }
                other.map(|_| Vec::new())
            }
        };
        Batch { customer, name, rows, odd }
    }

    /// The rows of customers in the order of their ids, with those of customers without analytics in between.
    fn of_customers(&mut self, rows: Vec<FunnelRow>, source: Source) -> Vec<AnnotatedRow> {
        let mut all = Vec::new();
        let mut rows = rows.into_iter().peekable();
        while let Some(customer) = rows.peek().map(|row| row.customer_id) {
            let later = self.customers.split_off(&customer);
            let before = std::mem::replace(&mut self.customers, later);
            all.extend(
                before
                    .into_iter()
                    .flat_map(|(id, tenant)| self.rows_of_customer(id, Some(tenant), Vec::new(), source)),
            );
            let own = std::iter::from_fn(|| rows.next_if(|row| row.customer_id == customer)).collect();
            all.extend(self.of_customer(customer, own, source));
        }
        all
    }

    fn of_customer(&mut self, id: CustomerId, rows: Vec<FunnelRow>, source: Source) -> Vec<AnnotatedRow> {
        let tenant = self.customers.remove(&id);
        self.rows_of_customer(id, tenant, rows, source)
    }

    /// The rows of customers that the analytics do not have; `None` if there are none.
    pub(super) fn rest(&mut self, source: Source) -> Option<Batch<AnnotatedRow>> {
        let rest = std::mem::take(&mut self.customers);
        let rows = rest
            .into_iter()
            .flat_map(|(id, tenant)| self.rows_of_customer(id, Some(tenant), Vec::new(), source));
        let rows: Vec<_> = rows.collect();
        let odd = std::mem::take(&mut self.odd);
        (!rows.is_empty() || !odd.is_empty()).then(|| Batch { odd, ..Batch::joined(rows) })
    }

    fn rows_of_customer(
        &mut self,
        customer: CustomerId,
        tenant: Option<Tenant>,
        rows: Vec<FunnelRow>,
        source: Source,
    ) -> Vec<AnnotatedRow> {
        let (tenant_name, skus) = match tenant {
            Some(Tenant::Read { name, skus }) => (name, skus),
            unread => {
                let live_match = match unread {
                    Some(Tenant::Unread(why)) => why,
                    _ => LiveMatch::NotListed,
                };
                return rows.into_iter().map(|row| without_live(row, live_match)).collect();
            }
        };
        let (rows, free) = match_skus(customer, tenant_name, rows, &skus, source);
        self.counts.free += free;
        rows
    }

    /// Counts the rows that are kept.
    pub(super) fn count(&mut self, rows: &[AnnotatedRow]) {
        for live in rows.iter().filter_map(|row| row.live.as_deref()) {
            *self.counts.rows.entry(live.live_match).or_default() += 1;
        }
    }

    /// Whether the SKUs of a customer could not be read, or none were because access was denied.
    pub(super) fn is_incomplete(&self) -> bool {
        self.counts.failed > 0 || (self.counts.read == 0 && !self.counts.refused.is_empty())
    }

    pub(super) fn notes(&self) -> Vec<String> {
        const MATCHES: [(LiveMatch, &str); 8] = [
            (LiveMatch::WithoutSku, "without a SKU in the customer's tenant"),
            (
                LiveMatch::WithoutAnalytics,
                "only in the customer's tenant: sold, deployed and active are unknown",
            ),
            (
                LiveMatch::WithoutProductId,
                "that cannot be joined: a row or a SKU of the customer has no product id",
            ),
            (LiveMatch::InAnotherRow, "of a product whose licenses are in another row of the customer"),
            (LiveMatch::NotListed, "of customers that are not in the list of customers"),
            (LiveMatch::Skipped, "of customers without a relationship or a tenant"),
            (LiveMatch::Refused, "of customers whose SKUs the user may not read"),
            (LiveMatch::Failed, "of customers whose SKUs could not be read"),
        ];
        let Counts { read, skipped, refused, free, rows, .. } = &self.counts;
        let mut note = format!("SKUs of {} were read", customers(*read));
        if *skipped > 0 {
            let were = counted(*skipped, "customer was", "customers were");
            let _ = write!(note, "; {were} skipped, without a relationship or a tenant");
        }
        if !refused.is_empty() {
            let by_code = refused.iter().map(|(code, count)| format!("{} with code {code}", grouped(*count)));
            let by_code: Vec<_> = by_code.collect();
            let _ = write!(
                note,
                "; those of {} were refused, {}: the user needs a role in each tenant",
                customers(refused.values().sum()),
                by_code.join(", ")
            );
        }
        let found = MATCHES.iter().filter_map(|(found, words)| Some((*rows.get(found)?, *words)));
        let found: Vec<_> = found.collect();
        let mut notes = vec![row_counts(&format!("{note}; among the rows:"), &found).unwrap_or(note)];
        if *free > 0 {
            notes.push(format!(
                "{} that the analytics do not have: left out; skus list --include-free shows them",
                counted(*free, "free SKU", "free SKUs")
            ));
        }
        notes
    }

    /// The field of the JSON summary.
    pub(super) fn summary(&self) -> Value {
        let Counts { read, failed, skipped, refused, free, rows } = &self.counts;
        let rows: BTreeMap<_, _> = rows.iter().map(|(found, rows)| (found.as_str(), rows)).collect();
        json!({
            "customersRead": read,
            "customersFailed": failed,
            "customersSkipped": skipped,
            "customersRefused": refused,
            "rows": rows,
            "freeSkus": free,
        })
    }
}

fn with_live(row: FunnelRow, live: Live) -> AnnotatedRow {
    AnnotatedRow { live: Some(Box::new(live)), ..AnnotatedRow::from(row) }
}

/// A row whose licenses in the tenant are unknown, or in no SKU.
fn without_live(row: FunnelRow, live_match: LiveMatch) -> AnnotatedRow {
    with_live(row, Live { total: None, assigned: None, live_match })
}

/// Joins the rows and the SKUs of one customer. Also returns how many free SKUs are left out.
///
/// A free SKU that the analytics do not have is left out: it says nothing about what the customer bought.
fn match_skus(
    customer: CustomerId,
    name: Option<String>,
    rows: Vec<FunnelRow>,
    skus: &[Sku],
    source: Source,
) -> (Vec<AnnotatedRow>, u64) {
    // The name in the analytics is preferred, so that all rows of the customer have the same.
    let name = rows.iter().find_map(|row| row.customer_name.clone()).or(name);
    let is_whole = rows.iter().all(|row| row.product_id.is_some());
    let mut taken = vec![false; skus.len()];
    let mut joined: Vec<_> = rows
        .into_iter()
        .map(|row| {
            let same = |sku: &Sku| sku.id.is_some() && sku.id == row.product_id;
            let own: Vec<_> = (0..).zip(skus).filter(|(_, sku)| same(sku)).collect();
            let Some((first, _)) = own.first() else {
                let live_match = if row.product_id.is_none() || skus.iter().any(|sku| sku.id.is_none()) {
                    LiveMatch::WithoutProductId
                } else {
                    LiveMatch::WithoutSku
                };
                return without_live(row, live_match);
            };
            if taken.get(*first).copied().unwrap_or_default() {
                return without_live(row, LiveMatch::InAnotherRow);
            }
            let sum = |count: fn(&Sku) -> Option<i64>| {
                own.iter()
                    .map(|(_, sku)| count(sku))
                    .try_fold(0_i64, |sum, count| Some(sum.saturating_add(count?)))
            };
            let live = Live {
                total: sum(|sku| sku.total),
                assigned: sum(|sku| sku.assigned),
                live_match: LiveMatch::Matched,
            };
            for (place, _) in own {
                if let Some(taken) = taken.get_mut(place) {
                    *taken = true;
                }
            }
            with_live(row, live)
        })
        .collect();
    let left: Vec<_> = skus.iter().zip(taken).filter(|(_, taken)| !taken).map(|(sku, _)| sku).collect();
    let free = left.iter().filter(|sku| sku.is_free).count();
    joined.extend(left.into_iter().filter(|sku| !sku.is_free).map(|sku| {
        let mut row = FunnelRow::new(customer, source);
        row.customer_name.clone_from(&name);
        row.product_id.clone_from(&sku.id);
        row.product_name = sku.name.as_deref().map(str::to_owned);
        row.flags = vec![Flag::WithoutUsage, Flag::WithoutDeployment];
        let live_match = if is_whole && sku.id.is_some() {
            LiveMatch::WithoutAnalytics
        } else {
            LiveMatch::WithoutProductId
        };
        with_live(row, Live { total: sku.total, assigned: sku.assigned, live_match })
    }));
    (joined, u64::try_from(free).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests;
