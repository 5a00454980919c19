//! What a row adds to totals and groups.

use super::{FunnelRow, row};
use crate::CustomerId;
use crate::licenses::{DeploymentRow, UsageRow};
use crate::models::{Channel, Guid, Timestamp};

/// A row whose counts can be added up: [`FunnelRow`], [`DeploymentRow`] or [`UsageRow`]. The trait is sealed.
///
/// A deployment row has no active count, so its unused licenses are the shelfware. A usage row has the active count of
/// one workload, so a sum over usage rows counts a license once in every workload that uses it.
#[expect(private_bounds, reason = "what seals the trait")]
pub trait Counted: HasFacts {}

pub(super) trait HasFacts {
    fn facts(&self) -> Facts<'_>;
}

/// The facts of a row that the join, totals and groups are made of.
pub(super) struct Facts<'a> {
    pub(super) customer_id: Option<CustomerId>,
    pub(super) customer_name: Option<&'a str>,
    pub(super) product_id: Option<&'a Guid>,
    pub(super) product_name: Option<&'a str>,
    pub(super) service_code: Option<&'a str>,
    pub(super) service_name: Option<&'a str>,
    pub(super) channel: Option<&'a Channel>,
    pub(super) sold: Option<i64>,
    pub(super) deployed: Option<i64>,
    pub(super) active: Option<i64>,
    pub(super) shelfware: Option<i64>,
    pub(super) idle: Option<i64>,
    pub(super) unused: Option<i64>,
    processed: [Option<&'a Timestamp>; 2],
}

impl<'a> Facts<'a> {
    /// The valid times.
    pub(super) fn stamps(&self) -> impl Iterator<Item = &'a Timestamp> + use<'a> {
        self.processed.into_iter().flatten().filter(|stamp| stamp.unix_seconds().is_some())
    }
}

impl Counted for FunnelRow {}

impl HasFacts for FunnelRow {
    fn facts(&self) -> Facts<'_> {
        Facts {
            customer_id: Some(self.customer_id),
            customer_name: self.customer_name.as_deref(),
            product_id: self.product_id.as_ref(),
            product_name: self.product_name.as_deref(),
            service_code: self.service_code.as_deref(),
            service_name: self.service_name.as_deref(),
            channel: self.channel.as_ref(),
            sold: self.licenses_sold,
            deployed: self.licenses_deployed,
            active: self.licenses_active,
            shelfware: self.shelfware,
            idle: self.idle,
            unused: self.unused,
            processed: [
                self.deployment_processed_date_time.as_ref(),
                self.usage_processed_date_time.as_ref(),
            ],
        }
    }
}

impl Counted for DeploymentRow {}

impl HasFacts for DeploymentRow {
    fn facts(&self) -> Facts<'_> {
        let (sold, deployed) = (row::known(self.licenses_sold), row::known(self.licenses_deployed));
        let shelfware = row::difference(sold, deployed);
        Facts {
            customer_id: self.customer_id,
            customer_name: self.customer_name.as_deref(),
            product_id: self.product_id.as_ref(),
            product_name: self.product_name.as_deref(),
            service_code: self.service_code.as_deref(),
            service_name: self.service_name.as_deref(),
            channel: self.channel.as_ref(),
            sold,
            deployed,
            active: None,
            shelfware,
            idle: None,
            unused: shelfware,
            processed: [self.processed_date_time.as_ref(), None],
        }
    }
}

impl Counted for UsageRow {}

impl HasFacts for UsageRow {
    fn facts(&self) -> Facts<'_> {
        Facts {
            customer_id: self.customer_id,
            customer_name: self.customer_name.as_deref(),
            product_id: self.product_id.as_ref(),
            product_name: self.product_name.as_deref(),
            service_code: self.service_code.as_deref(),
            service_name: self.service_name.as_deref(),
            channel: self.channel.as_ref(),
            sold: None,
            deployed: None,
            active: row::known(self.licenses_active),
            shelfware: None,
            idle: None,
            unused: None,
            processed: [self.processed_date_time.as_ref(), None],
        }
    }
}
