//! The columns of the rows of all commands, in the order of the csv columns.
//!
//! The rows are those of the SDK, except for customers: a model is nested, and a row of output is flat.

mod customer;
mod funnel;
mod group;
mod licenses;

pub(crate) use customer::Customer;
