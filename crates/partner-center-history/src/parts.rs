//! The columns of the files of a day, and the rows that they are read into.

use parquet::data_type::ByteArray;
use partner_center::CustomerId;
use partner_center::funnel::{Flag, FunnelRow};
use partner_center::licenses::{DeploymentRow, Source, UsageRow};
use partner_center::models::{Channel, Guid, Timestamp};
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use crate::cell::{Cell, Column, Field};
use crate::error::{Error, Result};
use crate::spool::Ordered;
use crate::table::TableFile;

/// A row of a table of the dataset.
pub(crate) trait StoredRow: Ordered {
    /// The name of the table in the schema of its file.
    const NAME: &'static str;

    fn columns() -> Vec<Column>;

    fn cells(&self) -> Vec<Cell<'_>>;

    /// When the service computed it.
    fn processed(&self) -> [Option<&Timestamp>; 2];
}

/// The column of a field, whose type is inferred from the function that borrows it.
fn column_of<R, F: Field>(name: &'static str, _: for<'a> fn(&'a R) -> &'a F) -> Column {
    Column::of::<F>(name)
}

macro_rules! stored {
    ($row:ty as $name:literal { $($column:literal $field:ident;)+ } $($item:item)*) => {
        impl StoredRow for $row {
            const NAME: &'static str = $name;

            fn columns() -> Vec<Column> {
                vec![$(column_of::<$row, _>($column, |row| &row.$field)),+]
            }

            fn cells(&self) -> Vec<Cell<'_>> {
                vec![$(Field::cell(&self.$field)),+]
            }

            $($item)*
        }
    };
}

stored! {
    DeploymentRow as "deployment" {
        "customerId" customer_id;
        "customerName" customer_name;
        "productId" product_id;
        "productName" product_name;
        "serviceCode" service_code;
        "serviceName" service_name;
        "channel" channel;
        "licensesSold" licenses_sold;
        "licensesDeployed" licenses_deployed;
        "processedDateTime" processed_date_time;
        "source" source;
    }

    fn processed(&self) -> [Option<&Timestamp>; 2] {
        [self.processed_date_time.as_ref(), None]
    }
}

stored! {
    UsageRow as "usage" {
        "customerId" customer_id;
        "customerName" customer_name;
        "productId" product_id;
        "productName" product_name;
        "workloadCode" workload_code;
        "workloadName" workload_name;
        "serviceCode" service_code;
        "serviceName" service_name;
        "channel" channel;
        "licensesQualified" licenses_qualified;
        "licensesActive" licenses_active;
        "processedDateTime" processed_date_time;
        "source" source;
    }

    fn processed(&self) -> [Option<&Timestamp>; 2] {
        [self.processed_date_time.as_ref(), None]
    }
}

stored! {
    FunnelRow as "funnel" {
        "customerId" customer_id;
        "customerName" customer_name;
        "productId" product_id;
        "productName" product_name;
        "serviceCode" service_code;
        "serviceName" service_name;
        "channel" channel;
        "licensesSold" licenses_sold;
        "licensesDeployed" licenses_deployed;
        "licensesActive" licenses_active;
        "shelfware" shelfware;
        "idle" idle;
        "unused" unused;
        "deploymentProcessedDateTime" deployment_processed_date_time;
        "usageProcessedDateTime" usage_processed_date_time;
        "source" source;
        "flags" flags;
    }

    fn processed(&self) -> [Option<&Timestamp>; 2] {
        [self.deployment_processed_date_time.as_ref(), self.usage_processed_date_time.as_ref()]
    }
}

/// The texts that the rows of a customer are sorted by.
fn order(id: Option<&Guid>, texts: [&Option<String>; 4], channel: Option<&Channel>) -> Vec<String> {
    let id = id.map(|id| id.to_string().to_lowercase()).unwrap_or_default();
    let [name, service_code, service_name, workload] = texts.map(|text| text.clone().unwrap_or_default());
    let channel = channel.map(ToString::to_string).unwrap_or_default();
    vec![id, name, service_code, service_name, channel, workload]
}

impl Ordered for DeploymentRow {
    fn customer(&self) -> Uuid {
        self.customer_id.map_or_else(Uuid::nil, |id| id.as_uuid())
    }

    fn order(&self) -> Vec<String> {
        let texts = [&self.product_name, &self.service_code, &self.service_name, &None];
        order(self.product_id.as_ref(), texts, self.channel.as_ref())
    }
}

impl Ordered for UsageRow {
    fn customer(&self) -> Uuid {
        self.customer_id.map_or_else(Uuid::nil, |id| id.as_uuid())
    }

    fn order(&self) -> Vec<String> {
        let workload = self.workload_code.clone().or_else(|| self.workload_name.clone());
        let texts = [&self.product_name, &self.service_code, &self.service_name, &workload];
        order(self.product_id.as_ref(), texts, self.channel.as_ref())
    }
}

impl Ordered for FunnelRow {
    fn customer(&self) -> Uuid {
        self.customer_id.as_uuid()
    }

    fn order(&self) -> Vec<String> {
        let texts = [&self.product_name, &self.service_code, &self.service_name, &None];
        order(self.product_id.as_ref(), texts, self.channel.as_ref())
    }
}

/// The fields of a row to read. Those that are not read are unknown, and the source is then the commercial query.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "each is a group of columns to read or not")]
pub struct Fields {
    /// The name of the customer. Its id is always there.
    pub customer_name: bool,
    /// The id and the name of the product.
    pub product: bool,
    /// The code and the name of the service.
    pub service: bool,
    /// Channel, source, times and flags.
    pub rest: bool,
}

impl Fields {
    /// Only the counts.
    pub const COUNTS: Self = Self { customer_name: false, product: false, service: false, rest: false };
    /// Counts and names: all fields but those of `rest`.
    pub const NAMES: Self = Self { rest: false, ..Self::ALL };
    /// All fields.
    pub const ALL: Self = Self { customer_name: true, product: true, service: true, rest: true };
}

/// The values of a column, or none if the column is not needed.
struct Optional<T>(Option<std::vec::IntoIter<T>>);

impl<T> Optional<T> {
    fn read(is_needed: bool, read: impl FnOnce() -> Result<Vec<T>>) -> Result<Self> {
        is_needed.then(read).transpose().map(|values| Self(values.map(Vec::into_iter)))
    }

    fn next(&mut self) -> Option<T> {
        self.0.as_mut()?.next()
    }
}

impl Optional<Option<ByteArray>> {
    fn text(&mut self) -> Result<Option<String>> {
        let Some(Some(text)) = self.next() else { return Ok(None) };
        utf8(&text).map(|text| Some(text.to_owned()))
    }
}

fn utf8(text: &ByteArray) -> Result<&str> {
    text.as_utf8().map_err(|error| Error::damaged("a part", error))
}

/// The rows of a funnel part, by customer. After an error there are no more.
pub(crate) struct StoredFunnel {
    file: TableFile,
    fields: Fields,
    next_group: usize,
    group: Option<Group>,
}

/// The columns of a row group.
struct Group {
    customers: std::vec::IntoIter<Option<ByteArray>>,
    /// The previous row's customer: the rows of a customer are adjacent.
    customer: Option<(ByteArray, CustomerId)>,
    customer_names: Optional<Option<ByteArray>>,
    product_ids: Optional<Option<ByteArray>>,
    product_names: Optional<Option<ByteArray>>,
    service_codes: Optional<Option<ByteArray>>,
    service_names: Optional<Option<ByteArray>>,
    channels: Optional<Option<ByteArray>>,
    sources: Optional<Option<ByteArray>>,
    counts: [std::vec::IntoIter<Option<i64>>; 6],
    deployment_times: Optional<Option<Timestamp>>,
    usage_times: Optional<Option<Timestamp>>,
    flags: Optional<Vec<ByteArray>>,
}

impl StoredFunnel {
    pub(crate) fn new(file: TableFile, fields: Fields) -> Self {
        Self { file, fields, next_group: 0, group: None }
    }

    fn read(&mut self) -> Result<Option<FunnelRow>> {
        loop {
            if let Some(group) = &mut self.group
                && let Some(row) = group.next()?
            {
                return Ok(Some(row));
            }
            if self.next_group == self.file.groups() {
                return Ok(None);
            }
            self.group = Some(Group::read(&self.file, self.next_group, self.fields)?);
            self.next_group += 1;
        }
    }
}

impl Iterator for StoredFunnel {
    type Item = Result<FunnelRow>;

    fn next(&mut self) -> Option<Result<FunnelRow>> {
        let row = self.read().transpose();
        if matches!(row, Some(Err(_))) {
            (self.group, self.next_group) = (None, self.file.groups());
        }
        row
    }
}

impl Group {
    fn read(file: &TableFile, group: usize, fields: Fields) -> Result<Self> {
        let texts = |needed: bool, name: &str| Optional::read(needed, || file.texts(group, name));
        let counts = |name: &str| file.counts(group, name).map(Vec::into_iter);
        let times = |name: &str| Optional::read(fields.rest, || file.times(group, name));
        Ok(Self {
            customers: file.texts(group, "customerId")?.into_iter(),
            customer: None,
            customer_names: texts(fields.customer_name, "customerName")?,
            product_ids: texts(fields.product, "productId")?,
            product_names: texts(fields.product, "productName")?,
            service_codes: texts(fields.service, "serviceCode")?,
            service_names: texts(fields.service, "serviceName")?,
            channels: texts(fields.rest, "channel")?,
            sources: texts(fields.rest, "source")?,
            counts: [
                counts("licensesSold")?,
                counts("licensesDeployed")?,
                counts("licensesActive")?,
                counts("shelfware")?,
                counts("idle")?,
                counts("unused")?,
            ],
            deployment_times: times("deploymentProcessedDateTime")?,
            usage_times: times("usageProcessedDateTime")?,
            flags: Optional::read(fields.rest, || file.lists(group, "flags"))?,
        })
    }

    fn next(&mut self) -> Result<Option<FunnelRow>> {
        let Some(id) = self.customers.next() else { return Ok(None) };
        let customer_id = self.customer(id.unwrap_or_default())?;
        let source = self.sources.text()?.and_then(of_json_name).unwrap_or(Source::Commercial);
        let mut row = FunnelRow::new(customer_id, source);
        row.customer_name = self.customer_names.text()?;
        row.product_id = self.product_ids.text()?.map(|id| Guid::from(id.as_str()));
        row.product_name = self.product_names.text()?;
        row.service_code = self.service_codes.text()?;
        row.service_name = self.service_names.text()?;
        row.channel = self.channels.text()?.and_then(of_json_name);
        let counts = self.counts.each_mut().map(|counts| counts.next().flatten());
        let [sold, deployed, active, shelfware, idle, unused] = counts;
        (row.licenses_sold, row.licenses_deployed, row.licenses_active) = (sold, deployed, active);
        (row.shelfware, row.idle, row.unused) = (shelfware, idle, unused);
        row.deployment_processed_date_time = self.deployment_times.next().flatten();
        row.usage_processed_date_time = self.usage_times.next().flatten();
        for flag in self.flags.next().unwrap_or_default() {
            // Flags of later versions are ignored.
            row.flags.extend(of_json_name::<Flag>(utf8(&flag)?.to_owned()));
        }
        Ok(Some(row))
    }

    fn customer(&mut self, id: ByteArray) -> Result<CustomerId> {
        if let Some((before, customer)) = &self.customer
            && *before == id
        {
            return Ok(*customer);
        }
        let customer = utf8(&id)?.parse().map_err(|error| Error::damaged("a part", error))?;
        self.customer = Some((id, customer));
        Ok(customer)
    }
}

/// The value with this JSON name.
fn of_json_name<T: DeserializeOwned>(text: String) -> Option<T> {
    serde_json::from_value(Value::String(text)).ok()
}
