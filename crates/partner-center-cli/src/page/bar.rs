//! The geometry of a bar: segments side by side, from zero, in percent of the width.
//!
//! Percentages rather than a `viewBox`, so that a bar is as wide as its table cell and its height stays the same.

use rust_decimal::Decimal;

/// A bar, with what a screen reader says instead of it.
pub(super) struct Bar {
    /// Unique in the page.
    pub(super) id: String,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) segments: Vec<Segment>,
}

/// A part of a bar.
#[derive(Debug, PartialEq)]
pub(super) struct Segment {
    pub(super) part: Part,
    pub(super) x: String,
    pub(super) width: String,
}

/// What a segment stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Sold,
    Deployed,
    Active,
    Idle,
    Shelfware,
    Unknown,
}

impl Part {
    /// Its class in the style sheet.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Sold => "sold",
            Self::Deployed => "deployed",
            Self::Active => "active",
            Self::Idle => "idle",
            Self::Shelfware => "shelfware",
            Self::Unknown => "unknown",
        }
    }
}

/// The length of these parts together. Negative parts have no length.
pub(super) fn length(parts: &[(Part, Decimal)]) -> Decimal {
    parts.iter().fold(Decimal::ZERO, |sum, (_, value)| sum.saturating_add(positive(*value)))
}

/// The segments of a bar. `scale` is the length that fills the whole width.
pub(super) fn segments(parts: &[(Part, Decimal)], scale: Decimal) -> Vec<Segment> {
    let mut end = Decimal::ZERO;
    let mut segments = Vec::new();
    for (part, value) in parts {
        let start = end;
        end = end.saturating_add(positive(*value));
        let (from, to) = (hundredths(start, scale), hundredths(end, scale));
        if to > from {
            segments.push(Segment { part: *part, x: percentage(from), width: percentage(to - from) });
        }
    }
    segments
}

fn positive(value: Decimal) -> Decimal {
    value.max(Decimal::ZERO)
}

/// The value in hundredths of a percent of the scale.
fn hundredths(value: Decimal, scale: Decimal) -> u16 {
    let share = value.checked_div(scale).unwrap_or_default().clamp(Decimal::ZERO, Decimal::ONE);
    u16::try_from(share.saturating_mul(Decimal::from(10_000)).round()).unwrap_or_default()
}

fn percentage(hundredths: u16) -> String {
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_follow_each_other_from_zero() {
        let parts = |values: [i64; 3]| {
            let [active, idle, shelfware] = values.map(Decimal::from);
            [(Part::Active, active), (Part::Idle, idle), (Part::Shelfware, shelfware)]
        };
        for (values, scale, expected) in [
            ([1, 2, 1], 4, vec![("0.00%", "25.00%"), ("25.00%", "50.00%"), ("75.00%", "25.00%")]),
            ([1, 1, 1], 3, vec![("0.00%", "33.33%"), ("33.33%", "33.34%"), ("66.67%", "33.33%")]),
            ([0, 1, 0], 8, vec![("0.00%", "12.50%")]),
            ([-5, 1, 0], 2, vec![("0.00%", "50.00%")]),
            // Longer than the scale.
            ([3, 3, 3], 4, vec![("0.00%", "75.00%"), ("75.00%", "25.00%")]),
            ([1, 1, 1], 0, vec![]),
            ([i64::MAX, i64::MAX, i64::MAX], i64::MAX, vec![("0.00%", "100.00%")]),
        ] {
            let found = segments(&parts(values), Decimal::from(scale));
            let found: Vec<_> = found.iter().map(|one| (one.x.as_str(), one.width.as_str())).collect();
            assert_eq!(found, expected, "{values:?} of {scale}");
        }
    }
}
