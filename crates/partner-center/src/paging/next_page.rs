//! Decides whether a page is the last one and whether rows are missing.
//!
//! A pure function of the position and of one page. The last page has no next link, and no row of the count is missing;
//! otherwise a page without a next link is an error. The rules are in the [module
//! docs](super#how-the-last-page-is-detected).

use partner_center_client::{CountScope, OperationDetails, PageExtent, PagingInfo};

use super::commercial::DEFAULT_TOP;
use super::next_link;
use crate::continuation::{Link, PageCursor};
use crate::error::{Error, ErrorKind};

/// The header for a continuation token.
const TOKEN: &str = "MS-ContinuationToken";

/// What follows a page.
#[derive(PartialEq, Eq)]
pub(super) enum PageOutcome {
    /// The page is valid, and this is the position of the next one.
    Next(PageCursor),
    /// The page is valid and is the last one.
    Last,
    /// The page is empty although rows are expected. It must be retried; if it is still empty, this is the position of
    /// the next page, if there is one.
    Empty(Option<PageCursor>),
}

/// Decides what follows the page at `at`, which has `unreadable` rows that could not be decoded.
pub(super) fn outcome(
    at: &PageCursor,
    details: &OperationDetails,
    extent: PageExtent,
    unreadable: u64,
    paging_info: &PagingInfo,
) -> Result<PageOutcome, Error> {
    let rows = u64::try_from(extent.rows).unwrap_or(u64::MAX).saturating_add(unreadable);
    let end = at.skip.saturating_add(rows);
    let total = extent.total.and_then(|total| u64::try_from(total).ok());
    let counted = if extent.counts == CountScope::Query { at.counted.max(total) } else { None };
    let missing = match extent.counts {
        CountScope::Query => counted.is_some_and(|counted| counted > end),
        // If the service counts the whole list here, contrary to its documentation, the count is reached at the end.
        CountScope::Page => total.is_some_and(|total| total > rows && total != end),
    };
    let link = next_link(at, details, paging_info)?;
    let more = link.is_some();
    let to = |link, by_count| PageCursor { skip: end, counted, link, by_count, ..at.clone() };
    // Links and `skip` may use different orders: the first page decides for the whole query.
    let linked = link.filter(|_| !at.by_count).map(|link| to(Some(link), false));

    if rows == 0 {
        let is_empty_collection = at.is_first() && !more && !missing;
        let confirmed = counted.is_some() && !missing;
        return Ok(match linked {
            Some(next) if at.is_first() || confirmed => PageOutcome::Next(next),
            None if is_empty_collection || confirmed => PageOutcome::Last,
            next => PageOutcome::Empty(next),
        });
    }
    if let Some(next) = linked {
        return Ok(PageOutcome::Next(next));
    }
    if details.skips && at.link.is_none() {
        let full = rows >= u64::from(at.arguments.top.unwrap_or(DEFAULT_TOP));
        // A count that was exceeded counts something else and does not show the end.
        if more || missing || (full && counted != Some(end)) {
            return Ok(PageOutcome::Next(to(None, true)));
        }
    }
    if missing {
        let message = match (extent.counts, counted.or(total).unwrap_or_default()) {
            (CountScope::Query, counted) => {
                format!("the service counts {counted} rows, has sent {end}, and does not link to the rest")
            }
            (CountScope::Page, counted) => {
                format!("the page should have {counted} rows, has {rows}, and does not link to the rest")
            }
        };
        return Err(Error::new(ErrorKind::InvalidResponse, message).with_advice(INCOMPLETE));
    }
    Ok(PageOutcome::Last)
}

const INCOMPLETE: &str = "Rows are missing, so the result would be incomplete. Try again; if it persists, contact Microsoft support.";

/// The error for a page that is still empty after all attempts and has no link.
pub(super) fn empty() -> Error {
    Error::new(
        ErrorKind::InvalidResponse,
        "a page has no rows although more rows are expected, and does not link to the next page",
    )
    .with_advice(INCOMPLETE)
}

fn unclear(message: &'static str) -> Error {
    Error::new(ErrorKind::InvalidResponse, message)
        .with_advice("The response announces another page. The raw body shows the format: please report it.")
}

/// Combines all links and tokens of a response into the link to the next page.
fn next_link(
    at: &PageCursor,
    details: &OperationDetails,
    paging_info: &PagingInfo,
) -> Result<Option<Link>, Error> {
    if paging_info.unclear {
        return Err(unclear("the response announces another page in an unknown format"));
    }
    let mut uri: Option<&String> = None;
    let mut headers: Vec<(String, String)> = Vec::new();
    for linked in &paging_info.links {
        match (uri, &linked.uri) {
            (None, Some(_)) => uri = linked.uri.as_ref(),
            (Some(one), Some(other)) if next_link::page(one) != next_link::page(other) => {
                return Err(unclear("the response links to two different next pages"));
            }
            _ => {}
        }
        for (name, value) in &linked.headers {
            match headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
                Some((_, known)) if known != value && paging_info.links.len() > 1 => {
                    return Err(unclear("the response links to two different next pages"));
                }
                Some((_, known)) if known == value => {}
                _ => headers.push((name.clone(), value.clone())),
            }
        }
    }
    if let [token, rest @ ..] = paging_info.tokens.as_slice() {
        if rest.iter().any(|other| other != token) {
            return Err(unclear("the response has two different tokens for the next page"));
        }
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(TOKEN)) {
            headers.push((TOKEN.to_owned(), token.clone()));
        }
    }
    let uri = match uri {
        Some(uri) => uri.clone(),
        None if headers.is_empty() => return Ok(None),
        // A token without a link. The token includes the filter.
        None if details.seeks => match at.arguments.size {
            Some(size) => format!("?size={size}&seekOperation=Next"),
            None => "?seekOperation=Next".to_owned(),
        },
        None => {
            return Err(unclear(
                "the response has a token for the next page, but this operation accepts none",
            ));
        }
    };
    Ok(Some(Link { uri, headers }))
}
