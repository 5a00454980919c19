//! What keeps a stream of pages from running in a circle.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use serde::Serialize;

use super::continuation::Standing;
use super::link;
use crate::error::{Error, ErrorKind, Result};

/// What a stream has seen, eight bytes a page: two links that are taken for one by chance are not to be expected before
/// some billion pages.
#[derive(Default)]
pub(super) struct Guard {
    hasher: RandomState,
    /// All pages that a link led to.
    links: HashSet<u64>,
    /// What was on the last page that was asked for by `skip`.
    rows: Option<u64>,
}

impl Guard {
    /// Refuses a link to a page that a link has led to already. Its headers count: they are what moves a list of customers on.
    pub(super) fn admit(&mut self, at: &Standing) -> Result<()> {
        match &at.link {
            Some(linked)
                if !self.links.insert(self.hasher.hash_one((link::page(&linked.uri), &linked.headers))) =>
            {
                Err(circle("the service linked to a page that it had linked to before"))
            }
            _ => Ok(()),
        }
    }

    /// Refuses a page that was asked for by `skip` and is the one before it again: rows are distinct, so the service
    /// did not skip. The first and the last row stand for all.
    pub(super) fn look<T: Serialize>(&mut self, at: &Standing, rows: &[T]) -> Result<()> {
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
            return Err(circle("the service answered with the same rows again, though asked to skip them"));
        }
        self.rows = seen;
        Ok(())
    }
}

fn circle(message: &'static str) -> Error {
    Error::new(ErrorKind::InvalidAnswer, message)
        .with_advice("All pages before this one were answered. Start again, or ask for larger pages.")
}
