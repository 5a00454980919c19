//! The columns of the rows of all commands, in the order of the csv columns.
//!
//! The rows are those of the SDK, except for customers: a model is nested, and a row of output is flat.

mod annotated;
mod customer;
mod diff;
mod funnel;
pub(crate) mod group;
mod history;
mod licenses;

pub(crate) use annotated::AnnotatedRow;
pub(crate) use customer::Customer;
pub(crate) use diff::{AnnotatedDiff, AnnotatedGroup, DiffLine, Unbroken};
pub(crate) use group::{GroupExtra, GroupRow};
pub(crate) use history::{DayRow, TrendLine};
