//! A dataset of the license analytics of Microsoft Partner Center: one day after another, in Parquet files that any
//! engine reads.
//!
//! The service keeps no history that can be asked for. A [`Recording`] takes the rows of one reading of all customers, a
//! [`Writer`] keeps them as a day of a [`Dataset`], and [`diff()`] and [`Dataset::trend`] compare days.
//!
//! # Layout
//!
//! ```text
//! _dataset.json                                          the version and the partner's tenant
//! deployment/snapshotDate=2026-11-27/part-0.parquet      licenses sold and deployed, per customer and product
//! usage/snapshotDate=2026-11-27/part-0.parquet           licenses active and qualified, per workload
//! funnel/snapshotDate=2026-11-27/part-0.parquet          both, joined; counts without percentages
//! runs/snapshotDate=2026-11-27/run.json                  the manifest: where the data comes from, what is missing
//! ```
//!
//! A day counts when its manifest is there. The files have the same bytes for the same data, wherever the dataset is.
//! Facts are kept as they were received, and percentages are computed on reading.
//!
//! # Customer data
//!
//! The files have the ids and names of customers, without encryption. Protect the place accordingly, and remove days
//! that are no longer needed ([`Writer::remove`]).

pub mod cell;
mod dataset;
mod day;
mod diff;
mod error;
mod layout;
mod manifest;
mod pairs;
mod parts;
mod place;
mod recording;
mod sides;
mod spool;
pub mod table;
mod trend;
mod writer;

pub use self::dataset::{Dataset, Days, read_funnel_file};
pub use self::day::{Day, InvalidDay};
pub use self::diff::{Change, Diff, DiffCustomers, DiffGroup, DiffRow, Measure, compare, diff, diff_by};
pub use self::error::{Error, Result};
pub use self::layout::{ROOT, Table};
pub use self::manifest::{CustomerCounts, Manifest, Part, UnreadCustomer, VERSION};
pub use self::pairs::{Pair, Pairs};
pub use self::parts::Fields;
pub use self::place::Place;
pub use self::recording::Recording;
pub use self::sides::{ProductRows, Side};
pub use self::trend::TrendRow;
pub use self::writer::{Recovered, RunFacts, Writer};

#[cfg(test)]
mod tests;
