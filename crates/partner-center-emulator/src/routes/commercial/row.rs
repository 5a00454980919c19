//! Rows of the commercial endpoints, plain or grouped, and their serialization.

use serde::ser::{Serialize, SerializeMap as _, Serializer};

use super::query::Selection;
use crate::book::{Customer, Processed, Product, Workload};
use crate::filter::Field;
use crate::queries::{Group, Insight};

/// What identifies a customer in its rows.
#[derive(Debug)]
pub(super) struct Owner {
    /// In upper case, as in these endpoints.
    tenant_id: String,
    name: String,
}

#[derive(Debug)]
pub(super) struct Row {
    product: Product,
    workload: Option<Workload>,
    channel: &'static str,
    processed: Processed,
    /// Deployed and sold, or active and qualified.
    counts: [u64; 2],
}

impl Row {
    fn value<'a>(&'a self, owner: &'a Owner, field: Field) -> &'a str {
        match field {
            Field::WorkloadCode => self.workload.map_or("", |workload| workload.code),
            Field::WorkloadName => self.workload.map_or("", |workload| workload.name),
            Field::ServiceCode => self.product.service.code(),
            Field::ServiceName => self.product.service.name(),
            Field::Channel => self.channel,
            Field::CustomerTenantId => &owner.tenant_id,
            Field::CustomerName => &owner.name,
            Field::ProductId => self.product.id,
            Field::ProductName => self.product.name,
        }
    }
}

/// The rows of one customer that match a selection.
pub(super) fn rows(customer: &Customer, selection: &Selection) -> (Owner, Vec<Row>) {
    let Some(stamps) = &selection.stamps else { return (Owner::of(customer), Vec::new()) };
    let owner = Owner::of(customer);
    let mut rows: Vec<Row> = match selection.insight {
        Insight::Deployment => customer
            .deployment_at(stamps)
            .into_iter()
            .map(|row| Row {
                product: row.product,
                workload: None,
                channel: row.channel,
                processed: row.processed,
                counts: [row.licenses_deployed, row.licenses_sold],
            })
            .collect(),
        Insight::Usage => customer
            .usage_at(stamps)
            .into_iter()
            .map(|row| Row {
                product: row.product,
                workload: Some(row.workload),
                channel: row.channel,
                processed: row.processed,
                counts: [row.licenses_active, row.licenses_qualified],
            })
            .collect(),
    };
    if let Some(filter) = &selection.filter {
        rows.retain(|row| filter.admits(&|field| row.value(&owner, field)));
    }
    (owner, rows)
}

impl Owner {
    fn of(customer: &Customer) -> Self {
        let tenant_id = customer.id.hyphenated().encode_upper(&mut uuid::Uuid::encode_buffer()).to_owned();
        Self { tenant_id, name: customer.company_name.clone() }
    }
}

/// Adds rows to groups, in the order the groups first appear.
pub(super) fn add_to_groups(
    groups: &mut Vec<Group>,
    places: &mut std::collections::HashMap<Vec<String>, usize>,
    columns: &[Field],
    owner: &Owner,
    rows: &[Row],
) {
    for row in rows {
        let values: Vec<String> = columns.iter().map(|field| row.value(owner, *field).to_owned()).collect();
        let place = *places.entry(values).or_insert_with_key(|values| {
            groups.push(Group { values: values.clone(), counts: [0, 0] });
            groups.len() - 1
        });
        if let Some(Group { counts: [first, second], .. }) = groups.get_mut(place) {
            *first += row.counts[0];
            *second += row.counts[1];
        }
    }
}

/// A row of a page.
#[derive(Debug)]
pub(super) enum PageRow {
    Plain(std::sync::Arc<Owner>, Row),
    Grouped(Group),
}

impl PageRow {
    pub(super) fn print<'a>(&'a self, selection: &'a Selection) -> PrintedRow<'a> {
        PrintedRow { row: self, selection }
    }
}

/// A row with the selection that determines its members. Plain rows have `licenseActive`, as in the documented example;
/// grouped rows have `licensesActive`, as in the documented field list. A client must accept both.
pub(super) struct PrintedRow<'a> {
    row: &'a PageRow,
    selection: &'a Selection,
}

impl Serialize for PrintedRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let insight = self.selection.insight;
        let (active, [first, second]) = match self.row {
            PageRow::Plain(owner, row) => {
                map.serialize_entry("processedDateTime", row.processed.commercial())?;
                for field in insight.fields() {
                    map.serialize_entry(field.name(), row.value(owner, *field))?;
                }
                ("licenseActive", row.counts)
            }
            PageRow::Grouped(group) => {
                for (field, value) in self.selection.columns().iter().zip(&group.values) {
                    map.serialize_entry(field.name(), value)?;
                }
                ("licensesActive", group.counts)
            }
        };
        let [first_name, second_name] = match insight {
            Insight::Deployment => ["licensesDeployed", "licensesSold"],
            Insight::Usage => [active, "licensesQualified"],
        };
        map.serialize_entry(first_name, &first)?;
        map.serialize_entry(second_name, &second)?;
        map.end()
    }
}
