//! Clients of a scripted server.

#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use partner_center::clock::ManualClock;
use partner_center::credential::StaticToken;
use partner_center::{CustomerId, PartnerCenter, PartnerCenterBuilder};
use partner_center_emulator::DOCUMENTED_CUSTOMER;
use partner_center_test_support::FakeServer;

/// The token of every test, which must appear in the header only.
pub(crate) const TOKEN: &str = "sentinel-token-e5b1";

/// A client of this server, with a manual clock.
pub(crate) fn builder(server: &FakeServer, clock: &ManualClock) -> PartnerCenterBuilder {
    PartnerCenter::builder()
        .base_url(server.url())
        .credential(StaticToken::new(TOKEN).unwrap())
        .clock(clock.clone())
}

/// The client of most tests.
pub(crate) fn partner(server: &FakeServer) -> PartnerCenter {
    builder(server, &ManualClock::new()).build().unwrap()
}

/// The documented customer's id.
pub(crate) fn customer() -> CustomerId {
    DOCUMENTED_CUSTOMER.into()
}
