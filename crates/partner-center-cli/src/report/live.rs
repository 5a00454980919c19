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
use super::selected_customers::{Odd, customers};
use crate::free_skus;
use crate::output::Position;
use crate::output::rows::{AnnotatedRow, Live, LiveMatch};
use crate::terminal::text::grouped;

/// The SKUs of customers, and what became of them.
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
        Self {
            reading: Some(Box::new(reading)),
            customers: BTreeMap::new(),
            names: HashMap::new(),
            odd: Odd::new(),
            counts: Counts::default(),
        }
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
                Outcome::Skipped(error) | Outcome::Failed(error) => {
                    *self.counts.refused.entry(error.code().unwrap_or("403").to_owned()).or_default() += 1;
                    self.customers.insert(customer, Tenant::Unread(LiveMatch::Refused));
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
                // Without its analytics, it is unknown which of its SKUs they have.
                customer.map(|customer| self.customers.remove(&customer));
                other.map(|_| Vec::new())
            }
        };
        Batch { customer, name, rows, odd }
    }

    /// The rows of customers in the order of their ids. Customers without analytics come in between.
    fn of_customers(&mut self, rows: Vec<FunnelRow>, source: Source) -> Vec<AnnotatedRow> {
        let mut all = Vec::new();
        let mut rows = rows.into_iter().peekable();
        while let Some(customer) = rows.peek().map(|row| row.customer_id) {
            let later = self.customers.split_off(&customer);
            let before = std::mem::replace(&mut self.customers, later);
            all.extend(
                before.into_iter().flat_map(|(id, tenant)| self.joined(id, Some(tenant), Vec::new(), source)),
            );
            let own = std::iter::from_fn(|| rows.next_if(|row| row.customer_id == customer)).collect();
            all.extend(self.of_customer(customer, own, source));
        }
        all
    }

    fn of_customer(&mut self, id: CustomerId, rows: Vec<FunnelRow>, source: Source) -> Vec<AnnotatedRow> {
        let tenant = self.customers.remove(&id);
        self.joined(id, tenant, rows, source)
    }

    /// The rows of customers that the analytics do not have; `None` if there are none.
    pub(super) fn rest(&mut self, source: Source) -> Option<Batch<AnnotatedRow>> {
        let rest = std::mem::take(&mut self.customers);
        let rows =
            rest.into_iter().flat_map(|(id, tenant)| self.joined(id, Some(tenant), Vec::new(), source));
        let rows: Vec<_> = rows.collect();
        let odd = std::mem::take(&mut self.odd);
        (!rows.is_empty() || !odd.is_empty()).then(|| Batch { odd, ..Batch::joined(rows) })
    }

    fn joined(
        &mut self,
        customer: CustomerId,
        tenant: Option<Tenant>,
        rows: Vec<FunnelRow>,
        source: Source,
    ) -> Vec<AnnotatedRow> {
        let (tenant_name, skus) = match tenant {
            Some(Tenant::Read { name, skus }) => (name, skus),
            // Without a tenant, the customer is not in the list of customers.
            unread => {
                let found = match unread {
                    Some(Tenant::Unread(found)) => found,
                    _ => LiveMatch::WithoutSku,
                };
                return rows.into_iter().map(|row| with(row, None, found)).collect();
            }
        };
        let (skus, free) = join(customer, tenant_name, rows, &skus, source);
        self.counts.free += free;
        skus
    }

    /// Counts the rows that are kept.
    pub(super) fn count(&mut self, rows: &[AnnotatedRow]) {
        for live in rows.iter().filter_map(|row| row.live.as_deref()) {
            *self.counts.rows.entry(live.found).or_default() += 1;
        }
    }

    /// Whether the SKUs of a customer could not be read, or those of all customers may not be read.
    pub(super) fn is_incomplete(&self) -> bool {
        self.counts.failed > 0 || (self.counts.read == 0 && !self.counts.refused.is_empty())
    }

    pub(super) fn notes(&self) -> Vec<String> {
        const MATCHES: [(LiveMatch, &str); 6] = [
            (LiveMatch::WithoutSku, "without a SKU in the customer's tenant"),
            (
                LiveMatch::WithoutAnalytics,
                "only in the customer's tenant: sold, deployed and active are unknown",
            ),
            (LiveMatch::WithoutProductId, "of a customer with a product without id, which cannot be joined"),
            (LiveMatch::InAnotherRow, "with the product of another row, which has the licenses of both"),
            (LiveMatch::Refused, "of customers whose SKUs the user may not read"),
            (LiveMatch::Failed, "of customers whose SKUs could not be read"),
        ];
        let Counts { read, refused, free, rows, .. } = &self.counts;
        let mut note = format!("SKUs of {} were read", customers(*read));
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
        if let Some(most) = found.iter().map(|(rows, _)| grouped(*rows).len()).max() {
            note.push_str("; among the rows:");
            for (rows, words) in found {
                let _ = write!(note, "\n  {:>most$} {words}", grouped(rows));
            }
        }
        let mut notes = vec![note];
        if *free > 0 {
            notes.push(format!(
                "{} free SKUs that the analytics do not have are left out; skus list --include-free shows them",
                grouped(*free)
            ));
        }
        notes
    }

    /// The field of the JSON summary.
    pub(super) fn summary(&self) -> Value {
        let Counts { read, failed, refused, free, rows } = &self.counts;
        let rows: BTreeMap<_, _> = rows.iter().map(|(found, rows)| (found.name(), rows)).collect();
        json!({ "customersRead": read, "customersFailed": failed, "customersRefused": refused, "rows": rows, "freeSkus": free })
    }
}

fn with(row: FunnelRow, sku: Option<&Sku>, found: LiveMatch) -> AnnotatedRow {
    let (total, assigned) = sku.map_or((None, None), |sku| (sku.total, sku.assigned));
    AnnotatedRow { live: Some(Box::new(Live { total, assigned, found })), ..AnnotatedRow::from(row) }
}

/// Joins the rows and the SKUs of one customer. Also returns how many free SKUs are left out.
///
/// A free SKU that the analytics do not have is left out: it says nothing about what the customer bought.
fn join(
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
                let found = if row.product_id.is_none() || skus.iter().any(|sku| sku.id.is_none()) {
                    LiveMatch::WithoutProductId
                } else {
                    LiveMatch::WithoutSku
                };
                return with(row, None, found);
            };
            if taken.get(*first).copied().unwrap_or_default() {
                return with(row, None, LiveMatch::InAnotherRow);
            }
            let sum = |count: fn(&Sku) -> Option<i64>| {
                own.iter()
                    .map(|(_, sku)| count(sku))
                    .try_fold(0_i64, |sum, count| Some(sum.saturating_add(count?)))
            };
            let live = Live {
                total: sum(|sku| sku.total),
                assigned: sum(|sku| sku.assigned),
                found: LiveMatch::Matched,
            };
            for (place, _) in own {
                if let Some(taken) = taken.get_mut(place) {
                    *taken = true;
                }
            }
            AnnotatedRow { live: Some(Box::new(live)), ..AnnotatedRow::from(row) }
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
        let found = if is_whole && sku.id.is_some() {
            LiveMatch::WithoutAnalytics
        } else {
            LiveMatch::WithoutProductId
        };
        with(row, Some(sku), found)
    }));
    (joined, u64::try_from(free).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use LiveMatch::{InAnotherRow, Matched, WithoutAnalytics, WithoutProductId, WithoutSku};
    use serde_json::from_value;

    use super::*;

    const E3: &str = "6FD2C87F-B296-42F0-B197-1E91E994B900";
    const VISIO: &str = "c5928f49-12ba-48f7-ada3-0d743a3601d5";
    const FREE: &str = "f30db892-07e9-47e9-837c-80727f46fd3d";

    fn customer(last: u8) -> CustomerId {
        format!("4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f{last:02x}").parse().unwrap()
    }

    fn row(customer: CustomerId, product: Option<&str>) -> FunnelRow {
        let mut row = FunnelRow::new(customer, Source::Commercial);
        row.customer_name = Some("Contoso".to_owned());
        row.product_id = product.map(Guid::from);
        row.licenses_sold = Some(9);
        row
    }

    fn skus(skus: &[(Option<&str>, i64, Option<i64>)]) -> Vec<SubscribedSku> {
        let sku = |(id, total, assigned): &(Option<&str>, i64, Option<i64>)| {
            let sku = json!({"totalUnits": total, "consumedUnits": assigned,
                "productSku": {"id": id, "name": "A name", "skuPartNumber": "A_PART"}});
            from_value(sku).unwrap()
        };
        skus.iter().map(sku).collect()
    }

    /// What is beside each row: its product, sold licenses, live ones, and the match.
    type Beside = (Option<String>, Option<i64>, [Option<i64>; 2], LiveMatch);

    fn beside(rows: &[AnnotatedRow]) -> Vec<Beside> {
        let beside = |AnnotatedRow { row, live, .. }: &AnnotatedRow| {
            let live = live.as_deref().unwrap();
            let id = row.product_id.as_ref().map(|id| id.to_string().to_lowercase());
            (id, row.licenses_sold, [live.total, live.assigned], live.found)
        };
        rows.iter().map(beside).collect()
    }

    fn of_one(rows: &[Option<&str>], of_tenant: &[(Option<&str>, i64, Option<i64>)]) -> (Vec<Beside>, u64) {
        let mut live = LiveSkus::empty();
        let of_tenant = skus(of_tenant).into_iter().map(|sku| live.keep(sku)).collect();
        live.customers.insert(customer(1), Tenant::Read { name: None, skus: of_tenant });
        let rows = rows.iter().map(|id| row(customer(1), *id)).collect();
        (beside(&live.of_customer(customer(1), rows, Source::Commercial)), live.counts.free)
    }

    impl LiveSkus {
        fn empty() -> Self {
            Self {
                reading: None,
                customers: BTreeMap::new(),
                names: HashMap::new(),
                odd: Odd::new(),
                counts: Counts::default(),
            }
        }
    }

    #[test]
    fn rows_and_skus_of_a_customer() {
        let id = |id: &str| Some(id.to_lowercase());
        let unknown = [None, None];
        // The ids match in any letter case.
        let (rows, _) = of_one(&[Some(E3)], &[(Some(&E3.to_lowercase()), 12, Some(7))]);
        assert_eq!(rows, [(id(E3), Some(9), [Some(12), Some(7)], Matched)]);

        // What one side alone knows.
        let (rows, _) = of_one(&[Some(E3)], &[(Some(VISIO), 5, Some(1))]);
        let visio = (id(VISIO), None, [Some(5), Some(1)], WithoutAnalytics);
        assert_eq!(rows, [(id(E3), Some(9), unknown, WithoutSku), visio.clone()]);
        assert_eq!(of_one(&[], &[(Some(VISIO), 5, Some(1))]).0, [visio]);

        // Two rows of one product, as of two channels: the licenses count once.
        let (rows, _) = of_one(&[Some(E3), Some(E3)], &[(Some(E3), 12, Some(7))]);
        let first = (id(E3), Some(9), [Some(12), Some(7)], Matched);
        assert_eq!(rows, [first, (id(E3), Some(9), unknown, InAnotherRow)]);

        // Two SKUs of one id, one of which does not say how many are assigned.
        let (rows, _) = of_one(&[Some(E3)], &[(Some(E3), 12, Some(7)), (Some(E3), 3, None)]);
        assert_eq!(rows, [(id(E3), Some(9), [Some(15), None], Matched)]);

        // Without an id on one side, nothing says that the other side lacks the product.
        let (rows, _) = of_one(&[None, Some(E3)], &[(Some(E3), 12, Some(7)), (Some(VISIO), 5, Some(1))]);
        assert_eq!(
            rows,
            [
                (None, Some(9), unknown, WithoutProductId),
                (id(E3), Some(9), [Some(12), Some(7)], Matched),
                (id(VISIO), None, [Some(5), Some(1)], WithoutProductId),
            ]
        );
        let (rows, _) = of_one(&[Some(E3)], &[(None, 12, Some(7))]);
        let sku = (None, None, [Some(12), Some(7)], WithoutProductId);
        assert_eq!(rows, [(id(E3), Some(9), unknown, WithoutProductId), sku]);
    }

    #[test]
    fn a_free_sku_is_no_row_of_its_own() {
        let free = (Some(FREE), 10_000, Some(3));
        assert_eq!(of_one(&[], &[free]), (Vec::new(), 1));
        let (rows, left_out) = of_one(&[Some(FREE)], &[free]);
        let live = [Some(10_000), Some(3)];
        assert_eq!((rows, left_out), (vec![(Some(FREE.to_owned()), Some(9), live, Matched)], 0));
    }

    #[test]
    fn customers_without_analytics_come_in_the_order_of_ids() {
        let mut live = LiveSkus::empty();
        for number in [1, 2, 4, 5] {
            let skus = skus(&[(Some(E3), i64::from(number), None)]).into_iter().map(|sku| live.keep(sku));
            let skus = skus.collect();
            live.customers.insert(customer(number), Tenant::Read { name: Some("Listed".to_owned()), skus });
        }
        live.customers.insert(customer(3), Tenant::Unread(LiveMatch::Refused));
        let rows = [2, 3, 4].map(|number| row(customer(number), Some(E3)));
        let rows = live.beside(Batch::joined(rows.to_vec()), Source::Commercial).rows;
        let BatchRows::Rows(mut rows) = rows else { panic!("rows") };
        let BatchRows::Rows(rest) = live.rest(Source::Commercial).unwrap().rows else { panic!("rows") };
        rows.extend(rest);
        let found: Vec<_> = rows
            .iter()
            .map(|row| {
                let live = row.live.as_deref().unwrap();
                (row.row.customer_id, row.row.customer_name.as_deref().unwrap(), live.total, live.found)
            })
            .collect();
        let expected = [
            (customer(1), "Listed", Some(1), WithoutAnalytics),
            (customer(2), "Contoso", Some(2), Matched),
            (customer(3), "Contoso", None, LiveMatch::Refused),
            (customer(4), "Contoso", Some(4), Matched),
            (customer(5), "Listed", Some(5), WithoutAnalytics),
        ];
        assert_eq!(found, expected);
        assert!(live.rest(Source::Commercial).is_none());
    }

    /// A failed customer has analytics that are not known, so nothing says that they lack its SKUs.
    #[test]
    fn a_customer_whose_analytics_failed_has_no_rows() {
        let mut live = LiveSkus::empty();
        let skus = skus(&[(Some(E3), 1, None)]).into_iter().map(|sku| live.keep(sku)).collect();
        live.customers.insert(customer(1), Tenant::Read { name: None, skus });
        let batch =
            Batch { customer: Some(customer(1)), rows: BatchRows::Skipped, ..Batch::joined(Vec::new()) };
        assert!(matches!(live.beside(batch, Source::Classic).rows, BatchRows::Skipped));
        assert!(live.rest(Source::Classic).is_none());
    }
}
