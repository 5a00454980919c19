//! Filters and thresholds of the funnel: `--ignore`, `--min-idle`, `--below`, `--fail-on`.
//!
//! Totals and thresholds cover the rows that the three filters keep. `--limit` only limits what is written.

use std::path::Path;
use std::time::Duration;

use partner_center::funnel::{Flag, FunnelRow, FunnelTotals, JoinReport};
use partner_center::settings::input::text;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::annotator::Annotator;
use super::crossings::{self, Crossings};
use super::ignore_rules::{IgnoreRule, IgnoreRules};
use super::in_words::row_counts;
use super::threshold::{Overall, Threshold, ThresholdError};
use crate::args::{Filters, Pricing};
use crate::exit::Exit;
use crate::input;
use crate::output::rows::{AnnotatedRow, GroupRow};
use crate::output::{Row as _, as_written};
use crate::prices::Costs;
use crate::problem::Problem;
use crate::terminal::text::grouped;

/// The filters and thresholds, with the results so far.
#[derive(Default)]
pub(super) struct FunnelPolicy {
    min_idle: Option<u64>,
    below: Option<f64>,
    rules: IgnoreRules,
    /// The text of the rules file.
    rules_text: Option<String>,
    thresholds: Vec<Threshold>,
    annotator: Annotator,
    /// Thresholds apply to groups instead of rows.
    is_grouped: bool,
    state: PolicyState,
}

/// The results so far. Saved with a checkpoint.
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PolicyState {
    join: JoinReport,
    totals: FunnelTotals,
    /// With prices.
    #[serde(default)]
    costs: Option<Costs>,
    /// How many rows each rule ignored.
    ignored: Vec<u64>,
    /// For each threshold.
    crossings: Vec<Crossings>,
}

impl FunnelPolicy {
    /// Reads the arguments, before anything is sent.
    ///
    /// `is_grouped` is whether the thresholds apply to groups.
    pub(super) fn new(
        filters: &Filters,
        pricing: &Pricing,
        fail_on: &[String],
        is_grouped: bool,
        at_most: Duration,
    ) -> Result<Self, Problem> {
        let annotator = Annotator::new(pricing, at_most)?;
        let thresholds = fail_on.iter().map(|text| {
            let refused = |why: &str| {
                Problem::new(Exit::Usage, format!("invalid value for '--fail-on <THRESHOLD>': {why}"))
            };
            let threshold: Threshold = text
                .parse()
                .map_err(|error: ThresholdError| refused(error.description()).picture(error.caret(text)))?;
            threshold.in_currency(annotator.currencies()).map_err(|why| refused(&why))
        });
        let thresholds = thresholds.collect::<Result<_, _>>()?;
        let (rules, rules_text) = match &filters.ignore {
            Some(path) => read_rules(path, at_most).map(|(rules, text)| (rules, Some(text)))?,
            None => (IgnoreRules::default(), None),
        };
        let mut policy = Self {
            min_idle: filters.min_idle,
            below: filters.below,
            rules,
            rules_text,
            thresholds,
            annotator,
            is_grouped,
            state: PolicyState::default(),
        };
        policy.state.costs = policy.annotator.currencies().map(Costs::of);
        policy.state.ignored = vec![0; policy.rules.rules().len()];
        policy.state.crossings = vec![Crossings::default(); policy.thresholds.len()];
        Ok(policy)
    }

    /// The text of the rules, and the parsed thresholds.
    pub(super) fn asked(&self) -> (Option<&str>, String) {
        let thresholds: Vec<_> = self.thresholds.iter().map(ToString::to_string).collect();
        (self.rules_text.as_deref(), thresholds.join(", "))
    }

    pub(super) fn has_thresholds(&self) -> bool {
        !self.thresholds.is_empty()
    }

    /// The state to save.
    pub(super) fn state(&self) -> Value {
        serde_json::to_value(&self.state).unwrap_or_default()
    }

    /// Restores the state that an earlier run with the same arguments saved.
    pub(super) fn restore(&mut self, state: Value) -> Result<(), Problem> {
        let state: PolicyState = serde_json::from_value(state)
            .map_err(|_| Problem::new(Exit::Usage, "the checkpoint does not belong to a funnel"))?;
        if state.ignored.len() == self.state.ignored.len()
            && state.crossings.len() == self.state.crossings.len()
        {
            self.state = state;
            Ok(())
        } else {
            Err(Problem::new(Exit::Usage, "the checkpoint belongs to a run with other rules or thresholds"))
        }
    }

    /// Adds the report of a join.
    pub(super) fn joined(&mut self, report: &JoinReport) {
        self.state.join.merge(report);
    }

    /// Adds names and costs to rows.
    pub(super) fn annotator(&self) -> &Annotator {
        &self.annotator
    }

    pub(super) fn annotator_mut(&mut self) -> &mut Annotator {
        &mut self.annotator
    }

    /// Whether there are rules of --ignore, which need the names of a row.
    pub(super) fn has_rules(&self) -> bool {
        !self.rules.rules().is_empty()
    }

    /// Whether a rule of --ignore matches the row. Unlike [`filtered`](Self::filtered), this counts nothing.
    pub(super) fn ignores(&self, row: &FunnelRow) -> bool {
        self.rules.rules().iter().any(|rule| rule.matches(row))
    }

    /// Whether counts decide which rows are kept, so that a row of one day need not be there on another.
    pub(super) fn selects_by_counts(&self) -> bool {
        self.min_idle.is_some()
            || self.below.is_some()
            || self.rules.rules().iter().any(IgnoreRule::has_count)
    }

    /// The rows that pass the filters, which are counted.
    pub(super) fn filtered(&mut self, rows: Vec<impl Into<AnnotatedRow>>) -> Vec<AnnotatedRow> {
        let rows = rows.into_iter().map(Into::into);
        rows.filter_map(|row| self.keeps(&row.row).then(|| self.annotated(row))).collect()
    }

    fn annotated(&mut self, row: AnnotatedRow) -> AnnotatedRow {
        let row = as_written(self.annotator.annotate(row));
        if row.is_only_in_tenant() {
            // It has no counts of the analytics, which totals and thresholds are about.
            return row;
        }
        self.state.totals.add(&row.row);
        if let Some(costs) = &mut self.state.costs {
            row.add_costs(costs);
        }
        if !self.is_grouped {
            for (threshold, crossings) in self.thresholds.iter().zip(&mut self.state.crossings) {
                crossings.see(threshold, &row);
            }
        }
        row
    }

    /// Compares a group of the rows with the thresholds.
    pub(super) fn grouped(&mut self, group: &GroupRow) {
        for (threshold, crossings) in self.thresholds.iter().zip(&mut self.state.crossings) {
            crossings.see(threshold, group);
        }
    }

    fn keeps(&mut self, row: &FunnelRow) -> bool {
        if let Some(rule) = self.rules.rules().iter().position(|rule| rule.matches(row)) {
            if let Some(count) = self.state.ignored.get_mut(rule) {
                *count += 1;
            }
            return false;
        }
        if self.min_idle.is_some_and(|licenses| !is_idle(row, licenses))
            || self.below.is_some_and(|percent| row.below_percent(percent) != Some(true))
        {
            return false;
        }
        true
    }

    /// Each threshold, and whether it is crossed; `None` if unknown.
    fn verdicts(&self) -> impl Iterator<Item = (&Threshold, &Crossings, Option<bool>)> {
        let overall = self.overall();
        let verdict =
            move |threshold: &Threshold, crossings: &Crossings| crossings.verdict(threshold, &overall);
        self.thresholds
            .iter()
            .zip(&self.state.crossings)
            .map(move |(threshold, crossings)| (threshold, crossings, verdict(threshold, crossings)))
    }

    fn overall(&self) -> Overall<'_> {
        Overall { totals: self.state.totals.overall(), costs: self.state.costs.as_ref() }
    }

    /// The thresholds that are crossed.
    pub(super) fn crossed(&self) -> Vec<Problem> {
        let overall = self.overall();
        let crossed = self.verdicts().filter(|(_, _, verdict)| *verdict == Some(true));
        crossed.map(|(threshold, crossings, _)| crossings.problem(threshold, &overall)).collect()
    }

    /// Notes about the rows.
    pub(super) fn notes(&self) -> Vec<String> {
        const FLAGS: &[(Flag, &str)] = &[
            (Flag::WithoutUsage, "without usage: active and idle are unknown"),
            (Flag::WithoutDeployment, "without deployment: sold and deployed are unknown"),
            (Flag::UnknownCount, "with a count that is missing or negative"),
            (Flag::Ambiguous, "with more than one possible match"),
            (Flag::Summed, "summed from several rows"),
            (Flag::WithoutWorkload, "with usage that may count users more than once"),
            (Flag::DeployedExceedsSold, "with more deployed than sold"),
            (Flag::ActiveExceedsDeployed, "with more active than deployed"),
            (Flag::MixedAges, "with deployment and usage data a day or more apart"),
        ];
        let PolicyState { join, ignored, .. } = &self.state;
        let mut notes = Vec::new();
        let flags = FLAGS.iter().map(|(flag, words)| (join.flagged(*flag), *words));
        let flags: Vec<_> = flags.filter(|(rows, _)| *rows > 0).collect();
        notes.extend(row_counts(&format!("among {} rows of the funnel:", grouped(join.funnel_rows)), &flags));
        if join.left_out() > 0 {
            notes.push(format!(
                "{} rows of the service are not in the funnel: they name no customer, a different customer, or no product",
                grouped(join.left_out())
            ));
        }
        let (taken, unused) =
            (ignored.iter().sum::<u64>(), ignored.iter().filter(|rows| **rows == 0).count());
        if taken > 0 {
            notes.push(format!("{} rows are left out by --ignore", grouped(taken)));
        }
        if unused > 0 {
            let numbers: Vec<_> = (1..)
                .zip(ignored)
                .filter(|(_, rows)| **rows == 0)
                .map(|(number, _): (usize, _)| number.to_string())
                .collect();
            notes.push(format!("no row matched rule {} of --ignore", numbers.join(", ")));
        }
        notes.extend(self.annotator.notes());
        for (threshold, crossings, verdict) in self.verdicts() {
            if verdict.is_none() {
                notes.push(crossings::unknown_in_words(threshold, crossings));
            }
        }
        notes
    }

    /// The fields of the JSON summary.
    pub(super) fn summary(&self) -> Map<String, Value> {
        let overall = self.overall();
        let thresholds =
            self.verdicts().map(|(threshold, crossings, _)| crossings.in_json(threshold, &overall));
        let products = self.state.totals.products();
        let products = products.into_iter().map(|product| serde_json::to_value(product).unwrap_or_default());
        let join = serde_json::to_value(&self.state.join).unwrap_or_default();
        [
            ("products", products.collect()),
            ("join", join),
            ("ignored", json!(self.state.ignored)),
            ("thresholds", thresholds.collect()),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
    }
}

pub(super) fn read_rules(path: &Path, at_most: Duration) -> Result<(IgnoreRules, String), Problem> {
    let refused = |cause: String| {
        Problem::new(Exit::Usage, format!("the rules in {} cannot be used", path.display()))
            .because(cause)
            .advice(
                "A rule is [[ignore]] with at least one of product = \"PATTERN\", customer = \"PATTERN\", unused = N.",
            )
    };
    let bytes = input::read(path, at_most).map_err(|error| refused(error.to_string()))?;
    let text = text(&bytes).map_err(|unusable| refused(format!("it {}", unusable.why)))?;
    let rules = toml::from_str(&text).map_err(|error: toml::de::Error| {
        let line = error
            .span()
            .and_then(|span| text.get(..span.start))
            .map(|before| before.matches('\n').count() + 1);
        let place = line.map_or_else(String::new, |line| format!("line {line}: "));
        refused(format!("{place}{}", error.message()))
    })?;
    Ok((rules, text))
}

/// Whether at least this many licenses are known to be idle. No row has more than `i64::MAX`.
fn is_idle(row: &FunnelRow, licenses: u64) -> bool {
    i64::try_from(licenses).is_ok_and(|licenses| row.idle_at_least(licenses) == Some(true))
}
