//! `--fail-on`: counts the rows that cross each threshold, and keeps the five that cross it furthest.

use std::cmp::Ordering;
use std::fmt;

use partner_center::CustomerId;
use partner_center::funnel::FunnelRow;
use partner_center::licenses::round_percent;
use partner_center::models::Guid;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::threshold::{Measured, MetricValue, Overall, Relation, Scope, Threshold};
use crate::exit::Exit;
use crate::output::rows::{AnnotatedRow, GroupRow};
use crate::problem::Problem;
use crate::terminal::text::{grouped, grouped_amount};

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

/// A row or group that is named.
#[derive(Clone, Serialize, Deserialize)]
struct Crossing {
    #[serde(flatten)]
    name: Name,
    value: MetricValue,
}

/// What names a row or a group.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all_fields = "camelCase", untagged)]
pub(super) enum Name {
    Row {
        customer_id: CustomerId,
        product_name: Option<String>,
        product_id: Option<Guid>,
        customer_name: Option<String>,
    },
    Group {
        key: Option<String>,
        name: Option<String>,
    },
}

/// A row or group that is compared with thresholds.
pub(super) trait Named: Measured {
    fn name(&self) -> Name;
}

impl Named for AnnotatedRow {
    fn name(&self) -> Name {
        let FunnelRow { customer_id, customer_name, product_id, product_name, .. } = &self.row;
        Name::Row {
            customer_id: *customer_id,
            product_name: product_name.clone(),
            product_id: product_id.clone(),
            customer_name: customer_name.clone(),
        }
    }
}

impl Named for GroupRow {
    fn name(&self) -> Name {
        Name::Group { key: self.key.clone(), name: self.name.clone() }
    }
}

impl Name {
    /// What rows and groups with equal values are sorted by.
    fn order(&self) -> (Option<CustomerId>, Option<&str>) {
        match self {
            Self::Row { customer_id, product_name, .. } => (Some(*customer_id), product_name.as_deref()),
            Self::Group { key, .. } => (None, key.as_deref()),
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Row { customer_id, product_name, customer_name, .. } => {
                let product = product_name.as_deref().unwrap_or("unnamed product");
                match customer_name {
                    Some(name) => write!(f, "{name} ({customer_id}), {product}"),
                    None => write!(f, "{customer_id}, {product}"),
                }
            }
            Self::Group { key, name } => {
                f.write_str(name.as_deref().or(key.as_deref()).unwrap_or("without a name"))
            }
        }
    }
}

impl Crossings {
    /// Checks a row or group against the threshold.
    pub(super) fn see(&mut self, threshold: &Threshold, row: &impl Named) {
        let is_crossed = threshold.is_crossed_by(row);
        self.crossed += u64::from(is_crossed == Some(true));
        self.unknown += u64::from(is_crossed.is_none());
        let counts = is_crossed == Some(true) || threshold.scope() == Scope::Total;
        let Some(value) = threshold.value(row).filter(|_| counts) else { return };
        let by = |one: &Crossing, value: MetricValue| order(threshold, one.value, value);
        // Nearly all rows return here.
        if self.top.len() == NAMED && self.top.last().is_some_and(|last| by(last, value) == Ordering::Less) {
            return;
        }
        self.top.push(Crossing { name: row.name(), value });
        // The same five are named in any order of the rows.
        self.top.sort_by(|one, other| {
            by(one, other.value).then_with(|| one.name.order().cmp(&other.name.order()))
        });
        self.top.truncate(NAMED);
    }

    /// Whether the threshold is crossed; `None` if unknown.
    pub(super) fn verdict(&self, threshold: &Threshold, overall: &Overall<'_>) -> Option<bool> {
        match threshold.scope() {
            Scope::Total => threshold.is_crossed_by(overall),
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
    pub(super) fn problem(&self, threshold: &Threshold, overall: &Overall<'_>) -> Problem {
        const PLACES: [&str; NAMED] = ["1.", "2.", "3.", "4.", "5."];
        let metric = threshold.metric_name();
        let mut problem = Problem::new(Exit::CheckFailed, format!("threshold crossed: {threshold}"));
        problem = match (threshold.scope(), threshold.value(overall)) {
            (Scope::Total, Some(total)) => problem.fact("total", shown(total)),
            _ => problem.fact("rows", grouped(self.crossed)),
        };
        for (place, row) in PLACES.into_iter().zip(&self.top) {
            let (value, name) = (shown(row.value), &row.name);
            problem = problem.fact(place, format!("{metric} {value}: {name}"));
        }
        problem
    }

    /// The result for the JSON document.
    pub(super) fn in_json(&self, threshold: &Threshold, overall: &Overall<'_>) -> Value {
        let rows = threshold.scope() == Scope::AnyRow;
        json!({
            "threshold": threshold.to_string(),
            "metric": threshold.metric_name(),
            "scope": if rows { "anyRow" } else { "total" },
            "crossed": self.verdict(threshold, overall),
            "rows": rows.then_some(self.crossed),
            "rowsUnknown": self.unknown,
            "total": (!rows).then(|| threshold.value(overall).map(in_json)),
            "top": self.top.iter().map(Crossing::in_json).collect::<Vec<_>>(),
        })
    }
}

impl Crossing {
    fn in_json(&self) -> Value {
        let mut row = serde_json::to_value(&self.name).unwrap_or_default();
        if let Value::Object(fields) = &mut row {
            fields.insert("value".to_owned(), in_json(self.value));
        }
        row
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
        MetricValue::Money(amount) => grouped_amount(amount),
        percent @ MetricValue::Percent(_) => format!("{percent} %"),
    }
}

/// Percentages are rounded as in rows.
fn in_json(value: MetricValue) -> Value {
    match value {
        MetricValue::Count(count) => json!(count),
        MetricValue::Percent(percent) => json!(round_percent(percent)),
        MetricValue::Money(amount) => json!(amount.to_string().parse::<f64>().ok()),
    }
}

/// The note for a threshold that may or may not be crossed.
pub(super) fn unknown_in_words(threshold: &Threshold, crossings: &Crossings) -> String {
    let rows = match threshold.scope() {
        Scope::Total => String::new(),
        Scope::AnyRow => format!(" for {} rows", grouped(crossings.unknown())),
    };
    format!("cannot determine whether '{threshold}' is crossed{rows}: a count or a price is missing")
}
