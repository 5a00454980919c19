//! Detects loops in a stream of pages.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use serde::Serialize;

use super::next_link;
use crate::continuation::PageCursor;
use crate::error::{Error, ErrorKind, Result};

/// Hashes of the pages seen, eight bytes per page. A collision is not expected below some billion pages.
#[derive(Default)]
pub(crate) struct LoopGuard {
    hasher: RandomState,
    /// Hashes of all links followed.
    links: HashSet<u64>,
    /// Hash of the rows of the last page requested with `skip`.
    rows: Option<u64>,
}

impl LoopGuard {
    /// Rejects a link that was already followed. Its headers are part of the comparison, because in a list of customers
    /// only the headers change.
    pub(crate) fn admit(&mut self, at: &PageCursor) -> Result<()> {
        match &at.link {
            Some(linked)
                if !self
                    .links
                    .insert(self.hasher.hash_one((next_link::page(&linked.uri), &linked.headers))) =>
            {
                Err(page_loop("the service linked to a page that was already read"))
            }
            _ => Ok(()),
        }
    }

    /// Rejects a page requested with `skip` that is equal to the previous page: rows are distinct, so the service
    /// ignored `skip`. Only the number of rows and the first and last row are compared.
    pub(super) fn look<T: Serialize>(&mut self, at: &PageCursor, rows: &[T]) -> Result<()> {
        if at.link.is_some() {
            self.rows = None;
            return Ok(());
        }
        let seen = match (rows.first(), rows.last()) {
            (Some(first), Some(last)) => serde_json::to_vec(&(rows.len(), first, last)).ok(),
            _ => None,
        };
        let seen = seen.map(|bytes| self.hasher.hash_one(bytes));
        if seen.is_some() && seen == self.rows {
            return Err(page_loop("the service ignored `skip` and sent the same rows again"));
        }
        self.rows = seen;
        Ok(())
    }
}

fn page_loop(message: &'static str) -> Error {
    Error::new(ErrorKind::InvalidResponse, message)
        .with_advice("All previous pages were read. Start again, or request larger pages.")
}
