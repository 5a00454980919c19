//! The example bodies the public documentation prints, compact, without the byte-order mark the service sends before
//! them. The emulator's own answers for the documented customers are held against these by its tests.
//!
//! Two are mended: the usage page lacks its closing bracket, `@nextLink` and `TotalCount`; the customer list says
//! `<guid>` for tenant ids. Documentation text: Microsoft, CC BY 4.0.

/// Licenses deployed at the documented customer, three rows.
pub const CUSTOMER_LICENSES_DEPLOYMENT: &str = include_str!("documented/customer_licenses_deployment.json");
/// Licenses used at the documented customer, five rows.
pub const CUSTOMER_LICENSES_USAGE: &str = include_str!("documented/customer_licenses_usage.json");
/// The partner's own deployment totals, two services.
pub const PARTNER_LICENSES_DEPLOYMENT: &str = include_str!("documented/partner_licenses_deployment.json");
/// The partner's own usage totals, five workloads.
pub const PARTNER_LICENSES_USAGE: &str = include_str!("documented/partner_licenses_usage.json");
/// The commercial deployment query for [`TEST_COMPANY`](crate::TEST_COMPANY).
pub const COMMERCIAL_LICENSES_DEPLOYMENT: &str =
    include_str!("documented/commercial_licenses_deployment.json");
/// The commercial usage query for [`TEST_COMPANY`](crate::TEST_COMPANY), mended.
pub const COMMERCIAL_LICENSES_USAGE: &str = include_str!("documented/commercial_licenses_usage.json");
/// One customer's resource.
pub const CUSTOMER: &str = include_str!("documented/customer.json");
/// A page of customers, mended.
pub const CUSTOMERS: &str = include_str!("documented/customers.json");
/// A fault of the v1 services.
pub const FAULT: &str = include_str!("documented/fault.json");
/// The gateway's answer to one call too many.
pub const THROTTLED: &str = include_str!("documented/throttled.json");
