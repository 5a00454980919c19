//! What renews when, as the pages show it.

use partner_center::CustomerId;

use super::words::sentence;
use crate::page::{self, Renewal, Text};
use crate::renewals::{Period, Renewals, UnusedOfProducts};
use crate::terminal::text::grouped;

/// The renewals of one customer, or of all.
pub(super) fn on_page(
    renewals: &Renewals,
    unused: &UnusedOfProducts,
    only: Option<CustomerId>,
) -> page::Renewals {
    let periods = renewals.periods(unused, only);
    let notes = notes(&periods, renewals.uncounted(), only.is_some());
    let period = |period: &Period| Renewal {
        period: Text::new(&in_words(period)),
        until: Text::new(&period.until.to_string()),
        licenses: period.licenses,
        unused: period.unused,
        not_known: period.unmatched.saturating_add(period.unknown),
    };
    page::Renewals { periods: periods.iter().map(period).collect(), notes }
}

fn in_words(period: &Period) -> String {
    match period.first {
        0 => format!("{} days", period.last),
        first => format!("{first} to {} days", period.last),
    }
}

fn notes(periods: &[Period], uncounted: u64, is_one: bool) -> Vec<Text> {
    let sum = |count: fn(&Period) -> i64| periods.iter().map(count).fold(0, i64::saturating_add);
    let mut notes = Vec::new();
    if sum(|period| period.licenses) == 0 {
        notes.push("no subscription with a known number of licenses ends in this time".to_owned());
    }
    if sum(|period| period.unused) > 0 {
        notes.push("unused licenses of a product count where it renews first".to_owned());
    }
    let unmatched = sum(|period| period.unmatched);
    if unmatched > 0 {
        let whose = if is_one { "of this page" } else { "of the customer on this page" };
        notes.push(format!(
            "{} licenses are not matched: no row {whose} has a product with exactly the name in the subscription",
            grouped(unmatched)
        ));
    }
    let unknown = sum(|period| period.unknown);
    if unknown > 0 {
        notes.push(format!("of {} licenses it is not known whether the product is used", grouped(unknown)));
    }
    let end_for_good = sum(|period| period.end_for_good);
    if end_for_good > 0 {
        notes.push(format!(
            "{} licenses are of subscriptions that do not renew by themselves",
            grouped(end_for_good)
        ));
    }
    // Whose they are is not kept, so they are not told to a single customer.
    if uncounted > 0 && !is_one {
        notes.push(format!("{} subscriptions without a number of licenses are left out", grouped(uncounted)));
    }
    notes.iter().map(|note| Text::sentence(&sentence(note))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(notes: &[Text]) -> Vec<String> {
        notes.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn notes_say_what_the_counts_mean() {
        let nothing = [Period::default()];
        assert_eq!(
            texts(&notes(&nothing, 0, false)),
            ["No subscription with a known number of licenses ends in this time."]
        );
        let one = Period { licenses: 10, ..Period::default() };
        assert!(notes(std::slice::from_ref(&one), 3, true).is_empty(), "nothing about other customers");
        let all = Period { unused: 1, unmatched: 2, unknown: 3, end_for_good: 4, ..one };
        let found = texts(&notes(&[all.clone(), all], 5, false));
        assert_eq!(
            found,
            [
                "Unused licenses of a product count where it renews first.",
                "4 licenses are not matched: no row of the customer on this page has a product with exactly the name \
                 in the subscription.",
                "Of 6 licenses it is not known whether the product is used.",
                "8 licenses are of subscriptions that do not renew by themselves.",
                "5 subscriptions without a number of licenses are left out.",
            ]
        );
    }
}
