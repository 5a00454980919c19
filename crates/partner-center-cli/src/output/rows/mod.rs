//! The rows of all commands: the contract's fields, flat, in the order of the csv columns.
//!
//! They are separate from the models, because a row of output always has every field, identifies its customer, and
//! keeps its names when the service changes them.

#![expect(clippy::struct_field_names, reason = "the fields have the contract's names")]

mod customer;
mod funnel;
mod licenses;
mod query;

pub(crate) use customer::Customer;
pub(crate) use funnel::Funnel;
pub(crate) use licenses::{Deployment, PartnerDeployment, PartnerUsage, Usage};
pub(crate) use query::{QueryDeployment, QueryUsage};
