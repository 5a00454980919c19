//! The rows of all commands: the contract's fields, flat, in the order of the csv columns.
//!
//! They are types of their own and not the models, because a row of output always has every field, says whose it is,
//! and keeps its names when the service changes its mind.

#![expect(clippy::struct_field_names, reason = "the fields have the contract's names")]

mod customer;
mod funnel;
mod licenses;
mod query;

pub(crate) use customer::Customer;
pub(crate) use funnel::Funnel;
pub(crate) use licenses::{Deployment, PartnerDeployment, PartnerUsage, Usage};
pub(crate) use query::{QueryDeployment, QueryUsage};
