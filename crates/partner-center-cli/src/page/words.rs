//! The sentences of the pages.

use super::data::{Basis, HeatMap, Licenses, Of, Product, Reason, Totals};
use super::history::{Change, ChangeKind};
use super::text::{Quantity as _, percent};
use crate::terminal::text::grouped;

/// The reader of a page: a report says "licenses sold", the page of a customer "your licenses".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reader {
    Partner,
    Customer,
}

/// The sentence at the top: how many licenses are unused, and why.
pub(super) fn headline(totals: &Totals, reader: Reader) -> String {
    let Licenses { sold, shelfware, idle, .. } = totals.licenses;
    let whole = match (sold, reader) {
        (Some(sold), Reader::Partner) => format!("Of {} licenses sold, ", grouped(sold)),
        (Some(sold), Reader::Customer) => format!("Of your {} licenses, ", grouped(sold)),
        (None, Reader::Partner) => "Of the licenses sold, ".to_owned(),
        (None, Reader::Customer) => "Of your licenses, ".to_owned(),
    };
    let Some(unused) = totals.licenses.unused() else {
        return format!("{whole}it is not known how many are used.");
    };
    let bound = if totals.basis.incomplete > 0 { "at least " } else { "" };
    let shelfware = shelfware.map_or_else(
        || "how many were never assigned is not known".to_owned(),
        |shelfware| format!("{} were never assigned", grouped(shelfware)),
    );
    let idle = idle.map_or_else(
        || "how many are assigned and idle is not known".to_owned(),
        |idle| format!("{} are assigned and idle", grouped(idle)),
    );
    let incomplete = match totals.basis.incomplete {
        0 => String::new(),
        rows => format!("; for {} it is not fully known", rows.counted("row", "rows")),
    };
    format!("{whole}{bound}{} are not used: {shelfware}, {idle}{incomplete}.", grouped(unused))
}

/// What the sums cover, below the funnel.
pub(super) fn coverage(basis: &Basis) -> Vec<String> {
    let mut sentences = Vec::new();
    if basis.incomplete > 0 {
        sentences.push(format!(
            "Shelfware is known in {} of {}, idle in {}: unused is at least this.",
            grouped(basis.with_shelfware),
            basis.rows.counted("row", "rows"),
            grouped(basis.with_idle),
        ));
    }
    if basis.contradicting > 0 {
        sentences.push(format!(
            "In {} more is deployed than sold, or more is active than deployed. The gap counts as 0 there, so the gaps \
             do not add up to the difference of the totals.",
            basis.contradicting.counted("row", "rows")
        ));
    }
    if let Some(unpriced @ 1..) = basis.unpriced {
        sentences.push(format!(
            "{} of {} {} no price: the cost is at least this.",
            grouped(unpriced),
            basis.rows.counted("row", "rows"),
            if unpriced == 1 { "has" } else { "have" },
        ));
    }
    sentences
}

/// What a screen reader says instead of a bar of licenses.
pub(super) fn parts(licenses: &Licenses, rows: u64, incomplete: u64) -> String {
    let of = |count: Option<i64>, word: &str| match count {
        Some(count) => format!("{} {word}", grouped(count)),
        None => format!("{word} not known"),
    };
    let rows = match incomplete {
        0 => String::new(),
        _ => format!("; {} of {} not fully known", grouped(incomplete), rows.counted("row", "rows")),
    };
    format!(
        "{}, {}, {} of {}{rows}",
        of(licenses.active, "active"),
        of(licenses.idle, "idle"),
        of(licenses.shelfware, "shelfware"),
        of(licenses.sold, "sold"),
    )
}

/// The name of a bar: `41% unused`.
pub(super) fn share_unused(licenses: &Licenses) -> String {
    let share = licenses.unused().zip(licenses.sold).and_then(|(unused, sold)| percent(unused, sold));
    share.map_or_else(|| "share of unused licenses not known".to_owned(), |share| format!("{share}% unused"))
}

/// `and 13 other customers`
pub(super) fn others(of: Of, count: u64) -> String {
    match of {
        Of::Customers => count.counted("other customer", "other customers"),
        Of::Products => count.counted("other product", "other products"),
    }
}

/// Which part of all customers and products the heat map shows.
pub(super) fn extent(map: &HeatMap) -> String {
    let shown = |shown: usize, more: u64, one, many| {
        let shown = u64::try_from(shown).unwrap_or(u64::MAX);
        match more {
            0 => shown.counted(one, many),
            _ => format!("{} of {}", grouped(shown), shown.saturating_add(more).counted(one, many)),
        }
    };
    format!(
        "{} by {}",
        shown(map.customers.len(), map.more_customers, "customer", "customers"),
        shown(map.products.len(), map.more_products, "product", "products"),
    )
}

/// What the customer can do about a product.
pub(super) fn advice(product: &Product) -> Vec<String> {
    let Licenses { shelfware, idle, .. } = product.group.licenses;
    let mut advice = Vec::new();
    if let Some(shelfware @ 1..) = shelfware {
        let renewal = match &product.renewal {
            Some(day) => format!("the renewal on {day}"),
            None => "the next renewal".to_owned(),
        };
        advice.push(format!(
            "Assign the {} that are unassigned, or reduce by as many at {renewal}.",
            grouped(shelfware)
        ));
    }
    if let Some(idle @ 1..) = idle {
        advice.push(format!("Take back the {} that are not used, and assign them to others.", grouped(idle)));
    }
    if product.exceeding {
        advice.push("More are assigned than you have: check the subscription.".to_owned());
    }
    if idle.is_none() {
        advice.push("Whether the assigned ones are used is not known.".to_owned());
    }
    if shelfware.is_none() {
        advice.push("Whether all are assigned is not known.".to_owned());
    }
    if advice.is_empty() {
        advice.push("Nothing to do.".to_owned());
    }
    advice
}

/// The word for a change.
pub(super) fn change(change: &Change) -> &'static str {
    match change.kind {
        ChangeKind::New => "new",
        ChangeKind::Gone => "gone",
        ChangeKind::Changed => "changed",
    }
}

/// Why customers are not covered: `2 customers could not be read`.
pub(crate) fn not_covered(reason: Reason, count: u64) -> String {
    let customers = count.counted("customer", "customers");
    match (reason, count) {
        (Reason::Failed, _) => format!("{customers} could not be read"),
        (Reason::Skipped, 1) => {
            format!("{customers} was skipped, because its data is not available to the partner")
        }
        (Reason::Skipped, _) => {
            format!("{customers} were skipped, because their data is not available to the partner")
        }
        (Reason::WithoutRows, 1) => {
            format!("{customers} has no rows, which does not prove that it has no licenses")
        }
        (Reason::WithoutRows, _) => {
            format!("{customers} have no rows, which does not prove that they have no licenses")
        }
    }
}
