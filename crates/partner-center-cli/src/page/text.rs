//! Text on a page: external text made harmless, and numbers in words.

use std::fmt;

use rust_decimal::Decimal;

use crate::terminal::text::{counted, grouped, showable};

/// The maximum number of characters of a name. A longer name is cut, so that no customer can make a page large.
const LONGEST_NAME: usize = 256;

/// Text from outside, without control characters, marks of the writing direction and secrets of this process.
///
/// All external text of a page has this type; the templates escape it. `Debug` omits it, because it may be customer
/// data.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Text(String);

impl Text {
    /// A name, a date or another short text, cut after 256 characters.
    pub(crate) fn new(text: &str) -> Self {
        let mut safe = showable(text);
        if let Some((end, _)) = safe.char_indices().nth(LONGEST_NAME) {
            safe.truncate(end);
            safe.push('…');
        }
        Self(safe)
    }

    /// A sentence or a command, cut after 2,000 characters.
    pub(crate) fn sentence(text: &str) -> Self {
        Self(showable(text))
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Text(..)")
    }
}

/// `61204.10` as `61,204.10`, with all its decimal places.
pub(super) fn amount(value: &Decimal) -> String {
    let text = value.abs().to_string();
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), None), |(a, b)| (a, Some(b)));
    // A decimal may have more digits than can be grouped.
    let whole = whole.parse::<u64>().map_or_else(|_| whole.to_owned(), grouped);
    let sign = if value.is_sign_negative() && !value.is_zero() { "−" } else { "" };
    match fraction {
        Some(fraction) => format!("{sign}{whole}.{fraction}"),
        None => format!("{sign}{whole}"),
    }
}

/// Numbers as the templates write them. Methods, because a template has numbers behind any number of references.
pub(super) trait Digits {
    /// `1,234`
    fn grouped(&self) -> String;
}

impl Digits for i64 {
    fn grouped(&self) -> String {
        grouped(*self)
    }
}

impl Digits for u64 {
    fn grouped(&self) -> String {
        grouped(*self)
    }
}

/// A number of things.
pub(super) trait Quantity {
    /// `1 row`, `1,234 rows`
    fn counted(&self, one: &str, many: &str) -> String;
}

impl Quantity for u64 {
    fn counted(&self, one: &str, many: &str) -> String {
        counted(*self, one, many)
    }
}

/// A difference as the templates write it.
pub(super) trait Difference {
    /// With its sign: `+194`, `−380` or `±0`.
    fn difference(&self) -> String;
}

impl Difference for i64 {
    fn difference(&self) -> String {
        let digits = grouped(self.unsigned_abs());
        match self {
            0 => "±0".to_owned(),
            1.. => format!("+{digits}"),
            _ => format!("−{digits}"),
        }
    }
}

impl Difference for Decimal {
    fn difference(&self) -> String {
        let text = amount(self);
        if self.is_zero() {
            format!("±{text}")
        } else if self.is_sign_negative() {
            text
        } else {
            format!("+{text}")
        }
    }
}

/// Part of whole in whole percent, rounded down, so that 100 means all. `None` if the whole is not positive.
pub(super) fn percent(part: i64, whole: i64) -> Option<i64> {
    let percent = (i128::from(part) * 100).checked_div(i128::from(whole))?;
    (whole > 0).then(|| i64::try_from(percent).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_keep_their_decimal_places() {
        for (text, shown, change) in [
            ("0.00", "0.00", "±0.00"),
            ("61204.1", "61,204.1", "+61,204.1"),
            ("-1422.50", "−1,422.50", "−1,422.50"),
            ("1234567", "1,234,567", "+1,234,567"),
            (
                "79228162514264337593543950335",
                "79228162514264337593543950335",
                "+79228162514264337593543950335",
            ),
        ] {
            let value: Decimal = text.parse().unwrap();
            assert_eq!((amount(&value).as_str(), value.difference().as_str()), (shown, change));
        }
    }

    #[test]
    fn differences_have_a_sign() {
        for (change, text) in
            [(0, "±0"), (1194, "+1,194"), (-380, "−380"), (i64::MIN, "−9,223,372,036,854,775,808")]
        {
            assert_eq!(change.difference(), text);
        }
    }

    #[test]
    fn percentages_are_rounded_down() {
        for (part, whole, share) in [
            (0, 3, Some(0)),
            (2, 3, Some(66)),
            (999, 1000, Some(99)),
            (3, 3, Some(100)),
            (4, 3, Some(133)),
            (i64::MAX, 1, Some(i64::MAX)),
            (1, 0, None),
            (1, -1, None),
        ] {
            assert_eq!(percent(part, whole), share, "{part} of {whole}");
        }
    }
}
