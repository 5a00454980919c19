//! The columns of changes between two days, with what files of the user add to them.

use std::borrow::Cow;
use std::sync::Arc;

use partner_center::CustomerId;
use partner_center_history::cell::{self, Cell, Field, Kind, List};
use partner_center_history::{Change, DiffGroup, DiffRow};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, Serializer};

use super::annotated::{self, WrittenName};
use super::group::{number, with_costs};
use crate::anonymizer::Anonymizer;
use crate::output::columns::Shown::{As, IfKnown, IfWide, InPlaceOf, No, WhoseRow};
use crate::output::columns::{Column, Columns};
use crate::output::row::{Row, columns};
use crate::prices::{CostChange, CostChanges, Costs, Currency, Money, Price, Priced, WrittenCostChange};

columns! {
    DiffRow<Priced<Price>> as "diff" {
        "change" change, As("Change");
        "customerId" customer_id, No;
        "customerName" customer_name, WhoseRow;
        "productId" product_id, InPlaceOf("productName", "Product");
        "productName" product_name, As("Product");
        "soldFrom" pairs.sold_from, As("Sold");
        "soldTo" pairs.sold_to, As("to");
        "deployedFrom" pairs.deployed_from, IfWide("Deployed");
        "deployedTo" pairs.deployed_to, IfWide("to");
        "activeFrom" pairs.active_from, IfWide("Active");
        "activeTo" pairs.active_to, IfWide("to");
        "unusedFrom" pairs.unused_from, As("Unused");
        "unusedTo" pairs.unused_to, As("to");
    }

    const ADDS_UP: bool = false;

    /// Days are compared with pseudonyms.
    fn anonymize(&mut self, _: &Anonymizer) {}

    fn customer(&self) -> (Option<CustomerId>, Option<&str>) {
        (Some(self.customer_id), self.customer_name.as_deref())
    }
}

columns! {
    DiffGroup<Costs> as "diff-group" {
        "change" change, As("Change");
        "key" key, InPlaceOf("name", "Name");
        "name" name, As("Name");
        "soldFrom" pairs.sold_from, As("Sold");
        "soldTo" pairs.sold_to, As("to");
        "deployedFrom" pairs.deployed_from, IfWide("Deployed");
        "deployedTo" pairs.deployed_to, IfWide("to");
        "activeFrom" pairs.active_from, As("Active");
        "activeTo" pairs.active_to, As("to");
        "unusedFrom" pairs.unused_from, As("Unused");
        "unusedTo" pairs.unused_to, As("to");
    }

    const ADDS_UP: bool = false;

    /// Days are compared with pseudonyms.
    fn anonymize(&mut self, _: &Anonymizer) {}
}

/// A change of a customer's product.
pub(crate) struct AnnotatedDiff {
    pub(crate) row: DiffRow<Priced<Price>>,
    /// With `--products`: the display name of the product, else its name.
    display_name: Option<Arc<str>>,
    /// In the currency of the price.
    cost: CostChange,
}

impl AnnotatedDiff {
    pub(crate) fn new(row: DiffRow<Priced<Price>>, display_name: Option<Arc<str>>) -> Self {
        let costs = CostChanges::new(&[], &row.sums, row.change != Change::Unknown);
        let cost = row.measure.known().map(|price| costs.currency(price.currency())).unwrap_or_default();
        Self { row, display_name, cost }
    }

    /// The columns, with those that `--products` and `--prices` add.
    pub(crate) fn columns(with_products: bool, with_prices: bool) -> Columns {
        let costs: &[Column] = &COSTS;
        annotated::columns(Self::COLUMNS, with_products, with_prices.then_some(costs))
    }

    /// The name of the product, else its id.
    pub(crate) fn product(&self) -> Option<String> {
        let own =
            || self.row.product_name.clone().or_else(|| Some(self.row.product_id.as_ref()?.to_string()));
        self.display_name.as_deref().map(str::to_owned).or_else(own)
    }

    /// How much the cost changed, if that is known.
    pub(crate) fn cost_change(&self) -> Option<(Currency, rust_decimal::Decimal)> {
        Some((self.row.measure.known()?.currency(), self.cost.change?))
    }
}

const COSTS: [Column; 5] = [
    Column::new("unitPrice", No, Kind::Money),
    Column::new("unusedCostFrom", No, Kind::Money),
    Column::new("unusedCostTo", No, Kind::Money),
    Column::new("unusedCostChange", No, Kind::Money),
    Column::new("currency", No, Kind::Text),
];

impl Row for AnnotatedDiff {
    const TYPE: &'static str = <DiffRow<Priced<Price>> as Row>::TYPE;
    const COLUMNS: &'static [Column] = <DiffRow<Priced<Price>> as Row>::COLUMNS;
    const ADDS_UP: bool = false;

    /// Days are compared with pseudonyms.
    fn anonymize(&mut self, _: &Anonymizer) {}

    fn cell(&self, column: &Column) -> Cell<'_> {
        let price = self.row.measure.known();
        match column.name {
            "productDisplayName" => Cell::Text(self.display_name.as_deref().map(Cow::Borrowed)),
            "unitPrice" => Cell::Money(price.map(Price::unit_price)),
            "unusedCostFrom" => Cell::Money(self.cost.from),
            "unusedCostTo" => Cell::Money(self.cost.to),
            "unusedCostChange" => Cell::Money(self.cost.change),
            "currency" => Cell::Text(price.map(|price| Cow::Borrowed(price.currency().code()))),
            _ => self.row.cell(column),
        }
    }

    fn customer(&self) -> (Option<CustomerId>, Option<&str>) {
        self.row.customer()
    }
}

/// A change: the counts of a customer's product on both days, `null` on a day that does not have it.
#[derive(Serialize, JsonSchema)]
struct WrittenDiff<'a> {
    #[serde(flatten)]
    row: &'a DiffRow<Priced<Price>>,
    #[serde(flatten)]
    name: Option<WrittenName<'a>>,
    #[serde(flatten)]
    cost: Option<WrittenCost>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct WrittenCost {
    /// With --prices: the price of one license per month on the later day, for both days. `null` if the price file has no
    /// price for the product.
    unit_price: Option<Money>,
    /// What unused licenses cost per month on the earlier day, at this price.
    unused_cost_from: Option<Money>,
    /// What they cost on the later day.
    unused_cost_to: Option<Money>,
    /// The difference. A day that does not have the product counts as 0; `null` if the customer was not read on one of the
    /// days.
    unused_cost_change: Option<Money>,
    /// The ISO 4217 code of the currency.
    #[schemars(with = "Option<String>")]
    currency: Option<Currency>,
}

impl Serialize for AnnotatedDiff {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (name, price) = (self.display_name.as_deref(), self.row.measure.known());
        let cost = || WrittenCost {
            unit_price: price.map(|price| Money(price.unit_price())),
            unused_cost_from: self.cost.from.map(Money),
            unused_cost_to: self.cost.to.map(Money),
            unused_cost_change: self.cost.change.map(Money),
            currency: price.map(Price::currency),
        };
        let written = WrittenDiff {
            row: &self.row,
            name: name.map(|name| WrittenName { product_display_name: Some(name) }),
            cost: (self.row.measure != Priced::No).then(cost),
        };
        written.serialize(serializer)
    }
}

impl JsonSchema for AnnotatedDiff {
    fn schema_name() -> Cow<'static, str> {
        DiffRow::<Priced<Price>>::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        WrittenDiff::json_schema(generator)
    }
}

/// A change of a group of rows. The customers that were not read on one of the days are in none but their own group.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "DiffGroup")]
pub(crate) struct AnnotatedGroup {
    #[serde(flatten)]
    pub(crate) group: DiffGroup<Costs>,
    /// With --prices: what unused licenses cost per month, with one entry per currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<WrittenCostChange>")]
    pub(crate) costs: Option<CostChanges>,
}

impl AnnotatedGroup {
    /// With prices in these currencies.
    pub(crate) fn new(group: DiffGroup<Costs>, currencies: Option<&[Currency]>) -> Self {
        let is_known = group.change != Change::Unknown;
        let costs = currencies.map(|currencies| CostChanges::new(currencies, &group.sums, is_known));
        Self { group, costs }
    }

    /// The columns, with those for the costs in these currencies.
    pub(crate) fn columns(currencies: Option<&[Currency]>) -> Columns {
        const COSTS: Kind = Kind::List(&[
            cell::Column::new("currency", Kind::Text),
            cell::Column::new("unusedCostFrom", Kind::Money),
            cell::Column::new("unusedCostTo", Kind::Money),
            cell::Column::new("unusedCostChange", Kind::Money),
            cell::Column::new("rowsUnpriced", Kind::Count),
        ]);
        let amounts = [("unusedCostFrom", No), ("unusedCostTo", No), ("unusedCostChange", No)];
        with_costs(Self::COLUMNS, currencies, amounts, COSTS)
    }
}

impl List for CostChanges {
    /// Formats whose cells have one value have columns per currency instead.
    fn text(&self) -> Option<String> {
        None
    }

    fn members(&self) -> Vec<Vec<Cell<'_>>> {
        let member = |(currency, cost): (Currency, CostChange)| {
            let mut cells = vec![Cell::Text(Some(Cow::Borrowed(currency.code())))];
            cells.extend([cost.from, cost.to, cost.change].map(Cell::Money));
            cells.push(number(self.rows_unpriced()));
            cells
        };
        self.currencies().map(member).collect()
    }
}

impl Row for AnnotatedGroup {
    const TYPE: &'static str = <DiffGroup<Costs> as Row>::TYPE;
    const COLUMNS: &'static [Column] = <DiffGroup<Costs> as Row>::COLUMNS;
    const ADDS_UP: bool = false;

    /// Days are compared with pseudonyms.
    fn anonymize(&mut self, _: &Anonymizer) {}

    fn cell(&self, column: &Column) -> Cell<'_> {
        let cost = || Some(self.costs.as_ref()?.currency(column.currency?));
        match (column.name, &self.costs) {
            ("costs", Some(costs)) => Cell::List(costs),
            ("rowsUnpriced", Some(costs)) => number(costs.rows_unpriced()),
            ("unusedCostFrom", _) => Cell::Money(cost().and_then(|cost| cost.from)),
            ("unusedCostTo", _) => Cell::Money(cost().and_then(|cost| cost.to)),
            ("unusedCostChange", _) => Cell::Money(cost().and_then(|cost| cost.change)),
            _ => self.group.cell(column),
        }
    }
}

/// A change in few columns, for the table: of a customer's product, or of a group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub(crate) struct DiffLine {
    pub(crate) change: Option<String>,
    #[schemars(with = "Option<String>")]
    pub(crate) customer_id: Option<CustomerId>,
    pub(crate) customer_name: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) sold: Option<String>,
    pub(crate) deployed: Option<String>,
    pub(crate) active: Option<String>,
    pub(crate) unused: Option<String>,
    pub(crate) cost: Unbroken,
}

columns! {
    DiffLine as "diff-line" {
        "customerId" customer_id, No;
        "customerName" customer_name, IfKnown("Customer");
        "name" name, As("Name");
        "change" change, IfKnown("");
        "sold" sold, As("Sold");
        "deployed" deployed, IfWide("Deployed");
        "active" active, As("Active");
        "unused" unused, As("Unused");
        "cost" cost, IfKnown("Cost/month");
    }

    const ADDS_UP: bool = false;

    /// Days are compared with pseudonyms.
    fn anonymize(&mut self, _: &Anonymizer) {}

    fn customer(&self) -> (Option<CustomerId>, Option<&str>) {
        (self.customer_id, self.customer_name.as_deref())
    }
}

impl DiffLine {
    /// The columns of a table that has costs, or not.
    pub(crate) fn columns(with_prices: bool) -> Columns {
        let own = Self::COLUMNS.iter();
        own.map(|column| if with_prices { column.beside_more() } else { *column }).collect()
    }
}

/// A text that a table does not wrap.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Unbroken(pub(crate) Option<String>);

impl Field for Unbroken {
    const KIND: Kind = Kind::Id;

    fn cell(&self) -> Cell<'_> {
        Cell::Id(self.0.as_deref().map(Cow::Borrowed))
    }
}
