//! The commercial endpoints: deployment and usage of all customers, with filters, grouping and paging.

mod query;
mod row;

use http::{StatusCode, Uri};
use serde::Serialize;

use super::{Query, RouteError};
use crate::error_shape::ErrorShape;
use crate::queries::Insight;
use crate::response::{JSON, ServiceResponse};
use crate::state::State;

use query::{QueryRun, Selection};
use row::PrintedRow;

#[derive(Serialize)]
struct Page<'a> {
    #[serde(rename = "Value")]
    value: Vec<PrintedRow<'a>>,
    #[serde(rename = "@nextLink")]
    next_link: Option<String>,
    #[serde(rename = "TotalCount")]
    total_count: usize,
}

/// The documented maximum, and the default, of rows per page.
const MOST_ROWS: usize = 10_000;

pub(super) fn respond(
    state: &State,
    insight: Insight,
    uri: &Uri,
    query: &Query,
) -> Result<ServiceResponse, RouteError> {
    let selection = Selection::of(insight, query, &state.book)?;
    let (top, skip) = (top(query)?, skip(query)?);
    let top = top.min(state.settings.page_size.unwrap_or(MOST_ROWS));
    let run = QueryRun { selection, book: &state.book };
    let rows = run.rows(&state.queries, skip, top);
    let after = skip.saturating_add(rows.page.len());
    let more = after < rows.total && !rows.page.is_empty();
    let page = Page {
        value: rows.page.iter().map(|row| row.print(&run.selection)).collect(),
        next_link: if more { next_link(state, uri, top, after) } else { None },
        total_count: rows.total,
    };
    Ok(ServiceResponse::json(StatusCode::OK, JSON, &page))
}

/// An error of the analytics back end.
pub(super) fn error(message: &str) -> RouteError {
    RouteError(Box::new(ServiceResponse::error(StatusCode::BAD_REQUEST, ErrorShape::Analytics, 0, message)))
}

pub(super) fn top(query: &Query) -> Result<usize, RouteError> {
    let Some(top) = query.get("top") else { return Ok(MOST_ROWS) };
    match top.parse() {
        Ok(top) if top > MOST_ROWS => Err(error("top parameter cannot be more than 10000")),
        Ok(0) | Err(_) => Err(error("top parameter must be a positive whole number")),
        Ok(top) => Ok(top),
    }
}

pub(super) fn skip(query: &Query) -> Result<usize, RouteError> {
    // A signed 64-bit number, as in .NET.
    let skip = query.get("skip").unwrap_or("0").parse::<i64>().ok();
    let skip = skip.and_then(|skip| usize::try_from(skip).ok());
    skip.ok_or_else(|| error("skip parameter must be a non-negative whole number"))
}

/// The next link: the query as sent, with new values for `top` and `skip`.
pub(super) fn next_link(state: &State, uri: &Uri, top: usize, skip: usize) -> Option<String> {
    let paging = |pair: &&str| {
        let name = pair.split('=').next().unwrap_or_default();
        name.eq_ignore_ascii_case("top") || name.eq_ignore_ascii_case("skip")
    };
    let mut query = String::new();
    for pair in uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty() && !paging(pair)) {
        query.push_str(pair);
        query.push('&');
    }
    let query = format!("{query}top={top}&skip={skip}");
    state.settings.commercial_links.write(&state.origins.api, uri.path(), &query)
}
