//! What a builder has settled: plain values, read everywhere, changed nowhere.

use std::time::Duration;

/// How the customer list writes the address of its next page. The service has been seen to write it in more than one way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum CustomerLinks {
    /// `/customers?...`, as usual: without the version, which the client must put before it.
    #[default]
    Unversioned,
    /// `/v1/customers?...`, as production answered for three days in November 2021.
    Versioned,
    /// `http://host/v1/customers?...`.
    Absolute,
}

/// How the commercial endpoints write `@nextLink`. Its form is not documented.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum CommercialLinks {
    /// `http://host/partner/v1/analytics/commercial/deployment/license?...`.
    #[default]
    Absolute,
    /// `/partner/v1/analytics/commercial/deployment/license?...`.
    Rooted,
    /// `license?...`, relative to the last segment, as the sibling API of the Microsoft Store answers.
    Relative,
    /// No link although there are more rows: the client must go on with `skip`.
    Absent,
}

#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) seed: u64,
    pub(crate) latency: Duration,
    pub(crate) page_size: Option<usize>,
    pub(crate) customer_links: CustomerLinks,
    pub(crate) commercial_links: CommercialLinks,
    pub(crate) compress: bool,
}

/// The most customers a page has, reported by several clients of the service.
const CUSTOMERS_PER_PAGE: usize = 500;

impl Settings {
    pub(crate) fn customers_per_page(&self) -> usize {
        self.page_size.map_or(CUSTOMERS_PER_PAGE, |size| size.min(CUSTOMERS_PER_PAGE))
    }
}
