//! Percentages of license counts.

/// The percentage that `part` is of `whole`, not rounded; it may exceed 100. `None` if `whole` is not above 0.
///
/// ```
/// use partner_center::licenses::{percent, round_percent};
///
/// assert_eq!(percent(2, 3).map(round_percent), Some(66.67));
/// assert_eq!(percent(1, 0), None);
/// ```
#[expect(clippy::cast_precision_loss, reason = "a percentage of a count beyond 2^53 may be off by a hair")]
#[must_use]
pub fn percent(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64 * 100.0)
}

/// Rounds a percentage to two decimal places, as in every row. Compare the unrounded value.
#[must_use]
pub fn round_percent(percent: f64) -> f64 {
    (percent * 100.0).round() / 100.0
}

/// The percentage for a row, from counts that may be unknown.
pub(crate) fn rounded(part: Option<i64>, whole: Option<i64>) -> Option<f64> {
    percent(part?, whole?).map(round_percent)
}
