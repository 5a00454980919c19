//! The rows of all commands: the contract's fields, flat, in the order of the csv columns.
//!
//! They are types of their own and not the models, because a row of output always has every field, says whose it is,
//! and keeps its names when the service changes its mind.

#![expect(clippy::struct_field_names, reason = "the fields have the contract's names")]

mod classic;
mod customer;
mod query;

pub(crate) use classic::{Deployment, PartnerDeployment, PartnerUsage, Usage};
pub(crate) use customer::Customer;
pub(crate) use query::{QueryDeployment, QueryUsage};
