//! Test helpers for several crates: an HTTP server that sends scripted bytes, and made-up access tokens.
//!
//! It depends on no other crate of the workspace. So every crate can use it, also in unit tests, which would otherwise
//! see a second copy of the types of their own crate. The fake clock and the fake random numbers are public and belong to
//! the SDK (`partner_center::clock`).

#![allow(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a test that cannot set itself up has failed"
)]

mod server;
pub mod token;

use std::io::Write as _;

pub use server::{FakeServer, Reply, Request, json, ok, reply, unused_url};

/// These bytes, compressed.
#[must_use]
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
