//! The lines of tables that have a bar: each takes its scale from the longest line of its table.

use rust_decimal::Decimal;

use super::bar::{Bar, Part, length, segments};
use super::data::{
    By, Column, Cost, Group, Licenses, Of, Pages, Product, Products, Ranking, Renewal, Renewals, RowTable,
    Share, Totals,
};
use super::text::{Text, amount, percent};
use super::words;
use crate::terminal::text::grouped;

/// A group and its bar.
pub(super) struct Line<'a, T> {
    pub(super) item: &'a T,
    pub(super) bar: Bar,
}

/// A step of the funnel: what is left, and what was lost on the way.
pub(super) struct Step {
    pub(super) name: &'static str,
    /// Its name in the data.
    pub(super) key: &'static str,
    pub(super) count: Option<i64>,
    pub(super) bar: Bar,
    pub(super) gap: Option<Gap>,
}

/// The licenses between a step of the funnel and the one before.
pub(super) struct Gap {
    pub(super) count: Option<i64>,
    pub(super) name: &'static str,
    pub(super) meaning: &'static str,
}

type Parts = Vec<(Part, Decimal)>;

/// Bars on one scale. `describe` gives the title and the description of each.
fn lines<'a, T>(
    id: &str,
    items: &'a [T],
    parts: impl Fn(&T) -> Parts,
    describe: impl Fn(&T) -> (String, String),
) -> Vec<Line<'a, T>> {
    let parts: Vec<_> = items.iter().map(parts).collect();
    let scale = parts.iter().map(|parts| length(parts)).max().unwrap_or_default();
    let bars = items.iter().zip(&parts).enumerate().map(|(place, (item, parts))| {
        let (title, description) = describe(item);
        let bar =
            Bar { id: format!("{id}-{}", place + 1), title, description, segments: segments(parts, scale) };
        Line { item, bar }
    });
    bars.collect()
}

impl Ranking {
    /// Unique in the page, among rankings of different things or orders.
    pub(super) fn id(&self) -> String {
        let of = match self.of {
            Of::Customers => "customers",
            Of::Products => "products",
        };
        match &self.by {
            By::Unused => of.to_owned(),
            By::Cost(currency) => {
                let currency: String =
                    currency.to_string().chars().filter(char::is_ascii_alphanumeric).collect();
                format!("{of}-cost-{currency}")
            }
        }
    }

    pub(super) fn lines(&self) -> Vec<Line<'_, Group>> {
        match &self.by {
            By::Unused => license_lines(&self.id(), &self.groups, |group| group),
            By::Cost(currency) => lines(
                &self.id(),
                &self.groups,
                |group| {
                    let cost = cost_in(&group.costs, currency);
                    let known = |part: Option<Decimal>| part.unwrap_or_default();
                    cost.map(|cost| {
                        vec![(Part::Idle, known(cost.idle)), (Part::Shelfware, known(cost.shelfware))]
                    })
                    .unwrap_or_default()
                },
                |group| {
                    let description = cost_in(&group.costs, currency).map_or_else(
                        || "no price".to_owned(),
                        |cost| {
                            let part = |part: Option<Decimal>| {
                                part.map_or_else(
                                    || "not known".to_owned(),
                                    |part| format!("{} {currency}", amount(&part)),
                                )
                            };
                            format!(
                                "{} for idle licenses, {} for shelfware",
                                part(cost.idle),
                                part(cost.shelfware)
                            )
                        },
                    );
                    (format!("{}: cost of unused licenses in a month", group.name), description)
                },
            ),
        }
    }

    pub(super) fn column(&self) -> &'static str {
        match self.of {
            Of::Customers => "Customer",
            Of::Products => "Product",
        }
    }

    pub(super) fn heading(&self) -> String {
        let of = match self.of {
            Of::Customers => "Customers",
            Of::Products => "Products",
        };
        match &self.by {
            By::Unused => format!("{of} by unused licenses"),
            By::Cost(currency) => format!("{of} by cost in {currency}"),
        }
    }

    pub(super) fn currency(&self) -> Option<&Text> {
        match &self.by {
            By::Unused => None,
            By::Cost(currency) => Some(currency),
        }
    }

    pub(super) fn has_costs(&self) -> bool {
        self.groups.iter().any(|group| !group.costs.is_empty()) || !self.rest.costs.is_empty()
    }
}

impl Products {
    pub(super) fn lines(&self) -> Vec<Line<'_, Product>> {
        license_lines("your-products", &self.shown, |product| &product.group)
    }

    pub(super) fn has_costs(&self) -> bool {
        self.shown.iter().any(|product| !product.group.costs.is_empty()) || !self.rest.costs.is_empty()
    }
}

impl Pages {
    pub(super) fn count(&self) -> u64 {
        self.rest.groups.saturating_add(u64::try_from(self.entries.len()).unwrap_or(u64::MAX))
    }

    pub(super) fn has_costs(&self) -> bool {
        self.entries.iter().any(|entry| !entry.customer.costs.is_empty()) || !self.rest.costs.is_empty()
    }

    pub(super) fn has_workbooks(&self) -> bool {
        self.entries.iter().any(|entry| entry.workbook.is_some())
    }
}

impl Share {
    /// `None` if it is not known, or if there are no licenses.
    pub(super) fn percent(self) -> Option<i64> {
        match self {
            Self::Known { unused, sold } => percent(unused, sold),
            Self::None | Self::Unknown => None,
        }
    }

    pub(super) fn is_unknown(self) -> bool {
        self != Self::None && self.percent().is_none()
    }

    /// The class of its cell in the style sheet: a step of the color scale.
    pub(super) fn class(self) -> &'static str {
        match self.percent() {
            None => "unknown",
            Some(..=12) => "h0",
            Some(13..=24) => "h1",
            Some(25..=37) => "h2",
            Some(38..=49) => "h3",
            Some(50..=62) => "h4",
            Some(63..=74) => "h5",
            Some(75..=87) => "h6",
            Some(88..=99) => "h7",
            Some(100..) => "h8",
        }
    }
}

impl Renewal {
    pub(super) fn in_use(&self) -> i64 {
        self.licenses.saturating_sub(self.unused).saturating_sub(self.not_known).max(0)
    }
}

impl RowTable {
    pub(super) fn shown(&self) -> u64 {
        u64::try_from(self.rows.len()).unwrap_or(u64::MAX)
    }

    pub(super) fn count(&self) -> u64 {
        self.shown().saturating_add(self.left_out)
    }

    /// The rows that are shown, each cell with its column.
    pub(super) fn lines(&self) -> impl Iterator<Item = impl Iterator<Item = (&Column, &Text)>> {
        self.rows.iter().map(|row| self.columns.iter().zip(row))
    }
}

impl Renewals {
    pub(super) fn lines(&self) -> Vec<Line<'_, Renewal>> {
        lines(
            "renewals",
            &self.periods,
            |renewal| {
                vec![
                    (Part::Active, Decimal::from(renewal.in_use())),
                    (Part::Shelfware, Decimal::from(renewal.unused)),
                    (Part::Unknown, Decimal::from(renewal.not_known)),
                ]
            },
            |renewal| {
                let title = match percent(renewal.unused, renewal.licenses) {
                    Some(share) => format!("{}: {share}% unused", renewal.period),
                    None => renewal.period.to_string(),
                };
                let [licenses, unused, not_known] =
                    [renewal.licenses, renewal.unused, renewal.not_known].map(grouped);
                (title, format!("{licenses} licenses renew: {unused} unused, {not_known} not known"))
            },
        )
    }
}

impl Totals {
    /// Sold, deployed and active on one scale, with the gaps between them.
    pub(super) fn funnel(&self) -> Vec<Step> {
        let Licenses { sold, deployed, active, shelfware, idle } = self.licenses;
        let steps = [
            ("Sold", "sold", Part::Sold, sold, None),
            ("Deployed", "deployed", Part::Deployed, deployed, Some((sold, Part::Shelfware, shelfware))),
            ("Active", "active", Part::Active, active, Some((deployed, Part::Idle, idle))),
        ];
        let parts = steps.map(|(_, _, part, count, gap)| {
            let mut parts = vec![(part, Decimal::from(count.unwrap_or_default()))];
            if let Some((before, gap, lost)) = gap {
                // What is missing since the step before is lost, as far as it is known, or not known.
                let missing = before.unwrap_or_default().saturating_sub(count.unwrap_or_default()).max(0);
                let known = lost.unwrap_or_default().clamp(0, missing);
                parts.push((gap, Decimal::from(known)));
                parts.push((Part::Unknown, Decimal::from(missing.saturating_sub(known))));
            }
            parts
        });
        let scale = parts.iter().map(|parts| length(parts)).max().unwrap_or_default();
        let steps = steps.into_iter().zip(&parts).map(|((name, key, part, count, gap), parts)| {
            let gap = gap.map(|(_, _, lost)| match part {
                Part::Deployed => {
                    Gap { count: lost, name: "shelfware", meaning: "never assigned: reduce at renewal" }
                }
                _ => Gap { count: lost, name: "idle", meaning: "assigned, not active: reassign" },
            });
            let known = |count: Option<i64>| count.map_or_else(|| "not known".to_owned(), grouped);
            let description = match &gap {
                Some(gap) => format!("{}; {} {}", known(count), known(gap.count), gap.name),
                None => known(count),
            };
            let title = match count.zip(sold).and_then(|(count, sold)| percent(count, sold)) {
                Some(share) if key != "sold" => format!("{name}: {share}% of licenses sold"),
                _ => format!("{name} licenses"),
            };
            let bar =
                Bar { id: format!("funnel-{key}"), title, description, segments: segments(parts, scale) };
            Step { name, key, count, bar, gap }
        });
        steps.collect()
    }
}

/// The cost in this currency.
pub(super) fn cost_in<'a>(costs: &'a [Cost], currency: &Text) -> Option<&'a Cost> {
    costs.iter().find(|cost| cost.currency == *currency)
}

fn license_lines<'a, T>(id: &str, items: &'a [T], group: impl Fn(&T) -> &Group) -> Vec<Line<'a, T>> {
    lines(
        id,
        items,
        |item| license_parts(&group(item).licenses),
        |item| {
            let Group { name, licenses, rows, incomplete, .. } = group(item);
            let title = format!("{name}: {}", words::share_unused(licenses));
            (title, words::parts(licenses, *rows, *incomplete))
        },
    )
}

/// Active, idle and shelfware, and what of the sold licenses is none of them as far as is known.
fn license_parts(licenses: &Licenses) -> Parts {
    let mut parts: Parts =
        [(Part::Active, licenses.active), (Part::Idle, licenses.idle), (Part::Shelfware, licenses.shelfware)]
            .map(|(part, count)| (part, Decimal::from(count.unwrap_or_default())))
            .into();
    let sold = Decimal::from(licenses.sold.unwrap_or_default());
    // Before the shelfware: it is a part of what is deployed.
    parts.insert(2, (Part::Unknown, sold.saturating_sub(length(&parts))));
    parts
}
