//! What renews when, as the pages show it.

use partner_center::CustomerId;
use partner_center::funnel::FunnelRow;

use super::Edition;
use super::words::sentence;
use crate::page::{self, Renewal, Text};
use crate::renewals::{LeftOut, Period, Renewals, UnusedOfProducts};
use crate::terminal::text::counted;

/// The unused licenses of what renews, in the rows of one page.
#[derive(Default)]
pub(super) struct Renewing(UnusedOfProducts);

impl Renewing {
    pub(super) fn add(&mut self, edition: &Edition, row: &FunnelRow) {
        if let Some(renewals) = edition.renewals.get() {
            self.0.add(renewals, row);
        }
    }

    /// The renewals of one customer, or of all; `None` if they were not read.
    pub(super) fn on_page(&self, edition: &Edition, only: Option<CustomerId>) -> Option<page::Renewals> {
        on_page(edition.renewals.get()?, &self.0, only)
    }
}

/// The renewals of one customer, or of all; `None` if they could not be read.
fn on_page(
    renewals: &Renewals,
    unused: &UnusedOfProducts,
    only: Option<CustomerId>,
) -> Option<page::Renewals> {
    if only.is_some_and(|customer| renewals.is_unread(customer)) {
        return None;
    }
    let periods = renewals.periods(unused, only);
    let notes = notes(&periods, renewals.left_out(), only.is_some());
    let period = |period: &Period| Renewal {
        period: Text::new(&in_words(period)),
        until: Text::new(&period.until.to_string()),
        licenses: period.licenses,
        unused: period.unused,
        not_known: period.unmatched.saturating_add(period.unknown),
    };
    Some(page::Renewals { periods: periods.iter().map(period).collect(), notes })
}

fn in_words(period: &Period) -> String {
    match period.first {
        0 => format!("{} days", period.last),
        first => format!("{first} to {} days", period.last),
    }
}

fn notes(periods: &[Period], left_out: LeftOut, is_one: bool) -> Vec<Text> {
    let sum = |count: fn(&Period) -> i64| {
        let sum = periods.iter().map(count).fold(0, i64::saturating_add);
        u64::try_from(sum).unwrap_or_default()
    };
    let licenses = |count: u64| counted(count, "license", "licenses");
    let subscriptions = |count: u64| counted(count, "subscription", "subscriptions");
    let mut notes = Vec::new();
    if sum(|period| period.licenses) == 0 {
        notes.push("no subscription with a known number of licenses ends in this time".to_owned());
    }
    if sum(|period| period.unused) > 0 {
        notes.push("unused licenses of a product are counted at its first renewal".to_owned());
    }
    if let unmatched @ 1.. = sum(|period| period.unmatched) {
        let whose = if is_one { "on this page" } else { "of the customer" };
        notes.push(format!(
            "{} could not be matched: no row {whose} has the product name of their subscription",
            licenses(unmatched)
        ));
    }
    if let unknown @ 1.. = sum(|period| period.unknown) {
        notes.push(format!("the use of {} is not known", licenses(unknown)));
    }
    if let not_renewing @ 1.. = sum(|period| period.not_renewing) {
        notes.push(format!("auto-renewal is off for {}", licenses(not_renewing)));
    }
    // These counts are not kept per customer, so only the page of all customers shows them.
    let LeftOut { undated, uncounted, without_customer } = left_out;
    for (count, why) in [
        (undated, "without an end date"),
        (uncounted, "without a number of licenses"),
        (without_customer, "without a customer"),
    ] {
        if count > 0 && !is_one {
            notes.push(format!("left out: {} {why}", subscriptions(count)));
        }
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
            texts(&notes(&nothing, LeftOut::default(), false)),
            ["No subscription with a known number of licenses ends in this time."]
        );
        let left_out = LeftOut { undated: 1, uncounted: 2, without_customer: 3 };
        let one = Period { licenses: 10, ..Period::default() };
        let of_one = notes(std::slice::from_ref(&one), left_out, true);
        assert!(of_one.is_empty(), "nothing about other customers");
        let all = Period { unused: 1, unmatched: 2, unknown: 3, not_renewing: 4, ..one };
        assert_eq!(
            texts(&notes(&[all.clone(), all], left_out, false)),
            [
                "Unused licenses of a product are counted at its first renewal.",
                "4 licenses could not be matched: no row of the customer has the product name of their subscription.",
                "The use of 6 licenses is not known.",
                "Auto-renewal is off for 8 licenses.",
                "Left out: 1 subscription without an end date.",
                "Left out: 2 subscriptions without a number of licenses.",
                "Left out: 3 subscriptions without a customer.",
            ]
        );
    }

    #[test]
    fn a_customer_whose_subscriptions_were_not_read_has_no_renewals() {
        let customer = "4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04".parse().unwrap();
        let mut renewals = Renewals::new(jiff::civil::date(2026, 11, 27));
        let unused = UnusedOfProducts::default();
        assert!(on_page(&renewals, &unused, Some(customer)).is_some());
        renewals.add_unread(customer);
        assert!(on_page(&renewals, &unused, Some(customer)).is_none());
        assert!(on_page(&renewals, &unused, None).is_some());
    }
}
