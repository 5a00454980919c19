//! The rows of `skus list`.

use partner_center::CustomerId;
use partner_center::models::{Guid, SubscribedSku};
use schemars::JsonSchema;
use serde::Serialize;

use crate::anonymizer::Anonymizer;
use crate::output::columns::Shown::{As, IfKnown, InPlaceOf, No, WhoseRow};
use crate::output::row::columns;

/// A SKU of a customer's tenant.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the names of the columns")]
pub(crate) struct Sku {
    /// The customer's id, which is the id of its tenant.
    #[schemars(with = "Guid")]
    pub(crate) customer_id: CustomerId,
    /// The customer's name, if the list of customers was read.
    pub(crate) customer_name: Option<String>,
    /// The SKU's id, which is the product id of the analytics.
    pub(crate) sku_id: Option<Guid>,
    /// The SKU's part number.
    pub(crate) sku_part_number: Option<String>,
    /// The SKU's name.
    pub(crate) sku_name: Option<String>,
    /// Whether the SKU can be used.
    status: Option<String>,
    /// How many licenses there are, active and in warning.
    total: Option<i64>,
    /// How many licenses are active.
    active: Option<i64>,
    /// How many licenses are assigned.
    assigned: Option<i64>,
    /// How many licenses can be assigned; negative if more are assigned than there are.
    pub(crate) available: Option<i64>,
    /// How many licenses are in the time of warning after their end.
    warning: Option<i64>,
    /// How many licenses are suspended.
    suspended: Option<i64>,
    /// The group of licenses.
    group: Option<String>,
}

impl Sku {
    pub(crate) fn new(customer_id: CustomerId, customer_name: Option<&str>, sku: SubscribedSku) -> Self {
        let product = sku.product_sku.unwrap_or_default();
        Self {
            customer_id,
            customer_name: customer_name.map(str::to_owned),
            sku_id: product.id,
            sku_part_number: product.sku_part_number,
            sku_name: product.name,
            status: sku.capability_status.map(|status| status.to_string()),
            total: sku.total_units,
            active: sku.active_units,
            assigned: sku.consumed_units,
            available: sku.available_units,
            warning: sku.warning_units,
            suspended: sku.suspended_units,
            group: product.license_group_id.map(|group| group.to_string()),
        }
    }
}

columns! {
    Sku as "sku" {
        "customerId" customer_id, No;
        "customerName" customer_name, WhoseRow;
        "skuId" sku_id, No;
        "skuPartNumber" sku_part_number, InPlaceOf("skuName", "SKU");
        "skuName" sku_name, As("SKU");
        "status" status, As("Status");
        "total" total, As("Total");
        "active" active, No;
        "assigned" assigned, As("Assigned");
        "available" available, As("Available");
        "warning" warning, IfKnown("Warning");
        "suspended" suspended, IfKnown("Suspended");
        "group" group, No;
    }

    fn anonymize(&mut self, anonymizer: &Anonymizer) {
        let mut id = Some(self.customer_id);
        anonymizer.customer(&mut id, &mut self.customer_name);
        self.customer_id = id.unwrap_or(self.customer_id);
    }

    fn customer(&self) -> (Option<CustomerId>, Option<&str>) {
        (Some(self.customer_id), self.customer_name.as_deref())
    }
}
