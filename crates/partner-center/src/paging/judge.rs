//! Whether a page is the last one, and whether anything is missing: decided by what the pages say of themselves.
//!
//! A pure function of where the reading stands and of what one page says. A list is never taken to have ended because
//! nothing came: its end is proved, by a page that does not continue and is not short of what was counted, or it is an
//! error. [The module](super#how-the-end-is-proved) has the rules in words.

use partner_center_client::{Counts, Extent, OperationDetails};

use super::commercial::DEFAULT_TOP;
use super::continuation::{Link, Standing};
use super::link;
use crate::call::Said;
use crate::error::{Error, ErrorKind};

/// What carries a token to the next page.
const TOKEN: &str = "MS-ContinuationToken";

/// What is to be done after a page.
#[derive(PartialEq, Eq)]
pub(super) enum Verdict {
    /// The page is good, and the next one is here.
    Next(Standing),
    /// The page is good, and it is proved to be the last.
    Last,
    /// There are no rows where rows have to be. To be asked again; if it stays empty, this is where to go on, if
    /// anywhere.
    Empty(Option<Standing>),
}

/// Judges a page of `at`, on which so many rows could not be read.
pub(super) fn judge(
    at: &Standing,
    details: &OperationDetails,
    extent: Extent,
    unreadable: u64,
    said: &Said,
) -> Result<Verdict, Error> {
    let rows = u64::try_from(extent.rows).unwrap_or(u64::MAX).saturating_add(unreadable);
    let end = at.skip.saturating_add(rows);
    let total = extent.total.and_then(|total| u64::try_from(total).ok());
    let counted = if extent.counts == Counts::Query { at.counted.max(total) } else { None };
    let missing = match extent.counts {
        Counts::Query => counted.is_some_and(|counted| counted > end),
        // A service that counts the whole list here, contrary to its documentation, is right only at its end.
        Counts::Page => total.is_some_and(|total| total > rows && total != end),
    };
    let link = next_link(at, details, said)?;
    let more = link.is_some();
    let to = |link, by_count| Standing { skip: end, counted, link, by_count, ..at.clone() };
    // Positions by link and by count may be of two different orders: the first step decides for the whole reading.
    let linked = link.filter(|_| !at.by_count).map(|link| to(Some(link), false));

    if rows == 0 {
        let is_empty_collection = at.is_first() && !more && !missing;
        let confirmed = counted.is_some() && !missing;
        return Ok(match linked {
            Some(next) if at.is_first() || confirmed => Verdict::Next(next),
            None if is_empty_collection || confirmed => Verdict::Last,
            next => Verdict::Empty(next),
        });
    }
    if let Some(next) = linked {
        return Ok(Verdict::Next(next));
    }
    if details.skips && at.link.is_none() {
        let full = rows >= u64::from(at.arguments.top.unwrap_or(DEFAULT_TOP));
        // A count that was exceeded counts something else, and proves no end.
        if more || missing || (full && counted != Some(end)) {
            return Ok(Verdict::Next(to(None, true)));
        }
    }
    if missing {
        let message = match (extent.counts, counted.or(total).unwrap_or_default()) {
            (Counts::Query, counted) => {
                format!(
                    "the service counts {counted} rows, has given {end}, and does not say where the rest is"
                )
            }
            (Counts::Page, counted) => {
                format!(
                    "the page is said to have {counted} rows, has {rows}, and does not say where the rest is"
                )
            }
        };
        return Err(Error::new(ErrorKind::InvalidAnswer, message).with_advice(INCOMPLETE));
    }
    Ok(Verdict::Last)
}

const INCOMPLETE: &str = "Rows are missing, so this is an error rather than a short answer. Ask again; if it stays so, ask Microsoft.";

/// What a page that stays empty is reported as, where nothing leads on from it.
pub(super) fn empty() -> Error {
    Error::new(
        ErrorKind::InvalidAnswer,
        "a page has no rows although rows have to follow, and does not say where the next one is",
    )
    .with_advice(INCOMPLETE)
}

fn unclear(message: &'static str) -> Error {
    Error::new(ErrorKind::InvalidAnswer, message).with_advice(
        "The response says that there is more than it holds. The raw body shows how it says so: please report it.",
    )
}

/// The link to the next page, put together from all that the response says of it.
fn next_link(at: &Standing, details: &OperationDetails, said: &Said) -> Result<Option<Link>, Error> {
    if said.unclear {
        return Err(unclear("the response says that there is more, in a form that is not understood"));
    }
    let mut uri: Option<&String> = None;
    let mut headers: Vec<(String, String)> = Vec::new();
    for linked in &said.links {
        match (uri, &linked.uri) {
            (None, Some(_)) => uri = linked.uri.as_ref(),
            (Some(one), Some(other)) if link::page(one) != link::page(other) => {
                return Err(unclear("the response links to two different next pages"));
            }
            _ => {}
        }
        for (name, value) in &linked.headers {
            match headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
                Some((_, known)) if known != value && said.links.len() > 1 => {
                    return Err(unclear("the response links to two different next pages"));
                }
                Some((_, known)) if known == value => {}
                _ => headers.push((name.clone(), value.clone())),
            }
        }
    }
    if let [token, rest @ ..] = said.tokens.as_slice() {
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
        // A token without an address. It stands for the filter as well.
        None if details.seeks => match at.arguments.size {
            Some(size) => format!("?size={size}&seekOperation=Next"),
            None => "?seekOperation=Next".to_owned(),
        },
        None => {
            return Err(unclear("the response has a token for the next page, and this operation takes none"));
        }
    };
    Ok(Some(Link { uri, headers }))
}
