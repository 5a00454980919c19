//! `--fail-on`: counts the rows that cross each threshold, and keeps the five that cross it furthest.

use std::cmp::Ordering;

use partner_center::CustomerId;
use partner_center::funnel::{FunnelRow, Totals};
use partner_center::licenses::round_percent;
use partner_center::models::Guid;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::threshold::{MetricValue, Relation, Scope, Threshold};
use crate::exit::Exit;
use crate::problem::Problem;
use crate::terminal::text::grouped;

/// How many rows per threshold are named.
const NAMED: usize = 5;

/// The results of checking rows against a threshold.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Crossings {
    crossed: u64,
    /// Rows with an unknown value.
    unknown: u64,
    /// The rows that crossed it furthest, the furthest first; for a threshold on the total, the rows that contribute
    /// most.
    top: Vec<Crossing>,
}

/// A row that is named.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Crossing {
    customer_id: CustomerId,
    customer_name: Option<String>,
    product_id: Option<Guid>,
    product_name: Option<String>,
    value: MetricValue,
}

impl Crossings {
    /// Checks a row against the threshold.
    pub(super) fn see(&mut self, threshold: &Threshold, row: &FunnelRow) {
        let is_crossed = threshold.is_crossed_by(row);
        self.crossed += u64::from(is_crossed == Some(true));
        self.unknown += u64::from(is_crossed.is_none());
        let counts = is_crossed == Some(true) || threshold.scope() == Scope::Total;
        let Some(value) = threshold.metric().of(row).filter(|_| counts) else { return };
        let by = |one: &Crossing, value: MetricValue| order(threshold, one.value, value);
        // Nearly all rows return here.
        if self.top.len() == NAMED && self.top.last().is_some_and(|last| by(last, value) == Ordering::Less) {
            return;
        }
        self.top.push(Crossing {
            customer_id: row.customer_id,
            customer_name: row.customer_name.clone(),
            product_id: row.product_id.clone(),
            product_name: row.product_name.clone(),
            value,
        });
        // The same five are named in any order of the rows.
        self.top.sort_by(|one, other| {
            by(one, other.value)
                .then_with(|| one.customer_id.cmp(&other.customer_id))
                .then_with(|| one.product_name.cmp(&other.product_name))
        });
        self.top.truncate(NAMED);
    }

    /// Whether the threshold is crossed; `None` if unknown.
    pub(super) fn verdict(&self, threshold: &Threshold, totals: &Totals) -> Option<bool> {
        match threshold.scope() {
            Scope::Total => threshold.is_crossed_by_total(totals),
            _ if self.crossed > 0 => Some(true),
            _ if self.unknown > 0 => None,
            Scope::AnyRow => Some(false),
        }
    }

    /// How many rows have an unknown value.
    pub(super) fn unknown(&self) -> u64 {
        self.unknown
    }

    /// The report on stderr for a crossed threshold.
    pub(super) fn problem(&self, threshold: &Threshold, totals: &Totals) -> Problem {
        const PLACES: [&str; NAMED] = ["1.", "2.", "3.", "4.", "5."];
        let metric = threshold.metric();
        let mut problem = Problem::new(Exit::ThresholdCrossed, format!("threshold crossed: {threshold}"));
        problem = match (threshold.scope(), metric.of_total(totals)) {
            (Scope::Total, Some(total)) => problem.fact("total", shown(total)),
            _ => problem.fact("rows", grouped(self.crossed)),
        };
        for (place, row) in PLACES.into_iter().zip(&self.top) {
            let product = row.product_name.as_deref().unwrap_or("unnamed product");
            let customer = match &row.customer_name {
                Some(name) => format!("{name} ({})", row.customer_id),
                None => row.customer_id.to_string(),
            };
            let value = shown(row.value);
            problem = problem.fact(place, format!("{} {value}: {customer}, {product}", metric.name()));
        }
        problem
    }

    /// The result for the JSON document.
    pub(super) fn in_json(&self, threshold: &Threshold, totals: &Totals) -> Value {
        let rows = threshold.scope() == Scope::AnyRow;
        let metric = threshold.metric();
        json!({
            "threshold": threshold.to_string(),
            "metric": metric.name(),
            "scope": if rows { "anyRow" } else { "total" },
            "crossed": self.verdict(threshold, totals),
            "rows": rows.then_some(self.crossed),
            "rowsUnknown": self.unknown,
            "total": (!rows).then(|| metric.of_total(totals).map(rounded)),
            "top": self.top.iter().map(Crossing::in_json).collect::<Vec<_>>(),
        })
    }
}

impl Crossing {
    fn in_json(&self) -> Value {
        json!({
            "customerId": self.customer_id,
            "customerName": self.customer_name,
            "productId": self.product_id,
            "productName": self.product_name,
            "value": rounded(self.value),
        })
    }
}

/// Orders values by how far they are beyond the limit, the furthest first.
fn order(threshold: &Threshold, one: MetricValue, other: MetricValue) -> Ordering {
    let upwards = one.partial_cmp(&other).unwrap_or(Ordering::Equal);
    match threshold.relation() {
        Relation::Below | Relation::AtMost => upwards,
        _ => upwards.reverse(),
    }
}

fn shown(value: MetricValue) -> String {
    match value {
        MetricValue::Count(count) => grouped(count),
        other @ MetricValue::Percent(_) => format!("{other} %"),
    }
}

/// Rounds percentages as in rows.
fn rounded(value: MetricValue) -> MetricValue {
    match value {
        MetricValue::Percent(percent) => MetricValue::Percent(round_percent(percent)),
        other @ MetricValue::Count(_) => other,
    }
}

/// The note for a threshold that may or may not be crossed.
pub(super) fn unknown_in_words(threshold: &Threshold, crossings: &Crossings) -> String {
    let rows = match threshold.scope() {
        Scope::Total => String::new(),
        Scope::AnyRow => format!(" for {} rows", grouped(crossings.unknown())),
    };
    format!("cannot determine whether '{threshold}' is crossed{rows}: a count is missing")
}
