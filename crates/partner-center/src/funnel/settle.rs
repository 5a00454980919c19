//! Several rows of one side with the same key: which of them count, and what they come to.

use std::cmp::Ordering;

use super::JoinReport;
use super::key::keep_smaller;
use crate::models::Timestamp;

/// The numbers of one row: sold and deployed, or active and qualified.
#[derive(Debug)]
pub(super) struct Part {
    counts: [Option<u64>; 2],
    /// The second of the first, or the first of the second, as the service computed it.
    percent: Option<f64>,
    processed: Option<Timestamp>,
}

/// What a row says beside its counts: when it was computed, and the service's own percentage. Many rows say the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Stamp {
    processed: Option<Timestamp>,
    /// The bits of the number, which can be compared.
    percent: Option<u64>,
}

impl Part {
    pub(super) fn new(
        counts: [Option<i64>; 2],
        percent: Option<f64>,
        processed: Option<&Timestamp>,
        report: &mut JoinReport,
    ) -> Self {
        Self { counts: counts.map(|count| report.count(count)), percent, processed: processed.cloned() }
    }

    /// The counts, and what may be shared with other rows.
    pub(super) fn split(self) -> ([Option<u64>; 2], Stamp) {
        (self.counts, Stamp { processed: self.processed, percent: self.percent.map(f64::to_bits) })
    }

    /// The part that was [split](Self::split) into these.
    pub(super) fn joined(counts: [Option<u64>; 2], stamp: &Stamp) -> Self {
        Self { counts, percent: stamp.percent.map(f64::from_bits), processed: stamp.processed.clone() }
    }

    /// From older to newer snapshots. Rows that say the same are equal, however they spell the time.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        let bits = |part: &Self| part.percent.map(f64::to_bits);
        (self.snapshot(), self.counts, bits(self)).cmp(&(other.snapshot(), other.counts, bits(other)))
    }

    /// Rows that do not say when they were computed are taken to be older than those that do.
    fn snapshot(&self) -> Option<i64> {
        self.processed.as_ref().and_then(Timestamp::unix_seconds)
    }
}

/// What the rows of one key come to.
#[derive(Default)]
pub(super) struct Settled {
    pub(super) counts: [Option<u64>; 2],
    pub(super) percent: Option<f64>,
    pub(super) processed: Option<Timestamp>,
    pub(super) repeated: u64,
    pub(super) superseded: u64,
    pub(super) summed: u64,
}

impl Settled {
    /// Of parts in their [order](Part::order); `None` if there are none.
    pub(super) fn of<'a>(parts: impl DoubleEndedIterator<Item = &'a Part>) -> Option<Self> {
        let mut newest_first = parts.rev();
        let newest = newest_first.next()?;
        let mut settled = Self {
            counts: newest.counts,
            percent: newest.percent,
            processed: newest.processed.clone(),
            repeated: 0,
            superseded: 0,
            summed: 0,
        };
        let mut last = newest;
        for part in newest_first {
            if part.order(last).is_eq() {
                settled.repeated = settled.repeated.saturating_add(1);
            } else if part.snapshot() == newest.snapshot() {
                settled.summed = settled.summed.saturating_add(1);
                for (sum, more) in settled.counts.iter_mut().zip(part.counts) {
                    *sum = sum.zip(more).map(|(sum, more)| sum.saturating_add(more));
                }
                // Percentages of parts do not add up to that of the whole.
                settled.percent = None;
            } else {
                settled.superseded = settled.superseded.saturating_add(1);
            }
            if part.snapshot() == newest.snapshot() {
                keep_smaller(&mut settled.processed, part.processed.as_ref());
            }
            last = part;
        }
        Some(settled)
    }
}
