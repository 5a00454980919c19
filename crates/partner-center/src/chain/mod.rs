//! The chain of nouns that leads to a call: one file per noun, no logic.
//!
//! Handles are cheap to make and to clone, and do nothing until a verb (`get`, `pages`, `stream`) is called. How a
//! call is made is in `call`, how pages follow each other in `paging`.

mod analytics;
mod commercial;
mod customer;
mod customers;

pub use analytics::{Analytics, PartnerLicenses, PartnerLicensesDeployment, PartnerLicensesUsage};
pub use commercial::{CommercialAnalytics, CommercialLicenses, CommercialLicensesQuery};
pub use customer::{
    CustomerAnalytics, CustomerHandle, CustomerLicenses, CustomerLicensesDeployment, CustomerLicensesUsage,
};
pub use customers::{CustomerList, Customers};

pub use crate::paging::commercial::CommercialPrefix;
