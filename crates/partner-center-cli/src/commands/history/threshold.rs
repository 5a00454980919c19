//! `--fail-on` of `history diff`: a count and how much it must have changed, such as `unused +10%` or `sold -100`.

use std::fmt;
use std::str::FromStr;

use partner_center_history::{Change, DiffGroup, Pair, Pairs};

use super::trend::signed;
use crate::exit::Exit;
use crate::problem::Problem;

/// A change that is worth an exit code of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ChangeThreshold {
    metric: Metric,
    /// Positive for growth, negative for decline; never zero.
    by: i64,
    is_percent: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Metric {
    Sold,
    Deployed,
    Active,
    Unused,
}

impl Metric {
    const ALL: [(&'static str, Self); 4] = [
        ("sold", Self::Sold),
        ("deployed", Self::Deployed),
        ("active", Self::Active),
        ("unused", Self::Unused),
    ];
}

impl FromStr for ChangeThreshold {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let invalid = |why: &str| {
            Problem::new(Exit::Usage, format!("invalid value '{text}' for '--fail-on': {why}")).advice(
                "Write a count (sold, deployed, active, unused) and a change with its sign, such as 'unused +10%' or \
                 'sold -100'.",
            )
        };
        let text = text.trim();
        let end = text.find(|character: char| !character.is_ascii_alphabetic()).unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        let metric = Metric::ALL.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        let (_, metric) = metric.ok_or_else(|| invalid("the count is unknown"))?;
        let rest = rest.trim();
        let (number, is_percent) = match rest.strip_suffix('%') {
            Some(number) => (number.trim_end(), true),
            None => (rest, false),
        };
        if !number.starts_with(['+', '-']) {
            return Err(invalid("the change has no sign"));
        }
        let by: i64 = number.parse().map_err(|_| invalid("the change is not a whole number"))?;
        if by == 0 {
            return Err(invalid("a change of 0 is no change"));
        }
        Ok(Self { metric: *metric, by, is_percent })
    }
}

impl fmt::Display for ChangeThreshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Metric::ALL.iter().find(|(_, metric)| *metric == self.metric).map_or("", |(name, _)| name);
        write!(f, "{name} {:+}{}", self.by, if self.is_percent { "%" } else { "" })
    }
}

impl ChangeThreshold {
    /// The change of the totals, if it reaches the threshold. An unknown count does not.
    pub(super) fn crossed(&self, totals: &Pairs) -> Option<String> {
        let Pair { from, to } = self.pair(totals);
        self.reached(from, to)
    }

    /// Like [`crossed`](Self::crossed), of a group. A group that appeared or is gone counts as 0 on the other day.
    pub(super) fn crossed_by(&self, group: &DiffGroup) -> Option<String> {
        let Pair { from, to } = self.pair(&group.pairs);
        match group.change {
            Change::Appeared => self.reached(Some(0), to),
            Change::Gone => self.reached(from, Some(0)),
            Change::Changed => self.reached(from, to),
            _ => None,
        }
    }

    fn pair(&self, pairs: &Pairs) -> Pair {
        match self.metric {
            Metric::Sold => pairs.sold(),
            Metric::Deployed => pairs.deployed(),
            Metric::Active => pairs.active(),
            Metric::Unused => pairs.unused(),
        }
    }

    fn reached(&self, from: Option<i64>, to: Option<i64>) -> Option<String> {
        let (from, to) = (from?, to?);
        let change = i128::from(to) - i128::from(from);
        // Growth from zero has no percentage; it is beyond any.
        let (actual, limit) = if self.is_percent {
            (change * 100, i128::from(self.by) * i128::from(from))
        } else {
            (change, i128::from(self.by))
        };
        let is_reached =
            if self.by > 0 { change > 0 && actual >= limit } else { change < 0 && actual <= limit };
        let change = i64::try_from(change).unwrap_or(i64::MAX);
        is_reached.then(|| format!("{from} to {to}, {}", signed(change)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_compared_with_its_sign_and_unit() {
        for (threshold, from, to, is_reached) in [
            ("unused +10%", 100, 110, true),
            ("unused +10%", 100, 109, false),
            ("unused +10%", 100, 50, false),
            ("unused +10%", 0, 1, true),
            ("unused +10%", 0, 0, false),
            ("unused -10%", 100, 90, true),
            ("unused -10%", 100, 91, false),
            ("sold -100", 1000, 900, true),
            ("sold -100", 1000, 901, false),
            ("Sold+5", 1, 6, true),
        ] {
            let parsed: ChangeThreshold = threshold.parse().unwrap_or_else(|_| panic!("{threshold}"));
            assert_eq!(parsed.reached(Some(from), Some(to)).is_some(), is_reached, "{threshold} {from} {to}");
            assert_eq!(parsed.reached(None, Some(to)), None);
        }
        for text in ["unused", "unused 10%", "idle +5", "unused +x", "unused +0", "", "+5%", "sold +1.5"] {
            assert!(text.parse::<ChangeThreshold>().is_err(), "{text}");
        }
        assert_eq!("unused +10%".parse::<ChangeThreshold>().unwrap().to_string(), "unused +10%");
    }
}
