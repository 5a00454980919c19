//! `--fail-on` of `history diff`: a count or a cost, and how much it must have changed, such as `unused +10%` or
//! `unusedCost_EUR +500`.

use std::fmt;

use partner_center_history::{Change, Pair, Pairs};
use rust_decimal::Decimal;

use crate::exit::Exit;
use crate::output::rows::AnnotatedGroup;
use crate::prices::{CostChanges, Currency};
use crate::problem::Problem;
use crate::report::threshold::currency_of;
use crate::terminal::text::signed;

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
    UnusedCost(Currency),
}

const UNUSED_COST: &str = "unusedCost";

impl Metric {
    const COUNTS: [(&'static str, Self); 4] = [
        ("sold", Self::Sold),
        ("deployed", Self::Deployed),
        ("active", Self::Active),
        ("unused", Self::Unused),
    ];

    /// Reads a name; a cost has one of these currencies.
    fn named(name: &str, currencies: Option<&[Currency]>) -> Result<Self, String> {
        if let Some((_, count)) = Self::COUNTS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            return Ok(*count);
        }
        let (cost, code) = name.split_once('_').map_or((name, None), |(cost, code)| (cost, Some(code)));
        if !cost.eq_ignore_ascii_case(UNUSED_COST) {
            return Err("the count is unknown".to_owned());
        }
        let named = code.map(|code| Currency::of_code(code).map_err(|why| format!("{code} {why}")));
        currency_of(UNUSED_COST, named.transpose()?, currencies).map(Self::UnusedCost)
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::UnusedCost(currency) = self {
            return write!(f, "{UNUSED_COST}_{currency}");
        }
        f.write_str(Self::COUNTS.iter().find(|(_, metric)| metric == self).map_or("", |(name, _)| name))
    }
}

impl fmt::Display for ChangeThreshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:+}{}", self.metric, self.by, if self.is_percent { "%" } else { "" })
    }
}

impl ChangeThreshold {
    /// Reads a threshold, with prices in these currencies.
    pub(super) fn parse(text: &str, currencies: Option<&[Currency]>) -> Result<Self, Problem> {
        let invalid = |why: &str| {
            Problem::new(Exit::Usage, format!("invalid value '{text}' for '--fail-on': {why}")).advice(
                "Write a count (sold, deployed, active, unused) or, with --prices, unusedCost with its currency, and a \
                 change with its sign, such as 'unused +10%', 'sold -100' or 'unusedCost_EUR +500'.",
            )
        };
        let text = text.trim();
        let end = text.find(|character: char| !(character.is_ascii_alphabetic() || character == '_'));
        let (name, rest) = text.split_at(end.unwrap_or(text.len()));
        let metric = Metric::named(name, currencies).map_err(|why| invalid(&why))?;
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
        Ok(Self { metric, by, is_percent })
    }

    /// The change of the totals, if it reaches the threshold. An unknown count or cost does not.
    pub(super) fn crossed(&self, totals: &Pairs, costs: Option<&CostChanges>) -> Option<String> {
        let [from, to] = self.sides(totals, costs);
        self.reached(from?, to?)
    }

    /// Like [`crossed`](Self::crossed), of a group. A group that appeared or is gone counts as 0 on the other day.
    pub(super) fn crossed_by(&self, group: &AnnotatedGroup) -> Option<String> {
        let [from, to] = self.sides(&group.group.pairs, group.costs.as_ref());
        match group.group.change {
            Change::Appeared => self.reached(Decimal::ZERO, to?),
            Change::Gone => self.reached(from?, Decimal::ZERO),
            Change::Changed => self.reached(from?, to?),
            _ => None,
        }
    }

    fn sides(&self, pairs: &Pairs, costs: Option<&CostChanges>) -> [Option<Decimal>; 2] {
        let Pair { from, to } = match self.metric {
            Metric::Sold => pairs.sold(),
            Metric::Deployed => pairs.deployed(),
            Metric::Active => pairs.active(),
            Metric::Unused => pairs.unused(),
            Metric::UnusedCost(currency) => {
                let cost = costs.map(|costs| costs.currency(currency)).unwrap_or_default();
                // Without rows of a day in this currency it costs nothing there.
                let known = |amount: Option<Decimal>| amount.or(cost.change.map(|_| Decimal::ZERO));
                return [known(cost.from), known(cost.to)];
            }
        };
        [from, to].map(|count| count.map(Decimal::from))
    }

    fn reached(&self, from: Decimal, to: Decimal) -> Option<String> {
        let (change, by) = (to.checked_sub(from)?, Decimal::from(self.by));
        // Growth from zero has no percentage; it is beyond any.
        let (actual, limit) = if self.is_percent {
            (change.checked_mul(Decimal::ONE_HUNDRED)?, by.checked_mul(from)?)
        } else {
            (change, by)
        };
        let is_reached = if self.by > 0 {
            change > Decimal::ZERO && actual >= limit
        } else {
            change < Decimal::ZERO && actual <= limit
        };
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
            let parsed = ChangeThreshold::parse(threshold, None).unwrap_or_else(|_| panic!("{threshold}"));
            let reached = parsed.reached(Decimal::from(from), Decimal::from(to));
            assert_eq!(reached.is_some(), is_reached, "{threshold} {from} {to}");
        }
        for text in ["unused", "unused 10%", "idle +5", "unused +x", "unused +0", "", "+5%", "sold +1.5"] {
            assert!(ChangeThreshold::parse(text, None).is_err(), "{text}");
        }
        let codes = ["EUR", "JPY"].map(|code| Currency::of_code(code).unwrap());
        for (text, currencies, canonical) in [
            ("unused +10%", None, Some("unused +10%")),
            ("unusedcost_eur+500", Some(&codes[..]), Some("unusedCost_EUR +500")),
            ("unusedCost -5 %", Some(&codes[1..]), Some("unusedCost_JPY -5%")),
            ("unusedCost +5", Some(&codes[..]), None),
            ("unusedCost_USD +5", Some(&codes[..]), None),
            ("unusedCost_ +5", Some(&codes[..]), None),
            ("idleCost_EUR +5", Some(&codes[..]), None),
            ("unusedCost_EUR +5", None, None),
        ] {
            let parsed = ChangeThreshold::parse(text, currencies).ok().map(|parsed| parsed.to_string());
            assert_eq!(parsed.as_deref(), canonical, "{text}");
        }
    }
}
