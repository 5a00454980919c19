//! Costs as they are written: amounts as JSON numbers with exactly their digits, one entry per currency.

use rust_decimal::Decimal;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::{CostChanges, Costs, Currency};

/// An amount per month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Money(pub(crate) Decimal);

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // A float would round it.
        RawValue::from_string(self.0.to_string()).map_err(serde::ser::Error::custom)?.serialize(serializer)
    }
}

impl JsonSchema for Money {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Money".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "number" })
    }
}

/// What unused licenses cost per month in one currency. Amounts of different currencies are never added.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WrittenCosts {
    /// The ISO 4217 code.
    #[schemars(with = "String")]
    pub(crate) currency: Currency,
    /// The cost of licenses that are sold and not deployed. `null` if no row has it.
    pub(crate) shelfware_cost: Option<Money>,
    /// The cost of licenses that are deployed and not in use.
    pub(crate) idle_cost: Option<Money>,
    /// The sum of both.
    pub(crate) unused_cost: Option<Money>,
    /// How many rows have no price in any currency.
    pub(crate) rows_unpriced: u64,
}

/// How the cost of unused licenses per month changed in one currency, in the prices of the later day.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WrittenCostChange {
    /// The ISO 4217 code.
    #[schemars(with = "String")]
    pub(crate) currency: Currency,
    /// The cost on the earlier day. `null` if no row of that day has it.
    pub(crate) unused_cost_from: Option<Money>,
    /// The cost on the later day.
    pub(crate) unused_cost_to: Option<Money>,
    /// The difference. A day without rows counts as 0.
    pub(crate) unused_cost_change: Option<Money>,
    /// How many rows of both days have no price in any currency.
    pub(crate) rows_unpriced: u64,
}

/// As a list with one entry per currency.
impl Serialize for CostChanges {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.currencies().map(|(currency, change)| WrittenCostChange {
            currency,
            unused_cost_from: change.from.map(Money),
            unused_cost_to: change.to.map(Money),
            unused_cost_change: change.change.map(Money),
            rows_unpriced: self.rows_unpriced(),
        }))
    }
}

impl Costs {
    /// One entry per currency.
    pub(crate) fn written(&self) -> impl Iterator<Item = WrittenCosts> {
        self.currencies().map(|(currency, costs)| WrittenCosts {
            currency,
            shelfware_cost: costs.shelfware_cost().total().map(Money),
            idle_cost: costs.idle_cost().total().map(Money),
            unused_cost: costs.unused_cost().total().map(Money),
            rows_unpriced: self.rows_unpriced(),
        })
    }
}

/// Serializes costs as a list with one entry per currency.
#[expect(clippy::ref_option, reason = "serde passes a reference to the field")]
pub(crate) fn as_list<S: Serializer>(costs: &Option<Costs>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(costs.iter().flat_map(Costs::written))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_keeps_its_digits() {
        for text in ["0", "12.50", "1234567890123456789012345.678", "-0.001"] {
            assert_eq!(serde_json::to_string(&Money(text.parse().unwrap())).unwrap(), text);
        }
    }
}
