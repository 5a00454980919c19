//! The partner's totals: sums over the book by service, and by service and workload.

use super::customer::{CHANNEL, percent};
use super::{Book, Processed, Service, Workload};

/// The partner's deployment totals of one service.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PartnerDeployment {
    /// The service.
    pub service: Service,
    /// The sales channel: always `reseller`.
    pub channel: &'static str,
    /// Licenses sold.
    pub licenses_sold: u64,
    /// Deployed licenses of all customers as a percentage of sold ones, to two decimals.
    pub prorated_percent: f64,
    /// When this was counted.
    pub processed: Processed,
}

/// The partner's usage totals of one workload of one service.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PartnerUsage {
    /// The service.
    pub service: Service,
    /// The workload.
    pub workload: Workload,
    /// The sales channel: always `reseller`.
    pub channel: &'static str,
    /// Active licenses of all customers as a percentage of qualified ones, to two decimals.
    pub prorated_percent: f64,
    /// When this was counted.
    pub processed: Processed,
}

#[derive(Debug)]
pub(super) struct Totals {
    pub(super) deployment: Vec<PartnerDeployment>,
    pub(super) usage: Vec<PartnerUsage>,
}

/// Sums the whole book. The timestamps of the documented customers are ignored, because they are years older than those
/// of the others.
pub(super) fn sum(book: &Book) -> Totals {
    let mut deployed: Vec<(Service, u64, u64)> = Vec::new();
    let mut active: Vec<(Service, Workload, u64, u64)> = Vec::new();
    for customer in book.customers() {
        for row in customer.deployment() {
            match deployed.iter_mut().find(|(service, ..)| *service == row.product.service) {
                Some((_, part, whole)) => {
                    *part += row.licenses_deployed;
                    *whole += row.licenses_sold;
                }
                None => deployed.push((row.product.service, row.licenses_deployed, row.licenses_sold)),
            }
        }
        for row in customer.usage() {
            let key = (row.product.service, row.workload);
            match active.iter_mut().find(|(service, workload, ..)| (*service, *workload) == key) {
                Some((_, _, part, whole)) => {
                    *part += row.licenses_active;
                    *whole += row.licenses_qualified;
                }
                None => active.push((key.0, key.1, row.licenses_active, row.licenses_qualified)),
            }
        }
    }
    deployed.sort_by_key(|(service, ..)| *service);
    active.sort_by_key(|(service, workload, ..)| (*service, workload.name));
    let stamps = book.latest();
    Totals {
        deployment: deployed
            .into_iter()
            .map(|(service, part, whole)| PartnerDeployment {
                service,
                channel: CHANNEL,
                licenses_sold: whole,
                prorated_percent: percent(part, whole),
                processed: stamps.deployment(service),
            })
            .collect(),
        usage: active
            .into_iter()
            .map(|(service, workload, part, whole)| PartnerUsage {
                service,
                workload,
                channel: CHANNEL,
                prorated_percent: percent(part, whole),
                processed: stamps.usage(service),
            })
            .collect(),
    }
}
