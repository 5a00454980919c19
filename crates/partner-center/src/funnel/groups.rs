//! Roll-ups: the totals of rows per customer, product or service.

use std::collections::{BTreeMap, btree_map};

use serde::{Deserialize, Serialize};

use super::Totals;
use super::counted::{Counted, Facts};
use super::product_key::{filled, fold, fold_id, keep_smaller};

/// What rows are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum GroupBy {
    /// The customer.
    Customer,
    /// The product: by its id, or by its name if it has no id.
    Product,
    /// The service: by its code, or by its name if it has no code.
    Service,
}

/// The totals of the rows of one customer, product or service.
///
/// Serialized, it is flat: `key`, `name`, the sums `licensesSold`, `licensesDeployed`, `licensesActive`, `shelfware`,
/// `idle` and `unused` (`null` if unknown in every row), `rows`, `rowsUnknown`, and the fields of [`extra`](Self::extra).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Group<X = ()> {
    /// The customer's id, the product's id or name, or the service's code or name. `None` for the rows that have
    /// neither.
    pub key: Option<String>,
    /// The name of the customer, product or service, if a row has it.
    pub name: Option<String>,
    /// The sums over the rows.
    pub totals: Totals,
    /// What the program adds up beside the counts, such as costs.
    pub extra: X,
}

/// Rows added up by customer, product or service.
///
/// A group is the sum of its rows, so the sums over all groups are the same for every [`GroupBy`], and the same as the
/// [`Totals`] of the rows. The result does not depend on the order of the rows. Ids, codes and names are compared
/// without case and surrounding white space.
///
/// ```
/// use partner_center::funnel::{GroupBy, Groups};
/// use partner_center::licenses::DeploymentRow;
///
/// # fn row(json: &str) -> Result<DeploymentRow, serde_json::Error> { serde_json::from_str(json) }
/// let rows = [
///     row(r#"{"source":"commercial","productName":"VISIO","licensesSold":10,"licensesDeployed":4}"#)?,
///     row(r#"{"source":"commercial","productName":"Visio","licensesSold":5,"licensesDeployed":5}"#)?,
///     row(r#"{"source":"commercial","productName":"PROJECT","licensesSold":5}"#)?,
/// ];
/// let mut groups = Groups::<()>::of(GroupBy::Product, &rows);
/// let visio = groups.iter().find(|group| group.name.as_deref() == Some("VISIO")).unwrap();
/// assert_eq!((visio.totals.licenses_sold.sum, visio.totals.unused.sum), (15, 6));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Groups<X = ()> {
    by: GroupBy,
    groups: BTreeMap<Option<String>, Group<X>>,
}

impl<X: Default> Groups<X> {
    /// Creates groups without rows.
    #[must_use]
    pub fn new(by: GroupBy) -> Self {
        Self { by, groups: BTreeMap::new() }
    }

    /// Groups these rows.
    #[must_use]
    pub fn of<'a, R: Counted + 'a>(by: GroupBy, rows: impl IntoIterator<Item = &'a R>) -> Self {
        let mut groups = Self::new(by);
        for row in rows {
            groups.add(row);
        }
        groups
    }

    /// Adds a row, and returns what the program adds up beside the counts of its group.
    pub fn add(&mut self, row: &impl Counted) -> &mut X {
        let facts = row.facts();
        let (key, shown, name) = key(self.by, &facts);
        let group = self.groups.entry(key).or_insert_with(|| Group {
            key: None,
            name: None,
            totals: Totals::default(),
            extra: X::default(),
        });
        keep_smaller(&mut group.key, shown.as_ref());
        // Nearly all rows of a group have the same name.
        if group.name.as_deref() != name {
            keep_smaller(&mut group.name, name.map(str::to_owned).as_ref());
        }
        group.totals.add_facts(&facts);
        &mut group.extra
    }

    /// What the rows are grouped by.
    #[must_use]
    pub fn by(&self) -> GroupBy {
        self.by
    }

    /// The groups, sorted by key.
    pub fn iter(&self) -> btree_map::Values<'_, Option<String>, Group<X>> {
        self.groups.values()
    }

    /// How many groups there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.groups.len()
    }

    /// Whether there is no group.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }
}

impl<'a, X> IntoIterator for &'a Groups<X> {
    type Item = &'a Group<X>;
    type IntoIter = btree_map::Values<'a, Option<String>, Group<X>>;

    fn into_iter(self) -> Self::IntoIter {
        self.groups.values()
    }
}

impl<X> IntoIterator for Groups<X> {
    type Item = Group<X>;
    type IntoIter = btree_map::IntoValues<Option<String>, Group<X>>;

    fn into_iter(self) -> Self::IntoIter {
        self.groups.into_values()
    }
}

impl<X> Group<X> {
    /// How many rows have no complete unused count: shelfware, idle or both are unknown.
    #[must_use]
    pub fn rows_unknown(&self) -> u64 {
        self.totals.unused.unknown_rows
    }

    /// How many licenses were sold, as far as known; `None` if no row has the count.
    #[must_use]
    pub fn licenses_sold(&self) -> Option<i64> {
        self.totals.counts().licenses_sold
    }

    /// How many licenses are deployed, as far as known; `None` if no row has the count.
    #[must_use]
    pub fn licenses_deployed(&self) -> Option<i64> {
        self.totals.counts().licenses_deployed
    }

    /// How many licenses are in use, as far as known; `None` if no row has the count.
    #[must_use]
    pub fn licenses_active(&self) -> Option<i64> {
        self.totals.counts().licenses_active
    }

    /// How many licenses were sold but are not deployed, as far as known; `None` if no row has the count.
    #[must_use]
    pub fn shelfware(&self) -> Option<i64> {
        self.totals.counts().shelfware
    }

    /// How many licenses are deployed but not in use, as far as known; `None` if no row has the count.
    #[must_use]
    pub fn idle(&self) -> Option<i64> {
        self.totals.counts().idle
    }

    /// Shelfware plus idle, of what is known; `None` if no row has either.
    #[must_use]
    pub fn unused(&self) -> Option<i64> {
        self.totals.counts().unused
    }
}

/// The totals of the rows of one customer, product or service.
#[derive(Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
struct WrittenGroup<X> {
    /// The id of the customer; the id of the product, or its name; the code of the service, or its name.
    key: Option<String>,
    /// The name.
    name: Option<String>,
    /// How many licenses were sold: the sum over the rows with a known count, as in all counts of a group.
    licenses_sold: Option<i64>,
    /// How many licenses are deployed.
    licenses_deployed: Option<i64>,
    /// How many licenses are in use.
    licenses_active: Option<i64>,
    /// Sold and not deployed.
    shelfware: Option<i64>,
    /// Deployed and not in use.
    idle: Option<i64>,
    /// Shelfware plus idle, of what is known.
    unused: Option<i64>,
    /// How many rows the group has.
    rows: u64,
    /// How many of them lack shelfware, idle or both, so that unused is a lower bound.
    rows_unknown: u64,
    #[serde(flatten)]
    extra: X,
}

impl<X: Serialize> Serialize for Group<X> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let group = WrittenGroup {
            key: self.key.clone(),
            name: self.name.clone(),
            licenses_sold: self.licenses_sold(),
            licenses_deployed: self.licenses_deployed(),
            licenses_active: self.licenses_active(),
            shelfware: self.shelfware(),
            idle: self.idle(),
            unused: self.unused(),
            rows: self.totals.rows,
            rows_unknown: self.rows_unknown(),
            extra: &self.extra,
        };
        group.serialize(serializer)
    }
}

#[cfg(feature = "schemars")]
impl<X: schemars::JsonSchema> schemars::JsonSchema for Group<X> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Group".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        WrittenGroup::<X>::json_schema(generator)
    }
}

/// The key to compare, the key to show, and the name.
fn key<'a>(by: GroupBy, facts: &Facts<'a>) -> (Option<String>, Option<String>, Option<&'a str>) {
    let trimmed = |text: Option<&'a str>| filled(text).map(str::trim);
    let (id, name) = match by {
        GroupBy::Customer => (facts.customer_id.map(|id| id.to_string()), trimmed(facts.customer_name)),
        GroupBy::Product => {
            let id = facts.product_id.map(ToString::to_string);
            (id.as_deref().and_then(fold_id), trimmed(facts.product_name))
        }
        GroupBy::Service => (trimmed(facts.service_code).map(str::to_owned), trimmed(facts.service_name)),
    };
    let shown = id.or_else(|| name.map(str::to_owned));
    (shown.as_deref().and_then(fold), shown, name)
}
