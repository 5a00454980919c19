//! The sheet *Not read*: customers and rows that are missing, and customers without rows.

use std::collections::HashMap;

use partner_center::CustomerId;
use rust_xlsxwriter::{Workbook, XlsxError};

use super::super::{Failure, Kind, NamedCustomer, Summary, words};
use super::cells::Formats;
use super::table::{Head, MOST_ROWS, Table};
use crate::page::{Reason, not_covered};
use crate::secrets::redact;

/// The columns, with the length of a usual value.
const HEADS: [(&str, Kind, usize); 11] = [
    ("outcome", Kind::Text, 14),
    ("customerId", Kind::Id, 0),
    ("customerName", Kind::Text, 30),
    ("message", Kind::Text, 48),
    ("status", Kind::Count, 0),
    ("code", Kind::Text, 10),
    ("requestId", Kind::Id, 0),
    ("correlationId", Kind::Id, 0),
    ("page", Kind::Count, 0),
    ("row", Kind::Count, 0),
    ("exitCode", Kind::Count, 0),
];

pub(super) fn write(
    workbook: &mut Workbook,
    formats: &Formats,
    summary: &Summary,
    failures: &[Failure],
) -> Result<(), XlsxError> {
    let heads = HEADS.map(|(name, kind, longest)| Head::new(name, kind, longest));
    let above = above(summary);
    // The lines above count those that the sheet has no room for.
    let most = MOST_ROWS - above.len() - 1;
    let names: HashMap<_, _> =
        summary.unread.failed.iter().map(|failed| (failed.customer_id, failed)).collect();
    let customers = |outcome, customers: &'_ [NamedCustomer]| {
        customers.iter().map(move |customer| of_customer(outcome, customer)).collect::<Vec<_>>()
    };
    let lines = failures
        .iter()
        .map(|failure| of_failure(failure, &names))
        .chain(customers("skipped", &summary.unread.skipped))
        .chain(customers("without rows", summary.without_rows_list.as_deref().unwrap_or_default()))
        .take(most);
    let lines: Vec<_> = lines.collect();
    let mut table = Table::begin(workbook, formats, "Not read", &heads, &above, lines.len())?;
    lines.iter().try_for_each(|line| table.row(line.iter()))
}

/// How many customers and rows are missing.
fn above(summary: &Summary) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    if let Some(customers) = &summary.customers {
        lines.extend([
            ("Failed", not_covered(Reason::Failed, customers.failed)),
            ("Skipped", not_covered(Reason::Skipped, customers.skipped)),
            ("Unreadable", words::unreadable(customers.unreadable)),
            ("Without id", words::without_id(customers.without_id)),
            ("Without rows", not_covered(Reason::WithoutRows, customers.without_rows)),
        ]);
    }
    if summary.empty_pages > 0 {
        lines.push(("Empty pages", words::empty_pages(summary.empty_pages)));
    }
    lines
}

fn of_failure(failure: &Failure, names: &HashMap<CustomerId, &NamedCustomer>) -> Vec<String> {
    let text = |text: &Option<String>| redact(text.as_deref().unwrap_or_default()).into_owned();
    let customer = failure.customer_id.and_then(|id| names.get(&id));
    vec![
        if failure.row.is_some() { "unreadable" } else { "failed" }.to_owned(),
        shown(failure.customer_id),
        customer.and_then(|customer| customer.customer_name.clone()).unwrap_or_default(),
        redact(&failure.message).into_owned(),
        shown(failure.status),
        text(&failure.code),
        text(&failure.request_id),
        text(&failure.correlation_id),
        shown(failure.page),
        shown(failure.row),
        failure.exit_code.to_string(),
    ]
}

fn of_customer(outcome: &str, customer: &NamedCustomer) -> Vec<String> {
    let name = customer.customer_name.clone().unwrap_or_default();
    vec![outcome.to_owned(), customer.customer_id.to_string(), name]
}

fn shown(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}
