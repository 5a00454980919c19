//! A row of the funnel with what options add to it: the display name of its product, costs, and live licenses.

use std::borrow::Cow;
use std::sync::Arc;

use partner_center::CustomerId;
use partner_center::funnel::{Flag, FunnelRow};
use partner_center::models::Timestamp;
use partner_center_history::cell::{Cell, Kind};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, Serializer};

use super::live::{self, Live};
use crate::anonymizer::Anonymizer;
use crate::output::columns::Shown::{As, IfKnown, InPlaceOf, No};
use crate::output::columns::{Column, Columns};
use crate::output::row::{AddToGroups, Row};
use crate::prices::{Costs, Currency, Money, Priced, RowCost};

/// A row of the funnel.
pub(crate) struct AnnotatedRow {
    pub(crate) row: FunnelRow,
    /// With `--products`: the display name of the product, else its name.
    pub(crate) display_name: Option<Arc<str>>,
    /// Boxed: many rows are held for sorting, most of them without prices.
    pub(crate) cost: Priced<Box<RowCost>>,
    /// With `--live`.
    pub(crate) live: Option<Box<Live>>,
}

impl From<FunnelRow> for AnnotatedRow {
    fn from(row: FunnelRow) -> Self {
        Self { row, display_name: None, cost: Priced::No, live: None }
    }
}

impl AnnotatedRow {
    /// The columns, with those that `--products` and `--prices` add.
    pub(crate) fn columns(with_products: bool, with_prices: bool) -> Columns {
        let costs: &[Column] = &COSTS;
        columns(FunnelRow::COLUMNS, with_products, with_prices.then_some(costs))
    }

    /// Whether the analytics do not have the row: `--live` found it in the customer's tenant.
    pub(crate) fn is_only_in_tenant(&self) -> bool {
        self.live.is_some() && self.row.has(Flag::WithoutDeployment) && self.row.has(Flag::WithoutUsage)
    }

    fn costs(&self) -> Option<&RowCost> {
        self.cost.known().map(Box::as_ref)
    }
}

/// The columns of rows with a product, with its display name and with those of costs.
pub(super) fn columns(own: &[Column], with_products: bool, costs: Option<&[Column]>) -> Columns {
    let own = own.iter().flat_map(|column| match column.name {
        "productName" if with_products => {
            let shown = InPlaceOf(DISPLAY_NAME.name, "Product");
            vec![Column { shown, ..*column }, DISPLAY_NAME]
        }
        _ if costs.is_some() => vec![column.beside_more()],
        _ => vec![*column],
    });
    own.chain(costs.unwrap_or_default().iter().copied()).collect()
}

const DISPLAY_NAME: Column = Column::new("productDisplayName", As("Product"), Kind::Text);

const COSTS: [Column; 5] = [
    Column::new("unitPrice", No, Kind::Money),
    Column::new("shelfwareCost", No, Kind::Money),
    Column::new("idleCost", No, Kind::Money),
    Column::new("unusedCost", As("Cost/month"), Kind::Money),
    Column::new("currency", IfKnown("Currency"), Kind::Text),
];

impl Row for AnnotatedRow {
    const TYPE: &'static str = FunnelRow::TYPE;
    const COLUMNS: &'static [Column] = FunnelRow::COLUMNS;
    const PERCENTS: &'static [[&'static str; 3]] = FunnelRow::PERCENTS;
    const DIFFERENCES: &'static [[&'static str; 3]] = FunnelRow::DIFFERENCES;
    const LOWER_BOUNDS: &'static [&'static str] = FunnelRow::LOWER_BOUNDS;
    const GROUPED: Option<AddToGroups<Self>> = Some(|row, groups| groups.add(&row.row));

    fn anonymize(&mut self, anonymizer: &Anonymizer) {
        self.row.anonymize(anonymizer);
    }

    fn cell(&self, column: &Column) -> Cell<'_> {
        let costs = || self.costs();
        match column.name {
            "productDisplayName" => Cell::Text(self.display_name.as_deref().map(Cow::Borrowed)),
            "unitPrice" => Cell::Money(costs().map(|cost| cost.unit_price)),
            "shelfwareCost" => Cell::Money(costs().and_then(|cost| cost.shelfware_cost)),
            "idleCost" => Cell::Money(costs().and_then(|cost| cost.idle_cost)),
            "unusedCost" => Cell::Money(costs().and_then(|cost| cost.unused_cost)),
            "currency" => Cell::Text(costs().map(|cost| Cow::Borrowed(cost.currency.code()))),
            _ => live::cell(self.live.as_deref(), column).unwrap_or_else(|| self.row.cell(column)),
        }
    }

    fn complete_rows(&self, column: &Column) -> u64 {
        self.row.complete_rows(column)
    }

    fn add_costs(&self, costs: &mut Costs) {
        costs.add(self.costs());
    }

    fn display_name(&self) -> Option<&str> {
        // Without any name it is the id, which must not replace the name that other rows of the product have.
        let is_id = |name: &str| {
            self.row.product_name.is_none()
                && self.row.product_id.as_ref().is_some_and(|id| id.to_string() == name)
        };
        self.display_name.as_deref().filter(|name| !is_id(name))
    }

    fn customer(&self) -> (Option<CustomerId>, Option<&str>) {
        self.row.customer()
    }

    fn processed(&self) -> [Option<&Timestamp>; 2] {
        self.row.processed()
    }
}

/// How many licenses of one product a customer bought, how many are deployed, and how many are in use.
#[derive(Serialize, JsonSchema)]
struct Written<'a> {
    #[serde(flatten)]
    row: &'a FunnelRow,
    #[serde(flatten)]
    name: Option<WrittenName<'a>>,
    #[serde(flatten)]
    cost: Option<WrittenCost>,
    #[serde(flatten)]
    live: Option<&'a Live>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct WrittenName<'a> {
    /// With --products: the display name of the product; its name if the list does not have it.
    pub(super) product_display_name: Option<&'a str>,
}

#[derive(Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct WrittenCost {
    /// With --prices: the price of one license per month. `null` if the price file has no price for the product.
    unit_price: Option<Money>,
    /// The cost of shelfware per month, rounded to the minor unit of the currency.
    shelfware_cost: Option<Money>,
    /// The cost of idle licenses per month, rounded likewise.
    idle_cost: Option<Money>,
    /// The sum of both, of what is known.
    unused_cost: Option<Money>,
    /// The ISO 4217 code of the currency.
    #[schemars(with = "Option<String>")]
    currency: Option<Currency>,
}

impl From<&RowCost> for WrittenCost {
    fn from(cost: &RowCost) -> Self {
        Self {
            unit_price: Some(Money(cost.unit_price)),
            shelfware_cost: cost.shelfware_cost.map(Money),
            idle_cost: cost.idle_cost.map(Money),
            unused_cost: cost.unused_cost.map(Money),
            currency: Some(cost.currency),
        }
    }
}

impl Serialize for AnnotatedRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let name = self.display_name.as_deref();
        let written = Written {
            row: &self.row,
            name: name.map(|name| WrittenName { product_display_name: Some(name) }),
            cost: match &self.cost {
                Priced::No => None,
                Priced::Unpriced => Some(WrittenCost::default()),
                Priced::At(cost) => Some((&**cost).into()),
            },
            live: self.live.as_deref(),
        };
        written.serialize(serializer)
    }
}

impl JsonSchema for AnnotatedRow {
    fn schema_name() -> Cow<'static, str> {
        FunnelRow::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Written::json_schema(generator)
    }
}
