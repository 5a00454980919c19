//! The example bodies of the public documentation, compact and without the byte-order mark that the service sends.
//! Tests compare the emulator's responses for the documented customers with them.
//!
//! Two are fixed: the original usage page lacks its closing bracket, `@nextLink` and `TotalCount`; the customer list
//! has `<guid>` for tenant ids. Documentation text: Microsoft, CC BY 4.0.

/// License deployment of the documented customer, three rows.
pub const CUSTOMER_LICENSES_DEPLOYMENT: &str = include_str!("documented/customer_licenses_deployment.json");
/// License usage of the documented customer, five rows.
pub const CUSTOMER_LICENSES_USAGE: &str = include_str!("documented/customer_licenses_usage.json");
/// The partner's deployment totals, two services.
pub const PARTNER_LICENSES_DEPLOYMENT: &str = include_str!("documented/partner_licenses_deployment.json");
/// The partner's usage totals, five workloads.
pub const PARTNER_LICENSES_USAGE: &str = include_str!("documented/partner_licenses_usage.json");
/// The commercial deployment query for [`TEST_COMPANY`](crate::TEST_COMPANY).
pub const COMMERCIAL_LICENSES_DEPLOYMENT: &str =
    include_str!("documented/commercial_licenses_deployment.json");
/// The commercial usage query for [`TEST_COMPANY`](crate::TEST_COMPANY), fixed.
pub const COMMERCIAL_LICENSES_USAGE: &str = include_str!("documented/commercial_licenses_usage.json");
/// The resource of one customer.
pub const CUSTOMER: &str = include_str!("documented/customer.json");
/// A page of customers, fixed.
pub const CUSTOMERS: &str = include_str!("documented/customers.json");
/// An error of the v1 services.
pub const FAULT: &str = include_str!("documented/fault.json");
/// The gateway's response to a throttled request.
pub const THROTTLED: &str = include_str!("documented/throttled.json");
