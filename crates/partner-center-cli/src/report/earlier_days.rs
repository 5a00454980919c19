//! What the page of a recorded day shows of the days before it: what changed in a month, and the trend.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use partner_center::CustomerId;
use partner_center::funnel::{FunnelRow, Totals};
use partner_center_history::{Change, Day, Diff, Fields, Manifest, Pair, Side, compare};
use rust_decimal::Decimal;

use super::funnel_policy::FunnelPolicy;
use super::recorded::{RecordedDay, is_selected};
use crate::anonymizer::shown_id;
use crate::dataset::{problem, thinned};
use crate::output::as_written;
use crate::page::{self, ChangeKind, Changes, History, POINTS, Point, Since, Text, Trend};
use crate::prices::{CostChanges, Costs, Price, Priced};
use crate::problem::Stop;
use crate::terminal::text::{counted, grouped};

impl RecordedDay {
    /// What is known of the earlier days, if there are any; and names of customers that were not read on this day.
    pub(super) async fn history(
        &self,
        rows: &[FunnelRow],
        customers: &[CustomerId],
        policy: &mut FunnelPolicy,
    ) -> Result<(Option<History>, HashMap<CustomerId, String>), Stop> {
        let day = self.manifest.snapshot_date;
        let Some(since) = month_before(day, &self.earlier) else { return Ok((None, HashMap::new())) };
        let manifest = self.dataset.manifest(since).await.map_err(problem)?;
        let before = self.rows(&manifest, Fields::NAMES, customers).await?;
        let unread: HashSet<_> = self.manifest.unread.iter().map(|unread| unread.customer_id).collect();
        let names = before.iter().filter(|row| unread.contains(&row.customer_id));
        let names = names.filter_map(|row| Some((row.customer_id, row.customer_name.clone()?))).collect();
        let side = |rows: Vec<FunnelRow>, manifest: &Manifest| {
            let rows = rows.into_iter().filter(|row| !policy.ignores(row)).map(as_written);
            let unread = manifest.unread.iter().map(|unread| unread.customer_id);
            let unread = unread.filter(|id| is_selected(customers, *id));
            Side::new(rows.collect(), unread.map(shown_id))
        };
        let (before, after) = (side(before, &manifest), side(rows.to_vec(), &self.manifest));
        let diff = compare(None, &before, &after, |product| policy.annotator_mut().later_price(product));
        let history = History {
            since: totals(since, &diff),
            changes: changes(&manifest, day, &diff, policy),
            trend: self.trend(rows, customers, policy).await?,
        };
        Ok((Some(history), names))
    }

    async fn trend(
        &self,
        rows: &[FunnelRow],
        customers: &[CustomerId],
        policy: &FunnelPolicy,
    ) -> Result<Trend, Stop> {
        let last = self.manifest.snapshot_date;
        let days: Vec<Day> = self.earlier.iter().copied().chain([last]).collect();
        let (days_per_point, shown) = thinned(&days, POINTS);
        let first = shown.first().copied().unwrap_or(last);
        let fields = if policy.has_rules() { Fields::NAMES } else { Fields::COUNTS };
        let (mut points, mut incomplete) = (Vec::new(), 0_u64);
        for day in shown {
            let mut totals = Totals::default();
            let mut add = |row: &FunnelRow| {
                if is_selected(customers, row.customer_id) && !policy.ignores(row) {
                    totals.add(row);
                }
            };
            let complete = if day == last {
                rows.iter().for_each(add);
                self.manifest.complete
            } else {
                let manifest = self.dataset.manifest(day).await.map_err(problem)?;
                for row in self.dataset.funnel(&manifest, fields).await.map_err(problem)? {
                    add(&row.map_err(problem)?);
                }
                manifest.complete
            };
            incomplete += u64::from(!complete);
            let counts = totals.counts();
            points.push(Point {
                day: Text::new(&day.to_string()),
                place: day.days_since(first),
                complete,
                sold: counts.licenses_sold,
                active: counts.licenses_active,
                unused: counts.unused,
            });
        }
        let mut notes = Vec::new();
        if days_per_point > 1 {
            notes.push(format!(
                "{} of {} recorded days are shown: the last of every {days_per_point}.",
                points.len(),
                grouped(u64::try_from(days.len()).unwrap_or(u64::MAX))
            ));
        }
        match incomplete {
            0 => {}
            1 => notes.push("1 of these days is incomplete: its figures are at least these.".to_owned()),
            days => {
                notes.push(format!("{days} of these days are incomplete: their figures are at least these."));
            }
        }
        Ok(Trend { points, notes: notes.iter().map(|note| Text::sentence(note)).collect() })
    }
}

/// The day nearest to one month before; of two as near, the later.
fn month_before(day: Day, earlier: &[Day]) -> Option<Day> {
    let month_before = day.month_before();
    earlier.iter().copied().min_by_key(|day| (day.days_since(month_before).abs(), Reverse(*day)))
}

fn totals(since: Day, diff: &Diff<Priced<Price>>) -> Since {
    let (from, to) = (diff.from, diff.to);
    let change = |from: Option<i64>, to: Option<i64>| Some(to?.saturating_sub(from?));
    Since {
        day: Text::new(&since.to_string()),
        sold: change(from.licenses_sold, to.licenses_sold),
        deployed: change(from.licenses_deployed, to.licenses_deployed),
        active: change(from.licenses_active, to.licenses_active),
        unused: change(from.unused, to.unused),
        costs: costs(&diff.sums),
    }
}

/// How the costs changed that are known on both days.
fn costs(sums: &[Costs; 2]) -> Vec<(Text, Decimal)> {
    let costs = CostChanges::new(&[], sums, true);
    let changes = costs.currencies().filter_map(|(currency, cost)| Some((currency, cost.change?)));
    changes.map(|(currency, change)| (Text::new(currency.code()), change)).collect()
}

fn changes(since: &Manifest, day: Day, diff: &Diff<Priced<Price>>, policy: &FunnelPolicy) -> Changes {
    let mut rows: Vec<_> = diff.rows.iter().filter_map(|row| Some((kind(row.change)?, row))).collect();
    rows.sort_by_cached_key(|(kind, row)| {
        let [others @ .., unused] = row.pairs.all().map(|pair| pair.moved().unsigned_abs());
        let other = others.into_iter().max();
        (*kind == ChangeKind::Changed, Reverse(unused), Reverse(other))
    });
    let lines = rows.into_iter().map(|(kind, row)| page::Change {
        customer: Some(match &row.customer_name {
            Some(name) => Text::new(name),
            None => Text::new(&row.customer_id.to_string()),
        }),
        product: Text::new(
            policy
                .annotator()
                .display_name(row.product_id.as_ref(), row.product_name.as_deref())
                .as_deref()
                .unwrap_or("(without a name)"),
        ),
        kind,
        sold: (row.pairs.sold_from, row.pairs.sold_to),
        active: (row.pairs.active_from, row.pairs.active_to),
        unused: unused(kind, row.pairs.unused()),
        costs: costs(&row.sums),
    });
    let from = since.snapshot_date;
    let mut changes = Changes::new(Text::new(&from.to_string()), lines);
    changes.elsewhere = Some(Text::sentence(&format!("the output of history diff {from} {day}")));
    let customers = diff.customers;
    let apart = day.days_since(from);
    let mut notes = vec![format!(
        "In {}: {} with rows on both days, {} new, {} gone.",
        counted(apart, "day", "days"),
        counted(customers.on_both, "customer", "customers"),
        grouped(customers.appeared),
        grouped(customers.gone),
    )];
    if customers.unknown > 0 {
        notes.push(format!(
            "{} not read on one of the days: what changed there is not known, and the changes of the totals leave it \
             out.",
            counted(customers.unknown, "customer was", "customers were")
        ));
    }
    if policy.annotator().currencies().is_some() {
        notes.push(format!("The costs of both days are at the prices of {day}."));
    }
    if !since.complete {
        notes.push(format!("{from} is incomplete: customers are missing."));
    }
    changes.notes = notes.iter().map(|note| Text::sentence(note)).collect();
    changes
}

/// `None` for what is not known.
fn kind(change: Change) -> Option<ChangeKind> {
    match change {
        Change::Appeared => Some(ChangeKind::New),
        Change::Gone => Some(ChangeKind::Gone),
        Change::Changed => Some(ChangeKind::Changed),
        _ => None,
    }
}

/// The change of the unused licenses, if they are known where there are any.
fn unused(kind: ChangeKind, pair: Pair) -> Option<i64> {
    match kind {
        ChangeKind::New => pair.to,
        ChangeKind::Gone => pair.from.map(|unused| 0_i64.saturating_sub(unused)),
        ChangeKind::Changed => Some(pair.to?.saturating_sub(pair.from?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_nearest_to_a_month_before() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        for (last, earlier, found) in [
            ("2026-08-30", &["2026-06-28", "2026-07-26", "2026-08-02", "2026-08-23"][..], Some("2026-08-02")),
            ("2026-08-30", &["2026-07-29", "2026-07-31"], Some("2026-07-31")),
            ("2026-08-30", &["2026-08-29"], Some("2026-08-29")),
            ("2026-03-31", &["2026-02-27", "2026-03-02"], Some("2026-02-27")),
            ("2026-08-30", &[], None),
        ] {
            let earlier: Vec<_> = earlier.iter().map(|text| day(text)).collect();
            assert_eq!(month_before(day(last), &earlier), found.map(day), "{last} {earlier:?}");
        }
    }
}
