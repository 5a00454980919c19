//! What the pages show: plain data that a command fills in from its rows.
//!
//! The lists are bounded here: a constructor keeps the first entries and counts or sums the rest, so that the page for
//! a hundred thousand customers is as large as the page for a hundred.

use partner_center::funnel;
use rust_decimal::Decimal;

use super::history::{Changes, Since};
use super::text::Text;
use super::trend::Trend;

/// The number of customers and of products in a ranking.
pub(crate) const TOP: usize = 10;
/// The number of customers and of products in the heat map.
pub(crate) const HEAT_MAP: (usize, usize) = (20, 12);
/// The number of rows in the table of all rows.
pub(crate) const ROWS: usize = 1000;
/// The number of names of customers that were not read, per reason.
pub(crate) const NAMES: usize = 50;
/// The number of products on the page of a customer.
pub(crate) const PRODUCTS: usize = 50;
/// The number of customers in the index of a pack.
pub(crate) const INDEX: usize = 5000;

/// The report over many customers.
pub(crate) struct Report {
    pub(crate) facts: Facts,
    /// The command that made the page.
    pub(crate) command: Text,
    /// The number of customers with rows.
    pub(crate) customers: u64,
    pub(crate) totals: Totals,
    /// Each is one ranking, in the order of the page.
    pub(crate) rankings: Vec<Ranking>,
    pub(crate) heat_map: Option<HeatMap>,
    pub(crate) renewals: Option<Renewals>,
    pub(crate) changes: Option<Changes>,
    pub(crate) trend: Option<Trend>,
    pub(crate) caveats: Vec<Text>,
    pub(crate) not_read: Vec<NotRead>,
    pub(crate) rows: RowTable,
}

/// The page of a pack for one customer. It has no field for a command, which could name another customer.
pub(crate) struct CustomerReport {
    pub(crate) facts: Facts,
    pub(crate) customer: Text,
    pub(crate) totals: Totals,
    pub(crate) products: Products,
    pub(crate) renewals: Option<Renewals>,
    pub(crate) changes: Option<Changes>,
    pub(crate) caveats: Vec<Text>,
    pub(crate) rows: RowTable,
}

/// The first page of a pack.
pub(crate) struct Index {
    pub(crate) facts: Facts,
    /// The command that made the pack.
    pub(crate) command: Text,
    pub(crate) totals: Totals,
    pub(crate) pages: Pages,
    pub(crate) caveats: Vec<Text>,
    pub(crate) not_read: Vec<NotRead>,
}

/// What every page says about itself.
#[derive(Clone)]
pub(crate) struct Facts {
    /// The partner's name, or its tenant.
    pub(crate) partner: Option<Text>,
    /// The day of the data, or the first and the last day.
    pub(crate) day: Option<Text>,
    /// The age of the data in words, such as `2 months old`.
    pub(crate) age: Option<Text>,
    /// Where the rows come from, such as `the commercial query`.
    pub(crate) source: Text,
    /// The day of a dataset that the rows are read from.
    pub(crate) recorded: Option<Text>,
    /// The name and the version of this program.
    pub(crate) program: Text,
    /// When the page was made.
    pub(crate) made: Text,
}

/// Sums over rows. `None` if no row has the count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Licenses {
    pub(crate) sold: Option<i64>,
    pub(crate) deployed: Option<i64>,
    pub(crate) active: Option<i64>,
    pub(crate) shelfware: Option<i64>,
    pub(crate) idle: Option<i64>,
}

impl From<&funnel::Totals> for Licenses {
    fn from(totals: &funnel::Totals) -> Self {
        let counts = totals.counts();
        Self {
            sold: counts.licenses_sold,
            deployed: counts.licenses_deployed,
            active: counts.licenses_active,
            shelfware: counts.shelfware,
            idle: counts.idle,
        }
    }
}

impl Licenses {
    /// Shelfware and idle licenses together, of what is known.
    pub(crate) fn unused(&self) -> Option<i64> {
        sum(self.shelfware, self.idle)
    }

    fn add(&mut self, other: &Self) {
        self.sold = sum(self.sold, other.sold);
        self.deployed = sum(self.deployed, other.deployed);
        self.active = sum(self.active, other.active);
        self.shelfware = sum(self.shelfware, other.shelfware);
        self.idle = sum(self.idle, other.idle);
    }
}

/// The sum of two counts, of what is known.
fn sum(one: Option<i64>, other: Option<i64>) -> Option<i64> {
    sum_of_known(one, other, i64::saturating_add)
}

fn sum_of_known<T>(one: Option<T>, other: Option<T>, add: impl Fn(T, T) -> T) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(add(one, other)),
        (known, None) | (None, known) => known,
    }
}

/// What unused licenses cost in a month, in one currency, rounded to its minor unit.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cost {
    pub(crate) currency: Text,
    /// `None` if no row has it.
    pub(crate) shelfware: Option<Decimal>,
    pub(crate) idle: Option<Decimal>,
    pub(crate) unused: Decimal,
}

/// The sums over all rows, and which rows they cover.
pub(crate) struct Totals {
    pub(crate) licenses: Licenses,
    pub(crate) costs: Vec<Cost>,
    pub(crate) basis: Basis,
    pub(crate) since: Option<Since>,
}

/// The numbers of rows that totals cover.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Basis {
    pub(crate) rows: u64,
    /// Rows with a known shelfware count.
    pub(crate) with_shelfware: u64,
    /// Rows with a known idle count.
    pub(crate) with_idle: u64,
    /// Rows in which shelfware or idle is unknown, so that unused is a lower bound.
    pub(crate) incomplete: u64,
    /// Rows in which more is deployed than sold, or more is active than deployed.
    pub(crate) contradicting: u64,
    /// Rows without a price. `None` if no prices were given.
    pub(crate) unpriced: Option<u64>,
}

/// The rows of one customer or of one product, summed.
#[derive(Clone)]
pub(crate) struct Group {
    pub(crate) name: Text,
    pub(crate) licenses: Licenses,
    pub(crate) costs: Vec<Cost>,
    pub(crate) rows: u64,
    /// Rows in which shelfware or idle is unknown.
    pub(crate) incomplete: u64,
}

/// The groups that a list leaves out, summed.
#[derive(Clone, Default)]
pub(crate) struct Rest {
    pub(crate) groups: u64,
    pub(crate) licenses: Licenses,
    pub(crate) costs: Vec<Cost>,
}

impl Rest {
    fn add(&mut self, group: &Group) {
        self.groups = self.groups.saturating_add(1);
        self.licenses.add(&group.licenses);
        for cost in &group.costs {
            match self.costs.iter_mut().find(|sum| sum.currency == cost.currency) {
                Some(sum) => {
                    sum.shelfware = sum_of_known(sum.shelfware, cost.shelfware, Decimal::saturating_add);
                    sum.idle = sum_of_known(sum.idle, cost.idle, Decimal::saturating_add);
                    sum.unused = sum.unused.saturating_add(cost.unused);
                }
                None => self.costs.push(cost.clone()),
            }
        }
    }
}

/// What a ranking lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Of {
    Customers,
    Products,
}

/// What a ranking is sorted by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum By {
    Unused,
    /// The cost of unused licenses in this currency.
    Cost(Text),
}

/// The first customers or products of an order, and the sum of the others.
pub(crate) struct Ranking {
    pub(crate) of: Of,
    pub(crate) by: By,
    pub(super) groups: Vec<Group>,
    pub(super) rest: Rest,
}

impl Ranking {
    /// Takes all groups, in the order of the ranking.
    pub(crate) fn new(of: Of, by: By, groups: impl IntoIterator<Item = Group>) -> Self {
        let (groups, rest) = first(TOP, groups, |rest: &mut Rest, group| rest.add(&group));
        Self { of, by, groups, rest }
    }
}

/// The products of one customer, and the sum of those left out.
pub(crate) struct Products {
    pub(super) shown: Vec<Product>,
    pub(super) rest: Rest,
}

/// A product of one customer.
pub(crate) struct Product {
    pub(crate) group: Group,
    /// The day of the next renewal, if known.
    pub(crate) renewal: Option<Text>,
    /// Whether more is deployed than was sold.
    pub(crate) exceeding: bool,
}

impl Products {
    /// Takes all products, in the order of the page.
    pub(crate) fn new(products: impl IntoIterator<Item = Product>) -> Self {
        let (shown, rest) =
            first(PRODUCTS, products, |rest: &mut Rest, product: Product| rest.add(&product.group));
        Self { shown, rest }
    }
}

/// Customers by products, with the share of unused licenses.
pub(crate) struct HeatMap {
    pub(super) products: Vec<Text>,
    /// How many products are left out.
    pub(super) more_products: u64,
    pub(super) customers: Vec<(Text, Vec<Share>)>,
    /// How many customers are left out.
    pub(super) more_customers: u64,
}

/// The share of unused licenses in a cell of the heat map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Share {
    /// The customer does not have the product.
    None,
    Unknown,
    Known {
        unused: i64,
        sold: i64,
    },
}

impl HeatMap {
    /// Takes all products, and all customers with a share per product, in the order of the map.
    pub(crate) fn new(
        products: impl IntoIterator<Item = Text>,
        customers: impl IntoIterator<Item = (Text, Vec<Share>)>,
    ) -> Self {
        let (most_customers, most_products) = HEAT_MAP;
        let (products, more_products) = first(most_products, products, count);
        let (mut customers, more_customers) = first(most_customers, customers, count);
        for (_, shares) in &mut customers {
            shares.resize(products.len(), Share::None);
        }
        Self { products, more_products, customers, more_customers }
    }
}

/// What renews when.
pub(crate) struct Renewals {
    pub(crate) periods: Vec<Renewal>,
    /// What the counts mean, and what is not known of them.
    pub(crate) notes: Vec<Text>,
}

/// The subscriptions that renew in one period.
pub(crate) struct Renewal {
    /// Such as `31 to 60 days`.
    pub(crate) period: Text,
    /// The last day of the period.
    pub(crate) until: Text,
    pub(crate) licenses: i64,
    /// How many of them are known to be unused.
    pub(crate) unused: i64,
    /// Of how many it is not known whether they are used.
    pub(crate) not_known: i64,
}

/// Customers that the figures do not cover, for one reason.
pub(crate) struct NotRead {
    pub(crate) reason: Reason,
    pub(super) names: Vec<Text>,
    pub(super) left_out: u64,
}

/// Why the figures do not cover a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    Failed,
    Skipped,
    WithoutRows,
}

impl NotRead {
    /// Takes the names, or the ids where no name is known.
    pub(crate) fn new(reason: Reason, names: impl IntoIterator<Item = Text>) -> Self {
        let (names, left_out) = first(NAMES, names, count);
        Self { reason, names, left_out }
    }

    pub(super) fn count(&self) -> u64 {
        self.left_out.saturating_add(u64::try_from(self.names.len()).unwrap_or(u64::MAX))
    }
}

/// All rows, as texts.
pub(crate) struct RowTable {
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Vec<Text>>,
    pub(super) left_out: u64,
    /// Where the rows are that are left out.
    pub(super) elsewhere: Text,
}

/// A column of all rows.
pub(crate) struct Column {
    pub(crate) heading: &'static str,
    /// Whether its cells are aligned to the right.
    pub(crate) is_number: bool,
}

impl RowTable {
    /// Takes the first rows of so many, with a cell per column. `elsewhere` completes the sentence "All rows are in".
    pub(crate) fn new(
        columns: Vec<Column>,
        rows: impl IntoIterator<Item = Vec<Text>>,
        count: u64,
        elsewhere: Text,
    ) -> Self {
        let rows: Vec<_> = rows.into_iter().take(ROWS).collect();
        let left_out = count.saturating_sub(u64::try_from(rows.len()).unwrap_or(u64::MAX));
        Self { columns, rows, left_out, elsewhere }
    }
}

/// The pages of a pack.
pub(crate) struct Pages {
    pub(super) entries: Vec<Entry>,
    pub(super) rest: Rest,
}

/// A page of a pack.
pub(crate) struct Entry {
    pub(crate) customer: Group,
    /// The name of the page's file, in the folder of the index.
    pub(crate) file: Text,
    /// The name of the workbook's file.
    pub(crate) workbook: Option<Text>,
}

impl Pages {
    /// Takes all pages, in the order of the index.
    pub(crate) fn new(entries: impl IntoIterator<Item = Entry>) -> Self {
        let (entries, rest) =
            first(INDEX, entries, |rest: &mut Rest, entry: Entry| rest.add(&entry.customer));
        Self { entries, rest }
    }
}

/// The first items, and what the others add up to.
pub(super) fn first<T, R: Default>(
    count: usize,
    items: impl IntoIterator<Item = T>,
    add: impl Fn(&mut R, T),
) -> (Vec<T>, R) {
    let mut items = items.into_iter();
    let kept = items.by_ref().take(count).collect();
    let rest = items.fold(R::default(), |mut rest, item| {
        add(&mut rest, item);
        rest
    });
    (kept, rest)
}

/// Counts an item that a list leaves out.
pub(super) fn count<T>(left_out: &mut u64, _: T) {
    *left_out = left_out.saturating_add(1);
}
