//! Merges several rows of one side with the same key.

use std::cmp::Ordering;

use super::JoinReport;
use super::product_key::keep_smaller;
use crate::licenses::Source;
use crate::models::Timestamp;

/// The numbers of one row: sold and deployed, or active and qualified.
#[derive(Debug)]
pub(super) struct RowValues {
    counts: [Option<i64>; 2],
    /// The service's own percentage: deployed of sold, or active of qualified.
    percent: Option<f64>,
    processed: Option<Timestamp>,
    pub(super) source: Source,
}

/// The values of a row besides its counts. Many rows share the same values.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct RowMetadata {
    processed: Option<Timestamp>,
    /// The bits of the number, for comparison and hashing.
    percent: Option<u64>,
    source: Source,
}

impl RowValues {
    pub(super) fn new(
        counts: [Option<i64>; 2],
        percent: Option<f64>,
        processed: Option<&Timestamp>,
        source: Source,
        report: &mut JoinReport,
    ) -> Self {
        // The percentage of a commercial row is not the service's own.
        let percent = percent.filter(|_| source == Source::Classic);
        let counts = counts.map(|count| report.count(count));
        Self { counts, percent, processed: processed.cloned(), source }
    }

    /// Splits the part into its counts and the values that rows share.
    pub(super) fn split(self) -> ([Option<i64>; 2], RowMetadata) {
        let Self { counts, percent, processed, source } = self;
        (counts, RowMetadata { processed, percent: percent.map(f64::to_bits), source })
    }

    /// Reverses [`split`](Self::split).
    pub(super) fn joined(counts: [Option<i64>; 2], stamp: &RowMetadata) -> Self {
        let RowMetadata { processed, percent, source } = stamp;
        Self { counts, percent: percent.map(f64::from_bits), processed: processed.clone(), source: *source }
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
pub(super) struct Merged {
    pub(super) counts: [Option<i64>; 2],
    pub(super) percent: Option<f64>,
    pub(super) processed: Option<Timestamp>,
    pub(super) repeated: u64,
    pub(super) superseded: u64,
    pub(super) summed: u64,
}

impl Merged {
    /// Merges parts that are in their [order](RowValues::order); `None` if there are none.
    pub(super) fn of<'a>(parts: impl DoubleEndedIterator<Item = &'a RowValues>) -> Option<Self> {
        let mut newest_first = parts.rev();
        let newest = newest_first.next()?;
        let mut merged = Self {
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
                merged.repeated = merged.repeated.saturating_add(1);
            } else if part.snapshot() == newest.snapshot() {
                merged.summed = merged.summed.saturating_add(1);
                for (sum, more) in merged.counts.iter_mut().zip(part.counts) {
                    *sum = sum.zip(more).map(|(sum, more)| sum.saturating_add(more));
                }
                // Percentages of parts cannot be added up.
                merged.percent = None;
            } else {
                merged.superseded = merged.superseded.saturating_add(1);
            }
            if part.snapshot() == newest.snapshot() {
                keep_smaller(&mut merged.processed, part.processed.as_ref());
            }
            last = part;
        }
        Some(merged)
    }
}
