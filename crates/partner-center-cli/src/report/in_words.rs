//! The notes at the end of a run.

use std::fmt::Write as _;

use crate::output::{Customers, Summary, age_of};
use crate::terminal::text::{counted, grouped};

/// A note that counts rows: the first line, and a line for each of the counts. `None` without counts.
pub(super) fn row_counts(first: &str, counts: &[(u64, &str)]) -> Option<String> {
    let most = counts.iter().map(|(rows, _)| grouped(*rows).len()).max()?;
    let mut note = first.to_owned();
    for (rows, words) in counts {
        let _ = write!(note, "\n  {:>most$} {words}", grouped(*rows));
    }
    Some(note)
}

/// How to append the missing customers to the finished output.
pub(super) fn to_append(missing: u64) -> String {
    format!(
        "{} could not be read for a reason that may be temporary; run the same command to read only \
         those and append their rows to the output",
        counted(missing, "customer", "customers")
    )
}

/// The summary of a run over all customers.
pub(super) fn in_words(
    summary: &Summary,
    customers: Customers,
    later: u64,
    by_query: bool,
    ended: bool,
    proves_nothing: bool,
) -> String {
    let Customers { listed, with_rows, without_rows, without_id, skipped, unreadable, failed, .. } =
        customers;
    let all = grouped(listed.unwrap_or(with_rows + without_rows + skipped + failed));
    let (with, without) = (grouped(with_rows), grouped(without_rows));
    let mut text = match (by_query, listed) {
        (true, Some(_)) => {
            format!("{all} customers: {with} with rows, {without} without rows, by the commercial query")
        }
        (true, None) => format!("{with} customers with rows, by the commercial query"),
        (false, _) => format!(
            "{all} customers: {with} with rows, {without} without rows, {} skipped, {} failed",
            grouped(skipped),
            grouped(failed)
        ),
    };
    if unreadable > 0 {
        let _ = write!(text, ", {} unreadable", grouped(unreadable));
    }
    if without_id > 0 {
        let _ = write!(text, "\n{} entries of the list of customers have no valid id", grouped(without_id));
    }
    if !ended {
        text.push_str("; not all were read because of --limit");
    }
    if later > 0 {
        let customers = counted(later, "customer was", "customers were");
        let _ = write!(text, "\n{customers} read in a later round; their rows come last");
    }
    let _ = write!(text, "\n{} rows.", grouped(summary.rows));
    if let Some(age) = age_of(summary) {
        let _ = write!(text, " {age}");
    }
    if without_rows > 0 && !by_query && proves_nothing {
        text.push_str("\nAn empty response does not prove that there are no licenses.");
    }
    text
}
