//! The line chart of the recorded days: its points, and their places in the chart.
//!
//! The chart is stretched to the width of the page, and the width of its lines is not. Its labels are therefore text
//! beside it and not a part of it.

use std::fmt::Write as _;

use super::text::Text;
use crate::terminal::text::grouped;

/// The most points of a chart, so that the page for years of days is as large as the page for two months.
pub(crate) const POINTS: usize = 60;

/// The size of the chart in its own units.
const WIDTH: i64 = 10_000;
const HEIGHT: i64 = 1_000;

/// How licenses moved over the recorded days.
pub(crate) struct Trend {
    /// The oldest first, with the day of the page as the last.
    pub(crate) points: Vec<Point>,
    pub(crate) notes: Vec<Text>,
}

/// The totals of a recorded day.
pub(crate) struct Point {
    pub(crate) day: Text,
    /// The number of days since the first point.
    pub(crate) place: i64,
    pub(crate) complete: bool,
    pub(crate) sold: Option<i64>,
    pub(crate) active: Option<i64>,
    pub(crate) unused: Option<i64>,
}

/// A line of the chart.
pub(super) struct Series {
    pub(super) name: &'static str,
    /// Its class in the style sheet.
    pub(super) key: &'static str,
    /// Where it is drawn, in the notation of SVG.
    pub(super) path: String,
    pub(super) first: Option<i64>,
    pub(super) last: Option<i64>,
}

impl Series {
    pub(super) fn change(&self) -> Option<i64> {
        Some(self.last?.saturating_sub(self.first?))
    }
}

impl Trend {
    pub(super) fn first(&self) -> Option<&Text> {
        self.points.first().map(|point| &point.day)
    }

    pub(super) fn last(&self) -> Option<&Text> {
        self.points.last().map(|point| &point.day)
    }

    /// The labels of the grid, the highest first.
    pub(super) fn scale(&self) -> [i64; 3] {
        let top = self.top();
        [top, top / 2, 0]
    }

    pub(super) fn series(&self) -> [Series; 3] {
        let series = |name, key, count: fn(&Point) -> Option<i64>| Series {
            name,
            key,
            path: self.path(count),
            first: self.points.first().and_then(count),
            last: self.points.last().and_then(count),
        };
        [
            series("Sold", "sold", |point| point.sold),
            series("Active", "active", |point| point.active),
            series("Unused", "unused", |point| point.unused),
        ]
    }

    /// What a screen reader says instead of the chart.
    pub(super) fn description(&self) -> String {
        let known = |count: Option<i64>| count.map_or_else(|| "not known".to_owned(), grouped);
        let series = self
            .series()
            .map(|series| format!("{}: {} to {}", series.name, known(series.first), known(series.last)));
        series.join("; ")
    }

    /// The count at the top of the chart: a round number that is not exceeded, and whose half is round too.
    fn top(&self) -> i64 {
        let counts = self.points.iter().flat_map(|point| [point.sold, point.active, point.unused]);
        let highest = counts.flatten().max().unwrap_or_default();
        if let Some(top) = [2, 4, 6, 8].into_iter().find(|top| *top >= highest) {
            return top;
        }
        let mut unit = 1_i64;
        loop {
            let steps = [10, 12, 16, 20, 24, 30, 40, 50, 60, 80].map(|step| unit.saturating_mul(step));
            if let Some(top) = steps.into_iter().find(|top| *top >= highest) {
                return top;
            }
            unit = unit.saturating_mul(10);
        }
    }

    /// A line through the points with this count. It has gaps where the count is not known.
    fn path(&self, count: fn(&Point) -> Option<i64>) -> String {
        let top = self.top();
        let last = self.points.last().map_or(0, |point| point.place);
        let mut path = String::new();
        let mut is_drawing = false;
        for point in &self.points {
            let Some(count) = count(point) else {
                is_drawing = false;
                continue;
            };
            let x = scaled(point.place, last, WIDTH);
            let y = HEIGHT - scaled(count, top, HEIGHT);
            // A line without length is a dot, for a point between gaps.
            let _ = if is_drawing { write!(path, "L{x} {y}") } else { write!(path, "M{x} {y}h0") };
            is_drawing = true;
        }
        path
    }
}

/// The value as a part of the whole, in units of the length.
fn scaled(value: i64, whole: i64, length: i64) -> i64 {
    let part = i128::from(value.max(0)) * i128::from(length);
    let place = part.checked_div(i128::from(whole)).unwrap_or_default();
    i64::try_from(place).unwrap_or(length).clamp(0, length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trend(points: &[(i64, Option<i64>)]) -> Trend {
        let points = points.iter().map(|(place, unused)| Point {
            day: Text::new("2026-08-30"),
            place: *place,
            complete: true,
            sold: None,
            active: None,
            unused: *unused,
        });
        Trend { points: points.collect(), notes: Vec::new() }
    }

    #[test]
    fn points_are_placed_by_day_and_count_and_gaps_stay_gaps() {
        for (points, top, path) in [
            (&[(0, Some(5)), (1, Some(10)), (4, Some(0))][..], 10, "M0 500h0L2500 0L10000 1000"),
            (&[(0, Some(120)), (2, None), (4, Some(30))], 120, "M0 0h0M10000 750h0"),
            (&[(0, Some(20_762)), (1, None)], 24_000, "M0 135h0"),
            (&[(0, None), (1, None)], 2, ""),
            (&[(0, Some(0)), (1, Some(-4))], 2, "M0 1000h0L10000 1000"),
            (&[(0, Some(i64::MAX)), (1, Some(1))], i64::MAX, "M0 0h0L10000 1000"),
        ] {
            let trend = trend(points);
            let [.., unused] = trend.series();
            assert_eq!((trend.scale()[0], unused.path.as_str()), (top, path), "{points:?}");
        }
    }
}
