//! The columns of roll-ups: the totals of a customer, product or service.

use std::borrow::Cow;

use partner_center::funnel::{Group, GroupBy, Groups, Tally};
use partner_center::models::Timestamp;
use partner_center_history::cell::{self, Cell, Kind, List};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use crate::anonymizer::Anonymizer;
use crate::output::columns::Shown::{As, IfKnown, IfWide, InPlaceOf, No};
use crate::output::columns::{Column, Columns, Form, Shown, numbered};
use crate::output::row::Row;
use crate::prices::{Costs, Currency, WrittenCosts};

/// The totals of a customer, product or service.
pub(crate) type GroupRow = Group<GroupExtra>;

/// What files of the user add to a group.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct GroupExtra {
    /// What its unused licenses cost, if prices were given.
    pub(crate) costs: Option<Costs>,
    /// The display name of a product.
    display_name: Option<String>,
}

impl GroupExtra {
    /// Adds a row to a group by this: its costs, with prices in these currencies, and the display name of its product.
    pub(crate) fn add(&mut self, by: GroupBy, currencies: Option<&[Currency]>, row: &impl Row) {
        if let Some(currencies) = currencies {
            row.add_costs(self.costs.get_or_insert_with(|| Costs::of(currencies)));
        }
        let name = row.display_name().filter(|_| by == GroupBy::Product).map(str::trim);
        if let Some(name) = name.filter(|name| !name.is_empty())
            // Of several names, the same whatever the order of the rows.
            && self.display_name.as_deref().is_none_or(|known| name < known)
        {
            self.display_name = Some(name.to_owned());
        }
    }

    /// The name of the group, whose rows have this name.
    pub(crate) fn name<'a>(&'a self, of_rows: Option<&'a str>) -> Option<&'a str> {
        self.display_name.as_deref().or(of_rows)
    }
}

/// Adds a row to its group, if such rows can be grouped.
pub(crate) fn add<R: Row>(groups: &mut Groups<GroupExtra>, currencies: Option<&[Currency]>, row: &R) {
    let (by, Some(add)) = (groups.by(), R::GROUPED) else { return };
    add(row, groups).add(by, currencies, row);
}

/// The groups as rows, sorted by key.
pub(crate) fn rows(groups: Groups<GroupExtra>) -> impl Iterator<Item = GroupRow> {
    groups.into_iter().map(|mut group| {
        group.name = group.extra.display_name.take().or(group.name);
        group
    })
}

/// The fields that costs add to a group.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct WithCosts {
    /// With prices: what unused licenses cost per month, with one entry per currency.
    costs: Option<Vec<WrittenCosts>>,
}

impl Serialize for GroupExtra {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_map(None)?;
        if let Some(costs) = &self.costs {
            fields.serialize_entry("costs", &costs.written().collect::<Vec<_>>())?;
        }
        fields.end()
    }
}

impl JsonSchema for GroupExtra {
    fn schema_name() -> Cow<'static, str> {
        "GroupExtra".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Option::<WithCosts>::json_schema(generator)
    }
}

impl List for GroupExtra {
    /// Formats whose cells have one value have columns per currency instead.
    fn text(&self) -> Option<String> {
        None
    }

    fn members(&self) -> Vec<Vec<Cell<'_>>> {
        let member = |costs: WrittenCosts| {
            let amounts = [costs.shelfware_cost, costs.idle_cost, costs.unused_cost];
            let mut cells = vec![Cell::Text(Some(Cow::Borrowed(costs.currency.code())))];
            cells.extend(amounts.map(|amount| Cell::Money(amount.map(|amount| amount.0))));
            cells.push(number(costs.rows_unpriced));
            cells
        };
        self.costs.iter().flat_map(Costs::written).map(member).collect()
    }
}

/// The columns of groups, with those for the costs in these currencies.
pub(crate) fn columns(currencies: Option<&[Currency]>) -> Columns {
    const COSTS: Kind = Kind::List(&[
        cell::Column::new("currency", Kind::Text),
        cell::Column::new("shelfwareCost", Kind::Money),
        cell::Column::new("idleCost", Kind::Money),
        cell::Column::new("unusedCost", Kind::Money),
        cell::Column::new("rowsUnpriced", Kind::Count),
    ]);
    let amounts = [("shelfwareCost", No), ("idleCost", No), ("unusedCost", As("Cost/month"))];
    with_costs(GroupRow::COLUMNS, currencies, amounts, COSTS)
}

/// The columns of groups, with those for amounts in these currencies: one for each in formats whose cells have one value,
/// else one list.
pub(super) fn with_costs(
    own: &[Column],
    currencies: Option<&[Currency]>,
    amounts: [(&'static str, Shown); 3],
    list: Kind,
) -> Columns {
    let Some(currencies) = currencies else { return own.iter().copied().collect() };
    let own = own.iter().map(Column::beside_more);
    let amounts = currencies.iter().flat_map(|currency| {
        amounts.map(|(name, shown)| Column {
            currency: Some(*currency),
            form: Form::Flat,
            ..Column::new(name, shown, Kind::Money)
        })
    });
    let unpriced = Column { form: Form::Flat, ..Column::new("rowsUnpriced", No, Kind::Count) };
    let nested = Column { form: Form::Nested, ..Column::new("costs", No, list) };
    own.chain(amounts).chain([unpriced, nested]).collect()
}

impl Row for GroupRow {
    const TYPE: &'static str = "group";
    const COLUMNS: &'static [Column] = &numbered([
        Column::new("key", InPlaceOf("name", "Name"), Kind::Text),
        Column::new("name", As("Name"), Kind::Text),
        Column::new("licensesSold", IfKnown("Sold"), Kind::Count),
        Column::new("licensesDeployed", IfKnown("Deployed"), Kind::Count),
        Column::new("licensesActive", IfKnown("Active"), Kind::Count),
        Column::new("shelfware", IfKnown("Shelf"), Kind::Count),
        Column::new("idle", IfKnown("Idle"), Kind::Count),
        Column::new("unused", IfKnown("Unused"), Kind::Count),
        Column::new("rows", IfWide("Rows"), Kind::Count),
        Column::new("rowsUnknown", No, Kind::Count),
    ]);
    const LOWER_BOUNDS: &'static [&'static str] = &["unused"];

    /// Rows are grouped after they have pseudonyms.
    fn anonymize(&mut self, _: &Anonymizer) {}

    fn cell(&self, column: &Column) -> Cell<'_> {
        match column.name {
            "key" => Cell::Text(self.key.as_deref().map(Cow::Borrowed)),
            "name" => Cell::Text(self.name.as_deref().map(Cow::Borrowed)),
            "licensesSold" => Cell::Count(self.licenses_sold()),
            "licensesDeployed" => Cell::Count(self.licenses_deployed()),
            "licensesActive" => Cell::Count(self.licenses_active()),
            "shelfware" => Cell::Count(self.shelfware()),
            "idle" => Cell::Count(self.idle()),
            "unused" => Cell::Count(self.unused()),
            "rows" => number(self.totals.rows),
            "rowsUnknown" => number(self.rows_unknown()),
            "rowsUnpriced" => number(self.extra.costs.as_ref().map_or(0, Costs::rows_unpriced)),
            "costs" => Cell::List(&self.extra),
            _ => Cell::Money(cost(&self.extra, column)),
        }
    }

    fn processed(&self) -> [Option<&Timestamp>; 2] {
        [self.totals.oldest_processed_date_time.as_ref(), self.totals.newest_processed_date_time.as_ref()]
    }

    fn stands_for(&self) -> u64 {
        self.totals.rows
    }

    fn complete_rows(&self, column: &Column) -> u64 {
        let totals = &self.totals;
        let Tally { unknown_rows, .. } = match column.name {
            "licensesSold" => totals.licenses_sold,
            "licensesDeployed" => totals.licenses_deployed,
            "licensesActive" => totals.licenses_active,
            "shelfware" => totals.shelfware,
            "idle" => totals.idle,
            "unused" => totals.unused,
            _ => return totals.rows,
        };
        totals.rows.saturating_sub(unknown_rows)
    }

    fn add_costs(&self, costs: &mut Costs) {
        if let Some(own) = &self.extra.costs {
            costs.merge(own);
        }
    }
}

/// The sum in a column with costs.
fn cost(extra: &GroupExtra, column: &Column) -> Option<Decimal> {
    extra.costs.as_ref()?.currency(column.currency?)?.of_column(column.name)?.total()
}

pub(super) fn number(count: u64) -> Cell<'static> {
    Cell::Count(i64::try_from(count).ok())
}
