//! The immutable settings of a running emulator.

use std::time::Duration;

use crate::links::LinkForm;

#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) seed: u64,
    pub(crate) latency: Duration,
    pub(crate) page_size: Option<usize>,
    pub(crate) customer_links: LinkForm,
    pub(crate) commercial_links: LinkForm,
    pub(crate) compress: bool,
}

/// The most customers per page, as reported by several clients of the service.
pub(crate) const CUSTOMERS_PER_PAGE: usize = 500;

impl Settings {
    pub(crate) fn customers_per_page(&self) -> usize {
        self.page_size.map_or(CUSTOMERS_PER_PAGE, |size| size.min(CUSTOMERS_PER_PAGE))
    }
}
