//! Merges several rows of one side with the same key.

use std::cmp::Ordering;

use super::JoinReport;
use super::key::keep_smaller;
use crate::models::Timestamp;

/// The numbers of one row: sold and deployed, or active and qualified.
#[derive(Debug)]
pub(super) struct Part {
    counts: [Option<u64>; 2],
    /// The service's own percentage: deployed of sold, or active of qualified.
    percent: Option<f64>,
    processed: Option<Timestamp>,
}

/// The time and the service's own percentage of a row. Many rows share the same values.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Stamp {
    processed: Option<Timestamp>,
    /// The bits of the number, for comparison and hashing.
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

    /// Splits the part into its counts and the values that rows share.
    pub(super) fn split(self) -> ([Option<u64>; 2], Stamp) {
        (self.counts, Stamp { processed: self.processed, percent: self.percent.map(f64::to_bits) })
    }

    /// Reverses [`split`](Self::split).
    pub(super) fn joined(counts: [Option<u64>; 2], stamp: &Stamp) -> Self {
        Self { counts, percent: stamp.percent.map(f64::from_bits), processed: stamp.processed.clone() }
    }

    /// Orders parts from older to newer snapshots. Parts with the same values are equal, however the time is written.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        let bits = |part: &Self| part.percent.map(f64::to_bits);
        (self.snapshot(), self.counts, bits(self)).cmp(&(other.snapshot(), other.counts, bits(other)))
    }

    /// The time of the row. Rows without a time sort before those with one.
    fn snapshot(&self) -> Option<i64> {
        self.processed.as_ref().and_then(Timestamp::unix_seconds)
    }
}

/// The merged rows of one key.
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
    /// Merges parts that are in their [order](Part::order); `None` if there are none.
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
                // Percentages of parts cannot be added up.
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
